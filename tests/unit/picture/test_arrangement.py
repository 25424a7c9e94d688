"""Where tasks stand: against plain walks over all of them, whatever happened before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.ledger_harness import RUN, START
from tests.support.picture_rows import a_batch, a_phase, a_proof, a_row
from wf_tui.ledger.model.rows import SnoozeRow
from wf_tui.ledger.model.states import BlockedKind, DoneKind, TaskState
from wf_tui.picture.group_titles import GroupTitle
from wf_tui.picture.needs_you import needs_you
from wf_tui.picture.orders import LIST, SIMILAR, Spot
from wf_tui.picture.picture import Picture
from wf_tui.picture.similar import similar_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import TaskRow

PHASES = (a_phase("scan", 0), a_phase("build", 1), a_phase("ship", 2))
PLACES = {phase.name: phase.ordinal for phase in PHASES}
COUNT = 9
PROOFS = (
    "cannot find module left-pad in src/a/one.py line 12",
    "cannot find module left-pad in lib/two.py line 7",
    "error: exit 7",
    "the licence is missing here",
)

Changed = tuple[int, tuple[TaskState, BlockedKind | DoneKind | None], int, int, int]
"""Which task became what, how late, how many it waits for, and which proof it left."""
_STATES = st.sampled_from(
    [
        (TaskState.PENDING, None),
        (TaskState.IN_PROGRESS, None),
        (TaskState.DONE, DoneKind.MERGED),
        (TaskState.BLOCKED, BlockedKind.FAILED),
        (TaskState.BLOCKED, BlockedKind.FAILED),
        (TaskState.BLOCKED, BlockedKind.GATE),
        (TaskState.BLOCKED, BlockedKind.HOLD),
    ]
)
_CHANGES = st.lists(
    st.tuples(
        st.integers(0, COUNT - 1), _STATES, st.integers(0, 3), st.integers(0, 1), st.integers(0, 3)
    ),
    min_size=1,
    max_size=4,
)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("change"), _CHANGES),
        st.tuples(st.just("protect"), st.sets(st.integers(0, COUNT - 1), max_size=3)),
        st.tuples(st.just("open"), st.integers(0, 3)),
        st.tuples(st.just("snooze"), st.sets(st.integers(0, COUNT - 1), max_size=2)),
        st.tuples(st.just("tick"), st.integers(1, 40)),
        st.tuples(st.just("filter"), st.sampled_from(["", "state:blocked", "phase:build", "task"])),
    ),
    max_size=14,
)


class Followed:
    """A picture that is told what happens, and what was told, as plainly as can be."""

    def __init__(self) -> None:
        self.picture = Picture(START)
        self.rows = {
            row.id: row for row in (a_row(n, list(PLACES)[n % 3], rank=n % 2) for n in range(COUNT))
        }
        self.last = {name: a_proof(name, "") for name in self.rows}
        self.snoozes: dict[str, SnoozeRow] = {}
        self.protected: set[str] = set()
        self.opened: set[str] = set()
        self.now = START
        self.apply(list(self.rows.values()), whole=True)

    def apply(self, rows: Sequence[TaskRow], *, whole: bool = False) -> None:
        """Bring rows into the picture."""
        last = {row.id: self.last[row.id] for row in rows}
        self.picture.apply(
            a_batch(
                rows, COUNT, phases=PHASES, last=last, snoozes=dict(self.snoozes), now=self.now,
                whole=whole,
            )
        )  # fmt: skip

    def change(self, changes: Sequence[Changed]) -> None:
        """Let tasks become others, in one batch."""
        for number, (state, kind), since, unmet, proof in changes:
            name = f"t{number}"
            self.rows[name] = replace(
                self.rows[name],
                state=state,
                kind=kind,
                since=self.now + since,
                unmet=unmet,
            )
            self.last[name] = a_proof(name, PROOFS[proof])
        self.apply([self.rows[name] for name in dict.fromkeys(f"t{n}" for n, *_ in changes)])

    def do(self, what: str, value: object) -> None:
        """Let one thing happen."""
        if what == "change":
            assert isinstance(value, list)
            self.change(value)
        elif what == "protect":
            assert isinstance(value, set)
            self.protected = {f"t{number}" for number in value}
            self.picture.protect(self.protected)
        elif what == "open":
            name = similar_name(BlockedKind.FAILED, PROOFS[int(str(value))])
            self.opened |= {name} if name else set()
            self.picture.open_similar(name)
        elif what == "snooze":
            assert isinstance(value, set)
            rows = [self.rows[f"t{number}"] for number in value]
            self.snoozes = {
                r.id: SnoozeRow(RUN, r.id, self.now + 30, r.epoch, r.kind or "", "me") for r in rows
            }
            self.apply([])
        elif what == "tick":
            self.now += int(str(value))
            self.picture.tick(self.now)
        else:
            assert self.picture.filter(str(value)) == ""

    # -- what it has to show, by walks over everything

    def shown(self) -> list[TaskRow]:
        """Return the tasks that the filter lets through."""
        return [row for row in self.rows.values() if self.picture.filtered.text in self._words(row)]

    def _words(self, row: TaskRow) -> tuple[str, ...]:
        return "", "task", f"state:{row.state.value}", f"phase:{row.phase}"

    def needs(self, row: TaskRow) -> bool:
        """Whether a task needs a person."""
        snooze = self.snoozes.get(row.id)
        same = snooze is not None and (snooze.kind, snooze.epoch) == (row.kind, row.epoch)
        asleep = same and snooze is not None and self.now < (snooze.until or 0)
        return needs_you(row) and not asleep

    def column(self, state: TaskState) -> list[str]:
        """Return the tasks of a column in its order."""

        def key(row: TaskRow) -> tuple[float, ...]:
            place = PLACES[row.phase]
            match state:
                case TaskState.PENDING:
                    return (place, row.rank, row.ordinal)
                case TaskState.DONE:
                    return (-place, -row.since, row.ordinal)
                case TaskState.BLOCKED:
                    return (not self.needs(row), row.since, row.ordinal)
            return (row.since, row.ordinal)

        return [row.id for row in sorted(self.shown(), key=key) if row.state is state]

    def sections(self) -> list[str]:
        """Return the list."""

        def key(row: TaskRow) -> tuple[float, ...]:
            if self.needs(row):
                return (0, row.since, row.ordinal)
            match row.state:
                case TaskState.IN_PROGRESS:
                    return (1, row.since, row.ordinal)
                case TaskState.PENDING if not row.unmet:
                    return (2, row.rank, row.ordinal)
                case TaskState.PENDING:
                    return (3, 0, row.rank, row.ordinal)
                case TaskState.BLOCKED:
                    return (3, 1, row.since, row.ordinal)
            return (4, -row.since, row.ordinal)

        return [row.id for row in sorted(self.shown(), key=key)]

    def candidates(self) -> dict[str, list[str]]:
        """Return the tasks that may be in a similar card, by its name, the oldest first."""
        found: dict[str, list[str]] = {}
        for task in self.column(TaskState.BLOCKED):
            row = self.rows[task]
            name = similar_name(row.kind or "", self.last[task].proof) if self.needs(row) else ""
            if name:
                found.setdefault(name, []).append(task)
        return found


@given(steps=_STEPS)
def test_every_sequence_is_what_a_walk_finds(steps: list[tuple[str, object]]) -> None:
    """Columns, list, needs, counts and places, after whatever happened."""
    seen = Followed()
    for what, value in steps:
        seen.do(what, value)
        picture = seen.picture
        assert list(picture.sections) == seen.sections()
        needy = [row for row in seen.rows.values() if seen.needs(row)]
        assert list(picture.needs) == [
            row.id for row in sorted(needy, key=lambda row: (row.since, row.ordinal))
        ]
        for state in TaskState:
            assert picture.tasks(state.value) == seen.column(state) or state is TaskState.BLOCKED
            assert sorted(picture.tasks(state.value)) == sorted(seen.column(state))
            title = picture.column_title(state.value)
            assert title.count == len(seen.column(state))
            for group in {order[0] for order in picture.columns[state.value].orders()}:
                count = picture.group_title(state.value, group).count
                assert count == len(picture.tasks(state.value, group))
        assert picture.shown == len(seen.shown())
        phases = {
            phase.name: [row for row in seen.rows.values() if row.phase == phase.name]
            for phase in PHASES
        }
        assert [
            (one.name, one.done, one.in_progress, one.needs, one.parked, one.not_begun)
            for one in picture.strip
        ] == [
            (
                name,
                sum(row.state is TaskState.DONE for row in rows),
                sum(row.state is TaskState.IN_PROGRESS for row in rows),
                sum(seen.needs(row) for row in rows),
                sum(row.state is TaskState.BLOCKED and not seen.needs(row) for row in rows),
                sum(row.state is TaskState.PENDING for row in rows),
            )
            for name, rows in phases.items()
        ]


@given(steps=_STEPS)
def test_similar_cards_have_whom_they_may(steps: list[tuple[str, object]]) -> None:
    """Three at least of one name, nobody around whom nothing may be formed, nothing opened."""
    seen = Followed()
    inside: set[str] = set()
    for what, value in steps:
        seen.do(what, value)
        picture, candidates = seen.picture, seen.candidates()
        cards = [name for name in picture.columns["blocked"] if name.startswith(SIMILAR)]
        before, inside = inside, set()
        for name in cards:
            members = list(picture.similar(name))
            inside |= set(members)
            assert name not in seen.opened
            assert len(members) >= 3
            assert members == [task for task in candidates[name] if task in members]
            spots = {picture.spot(task) for task in members}
            oldest = seen.rows[members[0]]
            assert spots == {Spot("blocked", (0, oldest.since, oldest.ordinal, 0, name))}
        assert not (inside - before) & seen.protected
        if not seen.protected and what in {"change", "filter"}:
            changed = {f"t{number}" for number, *_ in value} if isinstance(value, list) else None
            for name, tasks in candidates.items():
                if name not in seen.opened and (changed is None or changed & set(tasks)):
                    assert (name in cards) == (len(tasks) >= 3)
        single = [name for name in picture.columns["blocked"] if not name.startswith(SIMILAR)]
        assert sorted([*single, *inside]) == sorted(seen.column(TaskState.BLOCKED))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("cannot find module left-pad", "cannot find module left-pad", True),
        ("cannot find /a/b/c.py: line 12", "cannot find src/other.py: line 7", True),
        ("assertion failed at 0x7f3a", "assertion failed at 0x1b", True),
        ("commit 3f2c1ab9 is not there", "commit 99aa00bb1 is not there", True),
        ("E assert 200 == 401 in login", "E assert 500 == 401 in login", True),
        ("cannot find module left-pad", "cannot find module right-pad", False),
    ],
)
def test_numbers_and_paths_make_no_difference(first: str, second: str, same: bool) -> None:  # noqa: FBT001 - a column of the table
    """The same line about another file, another number or another commit is the same reason."""
    names = {similar_name(BlockedKind.GATE, proof) for proof in (first, second)}
    assert (len(names) == 1) is same


@pytest.mark.parametrize(
    ("kind", "proof"),
    [
        (BlockedKind.QUESTION, "cannot find module left-pad"),
        (BlockedKind.CONFLICT, "cannot find module left-pad"),
        (BlockedKind.FAILED, "exit 1"),
        (BlockedKind.FAILED, "12345678901234567890"),
        (BlockedKind.FAILED, "a/very/long/path/only.py"),
        (BlockedKind.FAILED, ""),
    ],
)
def test_what_says_too_little_stands_alone(kind: BlockedKind, proof: str) -> None:
    """Other kinds are looked at one by one, and fewer than twelve letters are no reason."""
    assert similar_name(kind, proof) == ""


def test_a_card_around_nobody_takes_those_in_who_come_free() -> None:
    """A protected one stands beside the card until one changes and nothing protects it."""
    seen = Followed()
    picture = seen.picture
    failed = (TaskState.BLOCKED, BlockedKind.FAILED)
    picture.protect({"t0"})
    seen.change([(number, failed, number, 0, 0) for number in range(4)])
    assert picture.tasks("blocked") == ["t0", "t1", "t2", "t3"]
    assert len(picture.columns["blocked"]) == 2
    picture.protect(())
    assert len(picture.columns["blocked"]) == 2
    seen.change([(4, failed, 9, 0, 0)])
    (name,) = picture.columns["blocked"]
    assert list(picture.similar(name)) == ["t0", "t1", "t2", "t3", "t4"]
    assert picture.group_title("blocked", 0).count == 5
    picture.open_similar(name)
    assert list(picture.columns["blocked"]) == ["t0", "t1", "t2", "t3", "t4"]


def test_a_snoozed_task_is_parked_until_its_time() -> None:
    """It needs nobody meanwhile; the tick at its time brings it back to its place."""
    seen = Followed()
    picture = seen.picture
    seen.change([(0, (TaskState.BLOCKED, BlockedKind.FAILED), 0, 0, 3)])
    assert list(picture.needs) == ["t0"]
    revision = picture.revision("t0")
    seen.do("snooze", {0})
    assert list(picture.needs) == []
    assert (picture.spot("t0") or Spot("", (0, 0, 0, 0, ""))).at[0] == 1
    assert (picture.header.need_you, picture.card("t0").needs_you) == (0, False)
    assert picture.revision("t0") > revision
    assert picture.tick(START + 29) == set()
    assert picture.tick(START + 30) == {"blocked"}
    assert list(picture.needs) == ["t0"]
    assert picture.card("t0").needs_you


def test_a_snooze_is_of_the_block_that_was_put_off() -> None:
    """With another kind the task is back, whatever the ledger still has of it."""
    seen = Followed()
    seen.change([(0, (TaskState.BLOCKED, BlockedKind.FAILED), 0, 0, 3)])
    seen.do("snooze", {0})
    seen.change([(0, (TaskState.BLOCKED, BlockedKind.GATE), 0, 0, 3)])
    assert list(seen.picture.needs) == ["t0"]


def test_titles_tell_of_the_phase_the_seats_and_the_filter() -> None:
    """Pending counts, done is so many of its phase, a finished one has its time and money."""
    seen = Followed()
    picture = seen.picture
    done = (TaskState.DONE, DoneKind.MERGED)
    seen.change([(0, done, 100, 0, 3), (3, done, 160, 0, 3), (1, done, 9, 0, 3)])
    usage = replace(seen.rows["t6"].usage, cost_microusd=710_000)
    seen.rows["t6"] = replace(seen.rows["t6"], state=TaskState.DONE, since=START + 60, usage=usage)
    batch = a_batch([seen.rows["t6"]], COUNT, phases=PHASES)
    picture.apply(replace(batch, begun={"scan": START - 40}))
    jobs = picture.run.jobs if picture.run else 0
    assert picture.group_title("done", 0) == GroupTitle(
        "scan", 3, 3, finished=True, took=200.0, cost_microusd=710_000
    )
    assert picture.group_title("done", -1) == GroupTitle("build", 1, 3)
    assert picture.group_title("pending", 1) == GroupTitle("build", 2)
    assert picture.group_title(LIST, 1) == GroupTitle("Working", 0, jobs)
    assert picture.column_title("in_progress") == GroupTitle("In progress", 0, jobs)
    picture.filter("t1")
    assert picture.group_title("done", -1) == GroupTitle("build", 1, 3)
    assert picture.group_title("pending", 1) == GroupTitle("build", 0, 2)
    assert picture.group_title(LIST, 4) == GroupTitle("Done", 1, 4)
    assert picture.column_title("done") == GroupTitle("Done", 1, 4)
