"""`edit_file`: a piece of a file for another one, and never the wrong piece.

What a model copies often differs in blanks, so that is forgiven, but only where exactly one place
of the file can be meant, and the answer says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.replacing import Scratch
from wf_tui.workers.model.hands.files.similar_lines import indented_alike, most_similar, places
from wf_tui.workers.model.hands.files.text_file import TextFile
from wf_tui.workers.model.hands.files.tree import Tree

__all__ = ["edit_file"]

_MOST_PLACES: Final = 8
"""Lines of places that are named."""
_MOST_SHOWN: Final = 40


@dataclass(frozen=True)
class _Edit:
    """What an edit comes to."""

    text: str
    said: str


def edit_file(tree: Tree, scratch: Scratch, args: Arguments) -> str:
    """Replace a text of a file, and say where."""
    old, new = args.text("old_text"), args.text("new_text")
    if not old:
        raise CallError("old_text is empty: give text of the file, or use write_file")
    if old == new:
        raise CallError("old_text and new_text are the same, so nothing would change")
    with tree.find(args.text("path")) as place:
        file = TextFile.read(place)
        if file.crlf:
            old, new = old.replace("\r\n", "\n"), new.replace("\r\n", "\n")
        edit = _edit(file.text, old, new, every=args.flag("replace_all"))
        if edit is None:
            raise CallError(f"old_text is not in {place.path}{_nearest(file.text, old)}")
        scratch.replace(place, file.with_text(edit.text).encoded(place.path))
        return f"edited {place.path}, {edit.said}"


def _edit(text: str, old: str, new: str, *, every: bool) -> _Edit | None:
    """Return the changed text; None where the old one is not there. Raises `CallError`."""
    first = text.find(old)
    if first < 0:
        return None if every else _forgiving(text, old, new)
    if every:
        count = text.count(old)
        return _Edit(text.replace(old, new), f"{count} {'place' if count == 1 else 'places'}")
    if text.find(old, first + 1) >= 0:
        raise CallError(
            f"old_text stands there more than once, at {_lines_of(text, old)}: give more of the "
            "lines around the one that is meant, or set replace_all"
        )
    changed = text[:first] + new + text[first + len(old) :]
    return _Edit(changed, f"line {text.count(chr(10), 0, first) + 1}")


def _lines_of(text: str, old: str) -> str:
    """Return the lines at which a text begins, the first of them."""
    numbers: list[str] = []
    at = text.find(old)
    while at >= 0 and len(numbers) < _MOST_PLACES:
        numbers.append(str(text.count("\n", 0, at) + 1))
        at = text.find(old, at + 1)
    more = ", ..." if at >= 0 else ""
    return f"lines {', '.join(numbers)}{more}"


def _forgiving(text: str, old: str, new: str) -> _Edit | None:
    """Replace whole lines that differ from the old ones in blanks alone."""
    lines, wanted = text.split("\n"), _as_lines(old)
    if not any(line.strip() for line in wanted):
        return None
    replacement = _as_lines(new) if new or not old.endswith("\n") else []
    found, what = places(lines, wanted, str.rstrip), "blanks at the ends of lines"
    if not found:
        found, what = places(lines, wanted, str.strip), "indentation"
    if not found:
        return None
    if len(found) > 1:
        numbers = ", ".join(str(at + 1) for at in found[:_MOST_PLACES])
        raise CallError(
            f"old_text is not there exactly, and but for {what} it would be at lines {numbers}: "
            "copy the one that is meant exactly, with lines around it"
        )
    there = lines[found[0] : found[0] + len(wanted)]
    if what == "indentation":
        alike = indented_alike(there, wanted, replacement)
        if alike is None:
            return None
        replacement = alike
    return _put(lines, found[0], there, replacement, what)


def _put(
    lines: list[str], first: int, there: Sequence[str], replacement: Sequence[str], what: str
) -> _Edit:
    """Return the lines with others in one place, and say how they look now."""
    if all(line.endswith("\r") for line in there):
        replacement = [line.removesuffix("\r") + "\r" for line in replacement]
    after = lines[:first] + list(replacement) + lines[first + len(there) :]
    now = "\n".join(line.rstrip("\r") for line in replacement[:_MOST_SHOWN])
    said = f"line {first + 1}: old_text was there with other {what}; the lines are now:\n{now}"
    return _Edit("\n".join(after), said)


def _as_lines(text: str) -> list[str]:
    """Return the lines of a text; a line break at its end begins none."""
    return [line.removesuffix("\r") for line in text.removesuffix("\n").split("\n")]


def _nearest(text: str, old: str) -> str:
    """Return what helps to find the place that was meant."""
    near = most_similar(text.split("\n"), _as_lines(old))
    if near is None:
        return "; read the file, and copy the text exactly"
    first, lines = near
    shown = "\n".join(line.rstrip("\r") for line in lines)
    return f"; what comes nearest is at line {first + 1}, copy it exactly:\n{shown}"
