"""What a kind of blocked task means, and that the README says the same."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from wf_tui.ledger.model.states import BlockedKind, Step
from wf_tui.ledger.rules.moves import ACCEPT, EDIT, REASSIGN, RETRY, SKIP, UNHOLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.ledger.model.states import KindFacts
    from wf_tui.ledger.rules.moves import Move

README: Final = Path(__file__).parents[3] / "README.md"
OF_MODELS: Final = {BlockedKind.QUESTION, BlockedKind.BUDGET, BlockedKind.QUOTA}
"""Kinds that no shell worker can come to, of which the README does not speak yet."""
MOVES: Final[dict[str, Move[...]]] = {
    "retry": RETRY, "reassign": REASSIGN, "edit": EDIT, "skip": SKIP, "accept": ACCEPT,
    "unhold": UNHOLD,
}  # fmt: skip


def having(fact: Callable[[KindFacts], object]) -> set[BlockedKind]:
    """Return the kinds of which a fact is true."""
    return {kind for kind in BlockedKind if fact(kind.facts)}


def test_what_the_kinds_mean() -> None:
    """Each fact, kind by kind, as RULES 3 and 3.1 have them."""
    ends = {
        BlockedKind.FAILED, BlockedKind.GATE, BlockedKind.DELIVERABLE, BlockedKind.SCOPE,
        BlockedKind.CONFLICT, BlockedKind.BUDGET,
    }  # fmt: skip
    asks = {BlockedKind.QUESTION, BlockedKind.REVIEW}
    passed = {BlockedKind.REVIEW, BlockedKind.CRITIC}
    waits = {BlockedKind.QUOTA, BlockedKind.HOLD, BlockedKind.CRITIC} | asks
    assert having(lambda facts: facts.aborts_run) == ends
    assert having(lambda facts: facts.waits_for_person) == ends | asks
    assert having(lambda facts: not facts.blocks_dependants) == waits
    assert having(lambda facts: not facts.settles_phase) == waits
    assert having(lambda facts: facts.cancelled_by_abort) == waits | {BlockedKind.DEPENDENCY}
    assert having(lambda facts: not facts.can_retry) == {BlockedKind.DEPENDENCY, BlockedKind.HOLD}
    assert having(lambda facts: facts.asks) == asks
    assert having(lambda facts: facts.passed_checks) == passed
    assert having(lambda facts: facts.waives_scope) == {BlockedKind.SCOPE, BlockedKind.CONFLICT}
    assert having(lambda facts: facts.can_mend) == {
        BlockedKind.FAILED, BlockedKind.GATE, BlockedKind.DELIVERABLE, BlockedKind.BUDGET,
        BlockedKind.CANCELLED,
    }  # fmt: skip
    assert {kind: kind.facts.accepted_at for kind in having(lambda f: f.keeps_tree)} == {
        BlockedKind.SCOPE: Step.CHECKING,
        BlockedKind.CONFLICT: Step.HARVESTING,
        BlockedKind.REVIEW: Step.CHECKING,
        BlockedKind.CRITIC: Step.CHECKING,
    }


def test_a_word_is_its_kind() -> None:
    """A kind is found by its word, as the file and JSON have it, with its facts."""
    assert BlockedKind("scope") is BlockedKind.SCOPE
    assert (f"{BlockedKind.SCOPE}", BlockedKind.SCOPE.value) == ("scope", "scope")
    assert BlockedKind("scope").facts.command == "wf accept"
    with pytest.raises(ValueError, match="weather"):
        BlockedKind("weather")


def test_the_readme_has_every_kind() -> None:
    """Its table of blocked kinds has each that can be met, and the ways out that there are."""
    table = README.read_text(encoding="utf-8").partition("| kind | came from |")[2]
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.*) \|$", table.partition("\n\n")[0], re.MULTILINE)
    assert {kind for kind, _ in rows} == {kind.value for kind in set(BlockedKind) - OF_MODELS}
    for word, ways in rows:
        kind = BlockedKind(word)
        named = {name for name in MOVES if re.search(rf"\b{name}\b", ways)}
        assert all(kind in MOVES[name].kinds for name in named), f"{word} has no such way out"
        assert ("accept" in named) == (kind in ACCEPT.kinds)
        assert ("retry" in named) == (kind in RETRY.kinds)
        assert ("unhold" in named) == (kind in UNHOLD.kinds)
