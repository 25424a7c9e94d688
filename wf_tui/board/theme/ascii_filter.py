"""Letters for all signs of our own and of Textual's, whatever has drawn them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.segment import Segment
from textual.filter import LineFilter

from wf_tui.text import signs_in_ascii

if TYPE_CHECKING:
    from textual.color import Color

__all__ = ["AsciiFilter"]

_FRAMES: Final = str.maketrans(
    dict.fromkeys("╭╮╰╯┌┐└┘├┤┬┴┼", "+")
    | dict.fromkeys("▏▎▍▌▋▊▉▐║", "|")
    | dict.fromkeys("▔═", "-")
    # Parts of a scroll bar, of which the rest is told by its ground.
    | dict.fromkeys("▁▂▃▄▅▆▇█", " ")
    | {"•": "*", "↑": "^", "↓": "v", "╸": ">"}
)


class AsciiFilter(LineFilter):
    """Passes each line that is drawn, as the last of all; words of people stay as they are.

    The board's own lines have letters before they come here; dialogs and frames have not.
    """

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002 - Textual's
        """Return the pieces of a line with a letter for each sign, in as many cells."""
        if all(text.isascii() for text, _, _ in segments):
            return segments
        return [Segment(_letters(text), style, control) for text, style, control in segments]


def _letters(text: str) -> str:
    return text if text.isascii() else signs_in_ascii(text.translate(_FRAMES))
