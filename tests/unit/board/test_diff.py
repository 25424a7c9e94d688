"""What a commit has changed: read from real git, parsed, laid out and coloured."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.diff_repository import BEFORE, HOSTILE_AFTER, HOSTILE_BEFORE, two_commits
from wf_tui.board.diff.changes import MOST_LINES, ChangedFile, counts, read_changes, read_patches
from wf_tui.board.diff.colours import coloured, lexer_for
from wf_tui.board.diff.comment_place import CommentPlace, half_written_place
from wf_tui.board.diff.diff_lines import FileView, file_head, place_of
from wf_tui.board.diff.patch import CodeLine, Sign, one_side, parse_patch
from wf_tui.board.diff.remarks import Remark
from wf_tui.board.widgets.line import Look, Role
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from wf_tui.board.diff.changes import ChangeSet
    from wf_tui.board.text_view.text_line import TextLine

AFTER = {
    "src/a.py": "import os\n\n\ndef one():\n    return 2\n\n\ndef two():\n    return 'two'  # 2\n",
    "docs/b.md": "# B\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> ChangeSet:
    """Give two files that differ, one of them out of scope."""
    control, base, commit = two_commits(tmp_path_factory.mktemp("git"), BEFORE, AFTER)
    return read_changes(control, base, commit, ("src/**",))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> ChangeSet:
    """Give every kind of difference, with names and lines that act on a terminal."""
    control, base, commit = two_commits(
        tmp_path_factory.mktemp("git"), HOSTILE_BEFORE, HOSTILE_AFTER
    )
    return read_changes(control, base, commit, ())


def view(changes: ChangeSet, path: str, *remarks: Remark) -> FileView:
    """Return how a file is drawn."""
    file = changes.file(path)
    assert file is not None
    return FileView(file, changes.patches[path], remarks, "codex-1")


def texts(lines: Iterable[TextLine]) -> list[str]:
    """Return the lines as text."""
    return [line.text for line in lines]


def test_files_know_their_scope_and_content(small: ChangeSet) -> None:
    """A file outside the scope says so; each names the object that it is about."""
    assert [(file.path, file.outside) for file in small.files] == [
        ("docs/b.md", True),
        ("src/a.py", False),
    ]
    assert len({file.blob for file in small.files}) == 2
    assert counts(small.files) == "+6 −2 in 2 files"


def test_hunks_have_numbers_and_grounds(small: ChangeSet) -> None:
    """A removed line has the number of before, an added one that of now; grounds tell them."""
    lines = list(view(small, "src/a.py").lines(60))
    assert texts(lines)[:6] == [
        "@@ 2 @@ import os",
        "   2   ",
        "   3   ",
        "   4   def one():",
        "   5 −     return 1",
        "   5 +     return 2",
    ]
    assert [line.look for line in lines[3:6]] == [Look.PLAIN, Look.REMOVED, Look.ADDED]
    assert place_of(lines[4].mark) == ("old", 5)
    assert place_of(lines[0].mark) is None


def test_old_stands_beside_new(small: ChangeSet) -> None:
    """Split, what was removed is beside what came in its place, each on its own ground."""
    lines = list(view(small, "src/a.py").lines(61, split=True))
    row = lines[4]
    assert row.text == "   5 −     return 1           │   5 +     return 2           "
    grounds = {span.look for span in row.spans if "return" in span.text}
    assert grounds == {Look.REMOVED, Look.ADDED}
    assert place_of(row.mark) == ("new", 5)


def test_comments_stand_below_their_lines(small: ChangeSet) -> None:
    """A draft is under its line with its keys; one whose line has changed is on top, quoted."""
    draft = Remark(1, "src/a.py", "new", 5, "why two?\nsay so", quote="    return 2")
    sent = Remark(2, "src/a.py", "new", 8, "name it", quote="def 2():", draft=False, when="try 1")
    lines = list(view(small, "src/a.py", draft, sent).lines(60))
    assert texts(lines)[:2] == [
        "     ┃ you name it",
        "     ┃ on line 8, which was “def 2():” · try 1",
    ]
    at = texts(lines).index("     ┃ you why two?")
    assert lines[at - 1].mark == "line:new:5"
    assert texts(lines)[at + 2] == "     ┃ on line 5 · goes back to codex-1 with R"
    assert [span.text for span in lines[at].right] == ["e", "edit", "x", "drop"]
    assert lines[at].mark == "comment:1"


def test_a_comment_on_lines_stands_below_the_last(small: ChangeSet) -> None:
    """It names them all; where one of them is another by now, it is on top with what they were."""
    quote = "def one():\n    return 2"
    about = Remark(1, "src/a.py", "new", 5, "why?", quote=quote)
    lines = list(view(small, "src/a.py", about).lines(60))
    at = texts(lines).index("     ┃ you why?")
    assert lines[at - 1].mark == "line:new:5"
    assert texts(lines)[at + 1] == "     ┃ on lines 4-5 · goes back to codex-1 with R"
    gone = replace(about, quote="def two():\n    return 2")
    top = texts(view(small, "src/a.py", gone).lines(60))[1]
    assert view(small, "src/a.py", gone).first_code == 3
    assert view(small, "src/a.py", about).first_code == 1
    assert "on lines 4-5, which were “def two():     return 2” · goes back" in top


def test_what_is_half_written_says_so(small: ChangeSet) -> None:
    """A new one and other words for one stand there as they are written, and are found again."""
    new = Remark(-1, "src/a.py", "new", 5, "", quote="    return 2", begun="half")
    again = Remark(1, "src/a.py", "new", 5, "whole", quote="    return 2", begun="other")
    found = texts(view(small, "src/a.py", new, again).lines(60))
    for words in ("half", "other"):
        at = found.index(f"     ┃ you {words}")
        assert found[at + 1] == "     ┃ on line 5 · half written, and only yours: e goes on"
    for one in (new, again):
        place = half_written_place(one.place.draft_name)
        assert place == (one.place if one.is_new else CommentPlace("", number=1))
    assert half_written_place("message") is None


def test_marked_lines_are_of_one_side(small: ChangeSet) -> None:
    """Of marked lines those count that follow each other on the side of the last, in one hunk."""
    lines = list(view(small, "src/a.py").code_lines())
    assert [line.text for line in lines[2:5]] == ["def one():", "    return 1", "    return 2"]
    assert one_side(lines[2:5]) == [lines[2], lines[4]]
    assert one_side(lines[2:4]) == lines[2:4]
    assert one_side([lines[0], lines[4]]) == [lines[4]]
    assert one_side([]) == []


def test_code_has_colours_by_its_name(small: ChangeSet) -> None:
    """Keywords, numbers, strings and comments are told apart; the text stays what it was."""
    part = list(view(small, "src/a.py").code_lines())
    lexer = lexer_for("a.py")
    assert lexer is not None
    spans = coloured(part, lexer)
    assert ["".join(one.text for one in line) for line in spans] == [line.text for line in part]
    roles = {one.text: one.role for line in spans for one in line}
    assert roles["def"] is Role.KEYWORD
    assert roles["# 2"] is Role.COMMENT
    assert roles["2"] is Role.NUMBER
    assert Role.STRING in roles.values()


def test_a_long_line_is_not_coloured() -> None:
    """A slice with a line over 1,000 characters stays plain; an unknown name has no lexer."""
    lexer = lexer_for("a.py")
    assert lexer is not None
    line = CodeLine(Sign.ADDED, "def " + "x" * 1000, None, 1)
    assert coloured([line], lexer)[0][0].role is Role.TEXT
    assert lexer_for("unknown.qqq") is None


def test_hostile_files_are_literal(hostile: ChangeSet) -> None:
    """No name and no line of any kind of change has a character that acts on a terminal."""
    for file in hostile.files:
        for line in (file_head(file), *view(hostile, file.path).lines(80)):
            shown = line.text + "".join(span.text for span in line.right)
            assert clean(shown, multiline=False) == shown


def test_each_kind_of_change_is_named(hostile: ChangeSet) -> None:
    """Renames, modes, links, binaries, what is gone, and a line without its end all say so."""
    heads = {file.path: file_head(file).text for file in hostile.files}
    assert heads["to/moved.txt"] == "to/moved.txt  ← moved.txt  renamed  +0 −0"
    assert heads["mode.sh"] == "mode.sh  mode 644 → 755  +0 −0"
    assert heads["gone.txt"].endswith("gone  +0 −1")
    assert heads["kind"] == "kind  file → link  +1 −1"
    assert heads["blob"].endswith("binary")
    assert texts(view(hostile, "blob").lines(60)) == ["binary, 3 bytes now"]
    assert texts(view(hostile, "mode.sh").lines(60)) == ["mode 644 → 755"]
    assert "+ mode.sh" in texts(view(hostile, "kind").lines(60))[3]
    assert "No newline at end of file" in texts(view(hostile, "end.txt").lines(60))[-1]
    # What looks like git's own words within a file is a line of it.
    assert texts(view(hostile, "hostile.py").lines(60))[2:] == [
        "   2 + diff --git a/x b/x",
        "   3 + @@ -1 +1 @@",
    ]
    assert max(len(line.text) for line in view(hostile, "huge.py").lines(60)) < 2100


def test_links_and_submodules_are_named() -> None:
    """Beside files git keeps links and submodules; their rows say so, whatever became of them."""
    gone, link, module = "000000", "120000", "160000"
    modes = [(gone, link), (module, gone), (module, module), ("100644", module), (link, link)]
    files = [ChangedFile("x", "x", 1, 1, "b", old, new) for old, new in modes]
    words = [file.words for file in files]
    assert words == ["new link", "gone submodule", "submodule", "file → submodule", "link"]


def test_the_ends_of_lines_are_shown_where_they_differ() -> None:
    """A file with carriage returns reads as any; where they come or go, they are a sign."""
    head = "diff --git a/x b/x\n@@ -1 +1 @@\n"
    (same,) = parse_patch(f"{head}-a\r\n+b\r\n".encode(), 9)
    assert [line.text for line in same.hunks[0].lines] == ["a", "b"]
    (other,) = parse_patch(f"{head}-a\r\n+a\n".encode(), 9)
    assert [line.text for line in other.hunks[0].lines] == ["a␍", "a"]


def test_a_long_diff_opens_file_by_file(tmp_path: Path) -> None:
    """Over 20,000 lines no patch is read at once; a file far over that is only named."""
    after = {
        "a": "x\n" * 30,
        "b": "y\n" * (MOST_LINES + 5),
        "c": "z\n" * (10 * MOST_LINES + 1),
    }
    control, base, commit = two_commits(tmp_path, {"q": "q\n"}, after)
    changes = read_changes(control, base, commit, ())
    assert changes.patches == {}
    patches = read_patches(control, changes, changes.files[:2])
    assert [patch.left_out for patch in patches.values()] == [0, 6]
    assert read_patches(control, changes, changes.files[2:]) == {}
