"""Texts of any length: made safe, wrapped, bounded, searched."""

from __future__ import annotations

from wf_tui.board.text_view.find import Found, find, with_found
from wf_tui.board.text_view.text_line import TextLine, block, plain, safe
from wf_tui.board.text_view.wrapped_lines import WrappedLines, wrap
from wf_tui.board.widgets.line import Role, Span


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
