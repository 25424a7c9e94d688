"""What happens to a whole run: its beginning, its phases, pauses, aborts, ends, exports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.verify.event_fields import whole, word, words
from wf_tui.verify.replay_state import ENDED
from wf_tui.verify.replayed_task import Asked, PhaseState, ReplayedTask

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState

__all__ = [
    "added",
    "created",
    "ended",
    "exported",
    "jobs_changed",
    "joined",
    "left",
    "paused",
    "resumed",
    "settled",
    "stalled",
]

_ADDED = "added"


def created(book: ReplayState, event: EventRow) -> None:
    """Take over what the plan says of the run and its phases."""
    book.demand(event.seq == 1 and not book.status, "run", event, "a run begins once, first of all")
    book.status, book.jobs = "running", whole(event, "jobs")
    book.chain.base = word(event, "base")
    book.held.race = word(event, "scopes") == "race"
    book.held.fold_case = bool(event.data.get("fold_case"))
    phases = event.data.get("phases")
    for phase in phases if isinstance(phases, list) else ():
        after = tuple(map(str, phase["depends_on"]))
        name = str(phase["name"])
        book.parts[name] = PhaseState(
            name, bool(phase["parallel"]), str(phase["on_failure"]), after
        )
        for before in after:
            book.later[before].append(name)


def added(book: ReplayState, event: EventRow) -> None:
    """Take over a task; one that comes later reopens its phase, if nobody has begun after it."""
    name, phase = event.task or "", word(event, "phase")
    book.demand(name not in book.cards, "unknown", event, "it was added before")
    if name in book.cards:
        return
    if phase not in book.parts:
        book.demand(phase == _ADDED, "unknown", event, f"there is no phase {phase!r}")
        book.parts[phase] = PhaseState(phase, parallel=True, on_failure="skip_continue", after=())
    part = book.parts[phase]
    if part.settled:
        later = [n for n in book.later[phase] if book.parts[n].settled or book.parts[n].claims]
        book.demand(not later, "phase", event, f"{phase} was over, and {later} had begun")
        part.settled = False
    asked = Asked(words(event, "scope"), word(event, "mode"), whole(event, "max_attempts"))
    card = ReplayedTask(name, phase, words(event, "needs"), word(event, "isolation"), asked)
    card.seq = event.seq
    book.add(card)


def settled(book: ReplayState, event: EventRow) -> None:
    """Judge that a phase is over."""
    part = book.parts.get(word(event, "phase"))
    if part is None:
        book.demand(False, "unknown", event, "there is no such phase")
        return
    book.demand(not part.settled, "phase", event, f"{part.name} had settled before")
    left = part.unsettled
    book.demand(not left, "phase", event, f"{part.name} settled with {left} tasks to do")
    before = [name for name in part.after if not book.parts[name].settled]
    book.demand(not before, "phase", event, f"{part.name} settled before {', '.join(before)}")
    part.settled = True


def paused(book: ReplayState, event: EventRow) -> None:
    """Judge a pause or a stop."""
    good = not book.ended and not book.aborting
    book.demand(good, "run", event, f"paused when it was {book.status}")
    book.status, book.intent = "paused", word(event, "intent")


def resumed(book: ReplayState, event: EventRow) -> None:
    """Judge that a run goes on."""
    good = book.status != "running"
    book.demand(good, "run", event, f"resumed when it was {book.status}")
    book.demand(not (book.aborting and book.open), "run", event, "resumed while it was aborted")
    book.status, book.intent, book.aborting = "running", "go", False


def stalled(book: ReplayState, event: EventRow) -> None:
    """Judge that nothing can go on."""
    book.demand(book.status == "running", "run", event, f"stalled when it was {book.status}")
    _at_rest(book, event)
    left = len(book.cards) - book.counts["done"]
    book.demand(left, "run", event, "stalled with all done")
    for name in words(event, "roots"):
        card = book.cards.get(name)
        root = card is not None and card.state == "blocked" and card.kind != "dependency"
        book.demand(root, "run", event, f"{name} is not a root of the stall")
    book.status = "stalled"


def ended(book: ReplayState, event: EventRow) -> None:
    """Judge the end of a run, and its counts."""
    state, left = word(event, "state"), len(book.cards) - book.counts["done"]
    book.demand(state in ENDED, "run", event, f"it ended {state!r}")
    book.demand(not book.ended, "run", event, f"it had ended before: {book.status}")
    _at_rest(book, event)
    book.demand(state != "completed" or not left, "run", event, f"completed with {left} to do")
    stalled_first = state != "partial" or book.status == "stalled"
    book.demand(stalled_first, "run", event, f"partial when it was {book.status}")
    book.demand(not book.aborting or state == "aborted", "run", event, f"an abort ended {state!r}")
    told = event.data.get("counts")
    names = ("pending", "done", "blocked")
    counts = {name: book.counts[name] for name in names}
    said = {name: told.get(name) for name in names} if isinstance(told, dict) else told
    book.demand(said == counts, "counts", event, f"it counts {said}, but there were {counts}")
    book.status = state


def _at_rest(book: ReplayState, event: EventRow) -> None:
    book.demand(not book.open, "run", event, f"{event.kind} with {book.open} attempts open")
    for code, task, text in book.unfinished():
        book.demand(False, code, event, f"{task}: {text}" if task else text)


def jobs_changed(book: ReplayState, event: EventRow) -> None:
    """Take over how many attempts may be open."""
    before = whole(event, "before")
    book.demand(before == book.jobs, "run", event, f"it had {book.jobs} jobs, not {before}")
    book.jobs = whole(event, "jobs")


def joined(book: ReplayState, event: EventRow) -> None:
    """Take over a seat."""
    book.seats.setdefault(word(event, "worker_name"))
    book.pauses.profiles[word(event, "worker_name")] = word(event, "profile")


def left(book: ReplayState, event: EventRow) -> None:
    """Take a seat away; what it holds goes on to its end."""
    name = word(event, "worker_name")
    book.demand(name in book.seats, "seat", event, f"there was no seat {name!r}")
    book.seats.pop(name, None)


def exported(book: ReplayState, event: EventRow) -> None:
    """Note what the user's branch was moved to, and that it was where wf had left it."""
    before = event.data.get("before")
    same = before == book.chain.exported
    text = f"exported onto {before}, but it had been at {book.chain.exported}"
    book.demand(same, "chain", event, text)
    book.chain.exported = word(event, "commit")
    book.chain.exports.append((event.seq, word(event, "commit")))
