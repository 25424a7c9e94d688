"""Files of the user's checkout that git does not track, such as `node_modules` and `.env`.

A plan may ask for them in every worktree. They come by name and never go back: no harvest takes
what lies at these names, whatever a worker has made of it.
"""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wf_tui.errors import EnvironmentalError, UsageError
from wf_tui.git.control.control import Control
from wf_tui.text import clean
from wf_tui.values import frozen

__all__ = ["LocalFileError", "LocalFiles"]

_LONGEST_COPY: Final = 300.0
"""Seconds that one name may take; git's own deadline does not hold for `cp`."""
_SHOWN: Final = 200


class LocalFileError(EnvironmentalError):
    """A file cannot be brought into a worktree; the message is what a person is told."""


@frozen
class LocalFiles:
    """What to bring from where; `top` is None where the repository has no checkout.

    `link` and `copy` are the plan's paths, relative to the checkout and already free of `..`.
    """

    top: Path | None = None
    link: tuple[str, ...] = ()
    copy: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """All paths, relative to the checkout and to each worktree."""
        return (*self.link, *self.copy)

    def check(self, control: Control) -> None:
        """Refuse, before a run starts, what cannot be brought: missing, or tracked by git.

        Raises `UsageError`, which names the line of the plan by its word, `link` or `copy`.
        """
        for word, name in self._each():
            try:
                self._source(name)
            except LocalFileError as error:
                raise UsageError(f"{word}: {error.message}", "correct the plan") from error
            kind = _tracked_kind(control, name)
            if kind == "commit":
                raise UsageError(
                    f"{word}: {clean(name)} is in a submodule, which wf leaves empty",
                    "fill it in each worktree: setup: git submodule update --init",
                )
            if kind:
                raise UsageError(
                    f"{word}: {clean(name)} is tracked by git: it is in each worktree already",
                    "name only what git does not track",
                )

    def lay_out(self, tree: Path) -> None:
        """Bring all into a worktree that nobody works in yet; raises `LocalFileError`.

        A link leads to the user's own file, so that a worker can write it; a copy never shares
        anything with it, as a hard link would.
        """
        for word, name in self._each():
            # Asked each time: the user works in the checkout while the run goes on.
            source, target = self._source(name), tree / name
            self._make_parents(tree, name)
            if word == "link":
                target.symlink_to(source)
            else:
                _copy(source.resolve(), target, name)

    def _each(self) -> Iterator[tuple[str, str]]:
        yield from (("link", name) for name in self.link)
        yield from (("copy", name) for name in self.copy)

    def _source(self, name: str) -> Path:
        """Return a file of the checkout that no link leads out of it."""
        if self.top is None:
            raise LocalFileError(f"there is no checkout to take {clean(name)} from")
        top, source = self.top.resolve(), self.top / name
        try:
            real = source.resolve(strict=True).relative_to(top)
        except ValueError:
            raise LocalFileError(f"{clean(name)} leads out of the checkout") from None
        except (OSError, RuntimeError):
            raise LocalFileError(f"{clean(name)} is not in the checkout") from None
        # Linked into a tree, the user's own repository would be a worker's to write.
        if ".git" in real.parts[:1]:
            raise LocalFileError(f"{clean(name)} leads into `.git`")
        return top / name

    def _make_parents(self, tree: Path, name: str) -> None:
        """Make the folders above a name; none of them may be a link."""
        # The base may have a link there, and what lies behind it is not the worktree's.
        folder = tree
        for part in Path(name).parts[:-1]:
            folder /= part
            if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
                raise LocalFileError(f"{clean(name)} has no parent folder in the worktree")
            folder.mkdir(exist_ok=True)
        if os.path.lexists(tree / name):
            raise LocalFileError(f"{clean(name)} is tracked by git now")


def _tracked_kind(control: Control, name: str) -> str:
    """Return what the base has at a path: `blob`, `tree`, or `commit` also below a submodule."""
    parts = Path(name).parts
    folders = ["/".join(parts[: depth + 1]) for depth in range(len(parts))]
    words = ("ls-tree", "-z", "--format=%(objecttype) %(path)", "--full-tree", "--end-of-options")
    records = control.git(*words, control.base, "--", *folders).records
    found = (os.fsdecode(record).partition(" ") for record in records)
    kinds = {path: kind for kind, _, path in found}
    inside = any(kinds.get(folder) == "commit" for folder in folders)
    return "commit" if inside else kinds.get(folders[-1], "")


def _copy(source: Path, target: Path, name: str) -> None:
    """Copy a file or folder; `cp` breaks on no depth, and links in it stay links."""
    words = ["cp", "-RPp", "--", str(source), str(target)]
    try:
        done = subprocess.run(
            words,
            env={"PATH": os.defpath, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_LONGEST_COPY,
            check=False,
        )
    except subprocess.TimeoutExpired:
        limit = round(_LONGEST_COPY)
        raise LocalFileError(f"{clean(name)} takes longer than {limit} s to copy") from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").splitlines() or ["cp failed"]
        raise LocalFileError(f"cannot copy {clean(name)}: {clean(lines[0], limit=_SHOWN)}")
