"""What an application tells its person, kept for a test to read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from wf_tui.board.dialog_app import DialogApp

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["TellingApp"]

_T = TypeVar("_T")


class TellingApp(DialogApp):
    """The part that the boards of tests share; it stands before the application in their bases."""

    def __init__(self, *args: Any, **values: Any) -> None:
        super().__init__(*args, **values)
        self.told: list[str] = []
        self.aside: list[str] = []

    def show_toast(self, text: str, hint: str = "", **values: Any) -> None:
        """Keep what is told."""
        super().show_toast(text, hint, **values)
        self.told.append(self.toasts.kept[0].text)

    def step_aside(self, line: str, program: Callable[[], _T]) -> _T:
        """Keep the line; a terminal to leave there is none."""
        self.aside.append(line)
        return program()
