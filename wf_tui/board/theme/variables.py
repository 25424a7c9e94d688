"""The variables that `board.tcss` needs beyond Textual's, computed for any theme."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.color import Color

from wf_tui.board.theme.contrast import contrast, least_readable

if TYPE_CHECKING:
    from textual.theme import Theme

__all__ = ["NAMES", "variables_of"]

NAMES: Final = (
    "wf-muted",
    "wf-faint",
    "wf-rule",
    "wf-cursor",
    "wf-cursor2",
    "wf-changed",
    "wf-need",
    "wf-add",
    "wf-rem",
)
"""All of them; a theme of ours has each as it was drawn."""
_MUTED: Final = (range(60, 101), 5.0)
_FAINT: Final = (range(45, 101), 3.5)
_READABLE: Final = 4.5
"""What all text needs on the cursor."""
_OF_TERMINAL: Final = dict.fromkeys(NAMES, "ansi_default") | {
    "wf-faint": "ansi_bright_black",
    "wf-rule": "ansi_bright_black",
}
"""Of a theme in the colours of the terminal, which nobody can compute with."""


def variables_of(theme: Theme) -> dict[str, str]:
    """Return our variables for a theme.

    `ThemedApp` gives them to Textual, which takes those that the theme itself has instead of them.
    """
    system = theme.to_color_system().generate()
    ground, text = Color.parse(system["background"]), Color.parse(system["foreground"])
    if theme.ansi or ground.ansi is not None or text.ansi is not None:
        return dict(_OF_TERMINAL)
    text = ground.blend(text, text.a, alpha=1)
    muted = least_readable(text, ground, *_MUTED)
    primary = Color.parse(system["primary"])
    colors = (
        muted,
        least_readable(text, ground, *_FAINT),
        ground.blend(text, 0.22),
        _cursor(ground, primary, (text, muted)),
        ground.blend(text, 0.08),
        ground.blend(primary, 0.30),
        *(ground.blend(Color.parse(system[name]), 0.12) for name in ("accent", "success", "error")),
    )
    return {name: color.hex6 for name, color in zip(NAMES, colors, strict=True)}


def _cursor(ground: Color, primary: Color, texts: tuple[Color, ...]) -> Color:
    """Return the strongest ground of the cursor, of 22 % at most, on which the texts are read."""
    for percent in range(22, 0, -1):
        mix = ground.blend(primary, percent / 100)
        if all(contrast(text, mix) >= _READABLE for text in texts):
            return mix
    return ground
