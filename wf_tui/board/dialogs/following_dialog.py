"""A dialog that follows the run while it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.screen import ModalScreen

if TYPE_CHECKING:
    from wf_tui.picture.batch import Changes

__all__ = ["FollowingDialog"]


class FollowingDialog(ModalScreen[None]):
    """Is told by the application, on the event loop, what has changed in the picture."""

    def refresh_from(self, changes: Changes) -> None:
        """Show what has become of what it is about; called after each batch."""
        raise NotImplementedError
