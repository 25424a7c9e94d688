"""The state directory, the ledger of a repository in it, and the runs whose scheduler is gone."""

from __future__ import annotations

import os
import shutil
import stat
from typing import TYPE_CHECKING, Final

from wf_tui.doctor.finding import Finding, Level, failed
from wf_tui.errors import WfError
from wf_tui.host_lanes import lanes_file
from wf_tui.ledger.model.states import RunState
from wf_tui.ledger.queries import reads
from wf_tui.ledger.store.sqlite.mounts import journal_mode
from wf_tui.ledger.store.store import StoreState
from wf_tui.ledger.stores import describe_lanes, store_of
from wf_tui.paths import OTHERS, WRITERS
from wf_tui.project import open_reads
from wf_tui.scheduler.control import scheduler_alive
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.project import Project

__all__ = ["lanes_state", "ledger_state", "state_folder"]

_LITTLE: Final = 200 << 20
"""Bytes below which the disk is worth a note: a few runs on a large repository take that."""
_LEVELS: Final = {
    StoreState.OK: Level.OK,
    StoreState.ABSENT: Level.OK,
    StoreState.OLDER: Level.NOTE,
}


def state_folder(folder: Path) -> Finding:
    """Say whether the state directory can be used, by whom it can be read, and on what it lies.

    The worst of what is found is the one that is said; nothing is made or repaired.
    """
    # The name of no file that there is: what counts is the file system that it would lie on.
    mode, kind = journal_mode(folder / "x")
    there = folder.exists()
    # The state directory is made when it is needed: until then what counts is what will hold it.
    nearest = next(path for path in (folder, *folder.parents) if path.exists())
    free = shutil.disk_usage(nearest).free
    detail: dict[str, str | int] = {"path": str(folder), "file_system": kind, "journal": mode}
    detail["free"] = free
    if not (nearest.is_dir() and os.access(nearest, os.W_OK | os.X_OK, effective_ids=True)):
        hint = "set WF_STATE_DIR to a folder that you can write"
        return Finding("state", Level.PROBLEM, f"{nearest} cannot be written", hint, detail)
    text = f"{folder} on {kind or 'an unknown file system'}, journal {mode}"
    if mode != "WAL":
        text += ", since a write-ahead log is not safe there"
    if not there:
        return Finding("state", Level.OK, f"{text}; it is created when it is needed", detail=detail)
    status = folder.stat()
    detail["mode"] = f"{stat.S_IMODE(status.st_mode):04o}"
    if status.st_uid != os.geteuid():
        return Finding("state", Level.NOTE, f"{text}; it belongs to somebody else", detail=detail)
    if status.st_mode & WRITERS:
        text += "; others can write it, so no state is kept there"
        return Finding("state", Level.PROBLEM, text, f"chmod go-w {folder}", detail)
    if status.st_mode & OTHERS:
        hint = f"chmod 700 {folder}"
        return Finding("state", Level.NOTE, f"{text}; others can read it", hint, detail)
    if os.statvfs(folder).f_flag & os.ST_NOEXEC:
        text += "; mounted noexec: no program that a task builds or installs in its tree can start"
        return Finding("state", Level.NOTE, text, "set WF_STATE_DIR to a folder elsewhere", detail)
    if free < _LITTLE:
        text += f"; only {free >> 20} MB are free"
        return Finding("state", Level.NOTE, text, "make room", detail)
    return Finding("state", Level.OK, text, detail=detail)


def lanes_state(folder: Path) -> Finding:
    """Say whether the runs of this host can share the limits of their providers."""
    path = lanes_file(folder)
    found = describe_lanes(path)
    detail: dict[str, str | int] = {"path": str(path), "state": found.state.value}
    if found.state is StoreState.ABSENT:
        return Finding("lanes", Level.OK, "no provider was asked yet", detail=detail)
    if found.state is StoreState.OK:
        return Finding("lanes", Level.OK, "shared by all runs of this host", detail=detail)
    text = f"{found.text}; each run keeps the limits of its providers for itself"
    hint = "end all runs with agents, and move it away: what it knows is learnt again"
    return Finding("lanes", Level.NOTE, text, hint, detail)


def ledger_state(project: Project) -> Iterator[Finding]:
    """Say whether the ledger is whole, and which of its runs have lost their scheduler.

    A missing ledger is as good as an empty one. One that is not whole is never opened: opening
    recovers a journal, and so would change what somebody may still want to look at.
    """
    found = store_of(project.paths).describe()
    detail = {
        "path": str(project.paths.ledger),
        "state": found.state.value,
        "journal": found.journal,
    }
    level = _LEVELS.get(found.state, Level.PROBLEM)
    yield Finding("ledger", level, found.text, found.hint, detail)
    if found.state is not StoreState.OK:
        return
    try:
        yield _runs(project)
    except WfError as error:
        yield failed("runs", error)


def _runs(project: Project) -> Finding:
    with open_reads(project) as db:
        rows = reads.runs(db)
        lost = []
        for row in rows:
            # A paused or ended run needs one only for attempts that its scheduler left open.
            rests = row.state.ended or row.state == RunState.PAUSED
            needs_scheduler = bool(row.open_attempts) or not rests
            if needs_scheduler and not scheduler_alive(db, row.id):
                lost.append(row.id)
    text = plural(len(rows), "run")
    if not lost:
        return Finding("runs", Level.OK, text, detail={"count": len(rows), "lost": []})
    text += f"; without the scheduler that they need: {', '.join(lost)}"
    hint = f"wf resume {lost[0]}"
    return Finding("runs", Level.NOTE, text, hint, {"count": len(rows), "lost": lost})
