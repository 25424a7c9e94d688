"""The `Ledger`: one method for each thing that can happen to a run, each one transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, ParamSpec

from wf_tui.errors import UsageError
from wf_tui.ledger.fenced import Fence
from wf_tui.ledger.model.events.run_events import (
    JobsChanged,
    Landed,
    WorktreeKept,
    WorktreeRemoved,
)
from wf_tui.ledger.model.rows import RunRow, TaskRow, evolve, insert
from wf_tui.ledger.model.states import WORKER, BlockedKind, DoneKind, LimitKind
from wf_tui.ledger.reports import AttemptReports
from wf_tui.ledger.rules import (
    accept,
    attempts,
    breaker,
    claims,
    failures,
    going_on,
    load,
    moves,
    runs,
)
from wf_tui.ledger.rules import seats as seat_rules
from wf_tui.ledger.rules.attention import drafts, notices
from wf_tui.ledger.rules.attention.wake import wake_due
from wf_tui.ledger.rules.conversation import comments
from wf_tui.ledger.rules.decisions import nodes
from wf_tui.ledger.rules.limits import budgets, lanes
from wf_tui.ledger.rules.task_guards import refused
from wf_tui.ledger.rules.undo import undo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wf_tui.ledger.model.lane_state import LaneState
    from wf_tui.ledger.model.new_tasks import NewPhase, NewTask
    from wf_tui.ledger.model.rows import CommentRow, Detail, WorkerRow
    from wf_tui.ledger.model.run_budget import RunBudget
    from wf_tui.ledger.model.states import RunState
    from wf_tui.ledger.model.worktree_setup import WorktreeSetup
    from wf_tui.ledger.rules.attempts import Ending
    from wf_tui.ledger.rules.attention.notices import Notice
    from wf_tui.ledger.rules.change import Change
    from wf_tui.ledger.rules.claims import Claim
    from wf_tui.ledger.rules.decisions.judgement import Judgement
    from wf_tui.ledger.rules.moves import Move, MoveResult
    from wf_tui.ledger.rules.undo.undo import TakenBack
    from wf_tui.profiles.resolved import Resolved

__all__ = ["Fence", "Ledger"]

START_DEADLINE: Final = 60.0
_P = ParamSpec("_P")


@dataclass
class Ledger(AttemptReports):
    """The rules, on any store: what starts, steers and ends runs and attempts.

    What attempts report in between is in `AttemptReports`.
    """

    # -- runs

    def create_run(
        self,
        run: RunRow,
        phases: Sequence[NewPhase],
        chains: Mapping[str, int],
        worktree: WorktreeSetup | None = None,
    ) -> RunRow:
        """Store a new run with all its phases and tasks; return its row as stored.

        Called by the command that starts it, before there is a scheduler. `chains` has the longest
        path that is left from each task, as `new_tasks.of_plan` returns it.
        """
        with self.db.transaction(run.id):
            newest = self.db.execute("SELECT max(number) FROM run")[0][0]
            self.db.execute(*insert(evolve(run, number=int(newest or 0) + 1)))
            with self._change(run.id) as tx:
                load.fill_run(tx, phases, chains, worktree)
            return tx.run

    def pause(self, run: str) -> bool:
        """Start nothing new; whether that changed anything."""
        with self._change(run) as tx:
            return runs.pause(tx)

    def resume(self, run: str) -> bool:
        """Claim again; whether that changed anything."""
        with self._change(run) as tx:
            return runs.resume(tx)

    def stop(self, run: str, *, now: bool = False) -> list[str]:
        """Pause and let the scheduler exit; return the tasks that were taken back."""
        with self._change(run) as tx:
            return [task.id for task in runs.stop(tx, now=now)]

    def abort(self, run: str) -> None:
        """Cancel all that is not done; raises `RefusedError` where the run is over already."""
        with self._change(run) as tx:
            runs.abort(tx)

    def set_jobs(self, run: str, jobs: int) -> bool:
        """Change how many attempts may be open at once; lowering it interrupts nothing."""
        if jobs < 1:
            raise UsageError(f"jobs must be at least 1, not {jobs}", "wf pause starts nothing new")
        with self._change(run) as tx:
            if tx.run.jobs == jobs:
                return False
            undo = {"jobs": tx.run.jobs}
            tx.emit_act(JobsChanged(jobs=jobs, before=tx.run.jobs), undo=undo)
            tx.update_run(evolve(tx.run, jobs=jobs))
            return True

    def change_profiles(
        self,
        run: str,
        profiles: Mapping[str, Resolved],
        names: Sequence[str],
        environment: str,
    ) -> None:
        """Take over profiles as they are configured now; `names` are those that changed."""
        with self._change(run) as tx:
            seat_rules.change_profiles(tx, profiles, names, environment)

    def end_when_idle(
        self, run: str, *, foreground: bool, looked_at: float | None = None
    ) -> RunState:
        """End or stall a run that has nothing left to do; return its state.

        `looked_at` is when the claims were tried that found nothing; now, if not given.
        """
        with self._change(run) as tx:
            at = tx.now if looked_at is None else looked_at
            return runs.end_when_idle(tx, foreground=foreground, looked_at=at)

    # -- tasks, by hand

    def move(
        self, run: str, move: Move[_P], tasks: Sequence[str], *args: _P.args, **kwargs: _P.kwargs
    ) -> list[MoveResult]:
        """Make one move of the table on some tasks; each is changed or says why it is not.

        What the move takes besides the tasks is given by name: `move(run, REASSIGN, ["a"],
        to="kimi-2")`. Raises `UsageError` for a task or an argument that does not exist; then none
        of the tasks is changed.
        """
        with self._change(run) as tx:
            return moves.make(tx, move, tasks, *args, **kwargs)

    def undo(self, run: str, *, expect: int | None = None, before: int | None = None) -> TakenBack:
        """Take back the actor's last act; see `rules.undo.undo` for `expect` and `before`.

        Raises `UndoRefusedError` for one that stays, `RefusedError` where there is none.
        """
        with self._change(run) as tx:
            return undo.undo(tx, expect, before)

    # -- comments on lines, drafts, and what was seen

    def comment(
        self,
        run: str,
        task: str,
        path: str,
        line: int | None,
        text: str,
        *,
        side: str = comments.NEW,
        quote: str = "",
    ) -> CommentRow:
        """Keep what the actor says to lines of the work of a task, as a draft for all to see.

        `line` is from 1, None for the whole file; `side` is `new`, or `old` for a line that the
        work removes; by `quote`, the line itself, or all of those that end with it, it is found
        again. Raises `RefusedError`, and `UsageError` for too many lines.
        """
        with self._change(run) as tx:
            return comments.comment(tx, task, path, line, text, side=side, quote=quote)

    def edit_comment(self, run: str, task: str, number: int, text: str) -> CommentRow:
        """Write a draft anew; raises `RefusedError` where it was sent."""
        with self._change(run) as tx:
            return comments.edit_comment(tx, task, number, text)

    def drop_comment(self, run: str, task: str, number: int) -> None:
        """Take a draft away; raises `RefusedError` where it was sent."""
        with self._change(run) as tx:
            comments.drop_comment(tx, task, number)

    def keep_draft(self, run: str, task: str, what: str, text: str) -> None:
        """Keep what the actor has begun to write; "" is that they have not."""
        with self._change(run) as tx:
            drafts.keep_draft(tx, task, what, text)

    def mark_seen(self, run: str, task: str, path: str, blob: str) -> None:
        """Mark which content of a file the actor has seen; "" is none."""
        with self._change(run) as tx:
            drafts.mark_seen(tx, task, path, blob)

    def add(self, run: str, task: NewTask, phase: str | None = None) -> TaskRow:
        """Add a task to a run, into a phase or into the one that nothing waits for."""
        with self._change(run) as tx:
            if tx.actor.startswith(WORKER):
                task = load.of_worker(tx, task, phase)
            runs.wake_run(tx)
            return load.add_task(tx, task, phase)

    # -- the scheduler and its seats

    def written_again(self, run: str, why: str, seconds: float) -> None:
        """Record that nothing could be written for a while, now that it can."""
        with self._change(run) as tx:
            runs.written_again(tx, why, seconds)

    def scheduler_started(
        self, run: str, leader: Mapping[str, str | int], missing: Sequence[str] = ()
    ) -> None:
        """Record who leads this run, and without which variables (`RunRow.missing`)."""
        with self._change(run) as tx:
            runs.record_leader(tx, leader, tuple(missing))

    def scheduler_stopped(self, run: str) -> bool:
        """Sign off as the leader of this run; False when a person has given it new work."""
        with self._change(run) as tx:
            return runs.sign_off(tx)

    def join_workers(self, run: str, seats: Sequence[WorkerRow]) -> None:
        """Make these the seats of the run; the ones of an earlier scheduler are gone."""
        with self._change(run) as tx:
            seat_rules.join_workers(tx, seats)

    def set_breakers(self, run: str, limits: Mapping[str, int]) -> None:
        """Set after how many quick failures in a row each profile pauses; 0 is never."""
        with self._change(run) as tx:
            breaker.set_limits(tx, limits)

    def claim(
        self,
        run: str,
        worker: str,
        *,
        start_deadline: float = START_DEADLINE,
        steal_after: float = going_on.STEAL_AFTER,
        permits: Mapping[str, int] | None = None,
    ) -> Claim | None:
        """Claim the best ready task for a seat, or return None.

        In seconds: how long its program has to start, and how long a task that the plan pinned to a
        busy seat waits for that one. `permits` are how many claims each lane still lets through.
        """
        with self._change(run) as tx:
            return claims.claim_for(
                tx,
                worker,
                start_deadline=start_deadline,
                steal_after=steal_after,
                permits=permits,
            )

    def release_due(self, run: str) -> None:
        """Let tasks go whose back-off or quota is over; a claim does so, too."""
        with self._change(run) as tx:
            lanes.open_due(tx)
            claims.release_due(tx)

    def show_snoozed(self, run: str) -> None:
        """Show again what was put off until now, at its time."""
        with self._change(run) as tx:
            wake_due(tx)

    def take_notices(self, run: str) -> list[Notice]:
        """Return what its person is to be notified of, each item once; see `Notice`."""
        with self._change(run) as tx:
            return notices.take_notices(tx)

    def see_lanes(self, run: str, states: Iterable[LaneState], short: Mapping[str, str]) -> None:
        """Take over how the lanes of the host are, and why they gave fewer permits than wanted."""
        with self._change(run) as tx:
            lanes.see(tx, states, short)

    def open_lanes(self, run: str, names: Iterable[str] | None = None) -> list[str]:
        """Open lanes at a person's word, by default those of a refused key; return which."""
        with self._change(run) as tx:
            return lanes.open_for(tx, names)

    def set_budget(self, run: str, budget: RunBudget) -> bool:
        """Change what the run may cost; whether that changed anything."""
        with self._change(run) as tx:
            return budgets.set_budget(tx, budget)

    def reanchor(self, run: str) -> None:
        """Bring back what a clock that was set back would make wait for too long."""
        with self._change(run) as tx:
            failures.reanchor(tx)

    def done(
        self,
        fence: Fence,
        kind: DoneKind,
        ending: Ending,
        result: str | None,
        note: str = "",
        judgement: Judgement | None = None,
    ) -> bool:
        """Finish a task; `note` says how much it changed: `+120 -4`.

        `judgement` is what its answer says of the work of others, where it was asked for that. An
        answer that should decide what comes next, and does not, is held for a person.
        """

        def rule(tx: Change, task: TaskRow) -> None:
            why = nodes.undecided(tx, task, result) if kind is DoneKind.ANSWERED else ""
            if why:
                failures.hold_answer(tx, task, ending, why)
            else:
                attempts.done(tx, task, kind, ending, result, note, judgement)

        return self._result(fence, ending, rule)

    def fail(
        self,
        fence: Fence,
        ending: Ending,
        *,
        kind: BlockedKind = BlockedKind.FAILED,
        detail: Detail | None = None,
    ) -> bool:
        """Count a failure; `kind` is what the task is blocked as when its tries are used up."""

        def rule(tx: Change, task: TaskRow) -> None:
            failures.fail(tx, task, ending, kind=kind, detail=detail or {}, random=self.random)

        return self._result(fence, ending, rule)

    def interrupted(self, fence: Fence, ending: Ending) -> bool:
        """Put a task back whose host of models died, uncounted the first time."""

        def rule(tx: Change, task: TaskRow) -> None:
            failures.interrupted(tx, task, ending, random=self.random)

        return self._result(fence, ending, rule)

    def block(
        self, fence: Fence, ending: Ending, kind: BlockedKind, detail: Detail | None = None
    ) -> bool:
        """Block a task at once: outside its scope, or over its budget."""
        return self._result(
            fence,
            ending,
            lambda tx, task: failures.block_at_once(
                tx, task, ending, kind=kind, detail=detail or {}
            ),
        )

    def hold_for_review(
        self, fence: Fence, ending: Ending, detail: Detail, *, tree: str | None
    ) -> bool:
        """Keep checked work for a person; `tree` is the worktree that holds it, if one does."""
        return self._result(
            fence,
            ending,
            lambda tx, task: failures.hold_for_review(tx, task, ending, detail, tree),
        )

    def hold_for_critic(
        self, fence: Fence, ending: Ending, detail: Detail, *, tree: str | None
    ) -> bool:
        """Keep checked work, the commit of `ending`, for a critic, which is added with it."""
        return self._result(
            fence,
            ending,
            lambda tx, task: failures.hold_for_critic(tx, task, ending, detail, tree),
        )

    def conflict(
        self,
        fence: Fence,
        ending: Ending,
        paths: tuple[str, ...],
        text: str,
        *,
        head: str = "",
        more: Detail | None = None,
        tree: str | None = None,
    ) -> bool:
        """Send a task back once to start again on the new head, `head`, then block it.

        `more` is what `FoundConflict.detail` has of the merge, which the worktree `tree` holds.
        """

        def rule(tx: Change, task: TaskRow) -> None:
            attempt = tx.attempt(task.id, task.epoch)
            tx.write(attempt, evolve(attempt, tree=tree or attempt.tree))
            failures.conflict(tx, task, ending, paths, text, {"head": head, **(more or {})})

        return self._result(fence, ending, rule)

    def merge_gate_failed(
        self, fence: Fence, ending: Ending, detail: Detail, tree: str | None = None
    ) -> bool:
        """Send a task back once whose gate failed on the merge, then block it, with its `tree`."""
        return self._result(
            fence, ending, lambda tx, task: failures.merge_gate(tx, task, ending, detail, tree)
        )

    def give_back(self, fence: Fence, ending: Ending, detail: Detail | None = None) -> bool:
        """Return to a person what was accepted and did not pass."""
        return self._result(
            fence, ending, lambda tx, task: failures.give_back(tx, task, ending, detail or {})
        )

    def limited(
        self,
        fence: Fence,
        ending: Ending,
        kind: LimitKind,
        lane: str,
        until: float | None,
        patience: float | None = None,
    ) -> bool:
        """Put a task back, or block it, because of its provider.

        `until` is when the lane opens by itself, in UTC seconds; None: when a person says so.
        `patience` are the seconds for which a task may be put off again and again.
        """

        def rule(tx: Change, task: TaskRow) -> None:
            failures.limited(tx, task, ending, kind=kind, lane=lane, until=until, patience=patience)

        return self._result(fence, ending, rule)

    def reject(self, fence: Fence, ending: Ending) -> None:
        """Keep a result that came too late, as `result_rejected`, and close its attempt."""
        with self._change(fence.run) as tx:
            attempts.reject(tx, tx.task(fence.task), fence.epoch, fence.worker, ending)

    def close(self, fence: Fence, ending: Ending) -> None:
        """Close an attempt that was fenced; never refused."""
        with self._change(fence.run) as tx:
            task = tx.task(fence.task)
            if task.open_epoch == fence.epoch:
                lost = (task.spec.rival or task.spec.judges) and task.kind is DoneKind.SKIPPED
                told = replace(ending, text=f"stopped: {task.note}") if lost else ending
                attempts.close(tx, task, told)

    def exported(self, run: str, commit: str | None, reason: str) -> None:
        """Record where the user's branch is, or why it waits."""
        with self._change(run) as tx:
            runs.exported(tx, commit, reason)

    def landed(self, run: str, *, branch: str, old: str, new: str) -> None:
        """Record that the run's work came into a branch of the user."""
        with self._change(run) as tx:
            tx.emit_act(Landed(branch=branch, old=old, new=new))

    def run_removed(self, run: str) -> None:
        """Record that the folder of a run is about to go; refused where the run is not over."""
        with self._change(run) as tx:
            runs.remove(tx)

    def tree_opened(
        self, run: str, task: str, epoch: int, tree: str, detail: Detail | None = None
    ) -> None:
        """Record that a person finds the work of a task in a worktree, by its number.

        `epoch` is that of the attempt whose work it is; raises `RefusedError` where the task has
        moved on. `detail` is what a conflict is now, where it was merged anew.
        """
        with self._change(run) as tx:
            row = tx.task(task)
            if row.epoch != epoch:
                raise refused(row, "opened in a worktree")
            accept.opened(tx, row, tree, detail)

    def tree_gone(self, run: str, tree: str, *, kept: str | None = None) -> None:
        """Record that a worktree was removed, or why it was kept."""
        with self._change(run) as tx:
            if kept is None:
                tx.emit(WorktreeRemoved(tree=tree))
            else:
                tx.emit(WorktreeKept(tree=tree, reason=kept))
