"""The checker keeps its own words for events and kinds; they have to be those of the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.events.read import EVENTS
from wf_tui.ledger.model.states import BlockedKind, ScopeWhy
from wf_tui.verify import kinds, replay

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.ledger.model.states import KindFacts


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
    assert twice == {"lane_limited", "undone"}, "of a task, or else of a profile, of the run"


def having(fact: Callable[[KindFacts], object]) -> set[str]:
    """Return the kinds of which a fact is true, in the words of the ledger."""
    return {kind.value for kind in BlockedKind if fact(kind.facts)}


def test_a_kind_means_the_same_to_the_checker() -> None:
    """What the rules go by and what they are judged by are told twice, and are the same."""
    assert having(lambda facts: facts.blocks_dependants) == kinds.BLOCKING
    assert having(lambda facts: not facts.settles_phase) == kinds.UNSETTLED
    assert having(lambda facts: facts.aborts_run) == kinds.ABORTING
    assert having(lambda facts: facts.cancelled_by_abort) == kinds.CANCELLED_BY_ABORT
    assert having(lambda facts: facts.waits_for_person) == kinds.NEEDS_PERSON
    assert having(lambda facts: not facts.can_retry) == kinds.NEVER_RETRIED
    accepted = {kind.value: kind.facts.accepted_at for kind in BlockedKind}
    assert {kind: step for kind, step in accepted.items() if step} == kinds.ACCEPTED_AT
    assert having(lambda facts: facts.can_mend) == kinds.MENDED


def test_the_checker_knows_every_kind() -> None:
    """Each kind is an end of an attempt, waits for something else, or is a person's doing."""
    ends = kinds.COUNTED | kinds.AT_ONCE | {"conflict"}
    assert ends | kinds.CANCELLED_BY_ABORT | {"cancelled"} == {kind.value for kind in BlockedKind}


def test_the_checker_knows_why_work_is_held_back() -> None:
    """The reasons are the same words, in the same order."""
    assert tuple(why.value for why in ScopeWhy) == kinds.SCOPE_WHYS
