"""Which key gives which answer, and when keys count: decided without a screen."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from tests.support.card_samples import blocked
from tests.support.ledger_harness import RUN
from wf_tui.board.inbox.answers import answers, closed_sentence, with_key
from wf_tui.board.inbox.box_lines import Shown, box_lines, more_row
from wf_tui.board.inbox.readiness import Readiness
from wf_tui.board.widgets.glyph_sets import UNICODE
from wf_tui.board.widgets.line import Look, Role
from wf_tui.ledger.model.rows import QuestionRow
from wf_tui.ledger.model.rows.options import Option
from wf_tui.ledger.model.states import BlockedKind, QuestionState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.board.widgets.line import Row

PERMISSION = (
    Option("yes", "Yes, run it", "allow_once"),
    Option("ever", "Always", "allow_always"),
    Option("no", "No", "reject_once"),
)


def asked(*options: Option, kind: str = "execute", **more: object) -> QuestionRow:
    """Return an open question."""
    row = QuestionRow(RUN, "a", 1, "q", 1, 0.0, "run: npm test", kind, options, QuestionState.OPEN)
    return replace(row, **more)  # type: ignore[arg-type]  # fields of the row


def given(question: QuestionRow, key: str) -> tuple[str | None, str | None] | None:
    """Return option and extent of the answer of a key; None where it gives none."""
    found = with_key(answers("a", question), key)
    answer = None if found is None else found.given
    return None if answer is None else (answer.option, answer.always)


@pytest.mark.parametrize(
    ("key", "expected"),
    [("y", ("yes", None)), ("Y", ("yes", "task")), ("n", ("no", None)), ("1", ("yes", None)),
     ("3", ("no", None)), ("4", None), ("m", None)],
)  # fmt: skip
def test_keys_of_a_permission(key: str, expected: tuple[str, str | None] | None) -> None:
    """`y`, `Y` and `n` stand for what the worker offers, digits for its options in its order."""
    assert given(asked(*PERMISSION), key) == expected


def test_always_is_off_where_the_worker_offers_no_such_choice() -> None:
    """Nor is it where no rule may allow it: then its question has no kind."""
    once = asked(*PERMISSION, kind="")
    for question, why in (
        (asked(PERMISSION[0], PERMISSION[2]), "its worker offers no such choice"),
        (once, "it can be allowed for this once alone"),
    ):
        found = with_key(answers("a", question), "Y")
        assert found is not None
        assert (found.given, found.why_not) == (None, why)
    notes = [one.note for one in answers("a", once) if one.words == PERMISSION[1].name]
    assert notes == ["for this once alone"]


def test_each_key_is_for_what_the_worker_offers() -> None:
    """Of all sets of options: no key gives what was not offered, and Y gives a yes for once."""
    kinds = ("allow_once", "allow_always", "reject_once", "reject_always")
    for count in range(1, len(kinds) + 1):
        for offered in combinations(kinds, count):
            question = asked(*(Option(kind, kind, kind) for kind in offered))
            may = {"allow_once", "allow_always"} <= set(offered)
            assert given(question, "Y") == (("allow_once", "task") if may else None), offered
            assert given(question, "y") == (
                ("allow_once", None) if "allow_once" in offered else None
            ), offered
            if question.permission:
                no = next((kind for kind in kinds[2:] if kind in offered), None)
                assert given(question, "n") == (no and (no, None)), offered


def test_a_choice_has_digits_and_no_yes() -> None:
    """Over nine there is no digit; without options `y` writes, as `m` does."""
    many = asked(*(Option(str(number), f"Option {number}") for number in range(12)))
    assert given(many, "9") == ("8", None)
    assert given(many, "y") is None
    assert [one.key for one in answers("a", many)][-4:] == ["", "", "", "m"]
    found = with_key(answers("a", asked()), "y")
    assert found is not None
    assert found.key == "m"


def test_who_answered_is_said() -> None:
    """A question that is over says by whom, and what."""
    over = asked(*PERMISSION, state=QuestionState.DELIVERED, option="no", answered_by="user:bob")
    assert closed_sentence(over) == "answered by bob: “No”"
    assert closed_sentence(asked(*PERMISSION)) == ""
    assert closed_sentence(replace(over, state=QuestionState.VOID))


def test_a_command_is_shown_to_the_letter() -> None:
    """All of it stands on the ground of a question, whatever the width, and nothing acts."""
    command = "curl " + "x" * 300 + "\nrm -rf \x1b[31m/"
    question = asked(*PERMISSION, detail={"command": command, "reason": "why", "rule": "network"})
    shown = Shown(blocked(BlockedKind.QUESTION), question, answers=answers("a", question))
    lines = box_lines(shown, UNICODE, 40, 20, 0.0)
    rows = [lines.rows[number] for number in lines.command]
    text = "".join("".join(span.text for span in row.spans).strip() for row in rows)
    assert text.replace(" ", "") == "$curl" + "x" * 300 + "rm-rf/"
    assert {row.look for row in rows} == {Look.NEED}


def texts(rows: Iterable[Row]) -> list[str]:
    """Return what rows say."""
    return ["".join(span.text for span in row.spans).strip() for row in rows]


@pytest.mark.parametrize(
    ("height", "foot", "blank"),
    [(20, [], True), (9, [], False), (7, ["y once   Y always   n deny   m in words"], False)],
)
def test_a_low_box_keeps_the_keys_in_view(height: int, foot: list[str], *, blank: bool) -> None:
    """Blank lines go first; then the answers are one line, which stands below all that scrolls."""
    question = asked(*PERMISSION, detail={"command": "npm install", "reason": "why", "rule": ""})
    shown = Shown(blocked(BlockedKind.QUESTION), question, answers=answers("a", question))
    lines = box_lines(shown, UNICODE, 60, height, 0.0)
    assert texts(lines.foot) == foot
    assert ("" in texts(lines.rows)) == blank
    (row,) = lines.command
    assert texts(lines.rows)[row] == "$ npm install"


def test_why_an_answer_is_off_is_said_at_any_width() -> None:
    """In the place of its words, and with no hit; what is asked is told in words, too."""
    question = asked(PERMISSION[0], PERMISSION[2])
    shown = Shown(blocked(BlockedKind.QUESTION), question, answers=answers("a", question))
    rows = box_lines(shown, UNICODE, 60, 20, 0.0).rows
    assert "asks to run a command" in texts(rows)
    (off,) = [row for row, text in zip(rows, texts(rows), strict=True) if text.startswith("Y ")]
    assert texts([off]) == ["Y  always: its worker offers no such choice"]
    assert not any(span.hit for span in off.spans)


def test_what_is_out_of_view_is_said() -> None:
    """How many lines, and by which key they come; a warning where some of the command is."""
    question = asked(*PERMISSION, detail={"command": "a\nb\nc\nd", "reason": "why", "rule": ""})
    shown = Shown(blocked(BlockedKind.QUESTION), question, answers=answers("a", question))
    lines = box_lines(shown, UNICODE, 60, 6, 0.0)
    assert len(lines.rows) == 8
    rows = [more_row(lines, seen, UNICODE, 60) for seen in (range(4), range(3, 7), range(4, 8))]
    assert texts(rows) == ["4 more lines: PgDn", "1 more line: PgDn", "4 lines above: PgUp"]
    warns = [any(span.role is Role.WARNING for span in row.spans) for row in rows]
    assert warns == [True, False, False]


# -- when keys count


def test_keys_are_dead_until_it_was_seen_for_a_moment() -> None:
    """The moment begins with the first frame that showed the item, and again with the next."""
    ready = Readiness(0.6)
    ready.show("q1", range(2))
    assert ready.why_not("y", 99.0) == "y ignored: it has just changed"
    ready.drawn("q1", 100.0, range(10))
    ready.drawn("q1", 100.5, range(10))
    assert ready.why_not("y", 100.59)
    assert ready.why_not("y", 100.61) == ""
    ready.show("q2", range(2))
    ready.drawn("q1", 101.0, range(10))
    assert ready.why_not("y", 200.0)


def test_keys_are_dead_until_the_whole_command_was_seen() -> None:
    """A page further down it has been; narrower lines later do not take that back."""
    ready = Readiness(0)
    ready.show("q", range(2, 30))
    ready.drawn("q", 1.0, range(20))
    assert ready.why_not("n", 9.0) == "n: PgDn shows the rest of the command first"
    ready.drawn("q", 2.0, range(15, 35))
    assert ready.why_not("n", 9.0) == ""
    ready.show("q", range(2, 60))
    assert ready.why_not("n", 9.0) == ""
