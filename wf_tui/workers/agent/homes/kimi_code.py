"""What kimi-code writes into its own home, and does not say on its stream: tokens, and endings.

`sessions/FOLDER/SESSION/agents/AGENT/wire.jsonl` has a line for each thing that happened.
"""

import os
from dataclasses import dataclass, replace
from typing import Final

from wf_tui.workers.agent.homes.session_files import find_session_files, session_records
from wf_tui.workers.agent.parsers.record import Record
from wf_tui.workers.agent.usage_sum import usage_sum
from wf_tui.workers.line.fields import ID
from wf_tui.workers.line.grammar import Usage

__all__ = ["KimiHome", "kimi_session", "read_kimi_home"]

_FILES: Final = "sessions/*/*/agents/*/wire.jsonl"


@dataclass(frozen=True)
class KimiHome:
    """What one run of it has left there."""

    session: str | None = None
    usage: Usage | None = None
    cut_off: bool = False
    """Whether the last answer of the model ended without a reason, which its stream hides."""


def kimi_session(home: str, since: float) -> str | None:
    """Return the session that was written last since a time; never raises."""
    files = find_session_files(home, _FILES, since)
    name = session_of(files[-1]) if files else ""
    return name if ID.fullmatch(name) else None


def read_kimi_home(home: str, since: float) -> KimiHome:
    """Return what has been written since a time, in seconds since 1970; never raises."""
    session = kimi_session(home, since)
    found = KimiHome(session)
    for file in find_session_files(home, _FILES, since):
        if session_of(file) == session:
            found = read_file(file, since, found)
    return found


def session_of(file: str) -> str:
    """Return the name of the session that a file belongs to."""
    return file.split(os.sep)[-4]  # noqa: PTH206 - no pathlib: the driver stays small


def read_file(file: str, since: float, found: KimiHome) -> KimiHome:
    """Return what is found with what one agent of the session has written added."""
    is_main = "/agents/main/" in file
    for record in session_records(file, b'"usage.record"', b'"step.end"'):
        time = record.number("time")
        if time is None or time < since * 1000:
            continue
        if record.text("type") == "usage.record":
            usage = usage_sum(found.usage, usage_of(record.record("usage")))
            found = replace(found, usage=usage)
        event = record.record("event")
        if is_main and event.text("type") == "step.end":
            reason = event.text("rawFinishReason", "providerFinishReason")
            cut_off = event.text("finishReason") == "end_turn" and not reason
            found = replace(found, cut_off=cut_off)
    return found


def usage_of(given: Record) -> Usage:
    """Return the tokens of a record."""
    cached = given.count("inputCacheRead")
    parts = [given.count("inputOther"), cached, given.count("inputCacheCreation")]
    known = [part for part in parts if part is not None]
    return Usage(sum(known) if known else None, cached, given.count("output"))
