"""The filter: words, keys, quick filters, and what it says of what it does not know."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, phase, seat, shell
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.rules.moves import HOLD, RETRY
from wf_tui.picture.filter import parse

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness
    from tests.support.picture_harness import PictureHarness


@pytest.fixture
def board(drive: LedgerHarness, view: PictureHarness) -> PictureHarness:
    """Give a board with a card of each state: build runs, lint asks, docs failed, rest waits."""
    drive.make(
        phase("code", "build", "lint", shell("docs", title="Write the Handbook"), "scan"),
        phase("end", "ship", after=["code"]),
        seats=[seat("kimi-1"), seat("glm-1"), seat("glm-2"), seat("kimi-2")],
    )
    drive.expect_claim("build", "kimi-1", Step.RUNNING)
    drive.ask(drive.expect_claim("lint", "glm-1"))
    drive.wreck("docs", worker="glm-2")
    drive.finish("scan", worker="kimi-2")
    drive.mine.move(RUN, HOLD, ["ship"])
    drive.mine.add(RUN, shell("later", "build"))
    view.look()
    return view


def seen(view: PictureHarness, text: str) -> set[str]:
    """Return the cards that a filter shows."""
    assert view.picture.filter(text) == ""
    return {task for column in view.picture.columns.values() for task in column}


@pytest.mark.parametrize(
    ("text", "cards"),
    [
        ("", {"build", "lint", "docs", "scan", "ship", "later"}),
        ("bui", {"build", "later"}),
        ("HANDBOOK", {"docs"}),
        ("write handbook", {"docs"}),
        ('"the hand', {"docs"}),
        ("may", {"lint"}),
        ("glm", {"lint", "docs"}),
        ("state:done", {"scan"}),
        ("state:In-Progress", {"build"}),
        ("state:done state:pending", {"scan", "later"}),
        ("worker:kimi", {"build", "scan"}),
        ("worker:kimi state:done", {"scan"}),
        ("phase:end", {"ship"}),
        ("kind:failed", {"docs"}),
        ("kind:waiting", {"later"}),
        ("kind:merged", {"scan"}),
        ("kind:", {"build", "lint", "docs", "scan", "ship", "later"}),
        ("nothing-has-this", set()),
    ],
)
def test_a_filter_shows(board: PictureHarness, text: str, cards: set[str]) -> None:
    """Every word has to be there, and one value of each key, in any case."""
    assert seen(board, text) == cards


@pytest.mark.parametrize(
    ("mark", "cards"),
    [("!", {"lint", "docs", "ship"}), ("@", {"lint", "docs"}), ("#", {"build"})],
)
def test_a_quick_filter_shows(board: PictureHarness, mark: str, cards: set[str]) -> None:
    """`!` shows what is blocked, `@` what a person has to answer, `#` what runs."""
    board.picture.quick(mark)
    assert seen(board, "") == cards


def test_a_quick_filter_is_combined_with_the_words(board: PictureHarness) -> None:
    """Both have to let a card through."""
    board.picture.quick("!")
    assert seen(board, "glm-1") == {"lint"}


def test_a_quick_filter_replaces_another_and_ends_by_itself(board: PictureHarness) -> None:
    """One at a time; the same once more switches it off; what is none switches off, too."""
    board.picture.quick("!")
    board.picture.quick("#")
    assert board.picture.filtered.quick == "#"
    board.picture.quick("#")
    assert not board.picture.filtered.active


def test_the_counts_are_those_of_the_run(board: PictureHarness) -> None:
    """A filter changes what is shown, not how many there are."""
    before = board.picture.counts
    seen(board, "bui")
    assert board.picture.counts == before
    assert board.picture.index("docs") is None


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("staet:done", "did you mean state:?"),
        ("foo:x", "unknown filter foo; state: worker: phase: kind: lane: model: age:"),
        ("state:doen", "unknown state doen; did you mean done?"),
        ("state:xyz", "unknown state xyz; pending, in_progress, done, blocked"),
        ("kind:zzz", "unknown kind zzz; failed, dependency, question, conflict and"),
        ("kind:faild", "did you mean failed?"),
        ("age:old", "age:old is no age; for example age:>10m"),
    ],
)
def test_what_is_wrong_is_said(board: PictureHarness, text: str, problem: str) -> None:
    """An unknown key or value is named with what was probably meant; the rest filters."""
    assert problem in board.picture.filter(f"bui {text}")
    assert set(board.picture.columns["in_progress"]) == {"build"}
    assert not board.picture.columns["done"]


def test_a_card_comes_into_view_when_it_fits(drive: LedgerHarness, board: PictureHarness) -> None:
    """A filtered column follows its cards."""
    assert seen(board, "state:blocked glm-2") == {"docs"}
    drive.mine.move(RUN, RETRY, ["docs"])
    assert "blocked" in board.look().columns
    assert board.column("blocked") == ""


def test_a_card_comes_into_view_with_its_reason(drive: LedgerHarness, view: PictureHarness) -> None:
    """Whose scope is taken is found by it at once, though no event names it."""
    drive.make(
        shell("a", scope=("src",)), shell("b", scope=("src/b",)), shell("c", scope=("docs",))
    )
    view.look()
    assert seen(view, "kind:scope_busy") == set()
    drive.expect_claim("a")
    assert view.look().columns == {"pending"}
    assert view.column("pending") == "b"


def test_time_alone_changes_nothing_that_is_shown(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """A back-off that is over stays in view, until its card changes or the filter is set again."""
    drive.make(shell("a", max_attempts=2))
    drive.wreck("a")
    view.look()
    assert seen(view, "kind:backoff") == {"a"}
    assert view.picture.tick(drive.clock.now() + 60) == set()
    assert view.column("pending") == "a"
    view.picture.judge_again()
    assert view.column("pending") == ""


def test_an_age_counts_from_the_state_and_is_judged_with_the_card(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """What is old enough when the filter is set is shown; what grows old later is not."""
    drive.make("a", "b", "c")
    drive.clock.move(600)
    fence = drive.expect_claim("a")
    view.look()
    assert seen(view, "age:>5m") == {"b", "c"}
    assert seen(view, "age:<5m") == {"a"}
    assert seen(view, "age:>5m age:<9m") == set()
    view.picture.filter("age:>5m")
    drive.clock.move(600)
    drive.bring(fence, Step.RUNNING)
    drive.expect_claim("b")
    view.look()
    assert {task for column in view.picture.columns.values() for task in column} == {"a", "c"}
    view.picture.judge_again()
    assert view.picture.shown == 2


def test_a_lane_is_that_of_the_seat_and_a_model_what_it_asks_for(
    drive: LedgerHarness, view: PictureHarness
) -> None:
    """Both are found of what runs and of what has run; parts of the names do."""
    drive.make("a", "b", seats=[replace(seat("w1"), lane="anthropic", model="opus-5"), seat("w2")])
    drive.expect_claim("a", "w1")
    drive.expect_claim("b", "w2")
    view.look()
    assert seen(view, "lane:anth") == {"a"}
    assert seen(view, "model:OPUS") == {"a"}
    assert seen(view, "lane:local") == {"b"}


def test_a_filter_is_a_value() -> None:
    """The text is parsed into words, terms and a problem."""
    made = parse('Two "words here" kind:a_ state:done', "!")
    assert made.words == ("two", "words here")
    assert made.terms == {"state": ("done",)}
    assert made.problem.startswith("unknown kind a_")
