"""The demo's folder: the sample repository, the plan, and what its tasks meet outside of it."""

from __future__ import annotations

import os
import re
import shlex
import tempfile
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.errors import EnvironmentalError, InvalidPlanError, UsageError
from wf_tui.git.runner import require_version
from wf_tui.gitpython import isolated_process, make_repository, unreadable
from wf_tui.plan.read import parse_plan
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.resources.abc import Traversable

    from wf_tui.plan.models import Plan

__all__ = ["DemoFolder", "choose_folder", "plan_of", "prepare", "render_plan"]

_SUFFIX: Final = ".txt"
"""The sample's files carry it, so that no tool takes them for a part of wf."""
_COMMITS: Final = (
    ("Ada", "Start a till", ("README.md", "CHANGELOG.md", "pyproject.toml", ".gitignore")),
    ("Grace", "Sell from a catalogue, with a receipt", ("till", "tests")),
)
_TASK: Final = re.compile(r"(?=^  - id: )", re.MULTILINE)
_COMMAND: Final = re.compile(r"^    run: \|\n(?:(?:      .*)?\n)+", re.MULTILINE)
_PROMPT: Final = re.compile(r"^    prompt: \|\n(?:      .*\n)+", re.MULTILINE)
_WHEN: Final = "2026-01-01T09:00:00+0000"


@dataclass(frozen=True)
class DemoFolder:
    """Where the parts of one demo lie."""

    root: Path

    @property
    def repository(self) -> Path:
        """The sample project."""
        return self.root / "till"

    @property
    def plan(self) -> Path:
        """The plan that is run on it."""
        return self.root / "plan.yaml"

    @property
    def licence(self) -> Path:
        """What only a person can provide."""
        return self.root / "licence.txt"

    @property
    def meeting_point(self) -> Path:
        """A pipe at which the two tasks that get into a conflict wait for each other."""
        return self.root / "meeting-point"


def choose_folder(wanted: Path | None) -> DemoFolder:
    """Make the folder: the wanted one, which has to be new or empty, or a fresh temporary one.

    Raises `UsageError` for one that is not, and `EnvironmentalError` where none can be made.
    """
    try:
        if wanted is None:
            return DemoFolder(_printable(Path(tempfile.mkdtemp(prefix="wf-demo-")).resolve()))
        root = _printable(wanted.resolve())
        if root.exists() and (not root.is_dir() or any(root.iterdir())):
            raise UsageError(f"{root} is there and not empty", "name a new or empty folder")
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentalError(f"cannot use {wanted or 'TMPDIR'}: {error.strerror}") from error
    return DemoFolder(root)


def prepare(
    folder: DemoFolder, pace: float, *, by_hand: bool = False, by_agents: bool = False
) -> Plan:
    """Fill the folder and return its plan; the arguments are those of `render_plan`."""
    require_version()
    _make_repository(folder.repository)
    # Opening a pipe waits for the other end: so two tasks meet without a clock.
    os.mkfifo(folder.meeting_point, 0o600)
    text = render_plan(folder, pace, by_hand=by_hand, by_agents=by_agents)
    folder.plan.write_text(text, encoding="utf-8")
    return plan_of(folder, pace, by_hand=by_hand, by_agents=by_agents)


def plan_of(
    folder: DemoFolder, pace: float, *, by_hand: bool = False, by_agents: bool = False
) -> Plan:
    """Return the plan for a folder, which need not be there yet; see `render_plan`."""
    text = render_plan(folder, pace, by_hand=by_hand, by_agents=by_agents)
    report = parse_plan(text, "yaml", str(folder.plan))
    if report.plan is None:
        raise InvalidPlanError("; ".join(error.message for error in report.errors))
    return report.plan


def render_plan(
    folder: DemoFolder, pace: float, *, by_hand: bool = False, by_agents: bool = False
) -> str:
    """Return the plan as the text of a YAML file; `pace` is how many seconds longer a task takes.

    `by_hand` leaves the blocked task to the person at the board, who only has to retry it.
    `by_agents` gives the tasks that have a prompt to agents.
    """
    text = _packaged().joinpath("plan.yaml").read_text(encoding="utf-8")
    text = "".join(_done_by(task, agents=by_agents) for task in _TASK.split(text))
    # A line with a mark is only for demos that want it.
    for mark, wanted in (("@PACE@", bool(pace)), ("@BY_HAND@", by_hand)):
        if not wanted:
            text = "".join(line for line in text.splitlines(keepends=True) if mark not in line)
    values = {"@PACE@": f"{pace:g}", "@HERE@": shlex.quote(str(folder.root))}
    for mark, value in (*values.items(), ("@BY_HAND@", "one key is left to the person")):
        text = text.replace(mark, value)
    return text


def _done_by(task: str, *, agents: bool) -> str:
    """Return the text of a task with one way to do it: its prompt where agents do that."""
    if "\n    prompt: " not in task:
        return task
    return (_COMMAND if agents else _PROMPT).sub("", task)


def _printable(root: Path) -> Path:
    # The path stands in the plan's commands, which are lines of text.
    if not str(root).isprintable():
        raise UsageError(
            f"{clean(str(root))} cannot stand in a plan", "name a folder without odd characters"
        )
    return root


def _make_repository(root: Path) -> None:
    for name, content in _files(_packaged().joinpath("sample"), ""):
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    try:
        with isolated_process(), make_repository(root) as repo:
            for who, message, names in _COMMITS:
                with isolated_process(_identity(who)):
                    repo.index.add(names)
                    repo.index.commit(f"{message}\n", skip_hooks=True)
    except unreadable() as error:
        text = f"the sample repository cannot be made in {root}: {clean(str(error), limit=400)}"
        raise EnvironmentalError(text) from error


def _files(folder: Traversable, prefix: str) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each file of the sample."""
    for entry in folder.iterdir():
        if entry.is_dir():
            yield from _files(entry, f"{prefix}{entry.name}/")
        elif entry.name.endswith(_SUFFIX):
            yield prefix + entry.name.removesuffix(_SUFFIX), entry.read_bytes()


def _identity(who: str) -> dict[str, str]:
    """Return the variables that name author and committer, in the commit and in git's log."""
    mail = f"{who.lower()}@example.org"
    return {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", who), ("EMAIL", mail), ("DATE", _WHEN))
    }


def _packaged() -> Traversable:
    return resources.files("wf_tui.demo")
