"""Which theme the board starts with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.theme.our_themes import DARK
from wf_tui.errors import nearest

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping

__all__ = ["choose_theme", "unknown_theme"]


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
