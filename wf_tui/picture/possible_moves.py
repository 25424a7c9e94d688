"""What can be done with a task now, by the ledger's own tables and without asking the ledger."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.nodes.stored import decided_by
from wf_tui.ledger.model.rows import evolve
from wf_tui.ledger.queries.trees import can_open
from wf_tui.ledger.rules import moves
from wf_tui.ledger.rules.runs import RUN_MOVES
from wf_tui.ledger.rules.task_guards import refused
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.model.rows import TaskRow
    from wf_tui.picture.batch import Batch
    from wf_tui.picture.sequence import Sequences
    from wf_tui.picture.totals import Totals

__all__ = ["ENTER", "MoveFacts"]

ENTER: Final = "enter"
"""To go into the worktree of a task, which changes nothing in the run."""
_LONGEST: Final = 300


@dataclass(frozen=True)
class MoveFacts:
    """What decides whether a move is possible; made for one question."""

    batch: Batch
    rows: Mapping[str, TaskRow]
    totals: Totals
    sequences: Sequences
    now: float

    def why_not(self, name: str, task: str = "") -> str | None:
        """Return why a move on a task, or on the run, is not possible now, or None where it is.

        The ledger decides in the end, by the same tables and with the same sentences.
        """
        if name in RUN_MOVES:
            refusal = RUN_MOVES[name](self.batch.run)
        elif name == ENTER:
            row = self.rows[task]
            refusal = None if can_open(row) else refused(row, "opened in a worktree")
        else:
            row = self.rows[task]
            if row.not_before is not None and row.not_before <= self.now:
                # No event tells when a back-off that is due is let go: it counts as over here.
                row = evolve(row, not_before=None)
            situation = moves.situation_of(row, self._is_counted_on)
            refusal = moves.why_not(
                moves.MOVES[name], row, self.batch.run, situation, self._rivals_of(row)
            )
        if refusal is None:
            return None
        # In one line; whatever the name of a task holds, it cannot act on a terminal.
        text = f"{refusal.message}: {refusal.hint}" if refusal.hint else refusal.message
        return clean(text, limit=_LONGEST)

    def _rivals_of(self, row: TaskRow) -> list[TaskRow]:
        """Return all of which one is merged, where it is one of them or their judge."""
        spec = row.spec
        phase = spec.judges or row.phase
        every = self.rows.values() if spec.rival or spec.judges else ()
        return [one for one in every if one.phase == phase and one.spec.rival]

    def _is_counted_on(self, row: TaskRow) -> bool:
        """Whether a task that waited for this one was claimed, or more was added by it."""
        if decided_by(row, self.batch.reasons.phases.values()):
            return True
        # Three ways to wait for a task: for its result, for its phase, for its turn in a phase.
        if self.totals.begun[row.id]:
            return True
        after = [name for name, many in self.batch.phase_order.items() if row.phase in many]
        if any(self.totals.begun_phases[name] for name in after):
            return True
        following = self.sequences.next_task(row)
        in_turn = not self.batch.reasons.phases[row.phase].parallel
        return in_turn and following is not None and self.rows[following].attempts > 0
