"""What `wf status` prints; apart from its options, since it is also asked for without click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.cli.context import print_json, print_line, reading
from wf_tui.clock import SystemClock
from wf_tui.picture import glyphs
from wf_tui.picture.status import read_status
from wf_tui.picture.status_text import status_lines

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.cli.context import Reading
    from wf_tui.picture.status import Status

__all__ = ["show_status"]

_COLOURS: Final = {
    glyphs.IN_PROGRESS: "cyan",
    glyphs.DONE: "green",
    glyphs.BLOCKED: "red",
    glyphs.NEEDS_YOU: "yellow",
}


def show_status(
    *,
    run: str | None = None,
    repo: Path | None = None,
    wanted: str = "",
    as_json: bool = False,
    at: str | None = None,
) -> int:
    """Print a run and return the exit status: 1 while any task is blocked.

    The arguments are those of the command; without any it is the newest run of the repository
    around us, now.
    """
    # Closed before it is printed: a slow terminal must not hold a connection open.
    with reading(run, repo) as found:
        now = SystemClock().now()
        if at is None:
            picture = read_status(found.db, found.run.id, now, found.paths)
        else:
            picture = _status_at(found, at, now)
        if wanted.strip():
            from wf_tui.picture.status_filter import filtered  # noqa: PLC0415 - seldom asked for

            picture = filtered(found.db, picture, wanted)
    if as_json:
        print_json(picture.as_json())
    else:
        if at is not None:
            from wf_tui.picture.history.moments import moment_words  # noqa: PLC0415 - not of now

            print_line(f"as of {moment_words(picture.now, now)}")
        for line in status_lines(picture):
            print_line(line, _COLOURS.get(line.strip()[:1]))
    return 1 if picture.run.blocked else 0


def _status_at(found: Reading, at: str, now: float) -> Status:
    """Return a run as it was; raises `UsageError` for what is no moment."""
    from wf_tui.picture.history.history import read_history  # noqa: PLC0415 - not of now
    from wf_tui.picture.history.moments import find_moment  # noqa: PLC0415 - same
    from wf_tui.picture.history.past_status import past_status  # noqa: PLC0415 - same

    history = read_history(found.db, found.run.id)
    return past_status(history, find_moment(at, history, now), found.paths)
