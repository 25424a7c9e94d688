"""What is listed of a plan, with faults or without, and when its phases would run."""

from __future__ import annotations

from wf_tui.plan.read import parse_plan
from wf_tui.planning.editing.outline import Outline, outline_of
from wf_tui.planning.editing.waves import lay_waves

PLAN = """\
goal: Ship
gate: make test
max_concurrent: 2
budget: {max_cost_usd: 25}
defaults: {mode: read_write, worker: codex}
phases:
  - name: look
    parallel: true
    tasks:
      - {id: a, prompt: A., agent_type: explore}
      - {id: b, prompt: B., file_scope: [src], title: Bee}
      - {id: c, prompt: C.}
  - name: docs
    tasks: [{id: d, prompt: D., review: true, max_attempts: 1}]
  - name: ship
    depends_on: [docs]
    tasks: [{id: e, run: make, worker: shell, depends_on_results: [b]}]
"""


def outlined(text: str) -> Outline:
    """Return the outline of a plan."""
    return outline_of(parse_plan(text, "yaml", "plan"), text)


def test_a_plan_with_faults_is_listed_as_one_without() -> None:
    """But for what its defaults say: those are in it, too."""
    good, faulty = outlined(PLAN), outlined(PLAN.replace("goal: Ship", "goal: Ship\nx: 1"))
    for one in (good, faulty):
        assert [task.id for task in one.tasks] == ["a", "b", "c", "d", "e"]
        assert [phase.after for phase in one.phases] == [(), (), ("docs", "look")]
        assert (one.seats, one.dollars) == (2, 25.0)
        bee = one.task("b")
        assert bee is not None
        assert (bee.name, bee.writes, bee.scope, bee.worker) == ("Bee", True, ("src",), "codex")
        explores = one.task("a")
        assert explores is not None
        assert not explores.writes
    assert parse_plan(PLAN, "yaml", "plan").valid
    assert not parse_plan(PLAN.replace("goal: Ship", "goal: Ship\nx: 1"), "yaml", "plan").valid


def test_a_fault_is_found_at_its_task() -> None:
    """Also one of a phase, at the first of it; one of the plan is at none."""
    text = PLAN.replace("[b]", "[z]").replace("goal: Ship", "goal: Ship\nx: 1")
    report = parse_plan(text, "yaml", "plan")
    found = {outline_of(report, text).at(one) for one in report.errors}
    assert found == {"e", ""}


def test_what_cannot_be_read_has_no_tasks() -> None:
    """It says so."""
    assert not outlined("goal: [").whole
    assert outlined("phases: {a: 1}\ngoal: 3\nbudget: 7\n").tasks == ()


def test_phases_begin_when_those_before_are_done() -> None:
    """Side by side where none waits for the other, in rows of their own; seconds where known."""
    waves = lay_waves(outlined(PLAN), dict.fromkeys("abcde", 60.0) | {"d": 30.0}, 2)
    assert waves.timed
    bars = {bar.phase: (bar.start, bar.end, bar.row) for bar in waves.bars}
    assert bars == {"look": (0, 90, 0), "docs": (0, 30, 1), "ship": (90, 150, 0)}
    assert waves.end == 150
    rough = lay_waves(outlined(PLAN), {"a": 60.0}, 2)
    assert (rough.timed, rough.end) == (False, 2.5)


def test_a_cycle_is_drawn_nevertheless() -> None:
    """A plan with faults never hangs the screen."""
    text = PLAN.replace("- name: docs", "- name: docs\n    depends_on: [ship]")
    assert {bar.phase for bar in lay_waves(outlined(text), {}, 2).bars} == {"look", "docs", "ship"}
