"""What a task asks for, what it was given and told since, and what its worker has planned."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.detail.document import Document
from wf_tui.board.detail.plan import plan_lines
from wf_tui.board.text_view.text_line import TextLine, block, plain, safe
from wf_tui.board.widgets.line import Role
from wf_tui.ledger.model.states import PERSON, DoneKind
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.conversation import said_to
from wf_tui.ledger.queries.critics import critics_of
from wf_tui.ledger.queries.scope_holders import holds
from wf_tui.picture.critic_rounds import critic_rounds, critic_text
from wf_tui.picture.rival_text import rival_text
from wf_tui.picture.scopes import waiting_for
from wf_tui.project import open_reads
from wf_tui.text import cut

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.board.detail.document import Source
    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.ledger.queries.conversation import PersonSaid
    from wf_tui.ledger.store.database import Database

__all__ = ["read_prompt"]

_WAITING = 20
_RESULT = 4000
"""Characters of a result that are shown."""


def read_prompt(source: Source) -> Document:
    """Return what the task asks for, what it was given and told, and its own answer.

    Called on a thread of the pane. It is live while an attempt holds paths: who waits for them
    changes with other tasks.
    """
    with open_reads(source.project) as db, db.snapshot():
        task = reads.task(db, source.run, source.task)
        attempts = source.attempts(db)
        needs = [reads.task(db, source.run, name) for name in task.spec.needs]
        scope = tuple(held_lines(db, source.run, task))
        critics = critic_rounds(critics_of(db, source.run, task.id))
        told = said_to(db, source.run, task.id, task.epoch)
    result = tuple(block("result", task.result or ""))
    words = tuple(line for one in critics for line in block("round", one.sentence))
    plan = tuple(plan_lines(source.attempt(attempts[-1].epoch))) if attempts else ()
    notes = (line for one in attempts for line in _note(one))
    messages = (line for one in told for line in _told(one))
    # What a person looks for first in a task that only answers is its answer.
    asked = request_lines(task)
    first = (*result, *asked) if task.kind == DoneKind.ANSWERED else (*asked, *result)
    lines = (*first, *need_lines(needs), *notes, *messages, *plan, *scope, *words)
    return Document(lines, live=bool(scope or words))


def _note(attempt: AttemptRow) -> Iterator[TextLine]:
    """Yield what was noted of an attempt, which the next one was told."""
    if attempt.note:
        yield from block(f"note on attempt {attempt.epoch}", attempt.note)


def _told(said: PersonSaid) -> Iterator[TextLine]:
    """Yield what a person wrote to the worker, or answered it."""
    who = safe(said.by.removeprefix(PERSON))
    if said.question:
        words = "\n".join(filter(None, (said.question, f"→ {said.chosen or said.text}")))
        yield from block(f"answer of {who}", words)
    else:
        yield from block(f"message of {who}", said.text)


def held_lines(db: Database, run_id: str, task: TaskRow) -> Iterator[TextLine]:
    """Yield what its attempt keeps from others, and from whom."""
    run = reads.run_row(db, run_id)
    for attempt in reads.attempts(db, run_id, task.id):
        if attempt.open and (paths := holds(run, attempt)):
            yield from block("holds now", "\n".join(paths))
            # One more than is shown, to know whether there are others.
            waiting = waiting_for(db, run, attempt, _WAITING + 1)
            more = ["..."] if len(waiting) > _WAITING else []
            yield from block("keeps waiting", "\n".join(waiting[:_WAITING] + more))


def request_lines(task: TaskRow) -> Iterator[TextLine]:
    """Yield what a task asks for, each part only where its plan or a person has set it."""
    spec = task.spec
    if task.title:
        yield plain(safe(task.title), Role.TITLE)
    yield plain(safe(f"{task.role}, {task.mode}, {task.isolation}, phase {task.phase}"), Role.MUTED)
    yield from block("prompt", spec.prompt)
    yield from block("command", spec.command or "")
    yield from block("gate", spec.gate or "")
    yield from block("critic", critic_text(task))
    if task.critic_of:
        yield from block("judges", f"{task.critic_of}, its work {spec.reads}")
    yield from block("rivals", rival_text(task))
    if spec.review:
        yield from block("review", "a person accepts its work before it is merged")
    yield from block("deliverables", "\n".join(spec.deliverables))
    yield from block("scope", "\n".join(task.scope))
    limits = [f"{task.tries} of {task.max_attempts} tries used"]
    if spec.timeout_secs:
        limits.append(f"{spec.timeout_secs:g} s")
    if spec.max_seconds:
        limits.append(f"{spec.max_seconds:g} s of work")
    if spec.max_steps:
        limits.append(f"{spec.max_steps} steps")
    if spec.max_tokens:
        limits.append(f"{spec.max_tokens} tokens")
    if spec.max_cost_usd:
        limits.append(f"${spec.max_cost_usd:g}")
    yield from block("limits", ", ".join(limits))


def need_lines(needs: list[TaskRow]) -> Iterator[TextLine]:
    """Yield the state of each needed task, and what it hands on: its result, else its commit."""
    for need in needs:
        state = need.state.replace("_", " ")
        kind = f", {need.kind.replace('_', ' ')}" if need.kind else ""
        if need.result:
            result = cut(need.result, _RESULT)
        elif need.commit_id:
            result = f"commit {need.commit_id[:12]}"
        else:
            result = "no result yet"
        yield from block(safe(f"needs {need.id} ({state}{kind})"), result)
