"""What waits for what, and the longest way that is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_harness import RUN, phase, seat, shell
from wf_tui.picture.graph.critical_path import NO_PATH, critical_path
from wf_tui.picture.graph.graph import read_graph
from wf_tui.picture.graph.graph_text import graph_json, graph_lines, path_words
from wf_tui.picture.graph.layers import layer_widths, layers_of

if TYPE_CHECKING:
    from tests.support.ledger_harness import LedgerHarness


@pytest.fixture
def run(drive: LedgerHarness) -> LedgerHarness:
    """Give a run of two phases; of the first, one task needs another."""
    return drive.make(
        phase("scan", "a", "b", shell("c", "a"), "d"),
        phase("build", "e", "f", after=["scan"]),
        seats=[seat("w1")],
    )


def test_what_a_task_holds_up_and_waits_for(run: LedgerHarness) -> None:
    """By results and by phases, however far; what is done is in neither."""
    graph = read_graph(run.db, RUN)
    assert graph.holds_up("a") == ["c", "e", "f"]
    assert graph.holds_up("e") == []
    assert graph.waits_for("c") == ["a"]
    assert graph.waits_for("e") == ["a", "b", "c", "d"]
    run.finish("a")
    graph = read_graph(run.db, RUN)
    assert graph.holds_up("a") == []
    assert graph.waits_for("e") == ["b", "c", "d"]


def test_the_critical_path_is_the_longest(run: LedgerHarness) -> None:
    """It goes through the chain of two, and begins with what is done of it."""
    path = critical_path(read_graph(run.db, RUN))
    assert path.tasks[:2] == ("a", "c")
    assert (len(path.tasks), path.count, path.left) == (3, 3, None)
    run.finish("a")
    path = critical_path(read_graph(run.db, RUN))
    assert (path.tasks[:2], path.count) == (("a", "c"), 2)


def test_a_time_needs_five_attempts(run: LedgerHarness) -> None:
    """Before five have finished nothing is said of the time; nothing is left, no path."""
    for name in "abcd":
        run.finish(name)
    assert critical_path(read_graph(run.db, RUN)).left is None
    run.finish("e")
    assert critical_path(read_graph(run.db, RUN)).left is not None
    run.finish("f")
    assert critical_path(read_graph(run.db, RUN)) == NO_PATH


def test_long_layers_are_folded_by_state(drive: LedgerHarness) -> None:
    """One of more than 40 tasks has counts alone, until a person opens it."""
    drive.make(phase("few", "a"), phase("many", *(f"t{n}" for n in range(41))))
    graph = read_graph(drive.db, RUN)
    few, many = layers_of(graph, frozenset())
    assert (few.tasks, many.tasks, many.is_folded) == (("a",), (), True)
    assert [count for _, count in many.counts] == [41]
    few, many = layers_of(graph, frozenset({"few", "many"}))
    assert (few.is_folded, len(many.tasks)) == (True, 41)


def test_layers_share_the_width(run: LedgerHarness) -> None:
    """Where they do not fit, what is over gives way first; where there is room, titles grow."""
    for name in "abcd":
        run.finish(name)
    layers = layers_of(read_graph(run.db, RUN), frozenset())
    assert layer_widths(layers, 100, [20, 30]) == [20, 30]
    assert layer_widths(layers, 44, [20, 30]) == [10, 30]
    assert layer_widths(layers, 30, [20, 30]) == [9, 20]
    assert layer_widths(layers, 94, [50, 40]) == [50, 40]
    assert layer_widths(layers, 74, [50, 60]) == [35, 35]


def test_the_text_and_json_name_all(run: LedgerHarness) -> None:
    """Each task is a line with what it needs; the path is marked."""
    graph = read_graph(run.db, RUN)
    lines = list(graph_lines(graph))
    assert lines[0] == "scan  0 of 4"
    assert "━ · c  c  ← a" in lines
    told = graph_json(graph)
    assert told["critical_path"] == {"tasks": ["a", "c", "e"], "left": None, "tasks_left": 3}


def test_the_time_left_begins_behind_the_answer(run: LedgerHarness) -> None:
    """What waits for a person on the path is said, for the figure does not count that."""
    for name in "abcde":
        run.finish(name)
    assert path_words(read_graph(run.db, RUN)).startswith("at least 0:")
    run.wreck("f")
    assert "once you have answered: 1 task left" in path_words(read_graph(run.db, RUN))
