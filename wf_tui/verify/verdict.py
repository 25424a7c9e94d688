"""What the checker says of a run: violations, each with the event that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["CODES", "MOST", "Verdict", "Violation"]

MOST: Final = 1000
"""Violations that are kept; one broken event can be followed by many."""
CODES: Final = {
    "gap": "the numbers of the events have a gap",
    "time": "the clock went far back",
    "unknown": "an unknown event, or one of a task that nobody added",
    "claim": "G1: two live claims of one task",
    "epoch": "G1: a claim that did not raise the epoch by one",
    "stale": "G2: a result that is not of the live claim",
    "order": "G9: a task began before what it waits for",
    "scope": "G9: two overlapping scopes were held at once",
    "move": "a move that is not in the table",
    "tries": "failures were counted wrongly",
    "timer": "a task began before its back-off was over",
    "pause": "a task began while the profile of its worker was paused",
    "seat": "a worker that held two tasks, or had left",
    "phase": "a phase settled too early, or never",
    "run": "the run did what its state does not allow",
    "undo": "an action was undone that could not be",
    "snooze": "something was put off that does not need a person, or for longer than it may be",
    "comment": "a comment went to a worker by itself, or another one than was written",
    "counts": "the counts differ from the replayed ones",
    "table": "a task differs from its replayed state",
    "gate": "work was merged with others' before its gate had passed on the merge",
    "rival": "of rivals two were merged, or one that lost went on",
    "critic": "work went on without the word of its critic, or another one than that judged",
    "chain": "the merges do not follow from each other",
    "branch": "the integration branch differs from the log",
}
"""What each code means; `wf verify` prints the code and its violation's own sentence."""


@dataclass(frozen=True)
class Violation:
    """One thing that may not happen; `seq` is None where no single event shows it."""

    code: str
    seq: int | None
    task: str | None
    text: str

    def as_json(self) -> dict[str, object]:
        """Return it as `wf verify --json` prints it."""
        return {"code": self.code, "seq": self.seq, "task": self.task, "text": self.text}


@dataclass(frozen=True)
class Verdict:
    """What came of replaying a run: how many events there were, and each violation, in order.

    Those that one event shows come first, in the order of the log; those of the end follow.
    """

    run: str
    events: int
    violations: tuple[Violation, ...]
    branch_seen: bool
    """Whether the integration branch was there to be compared."""

    @property
    def ok(self) -> bool:
        """Whether every promise was kept."""
        return not self.violations

    def as_json(self) -> dict[str, object]:
        """Return it as `wf verify --json` prints it."""
        found = [violation.as_json() for violation in self.violations]
        return {"run": self.run, "events": self.events, "ok": self.ok, "violations": found}

    def lines(self) -> Iterator[str]:
        """Yield what `wf verify` prints for a person."""
        number = len(self.violations)
        found = plural(number, "violation") if number else "no violation"
        if number >= MOST:
            found = f"at least {found}"
        if not self.branch_seen:
            found += "; its repository is gone, so merges were not compared"
        yield f"run {self.run}: {plural(self.events, 'event')}, {found}"
        for one in self.violations:
            where = f"event {one.seq}" if one.seq is not None else "at the end"
            task = f", {clean(one.task, limit=80)}" if one.task else ""
            yield f"{one.code:<7} {where}{task}: {clean(one.text, limit=500)}"
