"""Plans that a person is still at: kept in the state directory from the first change.

Whatever ends the screen, `wf plan new --resume` goes on with the newest of them. One is a file that
is there whole or not at all; it goes once its plan runs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.paths import private_folder
from wf_tui.planning.plan_file import write_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from wf_tui.paths import RepoPaths

__all__ = ["KeptDraft", "draft_of_run", "drop_draft", "keep_draft", "newest_draft"]

_FOLDER: Final = "drafts"


@dataclass(frozen=True)
class KeptDraft:
    """A plan as it was left."""

    goal: str
    text: str
    """YAML, with faults or without."""
    path: str
    """The file that it is to be in, where it has no faults."""
    may_replace: bool = False
    """Whether a file that is there may go."""
    edited: bool = True
    """Whether a person has changed it since a model wrote it."""
    run: str = ""
    """The run that planned it; "" where none did."""


def keep_draft(paths: RepoPaths, draft: KeptDraft) -> None:
    """Write a draft down, in the place of what it was before."""
    folder = private_folder(paths.root / _FOLDER)
    write_whole(folder / _name(draft), json.dumps(asdict(draft)).encode())


def drop_draft(paths: RepoPaths, draft: KeptDraft) -> None:
    """Forget a draft: it runs."""
    (paths.root / _FOLDER / _name(draft)).unlink(missing_ok=True)


def newest_draft(paths: RepoPaths) -> tuple[float, KeptDraft] | None:
    """Return the draft that was changed last, and when, in UTC seconds; None where none is."""
    return max(_drafts(paths), key=lambda found: found[0], default=None)


def draft_of_run(paths: RepoPaths, run: str) -> KeptDraft | None:
    """Return the draft of a planning, where a person has changed one."""
    return next((draft for _, draft in _drafts(paths) if draft.run == run), None)


def _drafts(paths: RepoPaths) -> Iterator[tuple[float, KeptDraft]]:
    for path in (paths.root / _FOLDER).glob("*.json"):
        found = _read(path)
        if found is not None:
            yield found


def _read(path: Path) -> tuple[float, KeptDraft] | None:
    try:
        return path.stat().st_mtime, KeptDraft(**json.loads(path.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None  # of another version, or gone meanwhile


def _name(draft: KeptDraft) -> str:
    known = draft.run or hashlib.sha256(draft.path.encode()).hexdigest()[:16]
    return f"{known}.json"
