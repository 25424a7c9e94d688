"""`apply_patch`: what each file becomes is worked out first; then all of them are written."""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.replacing import Scratch
from wf_tui.workers.model.hands.files.text_file import MOST_BYTES, TextFile
from wf_tui.workers.model.hands.files.tree import Folders, Place, Tree
from wf_tui.workers.model.hands.patch.change import Action, Change
from wf_tui.workers.model.hands.patch.located import patched
from wf_tui.workers.model.hands.patch.own_format import is_own_format, read_own_format
from wf_tui.workers.model.hands.patch.unified import read_unified

__all__ = ["apply_patch"]

_MOST_FILES: Final = 500
_EXECUTABLE: Final = 0o111


@dataclass(frozen=True)
class _File:
    """What is in a file, or what is to be in it."""

    content: bytes
    mode: int | None = None
    """None for a new file without a wish."""


@dataclass
class _Plan:
    """What the patch makes of each file, by its path."""

    tree: Tree
    before: dict[str, _File | None]
    after: dict[str, _File | None]
    """None where there is none."""
    said: list[str]

    def look(self, path: str, *, itself: bool = False) -> tuple[str, _File | None]:
        """Return a file as the patch has left it so far, by where its path leads.

        With `itself` the path is to go away, which may not be a link to something else.
        """
        with self.tree.find(path, Folders.IMAGINE) as place:
            if itself and place.is_linked:
                raise CallError(
                    f"{path} is a symbolic link to {place.path}; remove or move links by a command"
                )
            if place.real not in self.after:
                self.before[place.real] = self.after[place.real] = _read(place)
            return place.real, self.after[place.real]

    def need(self, path: str, *, itself: bool = False) -> tuple[str, _File]:
        """Return a file that has to be there."""
        real, file = self.look(path, itself=itself)
        if file is None:
            raise CallError(f"there is no file {path}")
        return real, file


def apply_patch(tree: Tree, scratch: Scratch, args: Arguments) -> str:
    """Change all files that a patch names, and say what became of each. Raises `CallError`."""
    text = args.text("patch")
    changes = read_own_format(text) if is_own_format(text) else read_unified(text)
    if len(changes) > _MOST_FILES:
        raise CallError(f"the patch changes more than {_MOST_FILES} files")
    plan = _Plan(tree, {}, {}, [])
    for change in changes:
        _WORK[change.action](plan, change)
    _write(plan, scratch)
    return "\n".join(plan.said)


def _add(plan: _Plan, change: Change) -> None:
    path = change.path
    real, there = plan.look(path)
    if there is not None:
        raise CallError(f"{path} is there already: update it, or delete it first")
    text = "".join(f"{line}\n" for hunk in change.hunks for _, line in hunk.lines)
    if any(hunk.ends_open for hunk in change.hunks):
        text = text.removesuffix("\n")
    mode = 0o755 if change.executable else None
    plan.after[real] = _File(TextFile(text).encoded(path), mode)
    plan.said.append(f"added {path}")


def _update(plan: _Plan, change: Change) -> None:
    real, old = plan.need(change.path, itself=change.new_path is not None)
    content, notes = old.content, list[str]()
    if change.hunks:
        file = TextFile.decoded(old.content, change.path)
        text, notes = patched(file.text, change.hunks, change.path)
        content = file.with_text(text).encoded(change.path)
    new = _File(content, _mode(old.mode, executable=change.executable))
    said = f"changed {change.path}"
    if change.new_path is not None:
        target, there = plan.look(change.new_path)
        if there is not None and target != real:
            raise CallError(f"{change.new_path} is there already, so nothing can be moved to it")
        plan.after[real] = None
        real, said = target, f"moved {change.path} to {change.new_path}"
    plan.after[real] = new
    plan.said.append("; ".join([said, *notes]))


def _delete(plan: _Plan, change: Change) -> None:
    real, _ = plan.need(change.path, itself=True)
    plan.after[real] = None
    plan.said.append(f"deleted {change.path}")


_WORK: Final[dict[Action, Callable[[_Plan, Change], None]]] = {
    Action.ADD: _add,
    Action.UPDATE: _update,
    Action.DELETE: _delete,
}


def _mode(mode: int | None, *, executable: bool | None) -> int | None:
    """Return the mode that a file gets; who may read it may run it."""
    if mode is None or executable is None:
        return mode
    return mode | (mode >> 2 & _EXECUTABLE) if executable else mode & ~_EXECUTABLE


def _read(place: Place) -> _File | None:
    if place.found is None:
        return None
    size = place.require_file().st_size
    if size > MOST_BYTES:
        raise CallError(f"{place.path} has {size:,} bytes, more than tools change")
    with os.fdopen(place.open(), "rb") as file:
        return _File(file.read(), stat.S_IMODE(place.require_file().st_mode))


def _write(plan: _Plan, scratch: Scratch) -> None:
    """Write what has changed; where one cannot be written, put back what was."""
    changed = [path for path, file in plan.after.items() if file != plan.before[path]]
    if not changed:
        raise CallError("the patch would change nothing: the files are like that already")
    # What goes last goes to where the new is already, so that nothing is ever nowhere.
    changed.sort(key=lambda path: plan.after[path] is None)
    done: list[str] = []
    try:
        for path in changed:
            done.append(path)
            _put(plan.tree, scratch, path, plan.after[path])
    except (CallError, OSError):
        for path in reversed(done):
            _put(plan.tree, scratch, path, plan.before[path])
        raise


def _put(tree: Tree, scratch: Scratch, path: str, file: _File | None) -> None:
    with tree.find(path, Folders.IMAGINE if file is None else Folders.MAKE) as place:
        if file is not None:
            scratch.replace(place, file.content, file.mode)
        elif place.found is not None:
            place.require_file()
            os.unlink(place.name, dir_fd=place.folder)
