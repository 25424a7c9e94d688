"""The table of our colours: what each is for, dark and light, and in terminals that have few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

__all__ = ["DARK_256", "DARK_TRUE", "LIGHT_256", "LIGHT_TRUE", "SIXTEEN", "Colors", "entry"]

_CUBE: Final = (0, 95, 135, 175, 215, 255)
"""The steps of red, green and blue in the 256 colours, from number 16."""
_GREYS: Final = 231
"""The number of white, after which the greys begin."""


@dataclass(frozen=True)
class Colors:
    """One set of colours, as a theme of Textual takes them."""

    background: str
    surface: str
    panel: str
    foreground: str
    muted: str
    faint: str
    rule: str
    primary: str
    accent: str
    warning: str
    error: str
    success: str
    secondary: str
    cursor: str
    cursor2: str
    changed: str
    need: str
    add: str
    rem: str


def entry(number: int) -> str:
    """Return the colour that a terminal with 256 of them gets as this entry of its palette.

    Rich takes a grey for the next darker entry, so that what is written here is one step lighter;
    a test compares what is sent. `number` is 16 or above: those below are the terminal's own.
    """
    if number == _GREYS:
        return "#ffffff"
    if number > _GREYS:
        return "#" + f"{round((number - _GREYS) / 25 * 255):02x}" * 3
    red, rest = divmod(number - 16, 36)
    green, blue = divmod(rest, 6)
    return f"#{_CUBE[red]:02x}{_CUBE[green]:02x}{_CUBE[blue]:02x}"


DARK_TRUE: Final = Colors(
    background="#0e1217",
    surface="#151a21",
    panel="#1c232c",
    foreground="#dce3ea",
    muted="#9aa6b4",
    faint="#828e9b",
    rule="#343f4c",
    primary="#6cb2f0",
    accent="#ffb657",
    warning="#dcc069",
    error="#ff857b",
    success="#7cc492",
    secondary="#b59cf0",
    cursor="#1c3148",
    cursor2="#1a212a",
    changed="#2a4258",
    need="#2b2113",
    add="#11251b",
    rem="#2c181a",
)
LIGHT_TRUE: Final = Colors(
    background="#fafaf8",
    surface="#f1f1ed",
    panel="#e6e7e2",
    foreground="#1b2128",
    muted="#505a66",
    faint="#626c78",
    rule="#c4c7c3",
    primary="#0b62a8",
    accent="#9c4f00",
    warning="#7a5c00",
    error="#b3261e",
    success="#1f7038",
    secondary="#6a3fb5",
    cursor="#d3e4f5",
    cursor2="#ebece8",
    changed="#b2cce0",
    need="#fbeeda",
    add="#e0f2e4",
    rem="#fae3e1",
)


def _of_256(*numbers: int) -> Colors:
    return Colors(*map(entry, numbers))


DARK_256: Final = _of_256(
    *(233, 234, 235, 253, 248, 245, 239),
    *(75, 215, 185, 210, 114, 141),
    *(237, 235, 24, 236, 233, 233),
)
LIGHT_256: Final = _of_256(
    *(231, 255, 254, 235, 240, 242, 250),
    *(25, 94, 58, 124, 22, 55),
    *(254, 255, 153, 230, 194, 224),
)
SIXTEEN: Final = Colors(
    **dict.fromkeys(("background", "surface", "panel", "foreground", "muted"), "ansi_default"),
    faint="ansi_bright_black",
    rule="ansi_bright_black",
    primary="ansi_bright_cyan",
    accent="ansi_bright_yellow",
    warning="ansi_yellow",
    error="ansi_bright_red",
    success="ansi_green",
    secondary="ansi_bright_magenta",
    **dict.fromkeys(("cursor", "cursor2", "changed", "need", "add", "rem"), "ansi_default"),
)
"""The terminal's own, on its own ground; what lies on a ground is told by a bar or in reverse."""
