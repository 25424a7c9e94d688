"""What programs get of the environment: what plan, settings and task give them, and no more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.log_text import printed
from tests.support.plans import parallel_plan
from tests.support.run_harness import RunHarness
from wf_tui.config import Profile
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.queries.reasons import Reasons
from wf_tui.project import open_ledger

if TYPE_CHECKING:
    from pathlib import Path

PRINT = "for v in A B C D E F; do eval echo $v=\\$$v; done"
SECRET = "0pen-ses@me/7"  # noqa: S105 - is to be seen nowhere


def results(harness: RunHarness, name: str = "t") -> list[str]:
    """Return the lines that a task has printed last."""
    return (harness.task(name).result or "").splitlines()


def reason(harness: RunHarness, name: str = "t") -> tuple[str, str]:
    """Return why a task is where it is."""
    with open_ledger(harness.project) as ledger:
        why = Reasons.read(ledger.db, harness.row(), 0.0).of(harness.task(name))
    return why.kind, why.text


def test_a_later_place_goes_before_an_earlier(tmp_path: Path) -> None:
    """Settings, plan, defaults, profile, task: what one says again is as the later one says it."""
    profile = Profile(env={"D": "profile", "E": "profile"})
    harness = RunHarness(tmp_path, profiles={"shell": profile}, pass_env=("A", "B"))
    harness.environ |= dict.fromkeys("ABCDEF", "passed")
    plan = (
        "goal: g\nenv: {B: plan, C: plan}\n"
        "defaults: {env: {C: defaults, D: defaults, E: defaults}}\n"
        f"phases:\n- name: p\n  tasks: [{{id: t, run: '{PRINT}', env: {{E: task}}}}]\n"
    )
    assert harness.play(plan) == "completed"
    assert results(harness) == ["A=passed", "B=plan", "C=defaults", "D=profile", "E=task", "F="]


def test_commands_get_what_the_plan_gives_and_not_what_a_profile_does(tmp_path: Path) -> None:
    """Setup, gate and teardown have the variables of plan and task; a profile's are its own."""
    harness = RunHarness(tmp_path, profiles={"shell": Profile(env={"D": "profile"})})
    harness.environ["B"] = "passed"
    seen = 'echo "$WF_TASK $A $B ${D-none}" >>'
    plan = (
        "goal: g\nenv: {A: plan}\npass_env: [B]\n"
        f"setup: '{seen} {tmp_path}/setup'\nteardown: '{seen} {tmp_path}/teardown'\n"
        f"gate: '{seen} {tmp_path}/gate'\n"
        "phases:\n- name: p\n"
        f"  tasks: [{{id: t, mode: read_write, run: '{seen} {tmp_path}/run'}}]\n"
    )
    assert harness.play(plan) == "completed"
    for name in ("setup", "gate", "teardown"):
        assert (tmp_path / name).read_text() == "t plan passed none\n"
    assert (tmp_path / "run").read_text() == "t plan passed profile\n"


def test_nothing_that_wf_sets_can_be_given_otherwise(tmp_path: Path) -> None:
    """A pattern that would match them passes on neither wf's own names nor those of git."""
    harness = RunHarness(tmp_path)
    harness.environ |= {"GIT_DIR": "/x", "LD_PRELOAD": "/x", "PYTHONPATH": "/x", "A": "a"}
    command = "printenv GIT_DIR LD_PRELOAD PYTHONPATH; echo $WF_TASK $A"
    plan = parallel_plan(f"id: t, run: 'set +e; {command}'", before="pass_env: ['*']")
    assert harness.play(plan) == "completed"
    assert results(harness) == ["t a"]


def test_a_passed_value_is_written_nowhere(tmp_path: Path) -> None:
    """A secret that was named is in no log, result, note, prompt or row, though it was printed."""
    harness = RunHarness(tmp_path)
    harness.environ |= {"MY_TOKEN": SECRET, "PLAIN": "kept-to-itself"}
    show = 'echo "$MY_TOKEN"; printf %s "$MY_TOKEN" | base64'
    plan = parallel_plan(
        f"id: t, run: '{show}', gate: '{show}; exit 1', mode: read_write",
        f"id: u, run: '{show}; exit 3'",
        before=f"pass_env: [MY_TOKEN, PLAIN]\nsetup: '{show}'",
    )
    assert harness.play(plan) == "partial"
    (folder,) = harness.paths.root.glob("attempts/t-*")
    for name in ("log", "gate", "setup"):
        shown = printed(folder / f"{name}.jsonl")
        assert shown == "[redacted MY_TOKEN]\n[redacted MY_TOKEN]w==\n"
    state = tmp_path / "state"
    kept = b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())
    for value in (SECRET, "kept-to-itself", "MHBlbi1zZXNAbWUvNw"):
        assert value.encode() not in kept


def test_a_scheduler_without_a_variable_keeps_what_needs_it(tmp_path: Path) -> None:
    """Values come from the environment of each scheduler; none runs a task without its own."""
    harness = RunHarness(tmp_path)
    harness.environ["LATER"] = "here"
    needs = "id: t, run: 'echo $LATER', pass_env: ['LAT*']"
    harness.start(parallel_plan(needs, "id: u, run: 'echo fine'"))
    del harness.environ["LATER"]
    assert harness.lead() == "partial"
    assert (harness.task("u").kind, harness.task("t").state) == ("answered", "pending")
    assert reason(harness) == ("no_worker", "LATER is not in the environment of its scheduler")
    assert harness.events("scheduler_started")[0].data["missing"] == ["LATER"]
    harness.environ["LATER"] = "there"
    harness.act(lambda ledger: ledger.resume(harness.run))
    assert harness.lead() == "completed"
    assert results(harness) == ["there"]


def test_what_was_never_there_keeps_nothing(tmp_path: Path) -> None:
    """A plan may name what only some of its users have."""
    harness = RunHarness(tmp_path)
    assert harness.play(parallel_plan("id: t, run: 'echo ok', pass_env: [NOWHERE]")) == "completed"


def test_a_value_of_its_own_needs_no_passed_one(tmp_path: Path) -> None:
    """What a task writes itself does not wait for a scheduler that has it to pass on."""
    harness = RunHarness(tmp_path)
    harness.environ["A"] = "passed"
    harness.start(parallel_plan("id: t, run: 'echo $A', env: {A: own}", before="pass_env: [A]"))
    del harness.environ["A"]
    assert harness.lead() == "completed"
    assert results(harness) == ["own"]


def test_the_path_is_that_of_the_start(tmp_path: Path) -> None:
    """Whoever leads the run later, its programs find what those before have found."""
    harness = RunHarness(tmp_path)
    (tmp_path / "bin").mkdir()
    tool = tmp_path / "bin" / "my-tool"
    tool.write_text("#!/bin/sh\necho found\n")
    tool.chmod(0o755)
    other = harness.environ["PATH"]
    harness.environ["PATH"] = f"{tool.parent}:{other}"
    harness.start(parallel_plan("id: t, run: my-tool", before="pass_env: ['P*', PATH]"))
    harness.environ["PATH"] = other
    assert harness.lead() == "completed"
    assert results(harness) == ["found"]


def test_an_added_command_has_the_shell_of_the_plan(tmp_path: Path) -> None:
    """A task that is added says nothing of a shell, and the plan does for all its tasks."""
    harness = RunHarness(tmp_path)
    harness.start(parallel_plan("id: t, run: 'true'", before="shell: bash"))
    new = NewTask("n", spec=Spec(command="[[ -n $BASH_VERSION ]] && echo bash"))
    harness.act(lambda ledger: ledger.add(harness.run, new))
    assert harness.lead() == "completed"
    assert results(harness, "n") == ["bash"]
