"""Where the pieces of a patch belong in a file, and what the file becomes.

No piece is put where it might not be meant: what fits two places, and nothing in the patch says
which, is refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.similar_lines import indented_alike, most_similar, places
from wf_tui.workers.model.hands.patch.change import Hunk

__all__ = ["patched"]

_MOST_PLACES: Final = 8
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("\u2018\u2019\u201a\u201b", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f", '"'),
        **dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000", " "),
    }
)
"""Signs that models write as those of a keyboard."""


def _as_it_is(line: str) -> str:
    return line.removesuffix("\r")


def _on_a_keyboard(line: str) -> str:
    return line.strip().translate(_PLAIN)


_WAYS: Final[tuple[tuple[str, Callable[[str], str]], ...]] = (
    ("", _as_it_is),
    ("blanks at the ends of lines", str.rstrip),
    ("indentation", str.strip),
    ("indentation or typographic signs", _on_a_keyboard),
)
"""How lines are compared, the strictest first, and what may differ then."""


@dataclass(frozen=True)
class _Place:
    """Where a piece belongs, in the lines of the old file."""

    first: int
    end: int
    new: tuple[str, ...]
    note: str = ""


def patched(text: str, hunks: Sequence[Hunk], path: str) -> tuple[str, list[str]]:
    """Return the text of a file with all pieces of a patch, and what was forgiven.

    Raises `CallError` where a piece does not fit.
    """
    lines = text.split("\n")
    ends_closed = lines[-1] == ""
    if ends_closed:
        del lines[-1]
    found: list[_Place] = []
    for number, hunk in enumerate(hunks, 1):
        after = found[-1].end if found else 0
        try:
            place = _place(lines, hunk, after)
        except CallError as error:
            which = f"piece {number} of the patch for {path}" if len(hunks) > 1 else path
            raise CallError(f"{which}: {error}") from None
        found.append(place)
        if place.end == len(lines) and hunk.lines:
            ends_closed = not hunk.ends_open and (ends_closed or hunk.lines[-1][0] == "+")
    for place in reversed(found):
        lines[place.first : place.end] = place.new
    notes = [one.note for one in found if one.note]
    return "\n".join(lines) + "\n" * (ends_closed and bool(lines)), notes


def _place(lines: list[str], hunk: Hunk, after: int) -> _Place:
    old = hunk.old
    if not old:
        at = _insertion(lines, hunk, after)
        return _Place(at, at, tuple(text for _, text in hunk.lines))
    for what, compared in _WAYS:
        found = [at for at in places(lines, old, compared) if at >= after]
        if found:
            first = _chosen(lines, hunk, found, after)
            return _fitted(lines, hunk, first, what)
    raise CallError(_not_found(lines, old, after))


def _insertion(lines: list[str], hunk: Hunk, after: int) -> int:
    """Return where lines go that say nothing of what is around them."""
    if hunk.headers:
        return _behind_headers(lines, hunk.headers, after)[0]
    at = len(lines) if hunk.line is None else hunk.line
    if not after <= at <= len(lines):
        raise CallError(f"there is no line {at} to add lines behind")
    return at


def _chosen(lines: list[str], hunk: Hunk, found: list[int], after: int) -> int:
    """Return the one place that is meant of those that fit."""
    if hunk.line is not None and hunk.line - 1 in found:
        return hunk.line - 1
    size = len(hunk.old)
    if hunk.at_end and found[-1] + size == len(lines):
        return found[-1]
    if hunk.headers:
        behind = _behind_headers(lines, hunk.headers, after)
        # The line of a head may itself be the first of the piece.
        nearest = {next((at for at in found if at >= head - 1), -1) for head in behind} - {-1}
        if len(nearest) == 1:
            return nearest.pop()
        found = sorted(nearest) or found
    if len(found) > 1:
        numbers = ", ".join(str(at + 1) for at in found[:_MOST_PLACES])
        raise CallError(
            f"its lines fit at lines {numbers}: give more lines around the change, or the line "
            "above it behind `@@`"
        )
    return found[0]


def _behind_headers(lines: list[str], headers: tuple[str, ...], after: int) -> list[int]:
    """Return the indices behind the innermost of some lines, each of which is below the other."""
    starts = [after]
    for header in headers:
        found = places(lines, [header], str.strip)
        starts = sorted({at + 1 for start in starts for at in found if at >= start})
        if not starts:
            raise CallError(f"the line behind `@@` is not in the file: {header[:120]}")
    return starts


def _fitted(lines: list[str], hunk: Hunk, first: int, what: str) -> _Place:
    """Return the lines that come into a place; those that stay are as the file has them."""
    old = hunk.old
    there = lines[first : first + len(old)]
    added = [text for sign, text in hunk.lines if sign == "+"]
    if "indentation" in what:
        alike = indented_alike(there, old, added)
        if alike is None:
            raise CallError(_not_found(lines, old, first))
        added = alike
    if there and all(line.endswith("\r") for line in there):
        added = [line + "\r" for line in added]
    staying, coming = iter(there), iter(added)
    new: list[str] = []
    for sign, _ in hunk.lines:
        if sign == "+":
            new.append(next(coming))
        else:
            line = next(staying)
            if sign == " ":
                new.append(line)
    note = f"at line {first + 1} the file has other {what}" if what else ""
    return _Place(first, first + len(old), tuple(new), note)


def _not_found(lines: list[str], old: list[str], after: int) -> str:
    wanted = "\n".join(old[:_MOST_PLACES])
    near = most_similar(lines[after:], old)
    if near is None:
        return f"these lines are not there; read the file, and copy them exactly:\n{wanted}"
    first, shown = near
    return (
        f"its lines are not there; what comes nearest is at line {after + first + 1}, copy it "
        "exactly:\n" + "\n".join(line.rstrip("\r") for line in shown)
    )
