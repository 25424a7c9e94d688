"""How much of a line is heard."""

from wf_tui.workers.line.grammar import Question
from wf_tui.workers.line.limits import (
    MOST_LINES,
    MOST_OPEN,
    MOST_QUESTIONS,
    BadLines,
    LinePace,
    OpenQuestions,
)


def test_a_flood_waits_for_the_next_second() -> None:
    """A thousand lines of a second are taken at once, the next one when the second is over."""
    pace = LinePace()
    assert {pace.wait(5.0) for _ in range(MOST_LINES)} == {0.0}
    assert pace.wait(5.25) == 0.75
    assert pace.wait(6.0) == 0.0


def test_a_question_has_an_id_of_its_own() -> None:
    """An id is asked once in an attempt, also when its question is closed."""
    questions = OpenQuestions()
    assert questions.refusal(Question("1", "t")) is None
    assert questions.refusal(Question("1", "t")) == "question 1 was asked before"
    questions.open.clear()
    assert questions.refusal(Question("1", "t")) is not None


def test_few_questions_are_open() -> None:
    """Eight may be open at a time, and a hundred be asked."""
    questions = OpenQuestions()
    for number in range(MOST_OPEN):
        assert questions.refusal(Question(f"{number}", "t")) is None
    assert "8 open ones" in (questions.refusal(Question("more", "t")) or "")
    for number in range(MOST_OPEN, MOST_QUESTIONS):
        questions.open.clear()
        assert questions.refusal(Question(f"{number}", "t")) is None
    questions.open.clear()
    assert "one more than 100" in (questions.refusal(Question("more", "t")) or "")


def test_bad_lines_are_told_ten_times() -> None:
    """The first ones are told, further ones only counted."""
    bad = BadLines()
    assert bad.note(b"\xff{", 9) == "a line was not understood: \ufffd{"
    assert bad.note(None, 9) == "a line of more than 9 bytes was dropped"
    told = [bad.note(b"x", 9) for _ in range(100)]
    assert "only counted" in (told[7] or "")
    assert set(told[8:]) == {None}
    assert bad.count == 102
