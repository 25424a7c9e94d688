"""What a prompt is made of, from where it lies: the ledger, then the files of attempts, and git."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.errors import GitError
from wf_tui.git.control.diffs import diff, file_changes
from wf_tui.ledger.model.states import Cause, DoneKind, TaskState
from wf_tui.ledger.model.task_moves import FRESH
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.comments import comments_for
from wf_tui.ledger.queries.conversation import said_to
from wf_tui.ledger.queries.critics import critics_of
from wf_tui.ledger.queries.rivals import can_be_taken
from wf_tui.ledger.rules.claims import conflict_paths
from wf_tui.prompts.facts import (
    CriticWords,
    EarlierAttempt,
    JudgedWork,
    NeededResult,
    PromptFacts,
)
from wf_tui.structured import read_structured
from wf_tui.text import clean
from wf_tui.values import frozen, replace
from wf_tui.workers.shim import log
from wf_tui.workers.shim.exit_file import read_exit

if TYPE_CHECKING:
    from wf_tui.git.control.control import Control
    from wf_tui.ledger.model.rows import AttemptRow, Detail, TaskRow
    from wf_tui.ledger.store.database import Database
    from wf_tui.paths import RunPaths

__all__ = [
    "Asked",
    "asked_next",
    "asked_of",
    "complete",
    "needed_results",
    "read_facts",
    "without_checkpoint",
]

_MOST_EARLIER: Final = 5
"""The newest attempts that a prompt tells of: older ones are repeated by them."""
_MOST_CRITICS: Final = 5
_MOST_FILES: Final = 50
_MOST_PATCH: Final = 40_000
"""Characters of a patch that a critic has in its prompt; the files themselves lie before it."""
_TAIL: Final = 2000
"""Characters of what a program printed at its end."""


@frozen
class Asked:
    """The attempt that a prompt is for, as far as it is known: of `wf prompt`, the next one."""

    epoch: int
    note: str = ""
    """The sentence on why the task was not done before, where the attempt has none."""
    tail: str = ""
    """The end of what the gate printed, where the task has it."""
    conflict: tuple[str, ...] = ()
    resumed: bool = False
    can_ask: bool = False
    checkpoint: str | None = None
    """The commit that is in its worktree from the start."""


def read_facts(db: Database, run: str, task: TaskRow, asked: Asked) -> PromptFacts:
    """Read what the ledger knows; on the connection's thread, in one transaction with the claim."""
    return PromptFacts(
        task=task,
        needed=() if asked.resumed else needed_results(db, run, task),
        earlier=_newest(db, run, task, asked),
        said=said_to(db, run, task.id, asked.epoch, new=asked.resumed),
        comments=tuple(comments_for(db, run, task.id, asked.epoch, new=asked.resumed)),
        critics=_critics(db, task, resumed=asked.resumed),
        judged=_judged(db, task) if task.critic_of else None,
        judges=bool(task.spec.judges),
        conflict=asked.conflict,
        resumed=asked.resumed,
        can_ask=asked.can_ask,
    )


def _critics(db: Database, task: TaskRow, *, resumed: bool) -> tuple[CriticWords, ...]:
    """Return what critics have said of a task; of a critic's task, what those before it have.

    A session that goes on knows all but the last.
    """
    author = task.critic_of or (task.id if task.spec.critic else "")
    rows = critics_of(db, task.run, author) if author else ()
    words = []
    for row in rows:
        if row.kind is DoneKind.ANSWERED and row.id != task.id:
            verdict = read_structured(row.result or "").verdict
            words.append(CriticWords(row.id, verdict, row.result or ""))
    return tuple(words[-1 if resumed else -_MOST_CRITICS :])


def _judged(db: Database, critic: TaskRow) -> JudgedWork:
    """Return the work that a critic is asked about, as far as the ledger has it."""
    author, commit = reads.task(db, critic.run, critic.critic_of), critic.spec.reads
    made = [row for row in reads.attempts(db, critic.run, author.id) if row.commit_id == commit]
    # An older attempt than the last where the author has gone on without this critic.
    first = made[0] if made else None
    return JudgedWork(
        author,
        commit,
        base=first.base if first else None,
        epoch=first.epoch if first else 0,
        answer=author.result or "",
    )


def _newest(db: Database, run: str, task: TaskRow, asked: Asked) -> tuple[EarlierAttempt, ...]:
    """Return the attempts that are told of; what the task itself says is of the last one."""
    if not task.attempts:
        return ()
    rows = [row for row in reads.attempts(db, run, task.id) if row.epoch < asked.epoch]
    most = 1 if asked.resumed else _MOST_EARLIER
    told = [_earlier(row, asked.checkpoint) for row in rows[-most:]]
    if told:
        last = told[-1]
        told[-1] = replace(last, text=last.text or asked.note, tail=asked.tail)
    return tuple(told)


def asked_next(db: Database, task: TaskRow) -> Asked:
    """Return what the next attempt of a task will be told, as far as that is known now."""
    return asked_of(
        db, task, task.epoch + 1, note=task.note, conflict=conflict_paths(task), detail=task.detail
    )


def asked_of(
    db: Database,
    task: TaskRow,
    epoch: int,
    *,
    note: str,
    conflict: tuple[str, ...],
    detail: Detail,
) -> Asked:
    """Return what an attempt is told: why the one before it was not done, and where it starts."""
    tail = detail.get("tail")
    return Asked(
        epoch=epoch,
        note=note,
        tail=tail if isinstance(tail, str) else "",
        conflict=conflict,
        checkpoint=None if conflict or FRESH in detail else _checkpoint(db, task, epoch),
    )


def without_checkpoint(facts: PromptFacts) -> PromptFacts:
    """Return what to say where the earlier work does not merge with the branch of now."""
    if not facts.earlier:
        return facts
    return replace(facts, earlier=tuple(replace(one, in_tree=False) for one in facts.earlier))


def _checkpoint(db: Database, task: TaskRow, epoch: int) -> str | None:
    """Return the commit of earlier work that an attempt starts with (RULES 5, Retry).

    Prompts go on from it, commands start from the clean head; the task may say otherwise.
    """
    if not task.attempts or not task.spec.goes_on:
        return None
    rows = reads.attempts(db, task.run, task.id)
    commits = [row.commit_id for row in rows if row.commit_id and row.epoch < epoch]
    return commits[-1] if commits else None


def needed_results(db: Database, run: str, task: TaskRow) -> tuple[NeededResult, ...]:
    """Return what became of the tasks whose results a task needs, in the order of its plan.

    One that was skipped has no result. `base` and `work` are of the attempt that was merged; of a
    rival that a judge may pick, of the one that has passed its checks.
    """
    found = []
    for name in task.spec.needs:
        need = reads.task(db, run, name)
        waits = bool(task.spec.judges and need.spec.rival) and can_be_taken(need)
        row = _passed(db, need) if waits else _merged(db, need)
        answer = need.result
        structured = read_structured(answer) if need.spec.structured and answer else None
        found.append(
            NeededResult(
                id=name,
                status=need.kind,
                result=answer,
                commit=row.commit_id if waits and row else need.commit_id,
                summary=structured.summary if structured else None,
                verdict=structured.verdict if structured else None,
                epoch=need.epoch,
                base=row.base if row else None,
                work=row.commit_id if row else None,
                files=structured.files if structured else (),
                missing=(
                    "" if waits or need.state is TaskState.DONE else need.note or need.state.value
                ),
                can_be_picked=waits,
            )
        )
    return tuple(found)


def complete(
    facts: PromptFacts, control: Control, paths: RunPaths, base: str | None = None
) -> PromptFacts:
    """Add what the git repository and the folders of attempts have; blocks.

    `base` is the commit that the worktree begins with, where that is known. What cannot be read is
    left out: a prompt without it is better than none.
    """
    before = facts.earlier[-1].base if facts.resumed and facts.earlier else None
    return replace(
        facts,
        changed_since=_files(control, before, base) if before != base else (),
        needed=tuple(
            _with_patch(
                replace(need, files=_files(control, need.base, need.work) or need.files),
                control,
                _MOST_PATCH // len(facts.needed),
            )
            for need in facts.needed
        ),
        earlier=tuple(
            replace(
                attempt,
                files=_files(control, attempt.base, attempt.work),
                tail=attempt.tail or _tail(paths, facts.task, attempt),
            )
            for attempt in facts.earlier
        ),
        judged=_with_work(facts.judged, control, paths) if facts.judged else None,
    )


def _with_patch(need: NeededResult, control: Control, most: int) -> NeededResult:
    """Add the changes of a rival that a judge may pick, of which `most` characters."""
    if not need.can_be_picked or need.base is None or need.work is None:
        return need
    patch = _patch(control, need.base, need.work, most)
    return replace(need, patch=patch[:most], patch_cut=len(patch) > most)


def _patch(control: Control, base: str, work: str, most: int) -> str:
    """Return the changes between two commits, cut behind one character more than `most`."""
    try:
        whole = diff(control, base, work).decode(errors="replace")
    except GitError:
        return ""
    return clean(whole, limit=most + 1, multiline=True)


def _with_work(judged: JudgedWork, control: Control, paths: RunPaths) -> JudgedWork:
    """Add the patch that a critic is asked about, and what the gate has printed."""
    patch = ""
    if judged.base is not None:
        patch = _patch(control, judged.base, judged.commit, _MOST_PATCH)
    gate = read_exit(paths.attempt(judged.author.id, judged.epoch) / "gate.json")
    return replace(
        judged,
        files=_files(control, judged.base, judged.commit),
        patch=patch[:_MOST_PATCH],
        cut=len(patch) > _MOST_PATCH,
        gate=gate.tail[-_TAIL:] if gate else "",
    )


def _merged(db: Database, need: TaskRow) -> AttemptRow | None:
    """Return the attempt whose work was merged; the last one, for nothing is claimed after it."""
    if need.kind is not DoneKind.MERGED:
        return None
    return next(iter(reads.attempts(db, need.run, need.id)[-1:]), None)


def _passed(db: Database, need: TaskRow) -> AttemptRow | None:
    """Return the attempt of a rival whose work waits to be taken."""
    made = [row for row in reads.attempts(db, need.run, need.id) if row.commit_id]
    return next(iter(made[-1:]), None)


def _earlier(row: AttemptRow, checkpoint: str | None) -> EarlierAttempt:
    return EarlierAttempt(
        epoch=row.epoch,
        worker=row.worker,
        outcome=row.outcome or "open",
        cause=row.cause,
        text=row.note,
        base=row.base,
        work=row.commit_id,
        in_tree=row.commit_id is not None and row.commit_id == checkpoint,
    )


def _files(control: Control, base: str | None, work: str | None) -> tuple[str, ...]:
    if base is None or work is None:
        return ()
    try:
        changes = file_changes(control, base, work)
    except GitError:
        return ()
    lines = []
    for change in changes[:_MOST_FILES]:
        renamed = f" (was {change.was})" if change.was != change.path else ""
        counts = "binary" if change.added is None else f"+{change.added} -{change.removed}"
        lines.append(f"{change.path}{renamed} {counts}")
    if len(changes) > _MOST_FILES:
        lines.append(f"and {len(changes) - _MOST_FILES} more")
    return tuple(lines)


def _tail(paths: RunPaths, task: TaskRow, attempt: EarlierAttempt) -> str:
    """Return the end of what the failed program, or gate, has printed; of an agent what it said."""
    names: dict[str, str] = {Cause.GATE: "gate.json", Cause.MERGE_GATE: "merge/gate.json"}
    name = names.get(attempt.cause or "", "exit.json")
    folder = paths.attempt(task.id, attempt.epoch)
    # An agent prints the events of its maker: the transcript has the same in few words.
    if name == "exit.json" and (folder / log.RAW).exists():
        said = clean(log.tail(folder / log.LOG, _TAIL), limit=_TAIL, multiline=True)
        if said.strip():
            return said
    ended = read_exit(folder / name)
    return ended.tail[-_TAIL:] if ended else ""
