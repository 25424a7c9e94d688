"""The status line: what stands in it, for how long, and what goes where it is narrow."""

from __future__ import annotations

import pytest

from wf_tui.board.frame.notices import Notice, notice
from wf_tui.board.frame.status_line import Status, status_row
from wf_tui.board.frame.toasts import Offer, Severity, Toast, Toasts
from wf_tui.board.widgets.glyph_sets import UNICODE
from wf_tui.board.widgets.line import width_of
from wf_tui.picture.picture import Picture


def toast(text: str, severity: Severity = "information", offer: Offer | None = None) -> Toast:
    """Return a message that is shown at second 10."""
    return Toast(text, severity, 1000.0, 10.0, offer)


def line(status: Status, width: int = 80) -> str:
    """Return the line as text."""
    row = status_row(status, width, UNICODE)
    assert width_of(row.spans) == width
    return "".join(span.text for span in row.spans).strip()


@pytest.mark.parametrize(
    ("selected", "said"),
    [("a", "keys work on the 2 marked"), ("c", "keys work on the 2 marked, not on the cursor")],
)
def test_marks_are_said_with_what_keys_work_on(selected: str, said: str) -> None:
    """Where the cursor is on a marked task, it is one of those."""
    picture = Picture(0.0)
    picture.marks |= {"a", "b"}
    standing = notice(picture, 0.0, selected)
    assert standing is not None
    assert standing.text == said


def test_what_was_done_stands_four_seconds() -> None:
    """Five with an offer, which counts down; nobody has to take it away."""
    toasts = Toasts()
    toasts.add(toast("held “a”"))
    assert toasts.standing(13.9)
    assert not toasts.standing(14.0)
    toasts.add(toast("cancelled “a”", offer=Offer("u takes it back")))
    standing = toasts.standing(11.5)
    assert standing
    assert line(Status(standing, now=11.5)).endswith("u takes it back 4s")
    assert line(Status(standing, now=11.5, motion=False)).endswith("u takes it back")
    assert not toasts.standing(15.0)


def test_an_offer_stands_only_while_it_is_true() -> None:
    """The message stays without it."""
    still = True
    toasts = Toasts()
    toasts.add(toast("cancelled “a”", offer=Offer("u takes it back", is_true=lambda: still)))
    first = toasts.standing(11.0)
    still = False
    second = toasts.standing(11.0)
    assert first
    assert second
    assert (bool(first.offer), second.offer, second.text) == (True, None, "cancelled “a”")


@pytest.mark.parametrize("severity", ["warning", "error"])
def test_a_refusal_stands_until_the_next_key(severity: Severity) -> None:
    """What was done meanwhile is told after it, for its whole time."""
    toasts = Toasts()
    toasts.add(toast("no", severity))
    toasts.add(toast("done"))
    standing = toasts.standing(1000.0)
    assert standing
    assert standing.text == "no"
    toasts.pass_key(1000.0)
    after = toasts.standing(1003.0)
    assert after
    assert after.text == "done"
    assert not toasts.standing(1004.0)


def test_the_last_fifty_are_kept() -> None:
    """The newest first, also those that never stood."""
    toasts = Toasts()
    for number in range(60):
        toasts.add(toast(str(number), "warning" if number == 0 else "information"))
    assert [one.text for one in toasts.kept] == [str(number) for number in range(59, 9, -1)]


def test_a_message_goes_before_a_notice_and_that_before_what_happened() -> None:
    """One line tells one thing; where the selected task is stands at its right."""
    notice = Notice("no scheduler leads this run", "p starts one")
    status = Status(None, notice, "“a” merged", "build > a")
    assert line(status).split("   ")[0] == "‖ no scheduler leads this run · p starts one"
    assert line(status).endswith("   build > a")
    assert line(Status(None, None, "“a” merged", "")) == "“a” merged"
    assert "told" in line(Status(toast("told"), notice, "“a” merged"))


def test_where_all_of_a_sentence_does_not_fit_the_place_goes() -> None:
    """Why something was refused is read to its end before where the selected task is."""
    told = toast("retry of “a” cannot be undone: a worker has begun with it")
    status = Status(told, None, "", "papers > licence")
    assert line(status, 64).endswith("has begun with it")
    assert line(status, 80).endswith("papers > licence")


def test_a_narrow_line_keeps_the_key_that_helps() -> None:
    """The place goes before it, then the end of the sentence, but not half of it."""
    notice = Notice("no scheduler leads this run", "p starts one")
    status = Status(None, notice, "", "build > a")
    whole = "‖ no scheduler leads this run · p starts one"
    assert line(status, 58).split("   ") == [whole, "build > a"]
    assert line(status, 50) == whole
    assert line(status, 40) == "‖ no scheduler leads t… · p starts one"
    assert line(status, 30) == "‖ no scheduler leads this r…"


def test_what_only_explains_goes_before_the_place() -> None:
    """And no end of the sentence goes for it."""
    notice = Notice("no scheduler leads this run", "seats wait", helps=False)
    status = Status(None, notice, "", "build > a")
    assert line(status, 43).split("   ") == ["‖ no scheduler leads this run", "build > a"]
    assert line(status, 45).endswith("seats wait")
