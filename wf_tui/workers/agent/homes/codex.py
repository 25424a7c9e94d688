"""What codex has used, as it writes it into its own home: also in a turn that failed.

Its stream tells tokens at the end of a good turn only, and in a session that goes on those of all
turns before, too. `sessions/YEAR/MONTH/DAY/rollout-*.jsonl` has the sum after each request.
"""

from datetime import datetime
from typing import Final

from wf_tui.workers.agent.homes.session_files import find_session_files, session_records
from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.agent.usage_sum import usage_sum
from wf_tui.workers.line.grammar import Usage

__all__ = ["read_codex_usage"]

_FILES: Final = "sessions/*/*/*/rollout-*.jsonl"
_NAMES: Final = (
    "input_tokens",
    "cached_input_tokens",
    "output_tokens",
    "reasoning_output_tokens",
)


def read_codex_usage(home: str, since: float) -> Usage | None:
    """Return what was used since a time, in seconds since 1970, with agents that it started.

    None where nothing is told. Never raises.
    """
    found = None
    for file in find_session_files(home, _FILES, since):
        usage = used_in(file, since)
        if usage is not None:
            found = usage_sum(found, usage)
    return found


def used_in(file: str, since: float) -> Usage | None:
    """Return what one session has used since a time: its last sum less the last one before."""
    before: list[int] = [0] * len(_NAMES)
    after: list[int] | None = None
    for record in session_records(file, b'"token_count"'):
        given = record.record("payload").record("info").record("total_token_usage")
        sums = [given.count(name) or 0 for name in _NAMES]
        if seconds(record) < since:
            before = sums
        elif given.values:
            after = sums
    if after is None:
        return None
    sent, cached, said, thought = (
        max(0, last - first) for last, first in zip(after, before, strict=True)
    )
    return Usage(sent, cached, said, thought, scope="turn")


def seconds(record: Record) -> float:
    """Return when a record was written, in seconds since 1970; 0 where it does not say."""
    try:
        return datetime.fromisoformat(record.text("timestamp")).timestamp()
    except (ValueError, OverflowError):
        return 0.0
