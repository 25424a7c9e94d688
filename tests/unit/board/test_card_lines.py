"""What the three lines of a card say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import FOLDER, LedgerHarness, seat, shell
from wf_tui.board.widgets.card_lines import card_lines, progress_bar
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.board.widgets.line import Line, Role, Span, fitted, width_of
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.rules.moves import CANCEL, HOLD
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.picture import reading
from wf_tui.picture.picture import Picture

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.board.widgets.glyph_sets import GlyphSet


@pytest.fixture
def drive(tmp_path: Path) -> Iterator[LedgerHarness]:
    """Give a driver of an empty ledger."""
    database = SqliteDatabase(tmp_path / "ledger.db", create=True)
    yield LedgerHarness(database)
    database.close()


def shown(drive: LedgerHarness, task: str, glyphs: GlyphSet = UNICODE) -> list[str]:
    """Return the lines of a card, its badges behind a bar."""
    now = drive.clock.now()
    picture = Picture(now)
    picture.apply(reading.read_all(drive.db, "r1", now, FOLDER))
    return [
        "|".join(
            filter(
                None,
                (
                    "".join(s.text for s in line.left).strip(),
                    *(s.text for s in (*line.right, *line.spare)),
                ),
            )
        )
        for line in card_lines(picture.cards[task], glyphs, now)
    ]


def test_a_pending_card_says_what_it_waits_for(drive: LedgerHarness) -> None:
    """Sign, title; why; priority and role, with the badges."""
    drive.make(shell("a"), shell("b", "a", priority=2, title="Then b"))
    assert shown(drive, "a")[:2] == ["○ a", "ready"]
    assert shown(drive, "b") == ["◌ Then b", "waits for a", "P2  general|scope"]


def test_a_card_in_progress_says_who_and_for_how_long(drive: LedgerHarness) -> None:
    """Worker, step and its time; the last thing seen and its age."""
    drive.make("a")
    fence = drive.expect_claim("a", step=Step.RUNNING)
    drive.clock.move(20)
    drive.ledger.progress(fence, "edit token.py")
    drive.clock.move(3)
    assert shown(drive, "a") == ["● a", "w1  running 23s", "edit token.py|3s|scope"]


def test_a_silent_worker_is_pointed_out(drive: LedgerHarness) -> None:
    """After a minute without output the card says since when, as a warning."""
    drive.make("a")
    drive.expect_claim("a", step=Step.RUNNING)
    drive.clock.move(59)
    assert "no output" not in shown(drive, "a")[2]
    drive.clock.move(121)
    assert shown(drive, "a")[2] == "no output 3m|scope"


@pytest.mark.parametrize("kind", [BlockedKind.FAILED, BlockedKind.GATE, BlockedKind.CONFLICT])
def test_a_blocked_card_says_its_kind(drive: LedgerHarness, kind: BlockedKind) -> None:
    """The kind as a word, the reason behind it, who had it last; and that it needs a person."""
    drive.make("a")
    drive.fail(drive.expect_claim("a"), kind)
    drive.clock.move(70)
    first, second, third = shown(drive, "a")
    assert (first, third) == ("◆ a", "w1  1m ago|1/1|scope")
    assert second.startswith(kind.value)


def test_a_blocked_card_that_needs_nobody_has_another_sign(drive: LedgerHarness) -> None:
    """Held and cancelled cards wait for nobody, and do not look as if they did."""
    drive.make("a", "b")
    drive.mine.move("r1", HOLD, ["a"])
    drive.mine.move("r1", CANCEL, ["b"])
    assert (shown(drive, "a")[0], shown(drive, "b")[0]) == ("▌ a", "⊘ b")


def test_a_done_card_says_how(drive: LedgerHarness) -> None:
    """Merged with its commit, by whom, when; and which attempt it was, where it was not one."""
    drive.make(shell("a", max_attempts=2))
    drive.fail(drive.expect_claim("a"))
    drive.clock.move(60)
    drive.ledger.release_due("r1")
    drive.finish("a")
    assert shown(drive, "a") == ["✓ a", "merged  c1", "w2  0s ago|attempt 2"]


def test_signs_are_ascii_where_that_is_asked_for(drive: LedgerHarness) -> None:
    """Every sign of the ASCII set is one ASCII character."""
    drive.make("a")
    assert shown(drive, "a", ASCII)[0] == "o a"
    assert all(
        len(sign) == 1 and sign.isascii()
        for name, sign in vars(ASCII).items()
        if name not in {"frame", "bar"}
    )


@pytest.mark.parametrize("width", range(1, 40))
@pytest.mark.parametrize("text", ["plain words", "日本語の題名です", "e\u0301" * 9, "👩‍👩‍👧 x", ""])
def test_a_line_is_exactly_as_wide_as_asked(text: str, width: int) -> None:
    """Whatever is in it, a line fits its width in cells, so that the frame stays straight."""
    quiet = Role.QUIET
    line = Line((Span(text, quiet),), (Span("12s", quiet),), (Span("gate", Role.BADGE),))
    assert width_of(fitted(line, width, "…")) == width


def test_the_age_is_kept_and_badges_are_left_out() -> None:
    """Where there is no room, the text is cut for the age but not for a badge."""
    quiet = Role.QUIET
    line = Line((Span("abcdefghij", quiet),), (Span("3s", quiet),), (Span("gate", Role.BADGE),))
    assert "".join(span.text for span in fitted(line, 10, "…")) == "abcdef… 3s"
    assert "".join(span.text for span in fitted(line, 20, "…")) == "abcdefghij   3s gate"[:20]


def test_a_card_says_what_its_agent_does_and_has_used(drive: LedgerHarness) -> None:
    """Its last words with their age, how far its plan is, tokens and money."""
    drive.make(shell("a", spec=Spec(prompt="do it")), seats=[seat("x-1", "x", kind="agent")])
    fence = drive.expect_claim("a", "x-1", Step.RUNNING)
    drive.ledger.said(fence, "I run the tests", plan_done=3, plan_total=7)
    drive.ledger.used(fence, Usage(input_tokens=12_000, output_tokens=400, cost_microusd=310_000))
    drive.clock.move(90)
    assert shown(drive, "a") == [
        "● do it",
        "x-1  running 1m  3/7",
        "I run the tests|1m|12.4k $0.31|scope",
    ]


@pytest.mark.parametrize(
    ("progress", "glyphs", "bar"),
    [
        (0.0, UNICODE, "╸───────"),
        (0.5, UNICODE, "━━━━╸───"),
        (0.85, ASCII, "======>-"),
        (1.0, UNICODE, "━━━━━━━━"),
    ],
)
def test_how_far_a_card_is(progress: float, glyphs: GlyphSet, bar: str) -> None:
    """A bar of eight cells, full only when all is done; nothing where nothing says so."""
    assert [span.text for span in progress_bar(progress, glyphs)] == [bar]
    assert progress_bar(None, glyphs) == ()
