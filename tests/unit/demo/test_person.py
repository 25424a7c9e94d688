"""The person of the demo."""

from pathlib import Path

import pytest

from wf_tui.demo.folder import DemoFolder
from wf_tui.demo.person import HELPED, Person
from wf_tui.ledger.model.rows import EventRow


class Watched:
    """A person, and what they did."""

    def __init__(self, root: Path) -> None:
        self.did: list[str] = []
        self.folder = DemoFolder(root)
        self.person = Person(self.folder, self._retry, self._give_up)

    def _retry(self, task: str) -> None:
        assert self.folder.licence.read_text()
        self.did.append(f"retry {task}")

    def _give_up(self) -> None:
        self.did.append("give up")

    def see(self, kind: str, task: str | None = None) -> None:
        """Show the person an event."""
        self.person.see(EventRow(1, 0.0, "run", task, None, None, "scheduler", kind, {}))


@pytest.fixture(name="watched")
def _watched(tmp_path: Path) -> Watched:
    return Watched(tmp_path)


def test_a_blocked_task_gets_what_it_needs_and_then_a_retry(watched: Watched) -> None:
    """In this order, so that the retry succeeds."""
    watched.see("task_blocked", HELPED)
    assert watched.did == [f"retry {HELPED}"]


def test_a_task_is_helped_only_once(watched: Watched) -> None:
    """If that did not help, doing it again would go on for ever."""
    watched.see("task_blocked", HELPED)
    watched.see("task_blocked", HELPED)
    assert watched.did == [f"retry {HELPED}"]


def test_other_events_are_only_watched(watched: Watched) -> None:
    """The person does nothing that the plan does itself."""
    watched.see("task_blocked", "another")
    watched.see("task_done", HELPED)
    assert watched.did == []


def test_a_run_that_stalls_is_given_up(watched: Watched) -> None:
    """Nobody else is there to help it on."""
    watched.see("run_stalled")
    assert watched.did == ["give up"]
