"""`wf timeline` and `wf graph`: what the screens show, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = """
goal: make it good
phases:
- name: p
  tasks: [{id: one, run: 'true'}]
- name: q
  depends_on: [p]
  tasks: [{id: two, run: 'true', depends_on_results: [one]}]
"""


def test_the_graph_and_the_timeline_are_printed(cli: CliHarness) -> None:
    """Both as lines and as one object; a replay needs a terminal, and a moment that there is."""
    run = cli.paused_run(PLAN)
    assert "· two" in cli.here("graph").output
    graph = cli.json_here("graph")
    assert graph["critical_path"]["tasks"] == ["one", "two"]
    assert [task["needs"] for task in graph["tasks"]] == [[], ["one"]]
    assert cli.here("timeline").output.splitlines()[1].startswith("phases")
    assert cli.json_here("timeline")["run"] == run
    assert cli.here("replay").exit_code == 2
    assert "no moment" in cli.here("replay", "--from", "noon").stderr
