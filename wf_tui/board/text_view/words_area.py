"""A small text area in which Enter ends what is written, and a paste never does."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from textual.widgets import TextArea

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.events import Paste

    from wf_tui.board.host import ActionHost

__all__ = ["WordsArea"]


class WordsArea(TextArea):
    """The base of the boxes for comments and answers; what Enter does is theirs.

    They bind Enter, and Ctrl+J to `new_line`. One that is hidden until it is opened shows itself
    with `reveal`, and hides by losing the class `-open`.
    """

    def __init__(self) -> None:
        super().__init__(soft_wrap=True, show_line_numbers=False, tab_behavior="focus")

    @property
    def is_open(self) -> bool:
        """Whether somebody writes in it."""
        return self.has_class("-open")

    def reveal(self, text: str) -> None:
        """Show it with what was begun, and type behind that."""
        self.text = text
        self.move_cursor(self.document.end)
        self.add_class("-open")
        self.focus()

    def when_typed(self, done: Callable[[], None]) -> None:
        """Do what Enter is for; where it came with an unmarked paste, it is a new line of that."""
        host = cast("ActionHost", self.app)
        self.run_worker(self._when_typed(host, host.pressed_at, done), group="perform")

    async def _when_typed(self, host: ActionHost, at: float, done: Callable[[], None]) -> None:
        place = self.cursor_location
        if await host.was_typed(at):
            done()
        else:
            self.insert("\n", place)

    def action_new_line(self) -> None:
        """Begin a new line."""
        self.insert("\n")

    async def _on_paste(self, event: Paste) -> None:
        """Take a paste as text, line ends and all."""
        event.prevent_default()
        event.stop()
        self.insert(event.text)
