"""A list as it is painted, in an app of its own: cursor, marks, thumb, mouse, messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import on
from textual.app import App

from tests.support.screen_text import text_of
from wf_tui.board.widgets.entry_view import EntryView, ListSource
from wf_tui.board.widgets.glyph_sets import UNICODE
from wf_tui.board.widgets.line import Line, Look, Span

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from wf_tui.picture.entries import Entry


class Names(EntryView):
    """Names, each on a line."""

    def lines_of(self, entry: Entry) -> tuple[Line, ...]:
        """Return the name."""
        return (Line((Span(entry.name),)),)

    def is_marked(self, entry: Entry) -> bool:
        """Mark one."""
        return entry.name == "b"


class ListApp(App[None]):
    """A list of names, and what it has told."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[tuple[str, str]] = []

    def compose(self) -> ComposeResult:
        """Show the list."""
        yield Names(UNICODE, ruled=True)

    @on(EntryView.Selected)
    @on(EntryView.Opened)
    @on(EntryView.MenuAsked)
    def note(self, message: EntryView.Selected) -> None:
        """Keep it."""
        self.told.append((type(message).__name__, message.entry.name))


async def test_a_list_has_a_cursor_marks_and_a_thumb() -> None:
    """And its mouse selects, opens, scrolls and asks for a menu; the screen is told each."""
    async with ListApp().run_test(size=(8, 4)) as pilot:
        app = pilot.app
        assert isinstance(app, ListApp)
        view = app.query_one(Names)
        view.source = ListSource(list("abcdefgh"))
        view.focus()
        view.move("first")
        await pilot.pause()
        assert text_of(view) == ["┃a     ┃", "+b     ┃", " c     │", " d     │"]
        assert [row.look for row in view.rows()] == [Look.CURSOR] + [Look.PLAIN] * 3
        await pilot.click(view, offset=(1, 2))
        await pilot.click(view, offset=(1, 2), times=2)
        await pilot.click(view, offset=(1, 3), button=3)
        view.move("last")
        await pilot.pause()
        assert text_of(view) == [" e     │", " f     │", " g     ┃", "┃h     ┃"]
        assert app.cursor_position == (1, 3)
        view.scroll_lines(-9)
        assert text_of(view)[0] == " a     ┃"
        assert app.told == [
            *(("Selected", "a"), ("Selected", "c"), ("Opened", "c")),
            *(("Selected", "d"), ("MenuAsked", "d"), ("Selected", "h")),
        ]
