"""Why work is held back: all reasons, the one that counts first."""

from __future__ import annotations

from wf_tui.ledger.model.held_work import HeldPart, HeldWork
from wf_tui.ledger.model.states import ScopeWhy


def part(why: ScopeWhy, *paths: str) -> HeldPart:
    """Return a reason about some paths."""
    return HeldPart(why, paths, f"{why.value} of {' '.join(paths)}")


def test_the_first_reason_counts() -> None:
    """Its word and paths are those of the task; all are kept by name, in their order."""
    held = HeldWork.of([None, part(ScopeWhy.OUTSIDE, "a"), part(ScopeWhy.FILTER, "b", "c")])
    assert held is not None
    assert held.text == "filter of b c; outside of a"
    assert held.detail == {
        "why": "filter",
        "paths": ["b", "c"],
        "all": {
            "filter": {"paths": ["b", "c"], "text": "filter of b c"},
            "outside": {"paths": ["a"], "text": "outside of a"},
        },
    }
    assert tuple(ScopeWhy) == ("secret", "filter", "refused", "outside", "left")


def test_nothing_is_held_back_without_a_reason() -> None:
    """No part, no block."""
    assert HeldWork.of([None, None]) is None


def test_a_run_of_an_older_release() -> None:
    """Without a word for it, it was the scope."""
    assert ScopeWhy.of({"paths": ["a"]}) is ScopeWhy.OUTSIDE
    assert ScopeWhy.of({"why": "secret"}) is ScopeWhy.SECRET
