"""Names in one folder that differ only by case: on many machines they are the same file.

Git keeps both; where a disk does not tell case apart, the checkout of one overwrites the other.
"""

import unicodedata
from collections.abc import Iterable

from wf_tui.git.control.changed_files import Entry
from wf_tui.git.control.control import Control
from wf_tui.git.path_bytes import decode_path, encode_path

__all__ = ["case_collisions"]


def case_collisions(
    control: Control, before: str, after: str, entries: Iterable[Entry]
) -> tuple[str, ...]:
    """Return the names that clash in `after` because of a path that these entries add.

    `before` and `after` are commits or trees: the branch as it is and as a merge would make it;
    `entries` is what the attempt changed. Clashes that `before` has already are the repository's
    own business. One command of git where nothing clashes.
    """
    added = [entry.path.split("/") for entry in entries if entry.added]
    folders = {tuple(parts[:depth]) for parts in added for depth in range(len(parts))}
    clashes: list[str] = []
    for folder, names in _listings(control, after, folders).items():
        groups: dict[str, set[str]] = {}
        for name in names:
            groups.setdefault(_folded(name), set()).add(name)
        colliding = [group for group in groups.values() if len(group) > 1]
        if not colliding:
            continue
        known = _listings(control, before, {folder})[folder]
        for group in colliding:
            if not group <= known:
                clashes += ["/".join((*folder, name)) for name in group]
    return tuple(sorted(clashes))


def _folded(name: str) -> str:
    """Return a name as a disk compares it that does not tell case apart.

    Such a disk compares letter by letter: `ß` is no `ss` to it, though a dictionary has them so.
    """
    # macOS also takes the two ways to write an accent for the same name.
    letters = unicodedata.normalize("NFC", name)
    return "".join(next(c for c in (x.casefold(), x.lower(), x) if len(c) == 1) for x in letters)


def _listings(
    control: Control, commit: str, folders: Iterable[tuple[str, ...]]
) -> dict[tuple[str, ...], set[str]]:
    """Return the names in each folder of a commit, all asked of one process."""
    # Only folders that got a new name can have a new clash, however large the repository is.
    wanted = sorted(folders)
    if not wanted:
        return {}
    asked = [encode_path(f"{commit}:{'/'.join(folder)}") for folder in wanted]
    words = ("cat-file", "--batch", "-z", "--buffer")
    output = control.git(*words, stdin=b"\0".join(asked) + b"\0").stdout
    found: dict[tuple[str, ...], set[str]] = {}
    for folder, question in zip(wanted, asked, strict=True):
        # Answers come in the order of the questions, each with its length: names hold any bytes.
        missing = question + b" missing\n"
        if output.startswith(missing):
            found[folder], output = set(), output[len(missing) :]
            continue
        header, _, rest = output.partition(b"\n")
        _, kind, size = header.split(b" ")
        body, output = rest[: int(size)], rest[int(size) + 1 :]
        found[folder] = _names(body, len(control.base) // 2) if kind == b"tree" else set()
    return found


def _names(tree: bytes, oid_size: int) -> set[str]:
    """Read the names of a raw tree object: `mode SP name NUL oid` each."""
    names = set()
    at = 0
    while at < len(tree):
        end = tree.index(b"\0", at)
        name = tree[tree.index(b" ", at) + 1 : end]
        names.add(decode_path(name))
        at = end + 1 + oid_size
    return names
