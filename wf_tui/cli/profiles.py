"""`wf profiles`: what is configured, and whether it can be used here."""

from __future__ import annotations

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import print_json, print_line
from wf_tui.cli.errors import warn
from wf_tui.cli.options import json_option
from wf_tui.clock import SystemClock
from wf_tui.config import load_config
from wf_tui.errors import LedgerError
from wf_tui.ledger.queries.lane_reads import explained
from wf_tui.ledger.stores import open_lanes
from wf_tui.paths import state_dir
from wf_tui.probe import probe
from wf_tui.profiles.inspection import inspect_profile
from wf_tui.profiles.logins import Logins
from wf_tui.profiles.presets import preset_names
from wf_tui.profiles.resolve import resolve
from wf_tui.text import listed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from wf_tui.probe import Probe
    from wf_tui.profiles.inspection import ProfileReport

__all__ = ["profiles"]

_FAILED: Final = 1
_AT_ONCE: Final = 8
_NAMED: Final = 20


@click.command
@click.argument("name", required=False, metavar="[NAME]")
@click.option("--probe", "asks", is_flag=True, help="Ask the model of each for one word.")
@json_option
def profiles(*, name: str | None, asks: bool, as_json: bool) -> int:
    """Show the profiles of workers, and whether each can be used here, with the reason where not.

    Programs are looked for, and keys, but no model is asked without --probe. The exit status is 1
    where NAME cannot be used, or a probe failed.
    """
    config = load_config(os.environ)
    wanted = [resolve(config, one) for one in ([name] if name else config.seats)]
    state = state_dir(os.environ)
    logins = Logins(state / "logins")
    with ThreadPoolExecutor(_AT_ONCE) as threads:
        reports = list(threads.map(lambda one: inspect_profile(one, os.environ, logins), wanted))
    # One after the other: each is a request that costs, and an agent takes much memory.
    answers = {
        report.profile.name: probe(report.profile, os.environ, state)
        for report in reports
        if asks and report.usable and report.profile.takes == "prompt"
    }
    if as_json:
        print_json([_as_json(report, answers.get(report.profile.name)) for report in reports])
    else:
        _print(reports, answers, _shut_lanes(state))
    failed = bool(name) and not all(report.usable for report in reports)
    return _FAILED if failed or not all(answer.ok for answer in answers.values()) else 0


def _as_json(report: ProfileReport, answer: Probe | None) -> dict[str, object]:
    return {**report.as_json(), "probe": answer.as_json() if answer else None}


def _shut_lanes(state: Path) -> Mapping[str, str]:
    """Return the lanes of this host that let nothing through now, each with the reason."""
    path, now = state / "lanes.db", SystemClock().now()
    if not path.exists():
        return {}
    try:
        lanes = open_lanes(path, create=False)
        with contextlib.closing(lanes.db):
            known = [row.lane.seen for row in lanes.rows()]
    except LedgerError as error:
        warn(error.message)
        return {}
    return {lane.name: explained(lane, now) for lane in known if lane.shut(now)}


def _print(
    reports: Sequence[ProfileReport], answers: Mapping[str, Probe], shut: Mapping[str, str]
) -> None:
    width = max(len(report.profile.name) for report in reports)
    for report in reports:
        for line, colour in _lines(report, width):
            print_line(line, colour)
        if why := shut.get(report.profile.lane):
            print_line(f"{'':<{width}}  {'':<10}  {why}")
        if answer := answers.get(report.profile.name):
            words = f"it answered: {answer.text}" if answer.ok else f"probe failed: {answer.text}"
            print_line(f"{'':<{width}}  {'':<10}  {words}", None if answer.ok else "red")
    if len(reports) == 1 and reports[0].profile.takes == "command":
        print_line(f"no agent is configured; there are presets: {_presets()}")


def _presets() -> str:
    return listed(preset_names(), _NAMED)


def _lines(report: ProfileReport, width: int) -> Iterator[tuple[str, str | None]]:
    """Yield what is shown of a profile, each line with its colour."""
    profile = report.profile
    what = [profile.kind, f"takes {profile.takes}s"]
    if profile.preset:
        what.insert(1, profile.preset)
    what += [word for word in (report.version, profile.model) if word]
    what.append(f"lane {profile.lane}")
    word, colour = ("usable", "green") if report.usable else ("not usable", "red")
    yield f"{profile.name:<{width}}  {word:<10}  {', '.join(what)}", colour
    for text in (*report.reasons, *report.notes):
        yield f"{'':<{width}}  {'':<10}  {text}", None
