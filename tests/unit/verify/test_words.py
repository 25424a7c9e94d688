"""The checker keeps its own words for events and kinds; they have to be those of the ledger."""

from __future__ import annotations

from wf_tui.ledger.model.events.read import EVENTS
from wf_tui.verify import replay


def test_the_checker_knows_every_event() -> None:
    """Each kind of event is judged, or is said to change nothing; and there is no other."""
    known = [
        *replay._BY_DATA,
        *replay._TASK_EVENTS,
        *replay._RUN_EVENTS,
        *replay._PROFILE_EVENTS,
        *replay._IGNORED,
    ]
    assert set(known) == {event.event_kind for event in EVENTS}
    twice = {kind for kind in known if known.count(kind) > 1}
    assert twice == {"lane_limited"}, "of a task where its provider is limited, else of a profile"
