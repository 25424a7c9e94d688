"""A workflow of GitHub: each job is a phase with one task, which runs its steps as GitHub does.

Steps of a job share their folder and nothing else, so they are one task: a shell each, in order,
in a worktree of the job's own.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from wf_tui.planning.conversion.conversion import Conversion, NotFaithfulError, plan_id
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["convert_workflow"]

_SHELLS: Final[Mapping[str, list[str]]] = {
    "": ["bash", "-e", "-c"],
    "bash": ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c"],
    "sh": ["sh", "-e", "-c"],
}
_GIVEN: Final = re.compile(
    r"actions/(?:checkout|setup-[\w-]+|cache|upload-artifact)@|astral-sh/setup-uv@|"
    r"pnpm/action-setup@|dtolnay/rust-toolchain@"
)
"""Actions that bring what a worktree or this machine has, or keep what nobody reads here."""
_UNKNOWN_KEYS: Final = ("uses", "strategy", "container", "services", "if", "environment")
_VARIABLE: Final = re.compile(r"[A-Za-z_]\w*")
_OF_GITHUB: Final = re.compile(r"\$\{?(?:GITHUB|RUNNER)_")
_MINUTE: Final = 60


def convert_workflow(value: Mapping[str, object], name: str) -> Conversion:
    """Return a plan that runs the jobs; raises `NotFaithfulError` where it cannot be the same."""
    jobs = value.get("jobs")
    if not isinstance(jobs, dict) or not jobs:
        raise NotFaithfulError("has no jobs")
    taken: set[str] = set()
    ids = {job: plan_id(job, taken) for job in jobs}
    notes: list[str] = []
    if value.get("on") is not None or value.get("True") is not None:
        notes.append("when it is started (`on`): you start it")
    phases = []
    for job, table in jobs.items():
        if not isinstance(table, dict):
            raise NotFaithfulError(f"has a job {clean(job, limit=80)} that is no table")
        phases.append(_phase(ids, job, table, value, notes))
    goal = value.get("name")
    goal = goal if isinstance(goal, str) and goal.strip() else f"Run the jobs of {name}"
    return Conversion({"goal": goal, "phases": phases}, tuple(notes))


def _phase(
    ids: Mapping[str, str],
    job: str,
    table: Mapping[str, object],
    workflow: Mapping[str, object],
    notes: list[str],
) -> dict[str, object]:
    shown = clean(job, limit=80)
    for key in _UNKNOWN_KEYS:
        if key in table:
            raise NotFaithfulError(f"has a job {shown} with `{key}`")
    needs = table.get("needs") or []
    names = [needs] if isinstance(needs, str) else needs
    if not isinstance(names, list) or not all(it in ids for it in names):
        raise NotFaithfulError(f"has a job {shown} that needs one which is not there")
    title = table.get("name")
    task: dict[str, object] = {
        "id": ids[job],
        "title": title if isinstance(title, str) else job,
        "mode": "read_only",
        "isolation": "worktree",
    }
    shell, script = _script(job, table, workflow, notes)
    task |= {"shell": shell, "run": script}
    minutes = table.get("timeout-minutes")
    if isinstance(minutes, int) and not isinstance(minutes, bool):
        task["timeout_secs"] = minutes * _MINUTE
    phase: dict[str, object] = {"name": ids[job], "tasks": [task]}
    if names:
        phase["depends_on"] = [ids[it] for it in names]
    return phase


def _script(
    job: str, table: Mapping[str, object], workflow: Mapping[str, object], notes: list[str]
) -> tuple[list[str], str]:
    """Return the shell of a job and its steps, each in a shell of its own within that."""
    parts, words = [], set()
    given = table.get("steps")
    for number, step in enumerate(given if isinstance(given, list) else (), 1):
        if not isinstance(step, dict):
            raise NotFaithfulError(f"has a step of {clean(job, limit=80)} that is no table")
        label = clean(str(step.get("name") or step.get("id") or f"step {number}"), limit=80)
        if "uses" in step:
            notes.append(_action(str(step["uses"]), job))
            continue
        run, shell = step.get("run"), str(step.get("shell") or _default(table, workflow, "shell"))
        if not isinstance(run, str) or "if" in step or shell not in _SHELLS:
            raise NotFaithfulError(f"has a step, {label}, that runs no plain command")
        words.add(shell)
        environment = {**_env(workflow), **_env(table), **_env(step)}
        folder = step.get("working-directory") or _default(table, workflow, "working-directory")
        parts.append("\n".join(_step(label, run, environment, str(folder))))
        if "continue-on-error" in step:
            raise NotFaithfulError(f"has a step, {label}, with `continue-on-error`")
    if not parts:
        raise NotFaithfulError(f"has a job {clean(job, limit=80)} without a command")
    if len(words) > 1:
        raise NotFaithfulError(f"has a job {clean(job, limit=80)} with several shells")
    return _SHELLS[words.pop()], "\n".join(parts) + "\n"


def _step(label: str, run: str, environment: Mapping[str, str], folder: str) -> Iterator[str]:
    if "${{" in run or any("${{" in value for value in environment.values()):
        raise NotFaithfulError(f"has a step, {label}, with an expression (`${{{{ }}}}`)")
    if _OF_GITHUB.search(run):
        raise NotFaithfulError(f"has a step, {label}, that needs variables of GitHub")
    yield f"# {label}"
    yield "("
    for name, value in environment.items():
        if not _VARIABLE.fullmatch(name):
            raise NotFaithfulError(
                f"has a step, {label}, with the variable {clean(name, limit=80)}"
            )
        yield f"export {name}={shlex.quote(value)}"
    if folder:
        yield f"cd {shlex.quote(folder)}"
    yield run.rstrip("\n")
    yield ")"


def _action(uses: str, job: str) -> str:
    shown = clean(uses, limit=120)
    if not _GIVEN.match(uses):
        raise NotFaithfulError(f"uses the action {shown}")
    return f"{shown} of {clean(job, limit=80)}: what is on this machine is used"


def _default(table: Mapping[str, object], workflow: Mapping[str, object], key: str) -> str:
    for holder in (table, workflow):
        defaults = holder.get("defaults")
        run = defaults.get("run") if isinstance(defaults, dict) else None
        if isinstance(run, dict) and run.get(key):
            return str(run[key])
    return ""


def _env(table: Mapping[str, object]) -> dict[str, str]:
    env = table.get("env")
    if not isinstance(env, dict):
        return {}
    # As GitHub writes them: true and not True.
    return {
        str(name): str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in env.items()
        if value is not None
    }
