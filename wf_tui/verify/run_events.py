"""What happens to a whole run: its beginning, its phases, pauses, aborts, ends, exports.

Each `check_` function judges one kind of event, then brings the run to what the event says.
`replay` calls them, in the order of the events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.verify.decisions import critics, nodes
from wf_tui.verify.event_fields import get_int, get_list, get_text
from wf_tui.verify.replay_state import ENDED
from wf_tui.verify.replayed_task import PhaseState, ReplayedTask, TaskSpec

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState

__all__ = [
    "check_export",
    "check_jobs_change",
    "check_pause",
    "check_phase_settled",
    "check_resume",
    "check_run_created",
    "check_run_end",
    "check_stall",
    "check_task_added",
    "check_worker_joined",
    "check_worker_left",
]

_ADDED = "added"


def check_run_created(run: ReplayState, event: EventRow) -> None:
    """Take over what the plan says of the run and its phases.

    It is the first event of a log: without it nothing that follows has a phase to be in.
    """
    run.require(event.seq == 1 and not run.status, "run", event, "a run begins once, first of all")
    run.status, run.jobs = "running", get_int(event, "jobs")
    run.chain.base = get_text(event, "base")
    run.held_scopes.race = get_text(event, "scopes") == "race"
    run.held_scopes.fold_case = bool(event.data.get("fold_case"))
    phases = event.data.get("phases")
    for phase in phases if isinstance(phases, list) else ():
        after = tuple(map(str, phase["depends_on"]))
        name = str(phase["name"])
        run.phases[name] = PhaseState(
            name,
            bool(phase["parallel"]),
            str(phase["on_failure"]),
            after,
            pick=str(phase.get("pick") or ""),
            judge=str(phase.get("judge") or ""),
        )
        if run.phases[name].judge:
            run.judged[run.phases[name].judge] = name
        nodes.note(run.phases[name], phase.get("node"))
        for before in after:
            run.dependent_phases[before].append(name)


def check_task_added(run: ReplayState, event: EventRow) -> None:
    """Take over a task; one that comes later reopens its phase, if nobody has begun after it."""
    name, phase_name = event.task or "", get_text(event, "phase")
    run.require(name not in run.tasks, "unknown", event, "it was added before")
    if name in run.tasks:
        return
    if phase_name not in run.phases:
        run.require(phase_name == _ADDED, "unknown", event, f"there is no phase {phase_name!r}")
        run.phases[phase_name] = PhaseState(
            phase_name, parallel=True, on_failure="skip_continue", after=()
        )
    phase = run.phases[phase_name]
    # A phase that is over may be opened again only while nothing has been built on its end.
    if phase.settled and not get_text(event, "critic_of"):
        later = [
            n
            for n in run.dependent_phases[phase_name]
            if run.phases[n].settled or run.phases[n].claims
        ]
        run.require(not later, "phase", event, f"{phase_name} was over, and {later} had begun")
        phase.settled = False
    asked = TaskSpec(
        get_list(event, "scope"),
        get_text(event, "mode"),
        get_int(event, "max_attempts"),
        review=event.data.get("review") is True,
        gate=event.data.get("gate") is True,
        gate_on_merge=get_text(event, "gate_on") != "attempt",
        critic=event.data.get("critic") is True,
    )
    task = ReplayedTask(
        name, phase_name, get_list(event, "needs"), get_text(event, "isolation"), asked
    )
    task.seq = event.seq
    task.critic_of, task.judges = get_text(event, "critic_of"), get_text(event, "commit")
    if task.critic_of:
        critics.check_added(run, task, event)
    run.add(task)


def check_phase_settled(run: ReplayState, event: EventRow) -> None:
    """Judge that a phase is over: nothing in it left to do, and all before it are over too.

    What waits for the phase may start from here on (G9), so too early is as wrong as twice.
    """
    phase = run.phases.get(get_text(event, "phase"))
    if phase is None:
        run.require(False, "unknown", event, "there is no such phase")
        return
    run.require(not phase.settled, "phase", event, f"{phase.name} had settled before")
    nodes.check_settled(run, phase, event)
    left = phase.unsettled
    run.require(not left, "phase", event, f"{phase.name} settled with {left} tasks to do")
    before = [name for name in phase.after if not run.phases[name].settled]
    run.require(not before, "phase", event, f"{phase.name} settled before {', '.join(before)}")
    phase.settled = True


def check_pause(run: ReplayState, event: EventRow) -> None:
    """Judge a pause or a stop; which of the two is its `intent`, `go` or `stop`."""
    allowed = not run.ended and not run.aborting
    run.require(allowed, "run", event, f"paused when it was {run.status}")
    run.status, run.intent = "paused", get_text(event, "intent")


def check_resume(run: ReplayState, event: EventRow) -> None:
    """Judge that a run resumes: by hand, or since an act gave it something to do.

    An abort is over only once nothing is open, so it cannot be taken back half way.
    """
    allowed = run.status != "running"
    run.require(allowed, "run", event, f"resumed when it was {run.status}")
    run.require(
        not (run.aborting and run.open_attempts), "run", event, "resumed while it was aborted"
    )
    run.status, run.intent, run.aborting = "running", "go", False


def check_stall(run: ReplayState, event: EventRow) -> None:
    """Judge a stall: nothing is open, something is left, and the named tasks are what blocks it."""
    run.require(run.status == "running", "run", event, f"stalled when it was {run.status}")
    _check_at_rest(run, event)
    left = len(run.tasks) - run.counts["done"]
    run.require(left, "run", event, "stalled with all done")
    for name in get_list(event, "roots"):
        task = run.tasks.get(name)
        root = task is not None and task.state == "blocked" and task.kind != "dependency"
        run.require(root, "run", event, f"{name} is not a root of the stall")
    run.status = "stalled"


def check_run_end(run: ReplayState, event: EventRow) -> None:
    """Judge the end of a run, and its counts."""
    state, left = get_text(event, "state"), len(run.tasks) - run.counts["done"]
    run.require(state in ENDED, "run", event, f"it ended {state!r}")
    run.require(not run.ended, "run", event, f"it had ended before: {run.status}")
    _check_at_rest(run, event)
    run.require(state != "completed" or not left, "run", event, f"completed with {left} to do")
    # Nobody may call a run partial that could still do something: it has to have stalled before.
    stalled_first = state != "partial" or run.status == "stalled"
    run.require(stalled_first, "run", event, f"partial when it was {run.status}")
    run.require(not run.aborting or state == "aborted", "run", event, f"an abort ended {state!r}")
    run.require(not run.allowances, "approval", event, "something is still allowed by itself")
    recorded = event.data.get("counts")
    names = ("pending", "done", "blocked")
    counts = {name: run.counts[name] for name in names}
    stated = (
        {name: recorded.get(name) for name in names} if isinstance(recorded, dict) else recorded
    )
    run.require(stated == counts, "counts", event, f"it counts {stated}, but there were {counts}")
    run.status = state


def _check_at_rest(run: ReplayState, event: EventRow) -> None:
    run.require(
        not run.open_attempts, "run", event, f"{event.kind} with {run.open_attempts} attempts open"
    )
    for code, where, text in run.unfinished():
        run.require(False, code, event, f"{where}: {text}" if where else text)


def check_jobs_change(run: ReplayState, event: EventRow) -> None:
    """Take over how many attempts may be open.

    Fewer than are open now is no violation: a lower number interrupts nothing.
    """
    before = get_int(event, "before")
    run.require(before == run.jobs, "run", event, f"it had {run.jobs} jobs, not {before}")
    run.jobs = get_int(event, "jobs")


def check_worker_joined(run: ReplayState, event: EventRow) -> None:
    """Take over a seat, and the profile whose pauses it obeys."""
    # A seat that joins again keeps what it holds.
    run.seats.setdefault(get_text(event, "worker_name"))
    run.pauses.profiles[get_text(event, "worker_name")] = get_text(event, "profile")


def check_worker_left(run: ReplayState, event: EventRow) -> None:
    """Take a seat away; the attempt that it holds runs to its end."""
    name = get_text(event, "worker_name")
    run.require(name in run.seats, "seat", event, f"there was no seat {name!r}")
    run.seats.pop(name, None)


def check_export(run: ReplayState, event: EventRow) -> None:
    """Note what the user's branch was moved to, and that it was where wf had left it."""
    before = event.data.get("before")
    same = before == run.chain.exported
    text = f"exported onto {before}, but it had been at {run.chain.exported}"
    run.require(same, "chain", event, text)
    run.chain.exported = get_text(event, "commit")
    run.chain.exports.append((event.seq, get_text(event, "commit")))
