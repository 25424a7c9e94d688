"""Which line of an output tells why something failed."""

from __future__ import annotations

import pytest

from wf_tui.line_that_matters import LOOKED_AT, line_that_matters


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ([], ""),
        (["", "  "], ""),
        (["one", "two", ""], "two"),
        (["E   assert 200 == 401", "  test_login.py:88: in refresh", ""], "E   assert 200 == 401"),
        (["Fatal: no such ref", "bye"], "Fatal: no such ref"),
        (["thread 'main' panicked at src/a.rs", "note: run with a backtrace"], None),
        (["error: one", "ERROR: two", "done in 8 s"], "ERROR: two"),
        (["an error, long ago", *["fine"] * LOOKED_AT], "fine"),
        (["an error, in sight", *["fine", ""] * (LOOKED_AT - 1)], "an error, in sight"),
    ],
)
def test_the_last_line_that_speaks_of_a_failure(lines: list[str], found: str | None) -> None:
    """Of the last 40 that say anything; without one of those the last that says anything."""
    assert line_that_matters(lines) == (lines[0] if found is None else found)
