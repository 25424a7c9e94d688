"""`wf clean --run` and `--older`: whole runs that are over, with all that is left of them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.cli.context import print_json, print_line
from wf_tui.clock import SystemClock
from wf_tui.disk_space import folder_size, shown_size
from wf_tui.errors import EnvironmentalError, GitError, RefusedError, UsageError
from wf_tui.git.control.control import open_control
from wf_tui.git.erase import erase
from wf_tui.git.user.only_here import OnlyHere, refs_only_here
from wf_tui.git.worktrees.pool import Pool
from wf_tui.git.worktrees.remove import remove_ended
from wf_tui.ledger.queries import reads
from wf_tui.ledger.queries.trees import live_trees
from wf_tui.ledger.stores import store_of
from wf_tui.picture.age import span
from wf_tui.project import open_ledger
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import RunRow
    from wf_tui.paths import RunPaths
    from wf_tui.project import Project

__all__ = ["clean_runs", "parse_age"]

_UNITS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_AGE: Final = re.compile(r"(\d{1,6})([smhdw])", re.ASCII)
_NAMED: Final = 20
_LED: Final = "a scheduler leads it"


@dataclass(frozen=True)
class _EndedRun:
    """A run, what would be lost with it, and why it stays, if it does."""

    row: RunRow
    paths: RunPaths
    size: int
    only_here: tuple[OnlyHere, ...]
    reason: str
    removed: bool

    def as_json(self) -> dict[str, object]:
        """Return what the text shows."""
        return {
            "run": self.row.id,
            "state": self.row.state,
            "ended_at": self.row.ended_at,
            "size": self.size,
            "path": str(self.paths.root),
            "only_here": [{"ref": one.ref, "commit": one.commit} for one in self.only_here],
            "removable": not self.reason,
            "removed": self.removed,
            "reason": self.reason,
        }


def parse_age(text: str) -> float:
    """Return the seconds of an age such as `30d`, `12h` or `2w`; raises `UsageError`."""
    found = _AGE.fullmatch(text)
    if found is None:
        raise UsageError(f"no age: {clean(text, limit=40)!r}", "write 30d, 12h or 2w")
    return float(found.group(1)) * _UNITS[found.group(2)]


def clean_runs(
    project: Project, *, run: str | None, older: str | None, apply: bool, as_json: bool
) -> None:
    """List runs that are over, and with `apply` remove them; one `run`, or all that are `older`.

    Raises `RefusedError` where the one that was named has to stay, `UsageError` for a bad name.
    """
    if run and older:
        raise UsageError("--run and --older exclude each other", "name one")
    found: list[_EndedRun] = []
    if store_of(project.paths).exists():
        with open_ledger(project) as ledger:
            rows = [reads.find_run(ledger.db, run)] if run else _older(ledger, str(older))
            found = [_clean_one(project, ledger, row, apply=apply) for row in rows]
    elif run:
        raise UsageError("there is no run on this repository yet", "start one: wf run PLAN")
    if as_json:
        print_json([one.as_json() for one in found])
    else:
        for line in _lines(found, apply=apply):
            print_line(line)
    for one in found:
        if run and one.reason and (apply or one.reason == _LED or not one.row.state.ended):
            raise RefusedError(f"run {one.row.id} stays: {one.reason}", _hint(one))


def _hint(one: _EndedRun) -> str:
    if not one.row.state.ended:
        return f"end it first: wf abort {one.row.id}"
    if one.reason == _LED:
        return "try again when it is over"
    return f"take what you need from {one.paths.trees}, delete that worktree, and try again"


def _older(ledger: Ledger, age: str) -> list[RunRow]:
    """Return the runs that ended so long ago, oldest first."""
    before = SystemClock().now() - parse_age(age)
    every = reads.runs(ledger.db)
    return [row for row in reversed(every) if row.state.ended and (row.ended_at or 0) < before]


def _clean_one(project: Project, ledger: Ledger, row: RunRow, *, apply: bool) -> _EndedRun:
    """Judge one run, and with `apply` remove it where nothing keeps it.

    The lock of its scheduler is held meanwhile: none can begin to lead it in between.
    """
    paths = project.paths.run(row.id)
    size = folder_size(paths.root)
    if not row.state.ended:
        return _EndedRun(row, paths, size, (), f"it is {row.state}", removed=False)
    if not paths.root.is_dir():
        ledger.run_removed(row.id)
        return _EndedRun(row, paths, 0, (), "", removed=True)
    with store_of(project.paths).without_leader(row.id) as free:
        if not free:
            return _EndedRun(row, paths, size, (), _LED, removed=False)
        only_here, reason = _judge(project, ledger, row, paths)
        removed = apply and not reason
        if removed:
            # First the ledger, which refuses where a person has brought it back: from then on
            # nobody finds the run, and a folder that a crash leaves is trash.
            ledger.run_removed(row.id)
            if not erase(os.fsencode(paths.root)):
                reason = f"{paths.root} cannot be removed"
        return _EndedRun(row, paths, size, only_here, reason, removed=removed)


def _judge(
    project: Project, ledger: Ledger, row: RunRow, paths: RunPaths
) -> tuple[tuple[OnlyHere, ...], str]:
    """Return what is on no branch of the user, and why the run has to stay, or "" (G8)."""
    try:
        control = open_control(paths)
        only_here = refs_only_here(control, project.common_dir)
        # Harvested work is among the refs; what is in a worktree alone is nowhere else.
        trees = remove_ended(Pool(control, paths), live=live_trees(ledger.db, row.id), dry=True)
    except (EnvironmentalError, GitError) as error:
        left = paths.trees.is_dir() and any(paths.trees.iterdir())
        return (), f"nothing tells what is in its worktrees: {error.message}" if left else ""
    kept = [f"{tree.path.name} ({tree.reason})" for tree in trees if tree.reason]
    return only_here, f"worktree {', '.join(kept[:_NAMED])}" if kept else ""


def _lines(found: Sequence[_EndedRun], *, apply: bool) -> Iterator[str]:
    if not found:
        yield "no such runs"
        return
    now = SystemClock().now()
    for one in found:
        age = span(now - (one.row.ended_at or one.row.created_at))
        outcome = "removed" if one.removed and not one.reason else one.reason or "can be removed"
        state = f"{one.row.state}, {age} ago"
        yield f"{one.row.id}  {state}  {shown_size(one.size)}  {clean(outcome, limit=400)}"
        for lost in one.only_here[:_NAMED]:
            yield f"  on no branch of yours: {lost.ref} {lost.commit[:12]}"
        if len(one.only_here) > _NAMED:
            yield f"  and {plural(len(one.only_here) - _NAMED, 'more ref')}"
    chosen = [one for one in found if (one.removed if apply else not one.reason)]
    verb = "removed" if apply else "can be removed with --apply"
    total = shown_size(sum(one.size for one in chosen))
    yield f"{plural(len(found), 'run')}; {len(chosen)} {verb}, {total}"
