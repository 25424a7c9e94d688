"""The table of moves: one row is all that ledger, board and command line need to know of a move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import pytest

from tests.support.ledger_harness import RUN, LedgerHarness, word
from tests.support.picture_harness import PictureHarness
from tests.support.task_states import STATES
from tests.support.transitions import COMMANDS
from wf_tui.cli import tasks
from wf_tui.cli.root import wf
from wf_tui.errors import RefusedError
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.rules import operator_moves
from wf_tui.ledger.rules.moves import MOVES, Move, Situation, situation_of

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

FROM = {
    "retry": "B:failed",
    "reassign": "B:failed",
    "release": "R:running",
    "unhold": "B:hold",
    "accept": "B:scope",
    "answer": "B:question",
    "snooze": "B:gate",
}
"""Where each move can be made; all others on a task that waits."""


def restored(task: TaskRow) -> tuple[object, ...]:
    """Return what undo brings back."""
    return word(task), task.tries, task.pinned, task.priority, task.title


@pytest.mark.parametrize("name", sorted(MOVES))
def test_the_table_says_what_can_be_undone(drive: LedgerHarness, name: str) -> None:
    """Undo takes a move back where its row says so, and finds nothing to undo where not."""
    STATES[FROM.get(name, "P ready")](drive)
    before = restored(drive.task("t"))
    assert COMMANDS[name](drive)[0].changed
    if MOVES[name].undoable and name != "release":
        assert drive.mine.undo(RUN).tasks
        assert restored(drive.task("t")) == before
    else:
        with pytest.raises(RefusedError, match="cannot be undone"):
            drive.mine.undo(RUN)


@pytest.mark.parametrize("state", STATES)
def test_every_state_is_one_situation(drive: LedgerHarness, state: str) -> None:
    """Each state of RULES 3.1 has its situation, so that no move is possible by accident."""
    STATES[state](drive)
    named = {"P": "PENDING", "R": "WORKING", "M": "MERGING", "Q": "ASKING", "B": "BLOCKED"}
    expected = {"P backoff": "BACKOFF", "D:skipped": "SKIPPED"}.get(
        state, named.get(state[0], "DONE")
    )
    found = situation_of(drive.task("t"), lambda _: False)
    assert found is Situation[expected]


def test_a_skip_that_was_counted_on_is_done(drive: LedgerHarness) -> None:
    """What somebody has counted on is as final as what was merged."""
    STATES["D:skipped"](drive)
    assert situation_of(drive.task("t"), lambda _: True) is Situation.DONE


def test_a_back_off_that_is_due_can_still_be_retried(drive: LedgerHarness) -> None:
    """Until the scheduler lets it go a person may, for the ledger as for the board."""
    STATES["P backoff"](drive)
    due = drive.task("t").not_before
    assert due is not None
    drive.clock.at = due
    assert COMMANDS["retry"](drive)[0].changed
    assert not COMMANDS["retry"](drive)[0].changed


def test_commands_are_those_of_the_table() -> None:
    """Each row with a help text has its command and its line in the list of all commands."""
    context = click.Context(wf)
    of_tasks = {name for name, move in MOVES.items() if move.help}
    for name in of_tasks:
        command = wf.get_command(context, name)
        assert command is not None, name
        assert MOVES[name].help in (command.help or "")
    with pytest.raises(AttributeError, match="no move of tasks"):
        _ = tasks.message


def test_a_new_move_is_one_row(drive: LedgerHarness, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a row in the table the ledger makes a move, and wf has its command.

    What is left to write is the rule, its key, its line in `wf --help`, and its check in `verify`.
    """
    nudge = Move(
        "nudge",
        "nudged",
        operator_moves.hold,
        frozenset({Situation.PENDING}),
        frozenset({BlockedKind.GATE}),
        help="Nudge tasks.",
    )
    monkeypatch.setitem(MOVES, nudge.name, nudge)
    view = PictureHarness(drive)
    drive.make("t")
    view.look()
    assert view.picture.why_not("nudge", "t") is None
    assert drive.mine.move(RUN, nudge, ["t"])[0].changed
    view.look()
    refused = drive.mine.move(RUN, nudge, ["t"])[0].reason
    assert refused == "task 't' cannot be nudged: it is blocked (hold)"
    assert view.picture.why_not("nudge", "t") == refused
    command = tasks.nudge
    assert {param.name for param in command.params} >= {"tasks", "all_blocked", "as_json"}
