"""`wf lanes`, `wf lane`, `wf budget`: what persons see of limits and money, and do to them."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.ledger_harness import seat
from wf_tui.ledger.lanes.permits import Holder, Wish
from wf_tui.ledger.model.rows import encode, evolve
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries import reads
from wf_tui.ledger.stores import open_lanes
from wf_tui.processes import own_identity
from wf_tui.project import find_project, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.cli_harness import CliHarness
    from wf_tui.ledger.lanes.lanes import Lanes

PLAN = """
goal: g
budget: {max_cost_usd: 10}
phases: [{name: p, parallel: true, tasks: [{id: t, run: 'true'}, {id: u, run: 'true'}]}]
"""
ROWS = ("name", "state", "reason", "until", "capacity", "in_use", "runs", "usage", "budget")


@pytest.fixture
def run(cli: CliHarness) -> str:
    """Give a paused run with a seat in a lane."""
    name = cli.paused_run(PLAN)
    with open_ledger(find_project(cli.repo, cli.environ)) as ledger:
        stock = seat("kimi-1", "kimi", kind="agent", lane="moonshot")
        far = evolve(stock, run=name)
        ledger.join_workers(name, [*reads.workers(ledger.db, name), far])
    return name


@pytest.fixture
def lanes(cli: CliHarness) -> Iterator[Lanes]:
    """Give the lanes of the host, as a scheduler has them open."""
    opened = open_lanes(cli.root / "state" / "lanes.db")
    opened.free = lambda: None
    with contextlib.closing(opened.db):
        yield opened


def events(cli: CliHarness, *kinds: str) -> list[dict[str, Any]]:
    """Return the events of these kinds."""
    lines = cli.here("events", "--json").stdout.splitlines()
    return [one for one in map(json.loads, lines) if one["kind"] in kinds]


def json_of(cli: CliHarness, *words: str) -> Any:
    """Return what a command prints as JSON that is about no repository."""
    return json.loads(cli.here(*words, "--json", repo=False).stdout)


def test_a_lane_is_paused_and_opened_for_all_runs(cli: CliHarness, run: str) -> None:
    """The file of the host first, then each run that is not over, in the name of the person."""
    paused = {"name": "moonshot", "state": "paused", "runs": [run]}
    assert json_of(cli, "lane", "moonshot", "--pause") == paused
    shown = cli.here("lanes", repo=False).output
    assert "moonshot  paused  0 in use  moonshot is paused by" in shown
    assert "moonshot is paused by" in cli.here("status").output
    opened = cli.here("lane", "moonshot", "--open", repo=False).output
    assert opened == "lane moonshot is open, in 1 run\n"
    told = events(cli, "lane_limited", "lane_open")
    assert [one["kind"] for one in told] == ["lane_limited", "lane_open"]
    assert all(one["actor"].startswith("user:") for one in told)
    assert told[0]["data"]["state"] == "paused"


@pytest.mark.usefixtures("run")
def test_a_lane_that_nobody_has_is_unknown(cli: CliHarness) -> None:
    """The nearest is named; one of the two has to be said; a worker has no say."""
    unknown = cli.here("lane", "moonshat", "--open", repo=False)
    assert (unknown.exit_code, "moonshot" in unknown.stderr) == (2, True)
    assert cli.here("lane", "moonshot", repo=False).exit_code == 2
    assert cli.here("lane", "moonshot", "--open", "--pause", repo=False).exit_code == 2


def test_a_run_with_lanes_of_its_own_is_told_too(cli: CliHarness, run: str) -> None:
    """Where the file of the host cannot be used, and without such a run that is the error."""
    shared = cli.root / "state" / "lanes.db"
    shared.write_bytes(b"damaged" * 99)
    refused = cli.here("lane", "moonshot", "--pause", repo=False)
    assert (refused.exit_code, "the file of lanes" in refused.stderr) == (3, True)
    own = find_project(cli.repo, cli.environ).paths.run(run).lanes
    open_lanes(own).db.close()
    assert json_of(cli, "lane", "moonshot", "--pause")["runs"] == [run]
    with contextlib.closing(open_lanes(own).db):
        assert "moonshot is paused by" in cli.here("status").output


def test_lanes_show_who_uses_them(cli: CliHarness, lanes: Lanes) -> None:
    """Capacity, use, runs, what was used today, and why nothing starts."""
    lanes.take(Wish({"moonshot": (0, 0)}), Holder("/repo", "r1", own_identity()))
    lanes.limit("moonshot", retry_after=900, text="429")
    lanes.spend("moonshot", Usage(input_tokens=2000, output_tokens=500, cost_microusd=40_000))
    (row,) = json_of(cli, "lanes")
    assert tuple(row) == ROWS
    assert (row["state"], row["capacity"], row["in_use"], row["runs"]) == ("limited", 1, 2, ["r1"])
    assert row["usage"]["cost_microusd"] == 40_000
    shown = cli.here("lanes", repo=False).output
    assert "limited  2 of 1 in use  moonshot is limited, open again in" in shown
    assert "today 2,500 tokens, $0.04" in shown


def test_no_lane_was_used(cli: CliHarness) -> None:
    """Before the first agent there is nothing to show, and nothing is made for that."""
    assert cli.here("lanes", repo=False).output == "no lane was used yet\n"
    assert json_of(cli, "lanes") == []
    assert not (cli.root / "state" / "lanes.db").exists()


def test_a_budget_is_shown_and_changed(cli: CliHarness, run: str) -> None:
    """That of the plan at first; what was used of it, and no forecast without attempts."""
    shown = {"cost_microusd": 10_000_000, "tokens": None}
    first = cli.json_here("budget")
    assert (first["run"], first["limit"], first["forecast"]) == (run, shown, None)
    assert cli.here("budget", "+5usd").output == "budget 0 % of $15.00\n"
    assert cli.here("budget", "2000tok").output == "budget 0 % of $15.00 and 2.0k tokens\n"
    none = "no budget, and nothing used that is known; wf budget 25usd sets one\n"
    assert cli.here("budget", "none").output == none
    assert cli.here("budget", "5eur").exit_code == 2
    assert cli.json_here("status")["run"]["budget"] is None
    assert [one["data"]["limit"]["tokens"] for one in events(cli, "budget_changed")] == [
        *(None, 2000, None)
    ]


def test_status_says_what_was_used_and_that_it_is_all(cli: CliHarness, run: str) -> None:
    """Money counts what is known, and says where more was used than that."""
    with open_ledger(find_project(cli.repo, cli.environ)) as ledger:
        used = Usage(input_tokens=90_000, output_tokens=10_000, cost_microusd=11_000_000, unknown=1)
        values = {"run": run, "usage": encode("usage", used)}
        with ledger.db.transaction(run):
            ledger.db.execute("UPDATE run SET usage = :usage WHERE id = :run", values)
    shown = cli.here("status").output
    assert "budget 100 % of $10.00  used >= 100,000 tokens, $11.00; 1 attempt" in shown
    assert "nothing starts; more of it: wf budget +5usd" in shown
    told = cli.json_here("status")["run"]
    assert (told["usage"]["unknown"], told["lanes"]) == (1, ["moonshot"])
    assert told["budget"] == {"cost_microusd": 10_000_000, "tokens": None}
