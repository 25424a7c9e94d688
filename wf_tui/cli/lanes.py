"""`wf lanes`, `wf lane`: the limits of providers on this host, for all runs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import click

from wf_tui.cli.context import print_json, print_line
from wf_tui.cli.errors import warn
from wf_tui.cli.options import json_option
from wf_tui.clock import SystemClock
from wf_tui.config import load_config
from wf_tui.errors import RefusedError, UnknownNameError, UsageError
from wf_tui.host_lanes import change_lane, known_lanes, lane_json, read_lanes
from wf_tui.ledger.model.states import PERSON
from wf_tui.ledger.queries.lane_reads import explained
from wf_tui.paths import state_dir
from wf_tui.picture.usage_text import usage_text
from wf_tui.profiles.resolve import resolve_all
from wf_tui.project import user_name
from wf_tui.text import clean, dollars, listed, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.ledger.lanes.lanes import LaneUse

__all__ = ["lane", "lanes"]

_NAMED: Final = 5


@click.command
@json_option
def lanes(*, as_json: bool) -> None:
    """List what providers let the runs of this host do: capacity, use, limits, today's usage."""
    found = read_lanes(state_dir(os.environ))
    budgets = load_config(os.environ).lane_budgets
    if as_json:
        print_json([lane_json(one, budgets) for one in found])
        return
    if not found:
        print_line("no lane was used yet")
    width = max((len(clean(one.lane.name)) for one in found), default=0)
    for one in found:
        print_line(f"{clean(one.lane.name):<{width}}  {_line(one, budgets)}")


def _line(one: LaneUse, budgets: Mapping[str, int]) -> str:
    lane, most = one.lane, budgets.get(one.lane.name)
    of = "" if lane.capacity is None else f" of {lane.capacity}"
    parts = [lane.state.value, f"{one.in_use}{of} in use"]
    if lane.shut(now := SystemClock().now()):
        parts.append(explained(lane.seen, now))
    if one.runs:
        parts.append(f"{'run' if len(one.runs) == 1 else 'runs'} {listed(one.runs, _NAMED)}")
    if used := usage_text(one.spent):
        parts.append(f"today {used}")
    if most is not None:
        parts.append(f"{dollars(most)} a day")
    return "  ".join(clean(part, limit=200) for part in parts)


@click.command
@click.argument("name")
@click.option("--pause", is_flag=True, help="Let nothing start in it before it is opened.")
@click.option("--open", "opens", is_flag=True, help="Let it start again, as many as it likes.")
@json_option
def lane(*, name: str, pause: bool, opens: bool, as_json: bool) -> None:
    """Pause or open the lane NAME, for all runs of this host; what runs in it goes on."""
    if pause == opens:
        raise UsageError("say one of --pause and --open", f"wf lane {clean(name)} --open")
    if os.environ.get("WF_ATTEMPT"):
        raise RefusedError("lanes are for a person to pause and open, not for a worker")
    state = state_dir(os.environ)
    configured = [one.lane for one in resolve_all(load_config(os.environ)).values()]
    known = known_lanes(state, configured)
    if name not in known:
        raise UnknownNameError("lane", name, known)
    actor = f"{PERSON}{user_name()}"
    changed, told = change_lane(state, name, actor, pause=pause, warn=warn)
    if as_json:
        print_json({"name": name, "state": changed.status.value, "runs": told})
        return
    what = "paused" if pause else "open"
    print_line(
        f"lane {clean(name)} is {what}" + (f", in {plural(len(told), 'run')}" if told else "")
    )
