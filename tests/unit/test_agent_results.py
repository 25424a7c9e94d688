"""The table of what the real agents did."""

from __future__ import annotations

from tests.support.agents.results import Cell, render


def test_a_table_keeps_what_was_not_tried_again() -> None:
    """New cells replace those of their row and column, add theirs, and leave the others."""
    first = render("", [Cell("edit", "codex", "ok 5 s"), Cell("edit", "kimi", "**failed** 9 s")])
    second = render(first, [Cell("edit", "kimi", "ok 7 s"), Cell("keys", "codex", "skipped")])
    assert "| | codex | kimi |\n|---|---|---|\n| edit | ok 5 s | ok 7 s |\n" in second
    assert "| keys | skipped |  |\n" in second
    assert "Versions: codex " in second
    assert "3 tests, 0 minutes in all" in second
