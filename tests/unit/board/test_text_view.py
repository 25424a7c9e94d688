"""Texts of any length: made safe, wrapped, bounded, searched."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wf_tui.board.text_view.find import Found, find, with_found
from wf_tui.board.text_view.long_text_view import STEP, LongTextView
from wf_tui.board.text_view.text_line import TextLine, block, plain, safe
from wf_tui.board.text_view.wrapped_lines import WrappedLines, wrap
from wf_tui.board.theme.themed_app import ThemedApp
from wf_tui.board.widgets.line import Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from textual.app import ComposeResult


def rows_of(lines: WrappedLines) -> list[str]:
    """Return the rows as text."""
    return [row.line.text for row in lines.rows]


def test_lines_are_safe() -> None:
    """Plain text passes as it is, all else goes through the sanitizer; long lines are cut."""
    assert safe("plain [/b]") == "plain [/b]"
    assert safe("\x1b[31mred\t!") == "red    !"
    assert len(safe("x" * 9999)) == len(safe("ü" * 9999)) == 2000


def test_a_block_has_a_heading() -> None:
    """A text is put under its heading; without text there is no heading."""
    assert list(block("h", " \n")) == []
    assert [line.text for line in block("h", "a\r\nb\n")] == ["h", "  a", "  b"]


def test_folding_at_spaces() -> None:
    """A row ends at a space where one is near, and never cuts a wide character."""
    rows = [row.text for row in wrap(plain("some words and averyveryverylongword"), 12)]
    assert rows == ["some words ", "and averyver", "yverylongwor", "d"]
    assert [row.text for row in wrap(plain("日本語"), 5)] == ["日本", "語"]
    assert [row.text for row in wrap(plain(""), 5)] == [""]
    assert [row.text for row in wrap(plain("日本"), 1)] == ["日", "本"]
    assert "".join(row.text for row in wrap(plain("\u0301" * 9), 4)) == "\u0301" * 9
    assert len(wrap(TextLine((Span("── g" * 9),), fill=True), 8)) == 1


def test_rows_after_the_first_hang_below_it() -> None:
    """Each piece keeps its role over the rows, and the later ones are set in."""
    line = TextLine((Span("12 ", Role.FAINT), Span("aaaa bbbb cccc")), hang=3)
    rows = wrap(line, 9)
    assert [row.text for row in rows] == ["12 aaaa ", "   bbbb ", "   cccc"]
    assert rows[0].spans[0].role is Role.FAINT


def test_rows_are_bounded_by_lines() -> None:
    """The oldest lines go with all their rows; an unfinished line is replaced."""
    rows = WrappedLines(2)
    rows.rewrap(3)
    assert rows.extend([plain("aaaabb")], plain("c")) == 0
    assert rows_of(rows) == ["aaa", "abb", "c"]
    assert rows.extend([plain("cc"), plain("d")]) == 2
    assert (rows_of(rows), rows.left_out) == (["cc", "d"], 1)
    rows.rewrap(1)
    assert rows_of(rows) == ["c", "c", "d"]
    rows.clear()
    assert (rows.rows, rows.left_out) == ([], 0)


def test_a_line_keeps_its_number() -> None:
    """Other words in its place, or more lines there, leave what is before and behind as it was."""
    rows = WrappedLines(9)
    rows.rewrap(3)
    rows.extend([plain("a"), plain("bbbb"), plain("c")])
    rows.replace(1, plain("B"))
    assert rows_of(rows) == ["a", "B", "c"]
    rows.splice(1, 1, [plain("x"), plain("y")])
    assert rows_of(rows) == ["a", "x", "y", "c"]
    assert [rows.row_of(number) for number in range(4)] == [0, 1, 2, 3]
    rows.replace(9, plain("nowhere"))
    assert rows.line(9) is None


def test_hits_are_walked_round() -> None:
    """After the last hit comes the first, and before the first the last; case does not matter."""
    found = find("B", [plain("ab"), plain("c"), plain("Bb")], 10)
    assert found == Found("B", (10, 12))
    assert [found.after(at) for at in (9, 10, 12)] == [10, 12, 10]
    assert [found.before(at) for at in (13, 12, 10)] == [12, 10, 12]
    assert found.sentence(12) == "“B” 2 of 2"
    assert find("zz", [plain("a")], 0).after(0) is None


def test_hits_are_cut_out_of_the_pieces() -> None:
    """What was looked for has a role of its own, across pieces as well."""
    spans = with_found((Span("xa", Role.KEYWORD), Span("bx")), "AB")
    assert [(one.text, one.role) for one in spans] == [
        ("x", Role.KEYWORD),
        ("a", Role.FOUND),
        ("b", Role.FOUND),
        ("x", Role.TEXT),
    ]
    assert with_found((Span("abc"),), "q") == (Span("abc"),)


class Turns:
    """A long text that counts how many of its lines are asked for in each turn of the loop."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.taken = 0
        self.most = 0

    def lines(self) -> Iterator[TextLine]:
        """Yield the lines, each with its number."""
        for number in range(self.count):
            self.taken += 1
            yield plain(f"line {number} of many words")

    async def watch(self) -> None:
        """Note at each turn of the loop how many have been asked for since the one before."""
        while True:
            before = self.taken
            await asyncio.sleep(0)
            self.most = max(self.most, self.taken - before)


class LongTextApp(ThemedApp[None]):
    """Shows one long text and nothing else."""

    def compose(self) -> ComposeResult:
        """Mount the view."""
        yield LongTextView()


async def test_a_long_text_is_laid_out_in_steps() -> None:
    """No turn of the loop handles more than a step; the start is there at once, all of it soon."""
    async with LongTextApp().run_test(size=(60, 20)) as pilot:
        view, text = pilot.app.query_one(LongTextView), Turns(20_000)
        watching = asyncio.create_task(text.watch())
        view.look_for("line 19999")
        view.show_in_steps(text.lines, keep=False, cursor=0, wrapping=False)
        assert (len(view.lines), view.cursor) == (STEP, 0)
        await pilot.app.workers.wait_for_complete()
        assert (len(view.lines), view.found.numbers) == (20_000, (19_999,))
        view.move_to_end(last=True)
        top = view.top
        view.show_in_steps(text.lines, keep=True, cursor=0, wrapping=False)
        # What was there stays until the place where one is has been laid out anew.
        assert (view.top, view.cursor, len(view.lines)) == (top, 19_999, 20_000)
        await pilot.app.workers.wait_for_complete()
        assert (view.top, view.cursor) == (top, 19_999)
        view.wrap(wrapping=True)
        await asyncio.sleep(0)
        view.fit(12)
        await pilot.app.workers.wait_for_complete()
        assert (view.cursor, view.lines[19_999].text) == (19_999, "line 19999 of many words")
        assert len(view.text.split("\n")) > 2 * 20_000
        view.show_in_steps(text.lines, keep=False, cursor=0, wrapping=False)
        view.show_lines([plain("another")])
        await pilot.app.workers.wait_for_complete()
        assert [line.text for line in view.lines] == ["another"]
        watching.cancel()
        # What the test itself asks for, and a step of what is laid out meanwhile.
        assert 0 < text.most <= 2 * STEP


async def test_the_mouse_selects_text() -> None:
    """A drag selects from character to character, also of what has been scrolled to."""
    async with LongTextApp().run_test(size=(60, 20)) as pilot:
        view = pilot.app.query_one(LongTextView)
        text = Turns(100)
        view.show_in_steps(text.lines, keep=False, cursor=0, wrapping=False)
        view.move_to_end(last=True)
        await pilot.pause()
        await pilot.mouse_down(view, offset=(6, 0))
        await pilot.hover(view, offset=(8, 1))
        await pilot.mouse_up(view, offset=(8, 1))
        assert pilot.app.screen.get_selected_text() == "80 of many words\nline 81 "
        assert view.cursor == 99
        await pilot.click(view, offset=(3, 0))
        assert pilot.app.screen.get_selected_text() is None
        assert view.cursor == 80
