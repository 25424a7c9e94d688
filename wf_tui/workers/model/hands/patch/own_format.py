"""The format that begins with `*** Begin Patch`."""

import re
from typing import Final

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.patch.change import Action, Change, Hunk

__all__ = ["is_own_format", "read_own_format"]

_BEGIN: Final = "*** Begin Patch"
_END: Final = "*** End Patch"
_END_OF_FILE: Final = "*** End of File"
_FILE: Final = re.compile(r"\*\*\* (Add|Update|Delete) File:(.*)")
_MOVE: Final = re.compile(r"\*\*\* Move to:(.*)")
_SIGNS: Final = " -+"
_NUMBERS: Final = re.compile(r"-\d+(,\d+)? \+\d+(,\d+)?")
"""Of a unified diff, which say nothing here."""


def is_own_format(patch: str) -> bool:
    """Whether a patch is of this format."""
    return any(line.strip() == _BEGIN for line in patch.split("\n"))


def read_own_format(patch: str) -> list[Change]:
    """Return the changes of a patch. Raises `CallError`, which names the line."""
    lines = [line.removesuffix("\r") for line in patch.split("\n")]
    stripped = [line.strip() for line in lines]
    first = stripped.index(_BEGIN) + 1
    # One that was cut off would else be half of what was meant.
    if _END not in stripped[first:]:
        raise CallError("the patch has no line `*** End Patch` at its end")
    last = len(lines) - 1 - stripped[::-1].index(_END)
    changes: list[Change] = []
    at = first
    while at < last:
        if not stripped[at]:
            at += 1
            continue
        head = _FILE.match(stripped[at])
        if head is None:
            raise CallError(
                f"line {at + 1} of the patch must be `*** Update File: PATH`, `*** Add File: PATH` "
                f"or `*** Delete File: PATH`, and is {lines[at][:80]!r}"
            )
        end = next((i for i in range(at + 1, last) if _FILE.match(stripped[i])), last)
        changes.append(_change(head[1], head[2].strip(), lines[at + 1 : end], at + 2))
        at = end
    if not changes:
        raise CallError("the patch changes nothing")
    return changes


def _change(word: str, path: str, lines: list[str], number: int) -> Change:
    """Return the change of one file; `number` is that of its first line below the head."""
    if word == "Delete":
        return Change(Action.DELETE, path)
    if word == "Add":
        while lines and not lines[-1]:
            del lines[-1]
        wrong = next((i for i, line in enumerate(lines) if not line.startswith("+")), None)
        if wrong is not None:
            raise CallError(
                f"line {number + wrong} of the patch: each line of a new file begins with `+`"
            )
        return Change(Action.ADD, path, hunks=(Hunk(tuple(("+", line[1:]) for line in lines)),))
    move = _MOVE.match(lines[0].strip()) if lines else None
    if move is not None:
        lines, number = lines[1:], number + 1
    hunks = _hunks(lines, number)
    if not hunks and move is None:
        raise CallError(f"the patch says nothing about what changes in {path}")
    return Change(Action.UPDATE, path, move[1].strip() if move else None, tuple(hunks))


def _hunks(lines: list[str], number: int) -> list[Hunk]:
    hunks: list[Hunk] = []
    headers, body, at_end = list[str](), list[tuple[str, str]](), False
    for index, line in enumerate((*lines, "@@")):
        if line.startswith("@@"):
            if body:
                hunks.append(_hunk(headers, body, at_end=at_end))
                headers, body, at_end = [], [], False
            # Several in a row: a class, then a method of it.
            header = line[2:].strip().removesuffix("@@").strip()
            if header and not _NUMBERS.match(header):
                headers.append(header)
        elif line.strip() == _END_OF_FILE:
            at_end = True
        elif at_end and not line:
            continue
        elif not line:  # an empty line that stays, whose blank was lost
            body.append((" ", ""))
        elif line[0] in _SIGNS:
            body.append((line[0], line[1:]))
        else:
            raise CallError(
                f"line {number + index} of the patch must begin with a space, `-` or `+`, and is "
                f"{line[:80]!r}"
            )
    return hunks


def _hunk(headers: list[str], body: list[tuple[str, str]], *, at_end: bool) -> Hunk:
    # Empty lines before the next head are of the patch, and not of the file.
    while body and body[-1] == (" ", "") and not at_end:
        del body[-1]
    return Hunk(tuple(body), tuple(headers), at_end=at_end)
