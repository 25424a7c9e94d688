"""The box for a comment: Enter keeps it, unless it came with a paste that nobody marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import App

from wf_tui.board.diff.comment_box import CommentBox
from wf_tui.board.diff.comment_place import CommentPlace

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget


class Writing(App[None]):
    """Has one box, and says of each key whether somebody typed it."""

    pressed_at = 0.0
    typed = False

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[str] = []

    def compose(self) -> Iterable[Widget]:
        """Lay out the box."""
        yield CommentBox()

    async def was_typed(self, at: float) -> bool:
        """Return what the test says."""
        return self.typed and at == self.pressed_at

    @on(CommentBox.Kept)
    def note(self, message: CommentBox.Kept) -> None:
        """Keep what was kept."""
        self.kept.append(message.text)


async def test_enter_of_an_unmarked_paste_is_a_new_line() -> None:
    """The comment goes on behind it, and is kept by an Enter of its own."""
    app = Writing()
    async with app.run_test() as pilot:
        box = app.query_one(CommentBox)
        box.open("t", CommentPlace("a.py", "new", 3, "x = 1"), was_begun=False)
        await pilot.press("a", "enter", "b")
        await pilot.pause()
        assert (app.kept, box.text, box.is_open) == ([], "a\nb", True)
        app.typed = True
        await pilot.press("enter")
        await pilot.pause()
        assert (app.kept, box.is_open) == (["a\nb"], False)
