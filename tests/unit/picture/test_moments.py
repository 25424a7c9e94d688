"""What a person writes for a moment of a run."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from tests.support.busy_run import swarm_run
from tests.support.ledger_harness import RUN
from wf_tui.errors import UsageError
from wf_tui.picture.history.history import read_history
from wf_tui.picture.history.moments import find_moment, moment_words

if TYPE_CHECKING:
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.history.history import History


@pytest.fixture
def history(store: Database) -> History:
    """Give the history of a run."""
    swarm_run(store)
    return read_history(store, RUN)


def test_a_number_is_that_of_an_event(history: History) -> None:
    """A number beyond the end is the last."""
    assert find_moment("7", history, 0.0) == 7
    assert find_moment("99999", history, 0.0) == history.last
    assert find_moment("0", history, 0.0) == 1


def test_a_time_is_told_in_three_ways(history: History) -> None:
    """A time of day, so long ago, and a date with a time lead to the same event."""
    at = history.time_of(history.last // 2)
    local = datetime.fromtimestamp(at).astimezone()
    now = at + 60
    wanted = history.seq_at(at)
    assert find_moment(f"{local:%H:%M:%S}", history, now) == wanted
    assert find_moment("-1m", history, now) == wanted
    assert find_moment(local.isoformat(), history, now) == wanted
    assert find_moment(f"{local.replace(tzinfo=None).isoformat()}", history, now) == wanted


def test_a_minute_is_all_of_it(history: History) -> None:
    """`12:56` is the end of that minute, and one that is still to come was yesterday's."""
    at = history.time_of(history.last)
    local = datetime.fromtimestamp(at).astimezone()
    assert find_moment(f"{local:%H:%M}", history, at + 120) >= history.seq_at(at)
    assert find_moment(f"{local:%H:%M}", history, at - 3600) == 1


@pytest.mark.parametrize(
    "text",
    [
        *("", "noon", "25:00", "-", "-m", "12:61", "1e9", "2026-13-01"),
        *("9" * 5000, f"-{'9' * 400}d"),
    ],
)
def test_what_is_no_moment_is_refused(history: History, text: str) -> None:
    """The refusal says what can be written."""
    with pytest.raises(UsageError, match="no moment of a run") as refused:
        find_moment(text, history, 1e9)
    assert "-20m" in refused.value.hint


def test_a_moment_is_named_by_its_time() -> None:
    """Of another day with its date."""
    noon = datetime(2026, 11, 28, 12, 56, 3).timestamp()  # noqa: DTZ001 - local, as it is shown
    assert moment_words(noon, noon + 5) == "12:56:03"
    assert moment_words(noon, noon + 200_000) == "2026-11-28 12:56:03"
