"""What is a transaction of the ledger each comes no faster than the ledger should grow."""

from wf_tui.workers.line.grammar import LineEvent, Message, SessionStarted, Usage
from wf_tui.workers.line.rare_events import RareEvents


def test_a_few_pass_as_they_come() -> None:
    """Twenty reports at once, two a second, are passed on one by one, between other events."""
    rare = RareEvents()
    assert all(rare.add(Usage(1), 0.0) == [Usage(1)] for _ in range(20))
    assert rare.add(Usage(1), 0.5) == [Usage(1)]
    assert rare.add(Message("x"), 0.5) == [Message("x")]
    assert rare.add(SessionStarted("s"), 100.0) == [SessionStarted("s")]


def test_what_is_too_fast_is_summed_up() -> None:
    """Of ten thousand reports in a second few are passed on, and nothing of them is lost."""
    rare = RareEvents()
    taken: list[LineEvent] = []
    for number in range(10_000):
        taken += rare.add(Usage(1, output=2), number / 10_000)
    taken += rare.end()
    assert len(taken) < 25
    assert sum(event.input or 0 for event in taken if isinstance(event, Usage)) == 10_000
    assert sum(event.output or 0 for event in taken if isinstance(event, Usage)) == 20_000


def test_what_is_held_comes_before_what_follows() -> None:
    """A report that had to wait is passed on with the next event, when there is room for it."""
    rare = RareEvents(left=0.0)
    assert rare.add(Usage(5), 0.0) == []
    assert rare.add(Message("x"), 0.1) == [Message("x")]
    assert rare.add(Message("y"), 0.6) == [Usage(5), Message("y")]


def test_a_session_stands_for_what_was_held() -> None:
    """Its sum replaces the steps before it, and gets those behind it."""
    rare = RareEvents(left=0.0)
    for usage in (Usage(5), Usage(7, cost_usd=0.5, scope="session"), Usage(1, cost_usd=0.25)):
        assert rare.add(usage, 0.0) == []
    assert rare.end() == [Usage(8, cost_usd=0.75, scope="session")]
    assert rare.end() == []
