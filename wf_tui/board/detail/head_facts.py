"""What stands in the head of the pane beside the card: who worked on it, what that cost, who waits.

Read on a thread, when a task is shown and when it changes; the card itself is the picture's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.plan import newest_steps, plan_spans
from wf_tui.board.text_view.text_line import safe
from wf_tui.ledger.queries import reads
from wf_tui.picture.age import offset
from wf_tui.project import open_reads
from wf_tui.text import dollars

if TYPE_CHECKING:
    from wf_tui.board.detail.document import Source
    from wf_tui.board.widgets.line import Span
    from wf_tui.ledger.model.rows import AttemptRow
    from wf_tui.ledger.store.database import Database

__all__ = ["HeadFacts", "read_head"]

_THOUSAND: Final = 1000
_HELD: Final = """
WITH RECURSIVE behind(phase) AS (
    SELECT pe.dst FROM phase_edge pe JOIN task t ON t.run = pe.run AND t.phase = pe.src
    WHERE t.run = :run AND t.id = :task
    UNION SELECT pe.dst FROM phase_edge pe JOIN behind b ON b.phase = pe.src WHERE pe.run = :run
), held(id) AS (
    SELECT dst FROM edge WHERE run = :run AND src = :task
    UNION SELECT e.dst FROM edge e JOIN held h ON h.id = e.src WHERE e.run = :run
)
SELECT count(*) FROM task t WHERE t.run = :run AND t.state <> 'done'
AND (t.id IN (SELECT id FROM held) OR t.phase IN (SELECT phase FROM behind))
"""


@dataclass(frozen=True)
class HeadFacts:
    """Figures of a task; its texts are safe to draw, and what nobody told is left out."""

    seat: str = ""
    model: str = ""
    figures: tuple[str, ...] = ()
    """Cost, tokens, and how long its last attempt took, as far as they are known."""
    holds_up: int = 0
    """How many tasks cannot be done before it is."""
    attempts: int = 0
    files: int | None = None
    """How many files the last attempt with any work changed; None where that is unknown."""
    proof: str = ""
    """The line of its last attempt that matters."""
    said: str = ""
    """What its worker said last."""
    prompt: str = ""
    result: str = ""
    """Its answer, where it gave one."""
    plan: tuple[Span, ...] = ()
    """The plan of its worker on one line, where it told one."""


def read_head(source: Source) -> HeadFacts:
    """Return the figures of a task; called on a thread of the pane."""
    with open_reads(source.project) as db, db.snapshot():
        task = reads.task(db, source.run, source.task)
        attempts = source.attempts(db)
        held = 0 if task.state == "done" else _held(db, source)
    last = attempts[-1] if attempts else None
    work = next((one for one in reversed(attempts) if one.ref and not one.by_hand), last)
    cost, tokens = task.usage.cost_microusd, task.usage.tokens
    figures = []
    if cost is not None:
        figures.append(dollars(cost))
    if tokens:
        figures.append(f"{tokens / _THOUSAND:.0f}k tok" if tokens >= _THOUSAND else f"{tokens} tok")
    if work is not None:
        figures.append(offset((work.ended_at or source.clock.now()) - work.started_at))
    return HeadFacts(
        seat=safe(work.worker) if work else "",
        model=safe(work.model or "") if work else "",
        figures=tuple(figures),
        holds_up=held,
        attempts=len(attempts),
        files=_files(attempts),
        proof=safe(last.proof or "") if last else "",
        said=safe(next((one.said for one in reversed(attempts) if one.said), "")),
        prompt=task.spec.prompt,
        result=safe((task.result or "").strip().partition("\n")[0]),
        plan=_plan(source, last),
    )


def _plan(source: Source, last: AttemptRow | None) -> tuple[Span, ...]:
    if last is None or not last.plan_total:
        return ()
    return plan_spans(newest_steps(source.attempt(last.epoch)))


def _held(db: Database, source: Source) -> int:
    (row,) = db.execute(_HELD, {"run": source.run, "task": source.task})
    return int(str(row[0]))


def _files(attempts: list[AttemptRow]) -> int | None:
    return next((one.files for one in reversed(attempts) if one.files is not None), None)
