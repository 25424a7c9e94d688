"""Critics (RULES 5): work that has one is merged after its pass alone, and as it was judged.

Each `check_` function judges one kind of event by where the task was, then brings the task to what
the event says. A person may take work without its critic: their claim says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.verify.event_fields import get_int, get_text

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import EventRow
    from wf_tui.verify.replay_state import ReplayState
    from wf_tui.verify.replayed_task import ReplayedTask

__all__ = [
    "HOLDER",
    "check_added",
    "check_dismissed",
    "check_judged",
    "check_passed_claim",
    "check_sent_back",
    "check_to_person",
    "note_held",
]

HOLDER: Final = "critic:"
"""How the holder of a claim begins that is for a merge alone; the id of the critic follows."""
_WAITS: Final = frozenset({"critic", "review"})
_VERDICTS: Final = frozenset({"pass", "fail", "unsure"})


def check_added(run: ReplayState, critic: ReplayedTask, event: EventRow) -> None:
    """Judge a critic that comes in: for work that waits for it, that very work, and only to read.

    Called before the run knows it.
    """
    author = run.tasks.get(critic.critic_of)
    waits = author is not None and author.state == "blocked" and author.kind == "critic"
    run.require(waits, "critic", event, f"nothing of {critic.critic_of} waits for a critic")
    run.require(critic.spec.mode == "read_only", "critic", event, "a critic that may write")
    if author is not None:
        _check_commit(run, author, critic.judges, event)
        author.critic, author.said = critic.id, ""


def note_held(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Note the work that waits for a critic from now on: what its attempt has left."""
    task.held, task.critic, task.said = task.harvested, "", ""
    run.require(task.spec.critic, "critic", event, "it has no critic to wait for")
    detail = event.data.get("detail")
    named = str(detail.get("commit")) if isinstance(detail, dict) else ""
    _check_commit(run, task, named, event)


def check_judged(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a verdict: of the last critic of work that still waits, on that work."""
    name, verdict = get_text(event, "critic"), get_text(event, "verdict")
    critic = run.tasks.get(name)
    last = critic is not None and name == task.critic and critic.critic_of == task.id
    run.require(last, "critic", event, f"{name} is not its critic")
    answered = critic is not None and (critic.state, critic.kind) == ("done", "answered")
    run.require(answered, "critic", event, f"{name} has not answered")
    run.require(verdict in _VERDICTS, "critic", event, f"there is no verdict {verdict!r}")
    answer = critic.answer if critic is not None else ""
    run.require(verdict == answer, "critic", event, f"it says {verdict}, its critic {answer}")
    run.require(_waits(task), "critic", event, f"judged when it was {task.where}")
    _check_commit(run, task, get_text(event, "commit"), event)
    if critic is not None:
        _check_commit(run, task, critic.judges, event)
    task.said, task.rounds = verdict, get_int(event, "of") or 0


def check_sent_back(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge work that goes back to its worker: its critic has failed it, and has a round left."""
    failed = _waits(task) and task.said == "fail"
    run.require(failed, "critic", event, f"sent back from {task.where}, its critic: {task.said}")
    task.sent_back += 1
    left = task.sent_back < task.rounds
    run.require(left, "critic", event, f"sent back {task.sent_back} times, in {task.rounds} rounds")
    task.said = ""
    run.requeue(task)


def check_to_person(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge work that its critic leaves to a person: it has answered, or will not any more."""
    critic = run.tasks.get(task.critic)
    gone = critic is not None and critic.state in {"done", "blocked"}
    allowed = _waits(task) and get_text(event, "kind") == "review"
    run.require(allowed and gone, "critic", event, f"left to a person from {task.where}")
    run.move(task, "blocked", "review")


def check_passed_claim(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a claim that no worker has: its last critic has passed the work that it merges."""
    name = (event.worker or "").removeprefix(HOLDER)
    critic = run.tasks.get(name)
    passed = critic is not None and name == task.critic and task.said == "pass"
    run.require(passed, "critic", event, f"merged by {name}, its critic: {task.said or 'silent'}")
    run.require(_waits(task), "move", event, f"passed when it was {task.where}")
    going = not run.ended and not run.aborting
    run.require(going, "run", event, f"passed while the run was {run.status}")
    if critic is not None:
        _check_commit(run, task, critic.judges, event)


def check_dismissed(run: ReplayState, task: ReplayedTask, event: EventRow) -> None:
    """Judge a critic that is not asked any more, since a person took its author on without it."""
    author = get_text(event, "after")
    run.require(task.critic_of == author, "critic", event, f"it is no critic of {author}")


def _waits(task: ReplayedTask) -> bool:
    return task.state == "blocked" and task.kind in _WAITS and task.worker is None


def _check_commit(run: ReplayState, task: ReplayedTask, named: str, event: EventRow) -> None:
    same = bool(named) and named == task.held
    text = f"about {named[:12]}, but {str(task.held)[:12]} waits"
    run.require(same, "critic", event, text)
