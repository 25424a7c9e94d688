"""The replayed run: tasks, phases, claims and counts, as the events so far make them.

Written apart from the ledger. What waits for what is counted here too, but from the events alone.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.verify.paused_profiles import PausedProfiles
from wf_tui.verify.replayed_task import OPEN, Act, Asked, PhaseState, ReplayedTask
from wf_tui.verify.scopes import Held
from wf_tui.verify.verdict import MOST, Violation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.model.rows import EventRow

__all__ = ["ENDED", "Chain", "ReplayState"]

ENDED: Final = frozenset({"completed", "partial", "aborted"})


@dataclass
class Chain:
    """Where the integration branch went, as the events tell it."""

    base: str = ""
    heads: list[str] = field(default_factory=list)
    """Each commit that it went to, in order."""
    work: dict[str, str | None] = field(default_factory=dict)
    """The harvested commit that each of them brought in."""
    exported: str | None = None
    exports: list[tuple[int, str]] = field(default_factory=list)

    @property
    def head(self) -> str:
        """Where it is now."""
        return self.heads[-1] if self.heads else self.base


@dataclass
class ReplayState:
    """Everything that the events so far say of a run, and what was wrong with them."""

    found: list[Violation] = field(default_factory=list)
    cards: dict[str, ReplayedTask] = field(default_factory=dict)
    parts: dict[str, PhaseState] = field(default_factory=dict)
    later: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The phases that wait for a phase."""
    needed: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The tasks that need the result of a task."""
    following: dict[str, str] = field(default_factory=dict)
    """The next task of a sequential phase."""
    held: Held = field(default_factory=Held)
    seats: dict[str, str | None] = field(default_factory=dict)
    """What each seat holds."""
    pauses: PausedProfiles = field(default_factory=PausedProfiles)
    chain: Chain = field(default_factory=Chain)
    counts: Counter[str] = field(default_factory=Counter)
    odd: dict[str, None] = field(default_factory=dict)
    """Tasks that a blocked result should block, or should block no more."""
    acts: dict[tuple[int, str], Act] = field(default_factory=dict)
    commands: defaultdict[str, list[int]] = field(default_factory=lambda: defaultdict(list))
    """What each person did and has not taken back."""
    undoing: dict[str, int] = field(default_factory=dict)
    status: str = ""
    intent: str = "go"
    aborting: bool = False
    jobs: int | None = None
    open: int = 0
    seq: int = 0
    clock: float = 0.0
    """The latest time that any event has told, since the clock was last set back."""

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self.status in ENDED

    def demand(self, holds: object, code: str, event: EventRow | None, text: str) -> None:
        """Note a violation where something does not hold."""
        if not holds and len(self.found) < MOST:
            seq, task = (event.seq, event.task) if event else (None, None)
            self.found.append(Violation(code, seq, task, text))

    def set_back(self, clock: float) -> None:
        """Take note that the machine's clock was set back: waits were shortened, so none is judged.

        The order of events is that of their numbers, whatever their times are.
        """
        self.clock = clock
        self.pauses.set_back()
        for card in self.cards.values():
            card.not_before = None

    # -- tasks

    def add(self, card: ReplayedTask) -> None:
        """Put a new task on the book."""
        part = self.parts[card.phase]
        self.cards[card.id] = card
        self.counts[card.state] += 1
        part.tasks += 1
        part.unsettled += 1
        if not part.parallel and part.last is not None:
            self.following[part.last] = card.id
            before = self.cards[part.last]
            card.follows = before.follows or not before.settled
        part.last = card.id
        for name in dict.fromkeys(card.needs):
            self.needed[name].append(card.id)
            need = self.cards.get(name)
            card.undone += need is None or need.state != "done"
            card.bad += need is not None and need.is_bad
        self._look(card)

    def move(self, card: ReplayedTask, state: str, kind: str | None = None) -> None:
        """Bring a task into another state, and count what that means for others."""
        was_done, was_bad = card.state == "done", card.is_bad
        self.counts[card.state] -= 1
        self.counts[state] += 1
        card.state, card.kind = state, kind
        done, bad = int(state == "done") - int(was_done), int(card.is_bad) - int(was_bad)
        if done or bad:
            for name in self.needed[card.id]:
                other = self.cards[name]
                other.undone -= done
                other.bad += bad
                self._look(other)
        self._look(card)
        self.settle(card)

    def requeue(self, card: ReplayedTask) -> None:
        """Bring a task back to where it waits: P*."""
        card.leave()
        if card.bad:
            self.move(card, "blocked", "dependency")
        else:
            self.move(card, "pending")

    def settle(self, card: ReplayedTask) -> None:
        """Count whether a task still keeps its phase open."""
        part = self.parts[card.phase]
        given_up = card.state == "blocked" and card.opened is None and card.kind not in OPEN
        settled = card.state == "done" or (given_up and part.on_failure != "hold")
        if settled == card.settled:
            return
        card.settled = settled
        part.unsettled -= 1 if settled else -1
        self._hand_on(card)

    def _hand_on(self, card: ReplayedTask) -> None:
        """Give the turn to the next of a sequence; one that was skipped early hands it on."""
        while card.settled and not card.follows and card.id in self.following:
            card = self.cards[self.following[card.id]]
            card.follows = False

    def _look(self, card: ReplayedTask) -> None:
        waits = card.state == "pending" and card.bad > 0
        if waits or (card.kind == "dependency" and card.bad == 0):
            self.odd[card.id] = None
        else:
            self.odd.pop(card.id, None)

    def counted_on(self, card: ReplayedTask) -> str | None:
        """Return a task that waited for this one, or for its phase, and has begun."""
        others = [*self.needed[card.id], *filter(None, [self.following.get(card.id)])]
        begun = [name for name in others if self.cards[name].epoch]
        later = [name for name in self.later[card.phase] if self.parts[name].claims]
        return next(iter(begun + later), None)

    # -- attempts

    def open_attempt(self, card: ReplayedTask, worker: str, epoch: int) -> None:
        """Let a claim hold its seat and its scope."""
        if card.opened is not None:
            self.close_attempt(card)
        card.worker, card.epoch, card.opened = worker, epoch, epoch
        card.verdict, card.merged, card.harvested, card.rejected = "", None, None, False
        card.holders[epoch] = worker
        if card.asked.mode == "read_write":
            self.held.take(card.id, card.isolation, card.asked.scope)
        self.open += 1
        self.seats[worker] = card.id
        self.parts[card.phase].claims += 1

    def close_attempt(self, card: ReplayedTask) -> None:
        """Free what the open attempt held."""
        worker = card.holder
        if self.seats.get(worker) == card.id:
            self.seats[worker] = None
        self.held.drop(card.id)
        self.open -= 1
        card.opened = None
        self.settle(card)

    # -- what a person did

    def remember(self, card: ReplayedTask, event: EventRow) -> None:
        """Keep what a task was before a person acted, for `undone`."""
        command = event.data.get("command")
        if not isinstance(command, int):
            return
        self.acts[command, card.id] = Act(
            seq=event.seq,
            actor=event.actor,
            stopped=bool(event.data.get("stopped")),
            state=card.state,
            kind=card.kind,
            tries=card.tries,
            conflicts=card.conflicts,
            not_before=card.not_before,
            asked=card.asked,
        )
        done = self.commands[event.actor]
        if not done or done[-1] != command:
            done.append(command)

    def ask(self, card: ReplayedTask, event: EventRow) -> None:
        """Take over what a person changed of what a task asks for."""
        fields = event.data.get("fields")
        if not isinstance(fields, dict):
            return
        scope, mode, most = (fields.get(name) for name in ("scope", "mode", "max_attempts"))
        card.asked = Asked(
            tuple(map(str, scope)) if isinstance(scope, (list, tuple)) else card.asked.scope,
            mode if isinstance(mode, str) else card.asked.mode,
            most if isinstance(most, int) else card.asked.max_attempts,
        )

    # -- at rest

    def unfinished(self) -> Iterator[tuple[str, str, str]]:
        """Yield what the ledger should have done by now: code, task or phase, sentence."""
        for name in self.odd:
            if self.cards[name].state == "pending":
                yield "move", name, "it waits, but a result that it needs is blocked"
            else:
                yield "move", name, "it is blocked by a result, but none that it needs is blocked"
        for part in self.parts.values():
            due = part.tasks and not part.unsettled
            if due and not part.settled and all(self.parts[n].settled for n in part.after):
                yield "phase", "", f"phase {part.name} has nothing left to do and did not settle"
