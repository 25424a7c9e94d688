"""Unified diffs, as git and diff make them, and as models write them from memory.

The counts in the heads of hunks are often wrong there, so they only tell where a line belongs that
could be something else, too.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.patch.change import Action, Change, Hunk
from wf_tui.workers.model.hands.patch_paths import diff_path, git_path

__all__ = ["read_unified"]

_HUNK: Final = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+\d{1,9}(?:,(\d{1,9}))? @@")
_MODE: Final = re.compile(r"(?:new|deleted) (?:file )?mode (\d{6})")
_NOT_FILES: Final = frozenset({"120000", "160000"})
_EXECUTABLE: Final = "100755"
_NO_NEWLINE: Final = "\\ No newline"


@dataclass
class _Head:
    """What the lines above the hunks of a file say."""

    git: str | None = None
    """The path that the line `diff --git` names, which is enough where nothing else does."""
    old: str | None = None
    new: str | None = None
    moved_from: str | None = None
    moved_to: str | None = None
    mode: str | None = None
    is_new: bool = False
    is_deleted: bool = False
    hunks: list[Hunk] = field(default_factory=list)


class _Lines:
    """The lines of a patch, from the one that is read next."""

    def __init__(self, patch: str) -> None:
        self.lines = [line.removesuffix("\r") for line in patch.split("\n")]
        if self.lines[-1] == "":
            del self.lines[-1]
        self.at = 0

    def look(self, ahead: int = 0) -> str:
        """Return a line that is still to come, nothing behind the last."""
        at = self.at + ahead
        return self.lines[at] if at < len(self.lines) else ""

    def take(self) -> str:
        """Return the next line."""
        self.at += 1
        return self.lines[self.at - 1]

    def is_done(self) -> bool:
        """Whether there is none any more."""
        return self.at >= len(self.lines)

    def begins_file(self) -> bool:
        """Whether the next line begins another file."""
        line = self.look()
        return line.startswith("diff --git ") or (
            line.startswith("--- ") and self.look(1).startswith("+++ ")
        )


def read_unified(patch: str) -> list[Change]:
    """Return the changes of a diff. Raises `CallError`."""
    changes = [_change(head) for head in _heads(_Lines(patch))]
    if not changes:
        raise CallError(
            "the patch is neither a unified diff (`--- a/PATH`, `+++ b/PATH`, `@@ -1,2 +1,3 @@`) "
            "nor one that begins with `*** Begin Patch`"
        )
    return changes


def _heads(lines: _Lines) -> Iterator[_Head]:
    """Give what is said of each file."""
    while not lines.is_done():
        if not lines.begins_file():
            lines.take()  # the words of a mail, or a fence
            continue
        head = _Head()
        if lines.look().startswith("diff --git "):
            head.git = git_path(lines.take())
            while not lines.is_done() and not lines.begins_file():
                if lines.look().startswith("@@ "):
                    raise CallError("a hunk of the patch has no lines `---` and `+++` above it")
                _read_extended(lines.take(), head)
        if lines.look().startswith("--- "):
            head.old = diff_path(lines.take()[4:], sided=True)
            head.new = diff_path(lines.take()[4:], sided=True)
            head.is_new, head.is_deleted = head.old is None, head.new is None
            while lines.look().startswith("@@"):
                head.hunks.append(_hunk(lines))
        yield head


def _read_extended(line: str, head: _Head) -> None:
    """Read one of the lines that git writes above `---`."""
    if mode := _MODE.match(line):
        head.mode = mode[1]
        head.is_new = head.is_new or line.startswith("new file")
        head.is_deleted = line.startswith("deleted file")
    elif line.startswith("rename from "):
        head.moved_from = diff_path(line[len("rename from ") :])
    elif line.startswith("rename to "):
        head.moved_to = diff_path(line[len("rename to ") :])
    elif line.startswith(("copy from ", "GIT binary patch", "Binary files ")):
        raise CallError("a patch cannot copy files, and not change binary ones")


def _hunk(lines: _Lines) -> Hunk:
    head = _HUNK.match(lines.take())
    if head is None:
        raise CallError(f"line {lines.at} of the patch must be `@@ -LINE,COUNT +LINE,COUNT @@`")
    old_left, new_left = int(head[2] or 1), int(head[3] or 1)
    body: list[tuple[str, str]] = []
    ends_open = False
    while not lines.is_done():
        line = lines.look()
        counted = old_left > 0 or new_left > 0
        if line.startswith("@@") or (lines.begins_file() and not (counted and old_left > 0)):
            break
        if line.startswith(_NO_NEWLINE):
            ends_open = bool(body) and body[-1][0] != "-"
        elif line[:1] in {" ", "+", "-"} or (not line and counted):
            sign, text = (line[0], line[1:]) if line else (" ", "")
            body.append((sign, text))
            old_left -= sign != "+"
            new_left -= sign != "-"
        else:
            break
        lines.take()
    return Hunk(tuple(body), line=int(head[1]), ends_open=ends_open)


def _change(head: _Head) -> Change:
    """Return the change that a file's part of the diff means."""
    if head.mode in _NOT_FILES:
        raise CallError("a patch cannot make symbolic links or submodules")
    old, new = head.old or head.moved_from, head.new or head.moved_to
    if old is None and new is None:
        old = new = head.git
    hunks = tuple(head.hunks)
    executable = None if head.mode is None else head.mode == _EXECUTABLE
    if head.is_deleted and old is not None:
        return Change(Action.DELETE, old)
    if head.is_new and new is not None:
        return Change(Action.ADD, new, hunks=hunks, executable=executable)
    if old is None or new is None:
        raise CallError("a part of the patch names no file: it needs lines `---` and `+++`")
    return Change(Action.UPDATE, old, new if new != old else None, hunks, executable)
