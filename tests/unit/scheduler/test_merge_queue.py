"""The queue to the branch: its order, what is built on what, and which gates run side by side."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from wf_tui.scheduler.merge_queue import Act, Gated, Key, MergeQueue, Turn, turns

PLAIN, GATED = False, True


def queue(*gated: bool) -> MergeQueue:
    """Return a queue of `a`, `b`, `c` ... on the head `h`."""
    made = MergeQueue("h")
    for letter, wants in zip("abcdef", gated, strict=False):
        made = made.join((letter, 1), wants_gate=wants)
    return made


def built(made: MergeQueue, *letters: str) -> MergeQueue:
    """Build these, in order, each on what it has to be built on: `b` becomes `on+b`."""
    for letter in letters:
        turn = acts(made)[letter]
        assert turn.act is Act.BUILD
        on = turn.on or ""
        gate = made.find((letter, 1)).wants_gate and on != "h"
        first = made.candidates[0].key == (letter, 1)
        made = made.built((letter, 1), on=on, commit=f"{on}+{letter}", gate=gate, on_branch=first)
    return made


def acts(made: MergeQueue, jobs: int = 9) -> dict[str, Turn]:
    """Return what each may do, by its letter."""
    return {task: turn for (task, _), turn in turns(made, jobs).items()}


def test_each_is_built_on_those_before_it() -> None:
    """The gates of several run side by side, each on a branch that has all before it."""
    made = built(queue(GATED, GATED, GATED), "a", "b", "c")
    assert [one.commit for one in made.candidates] == ["h+a", "h+a+b", "h+a+b+c"]
    assert acts(made) == {"a": Turn(Act.END), "b": Turn(Act.GATE), "c": Turn(Act.GATE)}


def test_without_a_gate_nothing_is_built_ahead() -> None:
    """A merge costs what it did without a queue: it is made once, when it is its turn."""
    made = queue(PLAIN, PLAIN, PLAIN)
    assert acts(made) == {
        "a": Turn(Act.BUILD, "h"), "b": Turn(Act.WAIT), "c": Turn(Act.WAIT)
    }  # fmt: skip
    assert acts(built(queue(PLAIN, PLAIN, GATED), "a"))["b"] == Turn(Act.BUILD, "h+a")


def test_at_most_as_many_gates_as_jobs() -> None:
    """The first in the queue come first."""
    made = built(queue(GATED, GATED, GATED, GATED), "a", "b", "c", "d")
    assert [turn.act for turn in acts(made, jobs=2).values()] == [
        Act.END, Act.GATE, Act.GATE, Act.WAIT,
    ]  # fmt: skip
    running = made.gate_began(("d", 1))
    assert acts(running, jobs=2)["c"].act is Act.WAIT


def test_one_that_failed_is_left_out_of_those_behind_it() -> None:
    """They are built again on what is before it; it waits for the branch that it failed on."""
    made = built(queue(PLAIN, GATED, GATED), "a", "b", "c").gate_began(("b", 1))
    failed = made.gate_ended(("b", 1), passed=False)
    assert acts(failed) == {
        "a": Turn(Act.END), "b": Turn(Act.WAIT), "c": Turn(Act.BUILD, "h+a")
    }  # fmt: skip
    landed = failed.landed(("a", 1), "h+a")
    assert acts(landed)["b"] == Turn(Act.END)


def test_a_failure_on_what_never_came_is_none() -> None:
    """Where one before it leaves, it is judged again."""
    made = built(queue(GATED, GATED, GATED), "a", "b", "c").gate_began(("c", 1))
    left = made.gate_ended(("c", 1), passed=False).leave(("b", 1))
    assert acts(left)["c"] == Turn(Act.BUILD, "h+a")


def test_one_that_conflicts_is_passed_over() -> None:
    """What is behind it is built without it, and stands when it has left."""
    made = built(queue(GATED, GATED, GATED), "a")
    made = made.built(("b", 1), on="h+a", commit=None, gate=False, on_branch=False)
    made = built(made, "c").landed(("a", 1), "h+a")
    assert acts(made)["b"] == Turn(Act.END)
    assert made.leave(("b", 1)).find(("c", 1)).commit == "h+a+c"


def test_one_before_it_leaves_while_it_is_built() -> None:
    """A conflict with work that never came is none: it is built again, on the branch."""
    made = built(queue(PLAIN, GATED), "a")
    assert acts(made)["b"] == Turn(Act.BUILD, "h+a")
    left = made.leave(("a", 1))
    made = left.built(("b", 1), on="h+a", commit=None, gate=False, on_branch=False)
    assert acts(made)["b"] == Turn(Act.BUILD, "h")


def test_a_branch_that_somebody_moves() -> None:
    """All is built again; after the third time the first goes alone, and the others wait for it."""
    made = built(queue(PLAIN, GATED), "a", "b")
    for number in range(1, 4):
        made = made.moved(("a", 1), f"m{number}")
        assert acts(made)["a"] == Turn(Act.BUILD, f"m{number}")
        made = built(made, "a", "b")
    made = built(made.moved(("a", 1), "m4"), "a")
    assert acts(made) == {"a": Turn(Act.END), "b": Turn(Act.WAIT)}


@dataclass
class Branch:
    """Where the branch really is, and what has come there."""

    head: str = "h"
    landed: list[Key] = field(default_factory=list)


class MergeTrains(RuleBasedStateMachine):
    """Attempts that come, are built, judged, merged and stopped in any order that is allowed."""

    def __init__(self) -> None:
        super().__init__()
        self.queue = MergeQueue("h")
        self.branch = Branch()
        self.passed: set[str] = set()
        self.gates: dict[Key, str] = {}
        """The commit that each running gate was asked about."""
        self.builds: dict[Key, tuple[str, bool]] = {}
        """What each merge is being made on, and whether that was the branch as it really is."""
        self.heads = {"h"}
        """Where the branch has really been."""
        self.joined: list[Key] = []
        self.number = 0

    @initialize(jobs=st.integers(1, 4))
    def begin(self, jobs: int) -> None:
        """Say how many gates may run at once."""
        self.jobs = jobs

    def may(self, act: Act) -> list[Key]:
        """Return those that may do this now."""
        return [key for key, turn in turns(self.queue, self.jobs).items() if turn.act is act]

    def to_build(self) -> list[Key]:
        """Return those whose merge may be made and is not being made."""
        return [key for key in self.may(Act.BUILD) if key not in self.builds]

    def fresh(self, letter: str) -> str:
        """Return the name of a commit that was never made before."""
        self.number += 1
        return f"{letter}{self.number}"

    @precondition(lambda self: len(self.queue.candidates) < 6)
    @rule(gated=st.booleans())
    def join(self, gated: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Let one more come."""
        key = (self.fresh("t"), 1)
        self.joined.append(key)
        self.queue = self.queue.join(key, wants_gate=gated)

    @precondition(lambda self: self.to_build())
    @rule(pick=st.integers(0, 5))
    def build(self, pick: int) -> None:
        """Begin to build one, on the branch as it really is where it is the first."""
        key = self.to_build()[pick % len(self.to_build())]
        first = self.queue.candidates[0].key == key
        on = self.branch.head if first else str(turns(self.queue, self.jobs)[key].on)
        self.builds[key] = (on, first)

    @precondition(lambda self: self.builds)
    @rule(pick=st.integers(0, 5), conflicts=st.sampled_from([False, False, False, True]))
    def make(self, pick: int, conflicts: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Let a merge be made, whatever became of those before it meanwhile."""
        key = list(self.builds)[pick % len(self.builds)]
        on, on_branch = self.builds.pop(key)
        gate = self.queue.find(key).wants_gate and not conflicts
        commit = None if conflicts else self.fresh("m")
        self.queue = self.queue.built(key, on=on, commit=commit, gate=gate, on_branch=on_branch)

    @precondition(lambda self: self.may(Act.GATE))
    @rule(pick=st.integers(0, 5))
    def ask(self, pick: int) -> None:
        """Ask a gate."""
        key = self.may(Act.GATE)[pick % len(self.may(Act.GATE))]
        self.gates[key] = str(self.queue.find(key).commit)
        self.queue = self.queue.gate_began(key)
        running = [one for one in self.queue.candidates if one.gate is Gated.RUNNING]
        assert len(running) <= self.jobs

    @precondition(lambda self: self.gates)
    @rule(pick=st.integers(0, 5), passed=st.booleans())
    def judge(self, pick: int, passed: bool) -> None:  # noqa: FBT001 - drawn by hypothesis
        """Let a gate end; what it said of a merge that is no longer wanted is not told."""
        key = list(self.gates)[pick % len(self.gates)]
        commit = self.gates.pop(key)
        if passed:
            self.passed.add(commit)
        here = {one.key: one for one in self.queue.candidates}
        if key in here and here[key].commit == commit and here[key].gate is Gated.RUNNING:
            self.queue = self.queue.gate_ended(key, passed=passed)

    @precondition(lambda self: self.may(Act.END))
    @rule()
    def end(self) -> None:
        """Merge the first, or let it go: only onto the branch that it was built on (G6)."""
        (key,) = self.may(Act.END)
        one = self.queue.candidates[0]
        assert one.key == key
        if one.commit is None or one.gate is Gated.FAILED:
            assert one.on == self.queue.head
            assert one.on in self.heads, "it failed on a branch that never was"
            self.queue = self.queue.leave(key)
        elif one.on != self.branch.head:
            self.queue = self.queue.moved(key, self.branch.head)
        else:
            assert not one.wants_gate or one.commit in self.passed
            self.branch = Branch(one.commit, [*self.branch.landed, key])
            self.heads.add(one.commit)
            self.queue = self.queue.landed(key, one.commit)

    @precondition(lambda self: self.queue.candidates)
    @rule(pick=st.integers(0, 5))
    def stop(self, pick: int) -> None:
        """Let a person take one away."""
        key = self.queue.candidates[pick % len(self.queue.candidates)].key
        self.builds.pop(key, None)
        self.queue = self.queue.leave(key)

    @rule()
    def interfere(self) -> None:
        """Let somebody else move the branch."""
        self.branch = Branch(self.fresh("x"), self.branch.landed)
        self.heads.add(self.branch.head)

    @invariant()
    def order_is_kept(self) -> None:
        """See that what comes first is merged first."""
        assert self.branch.landed == [key for key in self.joined if key in self.branch.landed]

    @invariant()
    def each_stands_on_those_before_it(self) -> None:
        """See that no merge is built on what is not, or no longer, there."""
        ground = self.queue.head
        for one in self.queue.candidates:
            if one.on is None:
                break
            assert one.on == ground
            ground = one.ground(ground) or ""

    @invariant()
    def nobody_waits_for_nothing(self) -> None:
        """See that the first has something to do, unless gates run: it never stands still."""
        if self.queue.candidates:
            first = self.queue.candidates[0]
            turn = turns(self.queue, self.jobs)[first.key]
            others = sum(one.gate is Gated.RUNNING for one in self.queue.candidates[1:])
            busy = first.gate is Gated.RUNNING or others >= self.jobs
            assert busy or turn.act is not Act.WAIT


TestMergeTrains = MergeTrains.TestCase
