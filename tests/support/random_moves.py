"""Anything that a scheduler, its workers and a person can do, drawn at random, in any order."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from tests.support.ledger_harness import (
    BAD,
    GOOD,
    HOST_DIED,
    PERMISSION,
    RUN,
    STOPPED,
    LedgerHarness,
    seat,
    shell,
)
from wf_tui.errors import RefusedError, UsageError, WfError
from wf_tui.ledger.ledger import Fence, Ledger
from wf_tui.ledger.model.events.attempt_events import WorkHarvested
from wf_tui.ledger.model.states import BlockedKind, DoneKind, LimitKind, Outcome, Step
from wf_tui.ledger.model.usage import Usage
from wf_tui.ledger.queries import conversation, reads
from wf_tui.ledger.queries.comments import comments
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.decisions.judgement import Judgement
from wf_tui.ledger.rules.moves import (
    ANSWER,
    EDIT,
    FORGET,
    MESSAGE,
    MOVES,
    PRIORITY,
    REASSIGN,
    RETRY,
    SNOOZE,
    UNHOLD,
    WAKE,
)
from wf_tui.ledger.rules.undo.acts import Act, last_act
from wf_tui.structured import read_structured

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from wf_tui.ledger.model.rows import AttemptRow
from tests.support.random_plans import SCOPES, a_plan

NAMES = ["w1", "w2", "o1", "k1"]


SEATS = [
    seat("w1"), seat("w2", lane="far"), seat("o1", "other", roles=("review",)),
    seat("k1", "critic", kind="agent"),
]  # fmt: skip


REPORTS = [
    "merged", "merged", "merged", "no_changes", "answered", "failed", "gate", "scope", "budget",
    "conflict", "rate", "quota", "auth", "question", "question", "expired", "told no", "alive",
    "given back", "review", "merge gate", "heard", "has answers", "used", "said", "session",
    "host died",
    *list(Step)[1:],
]  # fmt: skip


HAND = ["retry", "release", "hold", "unhold", "cancel", "skip", "accept"]


WHOLE = ["resume", "pause", "stop", "release_due", "abort"]


ANSWERS: list[dict[str, str]] = [
    {"option": "once"}, {"option": "no"}, {"option": "ever"}, {"text": "not now"},
    {"option": "once", "always": "profile"}, {"option": "once", "question": "q1"},
]  # fmt: skip


DEEDS = [
    "late", "late", "recover", "idle", "wait", "wait", "hand", "hand", "help_out", "help_out",
    "reassign", "edit", "answer", "answer", "message", "forget", "undo", "undo", "further",
    "whole", "stop_now", "snooze", "snooze", "comment", "comment",
    "jobs", "add", "together",
]  # fmt: skip


VERDICTS = ["fail", "pass", "unsure"]


LOST = Ending(Outcome.LOST, "lost", "its scheduler died")


class RandomMoves(RuleBasedStateMachine):
    """A scheduler, its workers and a person who do anything at all, in any order."""

    def __init__(self, drive: LedgerHarness) -> None:
        super().__init__()
        self.drive = drive
        self.fences: list[Fence] = []
        """All claims that anybody was ever given; most are of no worth any more."""
        self.added = 0

    def acting(self) -> AbstractContextManager[object]:
        """Give what each act happens in."""
        return suppress(RefusedError)

    @initialize(seed=st.integers(0, 10**6))
    def begin(self, seed: int) -> None:
        """Create a run of a random plan."""
        random = Random(seed)  # noqa: S311 - the same plan each time
        scopes = random.choice(["serialize", "race"])
        self.drive.make(
            *a_plan(random, random.randint(1, 5)),
            seats=SEATS,
            jobs=random.randint(1, 3),
            scopes=scopes,
        )
        self.drive.ledger.set_breakers(RUN, {"shell": random.choice([0, 0, 5])})

    @rule(
        workers=st.permutations(NAMES),
        how=st.lists(st.sampled_from(REPORTS), min_size=1, max_size=4),
        pick=st.integers(0, 9),
    )
    def work(self, workers: list[str], how: list[str], pick: int) -> None:
        """Let a scheduler go once round: close what is stopped, claim for all, let some report."""
        with self.acting():
            for attempt in self._opened():
                if attempt.fenced:
                    self.drive.ledger.close(fence_of(attempt), STOPPED)
            for worker in workers:
                self.claim(worker)
            for one in how:
                self.report(pick, one)

    @rule(name=st.sampled_from(DEEDS), pick=st.integers(0, 99), which=st.integers(0, 99))
    def disturb(self, name: str, pick: int, which: int) -> None:
        """Do something else, to something that is picked, in one of several ways."""
        with self.acting():
            getattr(self, name)(pick, which)

    # -- the scheduler and its workers

    def claim(self, worker: str) -> None:
        """Claim for a seat."""
        fence = self.drive.claim(worker)
        if fence:
            self.given(fence)

    def given(self, fence: Fence) -> None:
        """Keep a claim, which is newer than any that this task ever had (G1)."""
        assert all(fence.epoch > old.epoch for old in self.fences if old.task == fence.task)
        self.fences.append(fence)

    def report(self, pick: int, how: str) -> None:
        """Let a worker whose claim is the live one say how it is."""
        live = [attempt for attempt in self._opened() if not attempt.fenced]
        if not live:
            return
        fence = fence_of(live[pick % len(live)])
        with suppress(RefusedError):
            if how in {"merged", "conflict"} and not self.drive.task(fence.task).critic_of:
                self.drive.ledger.step(fence, Step.INTEGRATING)
            report(self.drive, fence, how)

    def late(self, pick: int, which: int) -> None:
        """Let whoever had a claim that somebody else has now report, as if it were still good."""
        live = {fence_of(attempt) for attempt in self._opened() if not attempt.fenced}
        held = {fence.task for fence in live}
        old = [fence for fence in self.fences if fence not in live]
        stale = [fence for fence in old if fence.task in held] or old
        if stale:
            report(self.drive, stale[pick % len(stale)], REPORTS[which % len(REPORTS)])

    def recover(self, *_: int) -> None:
        """Do what a new scheduler does with all that a dead one has left."""
        for attempt in self._opened():
            fence = fence_of(attempt)
            if attempt.fenced:
                self.drive.ledger.close(fence, STOPPED)
            elif self.drive.task(attempt.task).step == Step.INTEGRATING:
                report(self.drive, fence, "merged")
            else:
                self.drive.ledger.fail(fence, LOST)

    def idle(self, _: int, which: int) -> None:
        """Let the scheduler look whether the run is over."""
        self.drive.ledger.end_when_idle(RUN, foreground=which % 9 == 0)

    def wait(self, _: int, which: int) -> None:
        """Let time pass."""
        self.drive.clock.move([1.0, 6.0, 40.0, 400.0][which % 4])
        self.drive.ledger.reanchor(RUN)

    def _opened(self) -> list[AttemptRow]:
        return [one for one in reads.attempts(self.drive.db, RUN) if one.open]

    # -- a person

    def hand(self, pick: int, which: int) -> None:
        """Do something to two tasks by hand."""
        name = HAND[which % len(HAND)]
        picked = dict.fromkeys([self._pick(pick), self._pick(which)])
        acted = self.drive.mine.move(RUN, MOVES[name], list(picked))
        if name == "accept":
            for task in (self.drive.task(one.task) for one in acted if one.changed):
                self.given(Fence(RUN, task.id, task.epoch, str(task.worker)))

    def help_out(self, *_: int) -> None:
        """Let all that is blocked by itself have another go, but for what its critic looks at."""
        with suppress(RefusedError):
            self.drive.mine.resume(RUN)
        rows = reads.tasks(self.drive.db, RUN)
        blocked = [task.id for task in rows if task.state == "blocked" and task.kind != "critic"]
        self.drive.mine.move(RUN, RETRY, blocked)
        self.drive.mine.move(RUN, UNHOLD, blocked)

    def reassign(self, pick: int, which: int) -> None:
        """Give a task to a seat or a profile."""
        to = ["w1", "w2", "shell"][which % 3]
        with suppress(UsageError):  # a critic takes no commands
            self.drive.mine.move(RUN, REASSIGN, [self._pick(pick)], to=to)

    def edit(self, pick: int, which: int) -> None:
        """Change what a task asks for, and its place."""
        self.drive.mine.move(
            RUN, EDIT, [self._pick(pick)], fields={"scope": SCOPES[which % len(SCOPES)]}
        )
        self.drive.mine.move(RUN, PRIORITY, [self._pick(which)], number=pick % 3 - 1)

    def answer(self, pick: int, which: int) -> None:
        """Answer a question, where there is one."""
        asked = [task.id for task in reads.tasks(self.drive.db, RUN) if task.kind == "question"]
        task = asked[pick % len(asked)] if asked else self._pick(pick)
        with suppress(UsageError):
            self.drive.mine.move(RUN, ANSWER, [task], **ANSWERS[which % len(ANSWERS)])

    def message(self, pick: int, which: int) -> None:
        """Write to the worker of a task."""
        self.drive.mine.move(RUN, MESSAGE, [self._pick(pick)], text=f"message {which}")

    def forget(self, pick: int, _: int) -> None:
        """Ask again for what was allowed."""
        self.drive.mine.move(RUN, FORGET, [self._pick(pick)])

    def undo(self, *_: int) -> None:
        """Take back the last act."""
        self.drive.mine.undo(RUN)

    def further(self, pick: int, _: int) -> None:
        """Take back the act before one that stays."""
        acts: list[Act] = []
        act = last_act(self.drive.db, RUN, "user:ann")
        while act is not None and len(acts) <= pick % 5:
            acts.append(act)
            act = last_act(self.drive.db, RUN, "user:ann", act.number)
        if acts:
            self.drive.mine.undo(RUN, before=acts[-1].number + 1)

    def snooze(self, pick: int, which: int) -> None:
        """Put off what needs a person, or show it again."""
        rows = [task.id for task in reads.tasks(self.drive.db, RUN) if task.state == "blocked"]
        task = rows[pick % len(rows)] if rows else self._pick(pick)
        if which % 4 == 3:
            self.drive.mine.move(RUN, WAKE, [task])
        else:
            until = [None, self.drive.clock.now() + 30, self.drive.clock.now() + 300][which % 3]
            self.drive.mine.move(RUN, SNOOZE, [task], until=until)

    def comment(self, pick: int, which: int) -> None:
        """Say something to a line of the work of a task, otherwise, or no more."""
        name = self._pick(pick)
        said = [one.id for one in comments(self.drive.db, RUN, name)]
        if said and which % 3 == 1:
            self.drive.mine.edit_comment(RUN, name, said[which % len(said)], f"text {which}")
        elif said and which % 3 == 2:
            self.drive.mine.drop_comment(RUN, name, said[which % len(said)])
        else:
            self.drive.mine.comment(RUN, name, "src/a", which + 1, f"why {which}?")

    def whole(self, _: int, which: int) -> None:
        """Do something to the whole run."""
        getattr(self.drive.mine, WHOLE[which % len(WHOLE)])(RUN)

    def stop_now(self, *_: int) -> None:
        """Take all running work back."""
        self.drive.mine.stop(RUN, now=True)

    def jobs(self, _: int, which: int) -> None:
        """Let more or fewer tasks work at once."""
        self.drive.mine.set_jobs(RUN, which % 3 + 1)

    def add(self, pick: int, which: int) -> None:
        """Add a task by hand."""
        needs = dict.fromkeys([self._pick(pick), self._pick(which)][: which % 3])
        name = f"x{self.added}"
        self.added += 1
        with suppress(WfError):
            self.drive.mine.add(RUN, shell(name, *needs), [None, "p0", "p1"][pick % 3])

    def together(self, pick: int, which: int) -> None:
        """Do several things in one transaction, as the writer of a scheduler does."""
        got: list[Fence | None] = []
        with self.drive.db.transaction(RUN):
            for worker in NAMES:
                with suppress(RefusedError), self.drive.db.transaction(RUN):
                    got.append(self.drive.claim(worker))
            with suppress(RefusedError), self.drive.db.transaction(RUN):
                self.hand(pick, which)
        for fence in filter(None, got):
            self.given(fence)

    def _pick(self, pick: int) -> str:
        rows = reads.tasks(self.drive.db, RUN)
        return rows[pick % len(rows)].id


def fence_of(attempt: AttemptRow) -> Fence:
    """Return what the writes of this attempt carry."""
    return Fence(RUN, attempt.task, attempt.epoch, attempt.worker)


def result_of(fence: Fence) -> str:
    """Return the result that only this claim gives: a verdict, a list, or any words."""
    words = f"{fence.task} {fence.epoch}"
    if ".if." in fence.task:
        verdict = ["pass", "fail", "unsure"][(len(fence.task) + fence.epoch) % 3]
        return json.dumps({"summary": words, "verdict": verdict})
    if fence.task.startswith("items") and fence.epoch % 3:
        return json.dumps([words] * fence.epoch)
    return words


def report(drive: LedgerHarness, fence: Fence, how: str) -> bool:
    """Report for a claim, whether it counts or not."""
    ledger = drive.ledger
    match how:
        case "merged" | "no_changes" | "answered":
            return _finish(drive, fence, DoneKind(how))
        case "failed" | "gate":
            return ledger.fail(fence, BAD, kind=BlockedKind(how))
        case "scope" | "budget":
            return ledger.block(fence, BAD, BlockedKind(how))
        case "conflict":
            return ledger.conflict(fence, BAD, ("src/a",), "both changed src/a")
        case "merge gate":
            return drive.fail_merge_gate(fence)
        case "host died":
            return ledger.interrupted(fence, HOST_DIED)
        case "rate" | "quota" | "auth":
            return ledger.limited(fence, BAD, LimitKind(how), "far", drive.clock.now() + 30)
        case "review":
            return ledger.hold_for_review(fence, GOOD, {}, tree=None)
        case "given back":
            return drive.task(fence.task).by_hand and ledger.give_back(fence, BAD)
    return _go_on(drive.ledger, fence, how)


def _go_on(ledger: Ledger, fence: Fence, how: str) -> bool:
    """Report what ends no attempt."""
    match how:
        case "question":
            return _ask(ledger, fence)
        case "expired" | "told no":
            asked = reads.task(ledger.db, RUN, fence.task)
            names = [question.id for question in conversation.answerable(ledger.db, asked)]
            name = names[-1] if names else "q1"
            return ledger.question_expired(fence, name, reject=how == "told no")
        case "heard":
            waiting = conversation.waiting_messages(ledger.db, RUN, fence.task)
            return ledger.message_delivered(fence, [message.id for message in waiting])
        case "has answers":
            answered = conversation.answered(ledger.db, RUN, fence.task, fence.epoch)
            return all(ledger.delivered(fence, question.id) for question in answered)
        case "used":
            ledger.used(fence, Usage(output_tokens=fence.epoch, requests=1))
            return True
        case "said":
            return ledger.said(fence, "half", plan_done=1, plan_total=2, tools=3)
        case "session":
            return ledger.session_started(fence, f"s{fence.epoch}", "a-model")
        case "alive":
            ledger.heartbeat(RUN, [fence])
            return True
    return ledger.step(fence, Step(how))


def _finish(drive: LedgerHarness, fence: Fence, kind: DoneKind) -> bool:
    """Let a worker be done: its work first goes to its critic, and its answer may judge others."""
    task = drive.task(fence.task)
    if task.critic_of:
        kind = DoneKind.ANSWERED
    passed = task.by_hand or task.by_critic or not task.spec.critic
    if kind is DoneKind.MERGED and not passed:
        return _to_critic(drive, fence)
    verdict = VERDICTS[(fence.epoch + len(drive.events("critic_judged"))) % len(VERDICTS)]
    if ".if." in fence.task:
        kind, verdict = DoneKind.ANSWERED, read_structured(result_of(fence)).verdict
        drive.ledger.step(fence, Step.CHECKING)
    names = [*task.spec.needs, None, "nobody"]
    named = Judgement(verdict, names[fence.epoch % len(names)])
    return drive.ledger.done(fence, kind, GOOD, result_of(fence), judgement=named)


def _to_critic(drive: LedgerHarness, fence: Fence) -> bool:
    """Let work go to its critic, as a scheduler does once it has passed its checks."""
    ledger, commit = drive.ledger, f"h{fence.task}{fence.epoch}"
    if not ledger.step(fence, Step.CHECKING):
        return False
    ledger.harvested(fence, WorkHarvested(commit=commit))
    return ledger.hold_for_critic(fence, replace(GOOD, commit=commit), {}, tree=None)


def _ask(ledger: Ledger, fence: Fence) -> bool:
    """Ask for one of two permissions, which nobody has asked for under this name."""
    asked = conversation.questions(ledger.db, RUN, fence.task)
    name = f"q{len(asked) + 1}"
    text = ["npm test", "rm -r build"][len(asked) % 2]
    return ledger.ask(fence, name, text, kind="execute", options=PERMISSION) is not None
