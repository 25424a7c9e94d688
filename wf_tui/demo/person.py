"""The person of the demo: does by hand what the plan leaves to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.events.run_events import RunStalled
from wf_tui.ledger.model.events.task_events import TaskBlocked

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.demo.folder import DemoFolder
    from wf_tui.ledger.model.rows import EventRow

__all__ = ["HELPED", "Person"]

HELPED: Final = "licence"
"""The task that waits for a person."""
_LICENCE: Final = "Everybody may use, change and share this till.\n"


@dataclass(frozen=True)
class Person:
    """Watches the events of a run, provides what a blocked task asks for, and retries it."""

    folder: DemoFolder
    retry: Callable[[str], object]
    """Retries the task of this name, as `wf retry` does."""
    give_up: Callable[[], object]
    """Ends a run that has stalled; it would wait half an hour for somebody who can help."""

    def see(self, event: EventRow) -> None:
        """Act on an event, if there is something to do."""
        # Once only: if the task blocks again with the licence there, something else is wrong.
        licence = self.folder.licence
        if event.kind == TaskBlocked.event_kind and event.task == HELPED and not licence.exists():
            licence.write_text(_LICENCE, encoding="utf-8")
            self.retry(HELPED)
        elif event.kind == RunStalled.event_kind:
            self.give_up()
