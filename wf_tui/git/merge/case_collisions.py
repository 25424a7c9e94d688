"""Names in one folder that differ only by case: on many machines they are the same file."""

import unicodedata
from collections.abc import Iterable

from wf_tui.git.control.changed_files import Entry
from wf_tui.git.control.control import Control

__all__ = ["case_collisions"]


def case_collisions(
    control: Control, before: str, after: str, entries: Iterable[Entry]
) -> tuple[str, ...]:
    """Return the names that clash in `after` because of a path that these entries add.

    Clashes that `before` has already are the repository's own business.
    """
    added = [entry.path.split("/") for entry in entries if entry.added]
    folders = {tuple(parts[:depth]) for parts in added for depth in range(len(parts))}
    clashes: list[str] = []
    for folder, names in _listings(control, after, folders).items():
        groups = [group for group in _groups(names) if len(group) > 1]
        if groups:
            known = _listings(control, before, {folder})[folder]
            clashes += ["/".join((*folder, n)) for g in groups if not g <= known for n in g]
    return tuple(sorted(clashes))


def _groups(names: Iterable[str]) -> Iterable[set[str]]:
    groups: dict[str, set[str]] = {}
    for name in names:
        folded = unicodedata.normalize("NFC", name).casefold()
        groups.setdefault(folded, set()).add(name)
    return groups.values()


def _listings(
    control: Control, commit: str, folders: Iterable[tuple[str, ...]]
) -> dict[tuple[str, ...], set[str]]:
    """Return the names in each folder of a commit, all asked of one process."""
    # Only folders that got a new name can have a new clash, however large the repository is.
    wanted = sorted(folders)
    if not wanted:
        return {}
    asked = [f"{commit}:{'/'.join(folder)}".encode("utf-8", "surrogateescape") for folder in wanted]
    words = ("cat-file", "--batch", "-z", "--buffer")
    output = control.git(*words, stdin=b"\0".join(asked) + b"\0").stdout
    found: dict[tuple[str, ...], set[str]] = {}
    for folder, question in zip(wanted, asked, strict=True):
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
        names.add(name.decode("utf-8", "surrogateescape"))
        at = end + 1 + oid_size
    return names
