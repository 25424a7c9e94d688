"""The board as a person has it: how soon it is there, how soon it follows, what it costs."""

from __future__ import annotations

import time
from statistics import median
from typing import TYPE_CHECKING, Final

from tests.bench.app_process import PAUSE, SETTLED, AppProcess, Cost
from tests.bench.board_before import before
from tests.bench.board_widths import changes_a_minute
from tests.bench.figures import Aim, Figure, Goal, Of, Section, percentile
from tests.bench.store import EIGHT, RUN, SEATS, empty_run, fence, finish, opened
from tests.support.bare_project import project_in
from wf_tui.ledger.model.new_tasks import NewPhase, NewTask
from wf_tui.ledger.model.rows import Spec, WorkerRow
from wf_tui.ledger.model.states import Outcome, SeatState
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.moves import RETRY
from wf_tui.plan.choices import OnFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.claims import Claim

__all__ = ["SECTION"]

_BAD: Final = Ending(Outcome.FAILED, "exit", "exit status 1", exit_code=1)
_RATE: Final = 100
_OPENED: Final = 5
_MANY: Final = 12
"""How many are at work in a quiet second."""


class Writer:
    """Changes a run, one commit at a time: cards go from column to column and come back."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._held: Claim | None = None
        self._steps = 0

    def move(self) -> None:
        """Move a card to another column."""
        if self._held is None:
            self._held = self._ledger.claim(RUN, EIGHT[-1])
            assert self._held is not None
        else:
            self._ledger.fail(fence(self._held), _BAD)
            self._ledger.move(RUN, RETRY, [self._held.task.id])
            self._held = None

    def end(self, *, well: bool) -> None:
        """Bring a card to Done, or to Blocked, for good."""
        if self._held is None:
            self.move()
        assert self._held is not None
        if well:
            finish(self._ledger, self._held)
        else:
            self._ledger.fail(fence(self._held), _BAD)
        self._held = None

    def prove(self, text: str) -> None:
        """Let the worker of the card say something."""
        if self._held is None:
            self.move()
        assert self._held is not None
        self._ledger.progress(fence(self._held), text)

    def burst(self, count: int, mark: str) -> float:
        """Let the worker of the card say so many things, a mark last; return when it was said."""
        if self._held is None:
            self.move()
        assert self._held is not None
        # A transaction for many, so that the disk does not keep them from coming.
        with self._ledger.db.transaction(RUN):
            for number in range(count - 1):
                self._ledger.progress(fence(self._held), f"step {number}")
            self._ledger.progress(fence(self._held), mark)
        return time.monotonic()

    def change(self) -> None:
        """Make the next of all kinds of changes."""
        self._steps += 1
        if self._steps % 2:
            self.move()
        else:
            self.prove(f"step {self._steps}")


def _measure(folder: Path, quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as Section has it
    bare, smallest = _bare(quick=quick), dict[str, float]()
    for count in (50,) if quick else (100, 10_000):
        yield from _sized(folder / str(count), count, bare, smallest, quick=quick)


def _bare(*, quick: bool) -> dict[str, float]:
    """Measure the floor: one `Static` that fills the screen, changed as often as a board ticks."""
    app, found = _opened(1 if quick else _OPENED, "bare")
    found |= _idling(app, quick=quick)
    found |= _moving(app, lambda: app.say("poke"), quick=quick)

    def busy(seconds: float) -> None:
        for _ in range(int(seconds * 10)):
            app.say("poke")
            PAUSE.wait(0.1)

    found |= _under_load(app, busy, quick=quick)
    app.close()
    return found


def _sized(
    folder: Path,
    count: int,
    bare: dict[str, float],
    smallest: dict[str, float],
    *,
    quick: bool,
) -> Iterator[Figure]:
    path = project_in(folder).paths.ledger
    path.parent.mkdir(parents=True)
    _fill(path, count)
    app, found = _opened(1 if quick else _OPENED, "board", folder)
    with opened(path) as ledger:
        writer = Writer(ledger)
        found |= _idling(app, quick=quick)
        found |= _moving(app, writer.move, quick=quick)
        found |= _scrolling(app, quick=quick)
        found |= _following(app, writer, quick=quick)
        found |= _widening(app, writer)
        found |= _under_load(app, lambda seconds: _change(writer, seconds), quick=quick)
        found |= _flooded(app, writer, quick=quick)
        found |= _handled(app, quick=quick)
        found["the widths change, in a simulated run"] = changes_a_minute(tasks=40)
    app.close()
    for fps in (60, 2):
        found |= _quiet(folder, fps, quick=quick)
    smallest.update({"first frame, CPU": found["first frame, CPU"]} if not smallest else {})
    found["first frame, CPU against the fewest cards"] = (
        found["first frame, CPU"] / smallest["first frame, CPU"]
    )
    for what, (unit, most) in _FIGURES.items():
        yield Figure(
            f"{count:,} cards: {what}",
            found[what],
            unit,
            bare.get(what) or None,
            Goal(most=most, of=Of.TIME if unit in _TIMES else Of.VALUE),
            before(what, count),
            aim=_AIMS.get((what, count)),
        )


_FIGURES: Final[dict[str, tuple[str, float | None]]] = {
    "first frame": ("ms", 120),
    "first frame, CPU": ("ms", None),
    "first frame, CPU against the fewest cards": ("times", 1.3),
    "first frame from a cold start": ("ms", 700),
    "memory": ("MB", 80),
    "idle": ("% of a core", 1),
    "one card moves, CPU": ("ms", 12),
    "one card moves, frames": ("frames", 1),
    "one card moves, layouts": ("layouts", 0),
    "one card moves, bytes": ("KB", 10),
    "half a page scrolled, CPU": ("ms", 10),
    "the widths change, CPU": ("ms", 30),
    "the widths change, layouts": ("layouts", 2),
    "the widths change, in a simulated run": ("1/min", 2),
    "committed to painted, p50": ("ms", 100),
    "committed to painted, p99": ("ms", 200),
    "100 changes/s": ("% of a core", 20),
    "100 changes/s: key to paint, p50": ("ms", None),
    "100 changes/s: key to paint, p99": ("ms", 30),
    "100 changes/s: loop lag, p99": ("ms", 30),
    "100 changes/s: frames, keys' too": ("1/s", None),
    "100 changes/s: bytes a frame": ("KB", None),
    "1,000 changes/s: the last of each second painted, p50": ("ms", 200),
    "1,000 changes/s: the last second against the first": ("times", 2),
    "1,000 changes/s": ("% of a core", None),
    "a quiet second, 12 at work: bytes": ("KB", 2),
    "a quiet second, 12 at work: layouts": ("layouts", 0),
    "a quiet second at fps = 2: bytes": ("KB", 0.3),
    "a dialog opens, CPU": ("ms", 50),
    "another theme, CPU": ("ms", 100),
    "another size, CPU": ("ms", 100),
}
"""The unit of each figure, and the goal of the design where it has one."""
_TIMES: Final = ("ms", "% of a core")
"""Units whose goals are in the pace of the machine."""
_AIMS: Final = {
    ("first frame", 100): Aim.FRAME_100,
    ("first frame", 10_000): Aim.FRAME_10000,
    ("first frame from a cold start", 100): Aim.COLD_100,
    ("first frame from a cold start", 10_000): Aim.COLD_10000,
    ("memory", 10_000): Aim.BOARD_MEMORY,
    ("idle", 10_000): Aim.BOARD_IDLE,
}
"""What is a line of the page's first table, by figure and cards."""


def _fill(path: Path, count: int) -> None:
    """Make a run of ready tasks, of which seven are being worked on."""
    tasks = tuple(
        NewTask(f"t{number}", f"card number {number}", Spec(command="true"), max_attempts=1)
        for number in range(count)
    )
    phase = NewPhase("all", parallel=True, on_failure=OnFailure.SKIP_CONTINUE, tasks=tasks)
    with opened(path, create=True) as ledger:
        ledger.create_run(empty_run(), [phase], {})
        seats = [
            WorkerRow(RUN, name, "shell", "shell", (), "local", SeatState.IDLE)
            for name in SEATS[:12]
        ]
        ledger.join_workers(RUN, seats)
        for seat in EIGHT[:-1]:
            ledger.claim(RUN, seat)


# -- one after the other


def _opened(times: int, *words: str | Path) -> tuple[AppProcess, dict[str, float]]:
    """Open an app so many times; return the last, and the medians until its first frame."""
    found: dict[str, list[float]] = {}
    for number in range(times):
        app = AppProcess(*words)
        found.setdefault("first frame", []).append(app.first["first"]["ms"])
        found.setdefault("first frame, CPU", []).append(app.first["first"]["cpu"])
        found.setdefault("first frame from a cold start", []).append(app.cold)
        if number < times - 1:
            app.close()
    return app, {what: median(many) for what, many in found.items()}


def _idling(app: AppProcess, *, quick: bool) -> dict[str, float]:
    PAUSE.wait(1.0)
    before = app.read()
    PAUSE.wait(0.5 if quick else 5.0)
    cost = Cost(before, app.read())
    return {"idle": cost.share, "memory": cost.after["rss"]}


def _moving(app: AppProcess, move: Callable[[], object], *, quick: bool) -> dict[str, float]:
    """Move one card at a time; the median keeps out the ages that grow once a second."""
    costs = []
    for _ in range(3 if quick else 21):
        before = app.read()
        move()
        PAUSE.wait(SETTLED)
        costs.append(Cost(before, app.read()))
    return {
        "one card moves, CPU": median(cost.of("cpu") for cost in costs),
        "one card moves, frames": median(cost.of("frames") for cost in costs),
        "one card moves, layouts": median(cost.of("layouts") for cost in costs),
        "one card moves, bytes": median(cost.of("bytes") for cost in costs) / 1000,
    }


def _scrolling(app: AppProcess, *, quick: bool) -> dict[str, float]:
    """Page down through the cards; a page is two halves."""
    costs = []
    for _ in range(3 if quick else 11):
        before = app.read()
        app.say("key pagedown")
        PAUSE.wait(SETTLED)
        costs.append(Cost(before, app.read()).of("cpu") / 2)
    return {"half a page scrolled, CPU": median(costs)}


def _widening(app: AppProcess, writer: Writer) -> dict[str, float]:
    """Bring the first cards to two columns that were rails."""
    costs = []
    for well in (False, True):
        writer.prove("the last words")
        PAUSE.wait(SETTLED)
        before = app.read()
        writer.end(well=well)
        PAUSE.wait(SETTLED)
        costs.append(Cost(before, app.read()))
    return {
        "the widths change, CPU": median(cost.of("cpu") for cost in costs),
        "the widths change, layouts": max(cost.of("layouts") for cost in costs),
    }


def _following(app: AppProcess, writer: Writer, *, quick: bool) -> dict[str, float]:
    """Let a worker say things, and see when each is on the screen; both ask the same clock."""
    said = {}
    for number in range(5 if quick else 100):
        mark = f"mark-{number:04}"
        writer.prove(mark)
        said[mark] = time.monotonic()
        PAUSE.wait(0.25 + number % 10 / 100)
    painted = app.read()["painted"]
    waits = [(painted[mark] - at) * 1000 for mark, at in said.items() if mark in painted]
    assert len(waits) == len(said), "each is seen"
    return {
        "committed to painted, p50": percentile(waits, 50),
        "committed to painted, p99": percentile(waits, 99),
    }


def _under_load(
    app: AppProcess, busy: Callable[[float], object], *, quick: bool
) -> dict[str, float]:
    before = app.read()
    app.say("type")
    busy(1.0 if quick else 10.0)
    after = app.read()
    app.say("rest")
    cost = Cost(before, after)
    return {
        "100 changes/s": cost.share,
        "100 changes/s: key to paint, p50": percentile(after["waits"], 50),
        "100 changes/s: key to paint, p99": percentile(after["waits"], 99),
        "100 changes/s: loop lag, p99": percentile(after["lags"], 99),
        "100 changes/s: frames, keys' too": cost.of("frames") / cost.of("at"),
        "100 changes/s: bytes a frame": cost.of("bytes") / 1000 / max(1, cost.of("frames")),
    }


def _flooded(app: AppProcess, writer: Writer, *, quick: bool) -> dict[str, float]:
    """Make a thousand changes each second, of which the last of each tenth is a mark.

    With a backlog each mark would be painted later than the one before.
    """
    before, said = app.read(), {}
    for second in range(2 if quick else 6):
        for tenth in range(10):
            mark = f"mark-9{second}{tenth}"
            said[mark] = writer.burst(100, mark)
            PAUSE.wait(0.1)
    cost = Cost(before, app.read())
    PAUSE.wait(1.0)
    painted = app.read()["painted"]
    # Of the marks between only some are seen: they stand in one place, for a moment.
    waits = [(painted[mark] - at) * 1000 for mark, at in said.items() if mark in painted]
    half = len(waits) // 2
    return {
        "1,000 changes/s": cost.share,
        "1,000 changes/s: the last of each second painted, p50": median(waits),
        "1,000 changes/s: the last second against the first": median(waits[half:])
        / median(waits[:half]),
    }


def _handled(app: AppProcess, *, quick: bool) -> dict[str, float]:
    """Open a dialog, change the theme, and make the terminal smaller; each and back again."""
    times = 1 if quick else 5
    wide, narrow = "size 160 48", "size 120 40"
    return {
        "a dialog opens, CPU": app.costs("key question_mark", times, "key escape").of("cpu"),
        "another theme, CPU": app.costs("theme textual-light", times, "theme wf-dark").of("cpu"),
        "another size, CPU": app.costs(narrow, times, wide).of("cpu"),
    }


def _quiet(folder: Path, fps: int, *, quick: bool) -> dict[str, float]:
    """Let twelve work, and nothing happen but that their ages grow."""
    with opened(project_in(folder).paths.ledger) as ledger:
        for seat in SEATS[:_MANY]:
            ledger.claim(RUN, seat)
    app = AppProcess("board", folder, "sent", TEXTUAL_FPS=str(fps))
    PAUSE.wait(2.0)
    before = app.read()
    # At few frames a second ages go by ten seconds.
    PAUSE.wait(1.0 if quick else 10.0)
    cost = Cost(before, app.read())
    app.close()
    seconds = cost.of("at")
    if fps == 2:
        return {"a quiet second at fps = 2: bytes": cost.of("sent") / seconds / 1000}
    return {
        "a quiet second, 12 at work: bytes": cost.of("sent") / seconds / 1000,
        "a quiet second, 12 at work: layouts": cost.of("layouts") / seconds,
    }


def _change(writer: Writer, seconds: float) -> None:
    """Change the run a hundred times a second, as far as the disk lets us."""
    begun = time.monotonic()
    for number in range(int(seconds * _RATE)):
        PAUSE.wait(max(0.0, begun + number / _RATE - time.monotonic()))
        writer.change()


SECTION: Final = Section(
    "board", "an app of Textual with one Static as large, changed ten times a second", _measure
)
