"""The acts of a person, the last one first, and the words for them.

Everything is read from the events that a command wrote: the first says what the act was, each that
can be taken back holds what was before it. Views call this on their own threads, too.
"""

from __future__ import annotations

import json
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from wf_tui.ledger.model.events.task_events import Undone
from wf_tui.ledger.model.states import BlockedKind, Intent
from wf_tui.text import clean, plural
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.store.database import Database

__all__ = ["Act", "ActKind", "last_act"]

_TITLE: Final = 60
_ANY: Final = 2**62


class ActKind(Enum):
    """What a person can do that is remembered: its noun, its verb, and what helps where it stays.

    The helps are a key of the board and a command.
    """

    def __init__(self, noun: str, doing: str, key: str = "", command: str = "") -> None:
        """Keep the words of a member."""
        self.noun = noun
        self.doing = doing
        self.key = key
        self.command = command

    RETRY = "retry of", "retrying"
    SEND_BACK = "sending back of", "sending back"
    REASSIGN = "reassignment of", "reassigning"
    RELEASE = "release of", "releasing"
    HOLD = "hold of", "holding", "b lets it go", "wf unhold"
    UNHOLD = "unhold of", "letting go of", "b holds it", "wf hold"
    CANCEL = "cancelling of", "cancelling", "r retries it", "wf retry"
    SKIP = "skip of", "skipping", "r retries it", "wf retry"
    EDIT = "edit of", "editing", "e edits it", "wf edit"
    PRIORITY = "new priority of", "giving a new priority to"
    ACCEPT = "accepting of", "accepting"
    ANSWER = "answer to", "answering", "m writes to its worker", "wf message"
    MESSAGE = "message to", "writing to", "m writes another one", "wf message"
    SNOOZE = "snooze of", "snoozing", "s shows it again", "wf snooze"
    WAKE = "waking of", "waking", "s snoozes it", "wf snooze"
    COMMENT = "comment on", "commenting on"
    DROP_COMMENT = "dropping of a comment on", "dropping a comment on"
    FORGET = "asking again of", "having to ask again of"
    ADD = "adding of", "adding", "x cancels it", "wf cancel"
    PAUSE = "pause of", "pausing", "p resumes it", "wf resume"
    RESUME = "resuming of", "resuming", "p pauses it", "wf pause"
    STOP = "stop of", "stopping", "p resumes it", "wf resume"
    ABORT = "abort of", "aborting", "r retries its tasks", "wf retry"
    JOBS = "change of seats of", "changing the seats of"
    BUDGET = "change of budget of", "changing the budget of"
    LANE = "pause of lane", "pausing or opening lane", "P opens it", "wf lane"
    LAND = "landing of", "landing"


@frozen
class Act:
    """One act of a person: a command that changed something."""

    number: int
    """By it a view says which act it means; it grows with each act of the run."""
    at: float
    """UTC seconds."""
    kind: ActKind
    of: str
    """What it was done to, as a sentence names it: “Title”, 3 tasks, the run, a lane."""
    tasks: tuple[str, ...]
    undoable: bool
    """Whether it could ever be taken back; what happened since may still keep it."""
    stopped: bool
    """Whether it stopped running work."""

    @property
    def name(self) -> str:
        """What was done, as a noun: `hold of “Single logout”`."""
        return f"{self.kind.noun} {self.of}"

    @property
    def refusal(self) -> str:
        """Why it cannot be taken back, without what helps instead."""
        why = ": it stopped running work" if self.stopped else ""
        return f"the last thing you did, {self.kind.doing} {self.of}, cannot be undone{why}"

    @property
    def command(self) -> str:
        """The command that helps where it cannot be taken back, or ""."""
        if not self.kind.command:
            return ""
        return " ".join((self.kind.command, *self.tasks[:1]))


def last_act(db: Database, run: str, actor: str, before: int | None = None) -> Act | None:
    """Return the last act of a person that was not taken back, None where there is none.

    With `before`, the last one that has a smaller number. `actor` is as events name them.
    """
    rows = db.execute(
        "SELECT max(command) FROM event WHERE run = :run AND actor = :actor "
        "AND command IS NOT NULL AND kind <> :undone AND command < :before AND command NOT IN "
        "(SELECT command FROM event WHERE run = :run AND command IS NOT NULL AND kind = :undone)",
        {
            "run": run,
            "actor": actor,
            "undone": Undone.event_kind,
            "before": _ANY if before is None else before,
        },
    )
    if rows[0][0] is None:
        return None
    number = int(str(rows[0][0]))
    events = db.execute(
        "SELECT e.kind, e.task, e.at, e.data, t.title FROM event AS e LEFT JOIN task AS t "
        "ON t.run = e.run AND t.id = e.task WHERE e.run = :run AND e.command = :command "
        "AND e.kind <> :undone ORDER BY e.seq",
        {"run": run, "command": number, "undone": Undone.event_kind},
    )
    data: list[dict[str, Any]] = [json.loads(str(row[3])) for row in events]
    # A critic that was skipped along with the work it was to look at is no task of the act.
    own = [row for row, one in zip(events, data, strict=True) if row[1] and "after" not in one]
    titles = {str(row[1]): str(row[4] or row[1]) for row in own}
    kind = _kind(str(events[0][0]), data[0])
    return Act(
        number=number,
        at=float(events[0][2] or 0),
        kind=kind,
        of=_of(kind, titles, data[0]),
        tasks=tuple(titles),
        undoable=all("undo" in one and not one.get("stopped") for one in data),
        stopped=any(one.get("stopped") for one in data),
    )


def _of(kind: ActKind, titles: Mapping[str, str], data: Mapping[str, Any]) -> str:
    if kind is ActKind.LANE:
        return clean(str(data.get("lane")), limit=_TITLE)
    if not titles or kind is ActKind.ABORT:
        return "the run"
    if len(titles) > 1:
        return plural(len(titles), "task")
    return f"“{clean(next(iter(titles.values())), limit=_TITLE)}”"


def _kind(event: str, data: Mapping[str, Any]) -> ActKind:
    """Return what an act was, by the first event that it wrote."""
    known = _KINDS[event]
    return known if isinstance(known, ActKind) else known(data)


def _of_block(data: Mapping[str, Any]) -> ActKind:
    if data.get("abort"):
        return ActKind.ABORT
    return ActKind.HOLD if data.get("kind") == BlockedKind.HOLD else ActKind.CANCEL


def _of_pause(data: Mapping[str, Any]) -> ActKind:
    return ActKind.PAUSE if data.get("intent") == Intent.GO else ActKind.STOP


def _of_edit(data: Mapping[str, Any]) -> ActKind:
    return ActKind.PRIORITY if set(data.get("fields", ())) == {"priority"} else ActKind.EDIT


def _of_retry(data: Mapping[str, Any]) -> ActKind:
    return ActKind.SEND_BACK if data.get("sent_back") else ActKind.RETRY


_KINDS: Final[Mapping[str, ActKind | Callable[[Mapping[str, Any]], ActKind]]] = {
    "task_retried": _of_retry,
    "task_reassigned": ActKind.REASSIGN,
    "task_released": ActKind.RELEASE,
    "task_blocked": _of_block,
    "task_unblocked": ActKind.UNHOLD,
    "task_skipped": ActKind.SKIP,
    "task_edited": _of_edit,
    "task_claimed": ActKind.ACCEPT,
    "question_answered": ActKind.ANSWER,
    "message_sent": ActKind.MESSAGE,
    "task_snoozed": ActKind.SNOOZE,
    "task_woken": ActKind.WAKE,
    "comment_kept": ActKind.COMMENT,
    "comment_dropped": ActKind.DROP_COMMENT,
    "allowance_ended": ActKind.FORGET,
    "task_added": ActKind.ADD,
    "run_paused": _of_pause,
    "run_resumed": ActKind.RESUME,
    "jobs_changed": ActKind.JOBS,
    "budget_changed": ActKind.BUDGET,
    "lane_limited": ActKind.LANE,
    "lane_open": ActKind.LANE,
    "landed": ActKind.LAND,
}
"""Of each event that can be the first of an act, what the act was."""
