"""Plans drawn at random: phases and tasks of every kind, in any order."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.support.ledger_harness import (
    phase,
    shell,
)
from wf_tui.ledger.model.new_tasks import NewPhase, Node
from wf_tui.ledger.model.rows import Spec
from wf_tui.plan.choices import Pick
from wf_tui.plan.tree.decided import Deciding

if TYPE_CHECKING:
    from random import Random

    from wf_tui.ledger.model.new_tasks import NewTask


SCOPES = [(), ("src/a",), ("src/a", "src/b"), ("docs/",)]


POLICIES = ["hold"] * 5 + ["skip_continue"] * 4 + ["abort"]


def a_plan(random: Random, size: int) -> list[NewPhase]:
    """Return phases that build upon each other, with results that many others need."""
    phases: list[NewPhase] = []
    for number in range(size):
        known = [task.id for one in phases for task in one.tasks]
        inside = [a_task(random, f"t{number}{place}", known) for place in range(3)]
        needed = {need for task in inside for need in task.spec.needs}
        after = {one.name for one in phases if needed & {task.id for task in one.tasks}}
        made = phase(
            f"p{number}",
            *inside,
            after=sorted(after),
            parallel=random.random() < 0.7,
            on_failure=random.choice(POLICIES),
            wip=random.choice([None, None, 1]),
        )
        phases.append(made)
    whole = [one for each in phases for one in with_rivals(random, each)]
    # One at most, or what is drawn hardly ever comes to the same task twice.
    return [*whole, *with_node(random, phases[0])] if random.random() < 0.3 else whole


def with_node(random: Random, made: NewPhase) -> list[NewPhase]:
    """Return a node behind a phase, which decides on further ones, and what comes after."""
    kind = random.choice(list(Deciding))
    name, number = f"n{made.name}", made.name
    after = random.choice([(), (), (made.name,)])
    last = shell(f"end-{number}", max_attempts=9)
    inner = tuple(
        phase(f"{name}/1/{arm}", a_task(random, f"{name}/1/{arm}t", []), after=[name])
        for arm in ("a", "b")
    )
    needed = tuple(task.id for one in inner for task in one.tasks)
    node = Node(kind, f"{name}/", most=2, wanted={last.id: needed})
    before, arms = [], {"pass": inner[:1], "fail": inner[1:]}
    if kind is Deciding.LOOP:
        # Its first round is there from the start.
        before = [replace(one, depends_on=after) for one in inner]
        arms = {"again": tuple(before)}
        last = replace(last, spec=replace(last.spec, needs=needed))
    if kind is Deciding.EXPAND:
        node, arms = replace(node, source=f"items-{number}"), {"each": inner}
        spec = Spec(command="true", items=True)
        found = shell(node.source, mode="read_only", spec=spec, max_attempts=9)
        before = [phase(f"found {number}", found, after=after)]
    asked = () if node.source else (shell(node.task, mode="read_only", max_attempts=9),)
    deciding = phase(name, *asked, after=[one.name for one in before] or after)
    if kind is Deciding.LOOP:
        arms["judge"] = (deciding,)
    deciding = replace(deciding, node=replace(node, arms=arms))
    return [*before, deciding, phase(f"end {number}", last, after=[name])]


def with_rivals(random: Random, made: NewPhase) -> list[NewPhase]:
    """Return the phase and, behind it, perhaps one whose tasks are rivals, with a judge or without.

    Nobody needs the result of one of those.
    """
    how = random.choice([None, None, "first", "best", "judge"])
    if how is None:
        return [made]
    rivals = tuple(
        shell(f"{task.id}{how[0]}", scope=task.scope, max_attempts=task.max_attempts)
        for task in made.tasks
    )
    name = f"{made.name}{how[0]}"
    pick = Pick.FIRST if how == "first" else Pick.BEST
    judge = f"j{name}" if how == "judge" else None
    tried = NewPhase(
        name, True, made.on_failure, rivals, made.depends_on, made.wip, pick=pick, judge=judge
    )
    if judge is None:
        return [made, tried]
    ask = shell(judge, *(one.id for one in rivals), mode="read_only", max_attempts=9)
    chosen = phase(f"after {name}", ask, on_failure=made.on_failure)
    return [made, tried, chosen, phase(f"end {name}", f"e{name}", after=[chosen.name, name])]


def a_task(random: Random, name: str, known: list[str]) -> NewTask:
    """Return a task that may need two of the known ones."""
    needs = random.sample(known, min(len(known), random.choice([0, 0, 1, 2])))
    mode = random.choice(["read_write", "read_write", "read_only"])
    isolation = random.choice(["auto", "shared"])
    judged = mode == "read_write" and isolation == "auto" and random.random() < 0.4
    return shell(
        name,
        *needs,
        spec=Spec(command="true", needs=tuple(needs), critic="look" * judged, critic_rounds=2),
        mode=mode,
        isolation=isolation,
        scope=random.choice(SCOPES),
        worker=random.choice(["", "", "w2", "shell"]),
        max_attempts=random.choice([1, 2, 9, 9]),
        backoff=random.choice([0.0, 0.0, 5.0]),
    )
