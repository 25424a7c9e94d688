"""The way to the land screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost

__all__ = ["open_land"]


def open_land(app: ActionHost, _ids: tuple[str, ...]) -> None:
    """Show what would come into the person's branch."""
    app.show_land()
