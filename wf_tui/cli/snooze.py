"""`wf snooze`: what needs a person is put off, for all who look at its run."""

from __future__ import annotations

import math
import re
from pathlib import Path  # noqa: TC003 - click reads the type at run time
from typing import TYPE_CHECKING, Final

import click

from wf_tui import commands
from wf_tui.cli.context import acting, print_line
from wf_tui.cli.move_output import print_results
from wf_tui.cli.options import json_option, run_option
from wf_tui.errors import UsageError
from wf_tui.ledger.queries.snoozes import snooze_of
from wf_tui.picture.status_text import snoozed_text
from wf_tui.text import clean

if TYPE_CHECKING:
    from typing import Literal

__all__ = ["snooze"]

_DURATION: Final = re.compile(r"([0-9]{1,6}(?:\.[0-9]{1,3})?)(s|m|h|d)")
_UNITS: Final = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


@click.command
@click.argument("task")
@click.argument("until", metavar="1h|change|off")
@run_option
@json_option
def snooze(*, task: str, until: str, run: str | None, repo: Path | None, as_json: bool) -> int:
    """Put TASK off: for a while (10m, 1h, 2d), until it changes, or `off` to see it again.

    It stays blocked, and is in no inbox, count or notification until then. It comes back before,
    too, when its state or what it asks changes. The exit status is 5 where it does not need you.
    """
    with acting(run, repo) as at:
        now = at.ledger.now()
        made = commands.snooze(at.ledger, at.run.id, task, _until(until, now))
        found = snooze_of(at.ledger.db, at.run.id, made.task, now)
        more = {"until": found.until if found else None}
        status = print_results(at, [made], as_json=as_json, more=more)
        if found is not None and made.changed and not as_json:
            print_line(f"  {snoozed_text(found, now)}")
        return status


def _until(word: str, now: float) -> float | Literal["change", "off"]:
    """Return until when, in UTC seconds; raises `UsageError` for what is no duration."""
    if word == "change":
        return "change"
    if word == "off":
        return "off"
    found = _DURATION.fullmatch(word)
    seconds = float(found[1]) * _UNITS[found[2]] if found else math.nan
    if not seconds > 0:
        raise UsageError(
            f"{clean(word, limit=40)!r} is no duration", "say 10m, 1h, 2d, change or off"
        )
    return now + seconds
