"""Nodes of tree plans (RULES 5): phases come in by a decision alone, and before anything behind it.

What a node may add is in the log from the start: which phases by which verdict, and how often.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.verify.event_fields import get_list, get_text
from wf_tui.verify.replayed_task import NodeState, PhaseState

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = ["check_decided", "check_phase_added", "check_settled", "note"]

_PERSON: Final = "user:"


def note(phase: PhaseState, shape: object) -> None:
    """Take over what an event says that a phase decides."""
    if not isinstance(shape, dict):
        return
    arms = shape.get("arms")
    phase.node = NodeState(
        str(shape.get("kind")),
        str(shape.get("task")),
        str(shape.get("prefix")),
        int(str(shape.get("number"))),
        int(str(shape.get("most"))),
        {name: tuple(map(str, many)) for name, many in arms.items()}
        if isinstance(arms, dict)
        else {},
    )


def check_decided(run: ReplayState, event: EventRow) -> None:
    """Judge a decision: made once, by a task that is done, and as that has answered."""
    phase = run.phases.get(get_text(event, "phase"))
    node = phase.node if phase else None
    if phase is None or node is None:
        run.require(False, "unknown", event, "no such phase decides anything")
        return
    run.require(not node.verdict, "node", event, f"{phase.name} had decided before")
    run.require(not phase.settled, "node", event, f"{phase.name} decides when it is over")
    run.require(not phase.unsettled, "node", event, f"{phase.name} decides with tasks to do")
    task = run.tasks.get(node.task)
    done = task is not None and task.state == "done"
    run.require(done, "node", event, f"{phase.name} decides before {node.task} is done")
    verdict, added = get_text(event, "verdict"), get_list(event, "phases")
    if task is not None:
        _check_verdict(run, node, task, event)
    due = _due(node, verdict)
    run.require(
        sorted(added) == sorted(due), "node", event, f"{verdict} adds {added}, and not {due}"
    )
    node.verdict, node.added, node.missing = verdict, added, set(added)
    needs = event.data.get("needs")
    for name, many in needs.items() if isinstance(needs, dict) else ():
        _need_more(run, str(name), tuple(map(str, many)))


def _check_verdict(run: ReplayState, node: NodeState, task: ReplayedTask, event: EventRow) -> None:
    """Compare a verdict with what its task has answered, or with what a person has decided."""
    verdict = get_text(event, "verdict")
    skipped = task.kind == "skipped"
    accepted = task.holders.get(task.epoch, "").startswith(_PERSON)
    if node.kind == "expand":
        count = int(verdict) if verdict.isdecimal() else -1
        fits = 0 <= count <= node.most and not (skipped and count)
        run.require(fits, "node", event, f"{verdict} items of {node.most} at the most")
        return
    said = "fail" if skipped else "pass" if accepted else task.answer
    # Whoever decides only reads, and answers; another end of it says nothing of the condition.
    run.require(
        verdict == said or task.kind != "answered",
        "node",
        event,
        f"{verdict}, but {task.id} says {said or '?'}",
    )
    used_up = node.kind == "loop_until" and node.number >= node.most
    person = skipped or accepted
    run.require(
        not used_up or verdict == "pass" or person,
        "node",
        event,
        f"given up after round {node.number} without a person",
    )


def _due(node: NodeState, verdict: str) -> tuple[str, ...]:
    """Return the phases that a verdict adds."""
    if node.kind == "expand":
        count = min(int(verdict), node.most) if verdict.isdecimal() else 0
        each = node.arms.get("each", ())
        return tuple(_copy(node, name, number + 1) for number in range(count) for name in each)
    if node.kind == "cond":
        return node.arms.get(verdict, ())
    if verdict != "fail" or node.number >= node.most:
        return ()
    number = node.number + 1
    body = tuple(_copy(node, name, number) for name in node.arms.get("again", ()))
    return (*body, f"{node.prefix}{number}")


def _copy(node: NodeState, name: str, number: int) -> str:
    return f"{node.prefix}{number}/{name.removeprefix(f'{node.prefix}1/')}"


def _need_more(run: ReplayState, name: str, needs: tuple[str, ...]) -> None:
    """Let a task that was there before wait for results that are to come."""
    task = run.tasks.get(name)
    if task is None:
        return
    new = tuple(need for need in dict.fromkeys(needs) if need not in task.needs)
    task.needs += new
    for need in new:
        run.dependants[need].append(name)
        task.unfinished_needs += 1


def check_phase_added(run: ReplayState, event: EventRow) -> None:
    """Judge a phase that comes in: by a decision that names it, and with all behind it waiting."""
    name, by = get_text(event, "phase"), run.phases.get(get_text(event, "by"))
    node = by.node if by else None
    wanted = by is not None and node is not None and name in node.missing and not by.settled
    run.require(wanted, "node", event, f"nobody has decided on the phase {name}")
    run.require(name not in run.phases, "node", event, f"{name} was added before")
    if name in run.phases:
        return
    if node is not None:
        node.missing.discard(name)
    after = get_list(event, "depends_on")
    phase = PhaseState(
        name,
        bool(event.data.get("parallel")),
        get_text(event, "on_failure"),
        after,
        pick=get_text(event, "pick"),
        judge=get_text(event, "judge"),
    )
    if phase.judge:
        run.judged[phase.judge] = name
    note(phase, event.data.get("node"))
    run.phases[name] = phase
    for before in after:
        run.dependent_phases[before].append(name)
    for later in get_list(event, "behind"):
        waiting = run.phases[later]
        begun = waiting.settled or waiting.claims
        run.require(not begun, "node", event, f"{later} had begun before {name} was added")
        waiting.after += (name,)
        run.dependent_phases[name].append(later)


def check_settled(run: ReplayState, phase: PhaseState, event: EventRow) -> None:
    """Judge the end of a phase that decides: it has, and all that waits for it waits for more."""
    node = phase.node
    if node is None:
        return
    name = phase.name
    run.require(node.verdict, "node", event, f"{name} settled before it decided")
    run.require(not node.missing, "node", event, f"{name} settled without {node.missing}")
    added = [run.phases[one] for one in node.added if one in run.phases]
    waited_for = {before for one in added for before in one.after}
    ends = {one.name for one in added} - waited_for
    for later in run.dependent_phases[name]:
        missed = ends - set(run.phases[later].after)
        within = later in node.added
        run.require(within or not missed, "node", event, f"{later} does not wait for {missed}")
