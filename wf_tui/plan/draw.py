"""A plan drawn as plain text: waves of phases, their tasks, and what each may write."""

from collections.abc import Iterator, Sequence
from typing import Final

from wf_tui.plan.models import Isolation, OnFailure, Phase, Pick, Plan, Task
from wf_tui.plan.order import effective_dependencies, phase_waves
from wf_tui.plan.tree.decided import Deciding
from wf_tui.text import clean, listed, plural

__all__ = ["draw", "draw_head", "draw_phase", "draw_waves"]

_ON_FAILURE: Final = {
    OnFailure.HOLD: "a failure holds what comes after",
    OnFailure.SKIP_CONTINUE: "a failure is passed over",
    OnFailure.ABORT: "a failure aborts the run",
}
_PICK: Final = {
    Pick.FIRST: "rivals, the first that passes is merged",
    Pick.BEST: "rivals, the best one is merged",
}
_WIDEST_ID = 32
_WIDEST_TEXT = 60
_MOST_NEEDS = 8


def draw(plan: Plan) -> str:
    """Return what `wf plan show` prints of a checked plan.

    Many lines, without an end of line after the last; safe for a terminal, and the same at any
    width. The plan has to be without faults: an unknown need or a circle has no wave.
    """
    return "\n".join([*draw_head(plan), *draw_waves(plan)])


def draw_head(plan: Plan) -> Iterator[str]:
    """Yield the lines about the whole plan: goal, size, and what each worktree gets."""
    yield clean(plan.goal)
    waves = plural(len(phase_waves(plan)), "wave")
    size = f"{plural(len(plan.phases), 'phase')} in {waves}, {plural(len(plan.tasks), 'task')}"
    yield f"{size}, at most {plan.max_concurrent} at once, overlapping scopes {plan.scopes}"
    if plan.decided:
        word = "decides" if len(plan.decided) == 1 else "decide"
        yield f"{plural(len(plan.decided), 'phase')} of them {word} what comes after as it runs"
    for word, command in (("setup", plan.setup), ("teardown", plan.teardown)):
        if command:
            yield f"{word} `{clean(command, limit=_WIDEST_TEXT)}`"
    for word, paths in (("links", plan.link), ("copies", plan.copied)):
        if paths:
            yield f"{word} {', '.join(clean(path) for path in paths)}"
    if plan.sparse is True:
        yield "has only the folders of the scopes"
    elif plan.sparse:
        yield f"has only {', '.join(clean(path) for path in plan.sparse)}"


def draw_waves(plan: Plan) -> Iterator[str]:
    """Yield each wave with its phases; those of one wave may run side by side."""
    phases = {phase.name: phase for phase in plan.phases}
    needs = effective_dependencies(plan)
    notes = _decisions(plan)
    for number, wave in enumerate(phase_waves(plan), 1):
        yield ""
        yield f"wave {number}"
        for name in wave:
            yield from draw_phase(phases[name], needs[name], notes.get(name, ()))


def _decisions(plan: Plan) -> dict[str, list[str]]:
    """Return what is decided as the run goes on, by the phases that it is about."""
    notes: dict[str, list[str]] = {}
    for node in plan.decided:
        name, text = clean(node.phase, limit=_WIDEST_ID), clean(node.text, limit=_WIDEST_TEXT)
        own, arms = {
            Deciding.COND: (
                f"decides: {text}",
                {"pass": f"only if {name} holds", "fail": f"only if {name} does not hold"},
            ),
            Deciding.LOOP: (
                f"decides: {text}; {plural(node.most, 'round')} at most",
                {"again": f"again until {name} holds"},
            ),
            Deciding.EXPAND: (
                f"decides: a copy for each item that {text} answers, {node.most} at most",
                {"each": f"once for each item of {name}"},
            ),
        }[node.kind]
        notes.setdefault(node.phase, []).append(own)
        for arm, phases in node.arms.items():
            for phase in phases:
                notes.setdefault(phase, []).append(arms[arm])
    return notes


def draw_phase(phase: Phase, needs: tuple[str, ...], notes: Sequence[str] = ()) -> Iterator[str]:
    """Yield a phase with a line for each task; `needs` names the phases that it waits for.

    `notes` say what is decided about it as the run goes on.
    """
    facts = [*notes, "parallel" if phase.parallel else "one after the other"]
    if needs:
        facts.append("after " + ", ".join(clean(need, limit=_WIDEST_ID) for need in needs))
    if phase.pick is not None:
        facts.append(_PICK[phase.pick])
    if phase.pick is Pick.BEST:
        judge = "a person" if phase.judge is None else clean(phase.judge, limit=_WIDEST_ID)
        facts[-1] += f", {judge} chooses"
    facts.append(_ON_FAILURE[phase.on_failure])
    if phase.wip is not None:
        facts.append(f"at most {phase.wip} at once")
    yield f"  {clean(phase.name)} ({'; '.join(facts)})"
    rows = [(clean(it.id, limit=_WIDEST_ID), _access(it), _task_text(it)) for it in phase.tasks]
    id_width = max((len(name) for name, _, _ in rows), default=0)
    # One long list of scopes must not push the texts of all other tasks out of sight.
    access_width = min(max((len(access) for _, access, _ in rows), default=0), _WIDEST_TEXT)
    digits = len(str(len(rows)))
    for position, (name, access, rest) in enumerate(rows, 1):
        # Numbers say an order, so only tasks that have one get them.
        lead = f"{position:>{digits}}."
        if phase.parallel:
            lead = "├" if position < len(rows) else "└"
        yield f"    {lead} {name:<{id_width}}  {access:<{access_width}}  {rest}"


def _task_text(task: Task) -> str:
    first_line = (task.title or task.run or task.prompt).strip().split("\n", 1)[0]
    text = clean(first_line, limit=_WIDEST_TEXT)
    parts = [f"$ {text}" if task.run and not task.title else text]
    if task.depends_on_results:
        parts.append("needs " + listed(task.depends_on_results, _MOST_NEEDS, limit=_WIDEST_ID))
    if task.gate:
        parts.append(f"gate `{clean(task.gate, limit=_WIDEST_TEXT)}`")
    if critic := task.asks_critic:
        who = f" {clean(critic.worker, limit=_WIDEST_ID)}" if critic.worker else ""
        parts.append(f"critic{who}, {plural(critic.rounds, 'round')} at most")
    if task.review:
        parts.append("waits for a review")
    return "  | ".join(parts)


def _access(task: Task) -> str:
    if not task.writes:
        return "reads"
    scope = ", ".join(clean(it) for it in task.file_scope) or "anything"
    where = "" if task.effective_isolation is Isolation.WORKTREE else " in the shared workspace"
    return f"writes {scope}{where}"
