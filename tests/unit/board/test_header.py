"""The header and the notice: what they say, and what they leave out where there is no room."""

from __future__ import annotations

from dataclasses import replace

import pytest
from textual.app import App, ComposeResult

from wf_tui.board.frame.header import RunHeader, header_spans
from wf_tui.board.widgets.glyph_sets import UNICODE
from wf_tui.board.widgets.line import Role, width_of
from wf_tui.ledger.model.run_budget import NO_BUDGET, RunBudget
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.model.usage import NO_USAGE, Usage
from wf_tui.picture.age import duration
from wf_tui.picture.header import Header

HEADER = Header(
    goal="Move auth to OAuth",
    run_id="r1",
    state=RunState.RUNNING,
    done=12,
    total=40,
    working=5,
    need_you=2,
    usage=Usage(input_tokens=1_000_000, output_tokens=200_000, cost_microusd=3_410_000),
    budget=RunBudget(cost_microusd=25_000_000),
    elapsed=724.0,
    left=1080.0,
    scheduler_alive=True,
    jobs=8,
    branch="wf/r1",
    export_note="",
)


def line(header: Header, width: int = 140) -> str:
    """Return the header as text, with one blank between two figures."""
    return " ".join("".join(span.text for span in header_spans(header, width, UNICODE)).split())


def test_the_header_answers_the_three_questions() -> None:
    """Is it moving, does it need me, what does it cost and when is it done."""
    assert line(HEADER, 160) == (
        "Move auth to OAuth ▶ 5 of 8 working ◆ 2 need you "
        "12/40 done 1.2M tokens $3.41 of $25 12:04 ≥18m left"
    )


def test_the_header_loses_what_matters_least() -> None:
    """Tokens, budget, seats, time left, elapsed, money; then the goal is cut, and ◆ never."""
    header = replace(HEADER, goal="G" * 60)
    lost = []
    for width in range(160, 30, -1):
        words = line(header, width)
        marks = ("tokens", "of $25", "of 8", "18m", "12:04", "$3.41", "G" * 15)
        lost += [mark for mark in marks if mark not in words and mark not in lost]
        assert "◆ 2 need you" in words
        assert "12/40" in words
    assert lost == ["tokens", "of $25", "of 8", "18m", "12:04", "$3.41", "G" * 15]


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 120, 200, 300])
def test_the_header_fits(width: int) -> None:
    """It is exactly as wide as the terminal."""
    assert width_of(header_spans(HEADER, width, UNICODE)) == width


async def test_the_first_frame_has_it() -> None:
    """What was to be shown before there was a size is drawn as soon as there is one."""
    header = RunHeader(UNICODE)
    header.show(HEADER)

    class Frame(App[None]):
        def compose(self) -> ComposeResult:
            yield header

    async with Frame().run_test():
        header._rows = []  # as in the frame before the first event of its size
        assert "Move auth" in header.render_line(0).text


def test_what_is_unknown_is_not_shown() -> None:
    """No tokens, no money, no time left where nobody knows them; unknown is not nothing."""
    unknown = replace(HEADER, usage=NO_USAGE, left=None, need_you=0, budget=NO_BUDGET)
    assert not any(word in line(unknown, 200) for word in ("tok", "$", "left", "need"))


def test_money_warns_near_its_limit() -> None:
    """From 80 % on; and where an attempt has told no figures it says that it is more."""
    usage = replace(HEADER.usage, unknown=1, cost_microusd=20_000_000)
    spans = header_spans(replace(HEADER, usage=usage), 160, UNICODE)
    money = next(span for span in spans if "$20" in span.text)
    assert (money.text, money.role) == ("≥$20.00", Role.WARNING)


def test_a_header_of_before_says_of_when_it_is() -> None:
    """Where the ledger cannot be read; that is not left out, however narrow it is."""
    for width in (60, 120):
        words = "".join(span.text for span in header_spans(HEADER, width, UNICODE, "12:56:00"))
        assert "as of 12:56:00" in words


def test_a_run_that_nobody_leads_is_not_at_work() -> None:
    """Its figures stand still, and the header says so."""
    assert "‖ no scheduler" in line(replace(HEADER, scheduler_alive=False))


def test_times_are_short() -> None:
    """Times take few cells."""
    assert [duration(s) for s in (7, 724, 3729)] == ["0:07", "12:04", "1:02:09"]
