"""The board's own colours, dark and light; every other theme of Textual works as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual.theme import Theme

from wf_tui.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping

__all__ = ["DARK", "LIGHT", "OURS", "choose_theme", "unknown_theme"]

DARK: Final = "wf-dark"
LIGHT: Final = "wf-light"
OURS: Final = (
    Theme(
        name=DARK,
        primary="#5fa8d3",
        secondary="#8d99ae",
        accent="#e0a458",
        warning="#e9c46a",
        error="#e76f6f",
        success="#7fb685",
        foreground="#d8dee6",
        background="#14181d",
        surface="#1a1f26",
        panel="#242b34",
        dark=True,
    ),
    Theme(
        name=LIGHT,
        primary="#1f6f9f",
        secondary="#5b6573",
        accent="#9a5b00",
        warning="#8a6100",
        error="#b3261e",
        success="#2c7a3f",
        foreground="#1d232b",
        background="#f7f7f4",
        surface="#efefeb",
        panel="#e2e3de",
        dark=False,
    ),
)


def choose_theme(configured: str, environ: Mapping[str, str], known: Container[str]) -> str:
    """Return the theme to start with: `TEXTUAL_THEME`, the configuration, else our dark one.

    `known` has the names of all registered themes. One that is not among them is passed over:
    Textual would end the application for it. `unknown_theme` says so.
    """
    wanted = (environ.get("TEXTUAL_THEME", ""), configured)
    return next((name for name in wanted if name in known), DARK)


def unknown_theme(configured: str, environ: Mapping[str, str], known: Collection[str]) -> str:
    """Return a sentence on a theme that was asked for and that there is not; "" where all is well.

    Only the first that was asked for counts, as in `choose_theme`.
    """
    wanted, where = environ.get("TEXTUAL_THEME", ""), "TEXTUAL_THEME"
    if not wanted:
        wanted, where = configured, "the configuration"
    if not wanted or wanted in known:
        return ""
    near = nearest(wanted, known)
    meant = f"; did you mean {near!r}?" if near else ""
    return f"{where} names a theme that there is not, {wanted!r}{meant}"
