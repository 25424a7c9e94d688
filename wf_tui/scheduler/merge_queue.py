"""The queue to the branch of a run, as a value: who is merged next, and what each has to do first.

Work is merged in the order in which it came. What a gate has to judge is a merge that is not yet on
the branch, so each candidate is built on those before it, as if they were merged already, and the
gates of several run side by side. Where one of those before it fails, leaves or is built anew, it
stands on nothing and is built again. Nothing here touches git, the ledger or a clock: the
integrator does what `turns` say, and notes what came of it.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple

from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Act", "Candidate", "Gated", "Key", "MergeQueue", "Turn", "turns"]

TOGETHER: Final = 3
"""How often the branch may move under a candidate before it goes alone."""

Key = tuple[str, int]
"""A task and its epoch."""


class Gated(Enum):
    """What is known of the gate on the merge of a candidate."""

    NOT_ASKED = "not asked"
    """It has none, or the gate of its attempt has judged the same already."""
    DUE = "due"
    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"


class Act(Enum):
    """What a candidate may do now."""

    WAIT = "wait"
    BUILD = "build"
    """Make its merge."""
    GATE = "gate"
    """Ask its gate."""
    END = "end"
    """It is the first, and all is known of it: move the branch, or tell why not."""


class Turn(NamedTuple):
    """What a candidate may do, and for `BUILD` on which commit."""

    act: Act
    on: str | None = None


@frozen
class Candidate:
    """One that is to be merged."""

    key: Key
    wants_gate: bool
    """Whether its gate has to pass on a merge with others, too."""
    on: str | None = None
    """The commit that it is built on; None where it has to be built."""
    commit: str | None = None
    """Where the branch goes with it; None where it does not merge."""
    gate: Gated = Gated.NOT_ASKED
    moves: int = 0
    """How often somebody else moved the branch under it."""

    def ground(self, before: str | None) -> str | None:
        """Return what the next one is built on, where this one is built on `before`.

        One that does not merge or has failed is passed over, for it will leave without a trace. On
        one that goes alone nothing is built any more: too much was built in vain.
        """
        if self.on is None or self.moves > TOGETHER:
            return None
        stands = self.commit is not None and self.gate is not Gated.FAILED
        return self.commit if stands else before


@frozen
class MergeQueue:
    """Those that wait to be merged, in order; each thing that happens makes a new queue."""

    head: str
    """Where the branch is, as far as is known."""
    candidates: tuple[Candidate, ...] = ()

    def find(self, key: Key) -> Candidate:
        """Return a candidate, which has to be in the queue."""
        return next(one for one in self.candidates if one.key == key)

    def join(self, key: Key, *, wants_gate: bool) -> MergeQueue:
        """Let one more wait, behind all others."""
        return replace(self, candidates=(*self.candidates, Candidate(key, wants_gate)))

    def leave(self, key: Key) -> MergeQueue:
        """Take one out, whatever became of it: what is built on it stands on nothing."""
        left = tuple(one for one in self.candidates if one.key != key)
        return _grounded(replace(self, candidates=left))

    def built(
        self, key: Key, *, on: str, commit: str | None, gate: bool, on_branch: bool
    ) -> MergeQueue:
        """Note the merge of a candidate: made on `on`, None where there is a conflict.

        `gate` is whether its gate has to be asked, `on_branch` whether `on` is the branch as it
        really was: only that tells where the branch is. Who became the first while its merge was
        made did so on one that may have left since.
        """
        asked = Gated.DUE if gate else Gated.NOT_ASKED
        queue = replace(self, head=on) if on_branch else self
        return _grounded(_put(queue, replace(self.find(key), on=on, commit=commit, gate=asked)))

    def gate_began(self, key: Key) -> MergeQueue:
        """Note that the gate of a candidate runs."""
        return _put(self, replace(self.find(key), gate=Gated.RUNNING))

    def gate_ended(self, key: Key, *, passed: bool) -> MergeQueue:
        """Note what its gate said; after a failure those behind are built without it.

        It does not leave at once: what failed on merges that then never come may pass without them.
        """
        said = Gated.PASSED if passed else Gated.FAILED
        return _grounded(_put(self, replace(self.find(key), gate=said)))

    def landed(self, key: Key, head: str) -> MergeQueue:
        """Take the first one out, with which the branch went to `head`; what is built on it stands.

        `head` may be elsewhere, where the branch had it already.
        """
        left = tuple(one for one in self.candidates if one.key != key)
        return _grounded(replace(self, head=head, candidates=left))

    def moved(self, key: Key, head: str) -> MergeQueue:
        """Note that the branch was elsewhere, at `head`, when the first one was to be merged."""
        one = self.find(key)
        counted = _put(self, replace(one, moves=one.moves + 1))
        return _grounded(replace(counted, head=head))


def turns(queue: MergeQueue, jobs: int) -> Mapping[Key, Turn]:
    """Return what each candidate may do now; `jobs` is how many gates may run side by side.

    Costs one walk through the queue. Somebody may always do something or is doing it: the first one
    waits for nobody.
    """
    found: dict[Key, Turn] = {}
    running = sum(one.gate is Gated.RUNNING for one in queue.candidates)
    gates_left = sum(one.wants_gate for one in queue.candidates)
    ground: str | None = queue.head
    for place, one in enumerate(queue.candidates):
        turn = Turn(Act.WAIT)
        if one.on is None:
            # Where no gate waits for it, here or behind, building ahead would only be in vain.
            if ground is not None and (place == 0 or gates_left):
                turn = Turn(Act.BUILD, ground)
        elif one.gate is Gated.DUE:
            # In their order, as far as there is room: nothing behind it can be merged before it.
            running += 1
            if running <= max(1, jobs):
                turn = Turn(Act.GATE)
        elif place == 0 and one.gate is not Gated.RUNNING:
            turn = Turn(Act.END)
        found[one.key] = turn
        ground = one.ground(ground)
        gates_left -= one.wants_gate
    return found


def _put(queue: MergeQueue, changed: Candidate) -> MergeQueue:
    """Return the queue with this candidate as it is now."""
    every = (changed if one.key == changed.key else one for one in queue.candidates)
    return replace(queue, candidates=tuple(every))


def _grounded(queue: MergeQueue) -> MergeQueue:
    """Forget the merges that are built on what is not, or no longer, before them."""
    ground: str | None = queue.head
    every = []
    for one in queue.candidates:
        stands = one.on is None or one.on == ground
        # What it takes along with it: all that is built on it finds another ground below.
        kept = one if stands else Candidate(one.key, one.wants_gate, moves=one.moves)
        every.append(kept)
        ground = kept.ground(ground)
    return replace(queue, candidates=tuple(every))
