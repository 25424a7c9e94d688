"""What cards say, in each state, for each reason, at each height."""

from __future__ import annotations

from dataclasses import replace
from math import inf
from typing import TYPE_CHECKING, Final

import pytest

from tests.support.card_samples import NOW, at_step, blocked, done, pending, running
from wf_tui.board.widgets.card_lines import (
    CardDrawing,
    CardSize,
    KeyHint,
    card_height,
    card_lines,
)
from wf_tui.board.widgets.card_pieces import clock_words
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.board.widgets.line import Look, Role, fitted, width_of
from wf_tui.board.widgets.list_lines import ghost_line, list_line, similar_lines
from wf_tui.ledger.model.states import BlockedKind, DoneKind, PendingReason, Step
from wf_tui.picture.words.advice import ADVICE
from wf_tui.scheduler.session.last_words import LastWords

if TYPE_CHECKING:
    from collections.abc import Sequence

    from syrupy.assertion import SnapshotAssertion

    from wf_tui.board.widgets.line import Line
    from wf_tui.picture.card import Card

WIDE: Final = CardDrawing(UNICODE, 60)
NARROW: Final = CardDrawing(UNICODE, 30)
SMALL: Final = CardDrawing(UNICODE, 40, CardSize.COMPACT)
LETTERS: Final = CardDrawing(ASCII, 40)
CARDS: Final = (
    *map(pending, PendingReason),
    *map(at_step, Step),
    running(heard=190),
    *map(done, DoneKind),
    *map(blocked, BlockedKind),
    blocked(BlockedKind.QUOTA, not_before=None),
)
ODD: Final = (
    running(heard=3.5),
    at_step(Step.CHECKING, step_at=NOW - 10.5),
    blocked(BlockedKind.GATE, snoozed_until=NOW + 2891),
)
"""Cards whose clocks do not go on together."""
KEYS: Final = (KeyHint("r", "retry", "task.retry"), KeyHint("f", "skip", "task.skip"))


def text(lines: Sequence[Line], drawing: CardDrawing) -> list[str]:
    """Return lines as they fill the width of a view, without what is blank at their ends."""
    rows = [fitted(line, drawing.width, drawing.glyphs.more) for line in lines]
    return ["".join(span.text for span in row).rstrip() for row in rows]


def said(
    card: Card, drawing: CardDrawing = WIDE, *, selected: bool = False, now: float = NOW
) -> list[str]:
    """Return what a card says."""
    return text(card_lines(card, drawing, now, selected=selected, keys=KEYS), drawing)


def everywhere(card: Card, now: float = NOW) -> str:
    """Return a card wide, narrow, small, without signs, and as a line of the list."""
    parts = [said(card, drawing, now=now) for drawing in (WIDE, NARROW, SMALL, LETTERS)]
    lists = [CardDrawing(UNICODE, width) for width in (42, 60, 80, 120)]
    lines = [text([list_line(card, one, now)], one) for one in lists]
    return "\n".join("\n".join(part) for part in (*parts, *lines))


@pytest.mark.parametrize("card", [*CARDS, *ODD])
def test_a_card_reads_otherwise_only_where_a_word_of_its_clocks_does(card: Card) -> None:
    """Lines that are kept for as long as these words are the same are never out of date."""
    read: dict[object, str] = {}
    for seconds in (0, 0.4, 0.6, 1, *range(2, 200, 17), 700, 4000, 90_000):
        now = NOW + seconds
        shown = everywhere(card, now) + str(ghost_line(card, "w1", WIDE, now))
        assert read.setdefault(clock_words(card, now), shown) == shown


@pytest.mark.parametrize("reason", list(PendingReason))
def test_pending_card(reason: PendingReason, snapshot: SnapshotAssertion) -> None:
    """A card for each reason why a task may be pending."""
    assert everywhere(pending(reason)) == snapshot


@pytest.mark.parametrize("step", list(Step))
def test_card_in_progress(step: Step, snapshot: SnapshotAssertion) -> None:
    """A card at each step."""
    assert everywhere(at_step(step)) == snapshot


@pytest.mark.parametrize("kind", list(DoneKind))
def test_done_card(kind: DoneKind, snapshot: SnapshotAssertion) -> None:
    """A card that is done in each way."""
    assert everywhere(done(kind)) == snapshot


@pytest.mark.parametrize("kind", list(BlockedKind))
def test_blocked_card(kind: BlockedKind, snapshot: SnapshotAssertion) -> None:
    """A card of each kind of block."""
    assert everywhere(blocked(kind)) == snapshot


@pytest.mark.parametrize("size", list(CardSize))
def test_how_high_a_card_is_follows_the_card_alone(size: CardSize) -> None:
    """Neither the width, nor the cursor, nor the time changes how many lines there are."""
    for card in CARDS:
        heights = {
            len(
                card_lines(
                    card, CardDrawing(UNICODE, width, size), now, selected=selected, keys=KEYS
                )
            )
            for width in (12, 40, 90)
            for now in (NOW, NOW + 4000)
            for selected in (False, True)
        }
        assert heights == {card_height(card, size)}


def test_no_line_is_wider_than_its_view_or_cuts_a_wide_character() -> None:
    """Also of titles whose characters take two cells, at every width."""
    wide = "登录表单 支持 OAuth 与密码登录"
    for card in (replace(one, title=wide, who="模型-2") for one in CARDS):
        for width in range(8, 70, 3):
            drawing = CardDrawing(UNICODE, width)
            for line in (*card_lines(card, drawing, NOW), list_line(card, drawing, NOW)):
                assert width_of(fitted(line, width, "…")) == width


def test_letters_alone_are_drawn_where_there_are_no_signs() -> None:
    """No line of any card, and nothing between the cards, has anything but ASCII."""
    lines = [line for card in CARDS for line in card_lines(card, LETTERS, NOW, keys=KEYS)]
    lines += [list_line(card, LETTERS, NOW) for card in CARDS]
    lines += [ghost_line(CARDS[0], "kimi-2, answered “yes”", LETTERS, NOW)]
    lines += similar_lines([blocked(BlockedKind.FAILED)], 27, LETTERS)
    assert all(line.isascii() for line in text(lines, LETTERS))


def test_the_keys_stand_on_the_selected_card_alone() -> None:
    """In place of who it was, which stands at the right of them as long as there is room."""
    card = blocked(BlockedKind.GATE)
    assert said(card)[3] == "  glm-2 · 6m · try 3 of 3"
    assert said(card, selected=True)[3].split() == ["r", "retry", "f", "skip", "glm-2", "·", "6m"]
    hits = [span.hit for span in card_lines(card, WIDE, NOW, selected=True, keys=KEYS)[3].left]
    assert hits[1:] == ["task.retry", "task.retry", "task.skip", "task.skip"]


def test_each_kind_that_may_need_a_person_has_its_ways_out() -> None:
    """Those that wait for a person by what they are, and a quota of which nobody knows the end."""
    asking = {kind for kind in BlockedKind if kind.facts.waits_for_person}
    assert set(ADVICE) == asking | {BlockedKind.QUOTA}


def test_the_sign_alone_shows_that_a_card_has_changed() -> None:
    """One cell, so that a busy board is not painted all over."""
    lines = card_lines(running(), WIDE, NOW, fresh=True)
    changed = [span for line in lines for span in line.left if span.look is not Look.PLAIN]
    assert [span.text for span in changed] == ["●"]


def test_silence_is_told_by_the_sign_and_in_words() -> None:
    """After a minute without output, of a program that runs; other steps are silent anyway."""
    assert (
        said(running(heard=59))[2] == "  edit src/auth/token_store.py +42 −7                    59s"
    )
    silent = card_lines(running(heard=190), WIDE, NOW)
    assert (silent[0].left[0].role, silent[2].left[-1].role) == (Role.WARNING, Role.WARNING)
    assert said(running(heard=190))[2] == "  no output for 3m"
    assert "no output" not in said(at_step(Step.CHECKING, heard=190))[2]


def test_a_command_that_has_printed_nothing_yet_is_told_itself() -> None:
    """What it last printed comes in its place."""
    card = replace(running(says="running"), command="make check")
    assert said(card)[2] == "  $ make check"


def test_who_waits_for_its_model_says_so_in_the_words_of_its_provider() -> None:
    """As a warning, with an age: it goes on by itself."""
    words = LastWords().waiting("429, again in 10 s").text
    lines = card_lines(running(says=words), WIDE, NOW)
    assert (lines[0].left[0].role, lines[2].left[-1].role) == (Role.WARNING, Role.WARNING)
    assert said(running(says=words))[2].split() == ["429,", "again", "in", "10", "s", "3s"]


def test_what_is_cut_first_is_the_cost_then_the_model_then_the_plan() -> None:
    """The seat and its time stay."""
    card = replace(running(), model="gpt-6.1", plan=(3, 6))
    seat = [said(card, CardDrawing(UNICODE, width))[1].strip() for width in (60, 38, 32, 24, 18)]
    assert seat[0].split() == ["codex-2", "gpt-6.1", "6:12", "·", "step", "3/6", "$0.21"]
    assert seat[1] == "codex-2 gpt-6.1 6:12 · step 3/6"
    assert seat[2].split() == ["codex-2", "6:12", "·", "step", "3/6", "$0.21"]
    assert seat[3:] == ["codex-2 6:12 · 3/6", "codex-2 6:12"]


def test_a_path_is_cut_at_its_front() -> None:
    """What tells most of it is its end, and a title is cut at the end."""
    card = replace(running(), title="A title that has no room at all in here")
    first, _, third = said(card, NARROW)
    assert first == "● A title that has no room at…"
    assert third.startswith("  edit …/token_store.py")


def test_one_key_puts_what_it_cost_on_all_cards() -> None:
    """Tokens and dollars, also where they are not seen otherwise."""
    drawing = replace(WIDE, costs=True)
    for card in (running(), done(DoneKind.MERGED), blocked(BlockedKind.GATE)):
        assert "212k tok $0.21" in "\n".join(said(card, drawing))


def test_an_id_that_has_no_room_beside_the_title_is_on_the_last_line() -> None:
    """It is said once, wherever there is room."""
    card = blocked(BlockedKind.GATE)
    assert said(card)[0].endswith(" refresh-rot")
    first, *_, last = said(card, NARROW)
    assert "refresh-rot" not in first
    assert last.endswith("refresh-rot")


@pytest.mark.parametrize(
    ("until", "words"),
    [(NOW + 2900, "snoozed 48m"), (NOW + 20, "snoozed 20s"), (inf, "snoozed until it changes")],
)
def test_what_is_snoozed_is_parked(until: float, words: str) -> None:
    """With how long it will be, whatever it is blocked by."""
    card = blocked(BlockedKind.GATE, snoozed_until=until)
    assert said(card)[0].startswith("◇ Refresh-token rotation")
    assert said(card)[0].endswith(f" {words}")
    assert not card.needs_you


def test_without_colours_every_state_step_and_kind_reads_differently() -> None:
    """By its sign and its words: no two of them are told apart by their colour alone."""
    read: dict[str, set[tuple[str, str, bool]]] = {}
    for card in CARDS:
        state = (card.state, card.kind or card.step, card.ready)
        read.setdefault("\n".join(said(card)), set()).add(state)
    assert all(len(states) == 1 for states in read.values())


@pytest.mark.parametrize("size", list(CardSize))
def test_no_line_is_empty_where_there_is_no_proof(size: CardSize) -> None:
    """Whose it is, and since when, moves up; the height stays."""
    card = blocked(BlockedKind.GATE)
    needs = card.needs
    assert needs is not None
    bare = replace(card, needs=replace(needs, proof=""))
    drawing = CardDrawing(UNICODE, 60, size)
    assert said(bare, drawing)[2].strip() == "glm-2 · 6m · try 3 of 3"
    assert len(said(bare, drawing)) == len(said(card, drawing))
    last = said(bare, drawing, selected=True)[-1]
    assert last.startswith("  r retry  f skip")
    assert ("glm-2" in last) == (size is CardSize.COMPACT), "what stands above is not said again"


@pytest.mark.parametrize("width", [110, 160])
def test_the_list_keeps_no_room_for_figures_that_nobody_has(width: int) -> None:
    """Where no task has a model, tokens or a cost, the words get their cells."""
    card = blocked(BlockedKind.SCOPE)
    lines = [
        list_line(card, CardDrawing(UNICODE, width, figures=figures), NOW)
        for figures in (True, False)
    ]
    with_figures, without = ("".join(one.text for one in line.left) for line in lines)
    assert "$0.21" in with_figures
    assert "$0.21" not in without
    assert without.index(" glm-2") > with_figures.index(" glm-2")
    assert {len(with_figures), len(without)} == {width}


def test_a_ghost_says_where_its_task_went() -> None:
    """And which it was, by title and id."""
    ghost = text([ghost_line(running(), "kimi-2, answered “yes”", WIDE, NOW)], WIDE)[0]
    assert ghost.startswith("● Refresh-")
    assert "→ in progress (kimi-2, answered “yes”" in ghost
    held = text([ghost_line(blocked(BlockedKind.HOLD), "kimi-2", WIDE, NOW)], WIDE)[0]
    assert "→ held " in held
    assert "kimi-2" not in held


def test_several_alike_are_one_card() -> None:
    """Their number, what they have in common, the first titles."""
    many = [blocked(BlockedKind.FAILED)] * 2
    assert text(similar_lines(many, 27, WIDE), WIDE) == [
        "◆ 27 × exit 1: E assert 200 == 401  test_login.py:88",  # noqa: RUF001 - the sign itself
        "  Refresh-token rotation, Refresh-token rotation",
    ]
