"""Our own themes, dark and light, in the colours that the terminal has."""

from __future__ import annotations

from typing import Final

from textual.theme import BUILTIN_THEMES, Theme

from wf_tui.board.theme.colors import (
    DARK_256,
    DARK_TRUE,
    LIGHT_256,
    LIGHT_TRUE,
    SIXTEEN,
    Colors,
)

__all__ = ["DARK", "LIGHT", "our_themes"]

DARK: Final = "wf-dark"
LIGHT: Final = "wf-light"
_WITH_FEW: Final = {
    "256": (DARK_256, LIGHT_256),
    "standard": (SIXTEEN, SIXTEEN),
    "windows": (SIXTEEN, SIXTEEN),
}
"""By the name that Rich has for what a terminal can show."""


def our_themes(color_system: str | None) -> tuple[Theme, Theme]:
    """Return our dark and our light theme for a terminal with this system of colours.

    They are called the same everywhere, so that a configuration holds for each terminal. In a
    terminal with few colours they are made of entries of its palette and of nothing else, since
    what has to be approximated on the way may come out as one colour for two.
    """
    dark, light = _WITH_FEW.get(color_system or "", (DARK_TRUE, LIGHT_TRUE))
    return _theme(DARK, dark, dark=True), _theme(LIGHT, light, dark=False)


def _theme(name: str, colors: Colors, *, dark: bool) -> Theme:
    variables = _variables(colors)
    if colors is SIXTEEN:
        # Textual's own widgets need more, which only a theme in the terminal's colours has.
        variables = BUILTIN_THEMES["ansi-dark" if dark else "ansi-light"].variables | variables
    return Theme(
        name=name,
        primary=colors.primary,
        secondary=colors.secondary,
        accent=colors.accent,
        warning=colors.warning,
        error=colors.error,
        success=colors.success,
        foreground=colors.foreground,
        background=colors.background,
        surface=colors.surface,
        panel=colors.panel,
        dark=dark,
        ansi=colors is SIXTEEN,
        variables=variables,
    )


def _variables(colors: Colors) -> dict[str, str]:
    """Return what Textual would else compute: also the colours themselves, which it would round."""
    names = ("background", "surface", "panel", "foreground", "primary", "secondary")
    return {
        **{
            name: getattr(colors, name)
            for name in (*names, "accent", "warning", "error", "success")
        },
        "text": colors.foreground,
        "text-muted": colors.muted,
        "text-disabled": colors.faint,
        "text-primary": colors.primary,
        "text-secondary": colors.secondary,
        "text-accent": colors.accent,
        "text-warning": colors.warning,
        "text-error": colors.error,
        "text-success": colors.success,
        "foreground-muted": colors.muted,
        "wf-muted": colors.muted,
        "wf-faint": colors.faint,
        "wf-rule": colors.rule,
        "wf-cursor": colors.cursor,
        "wf-cursor2": colors.cursor2,
        "wf-changed": colors.changed,
        "wf-need": colors.need,
        "wf-add": colors.add,
        "wf-rem": colors.rem,
    }
