"""What a model does: in turns, each a text and tools, with faults on the way."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tests.support.model_server.conversation import Answer
from tests.support.model_server.faults import FAULTS, Cut, Fault, HowCut
from tests.support.model_server.intents import Intent, Plan, Run, Write, call_for

if TYPE_CHECKING:
    from tests.support.model_server.conversation import Conversation, ToolCall

__all__ = ["SCENARIOS", "Scenario", "Turn", "scenario_named"]

FILE: Final = "hello.txt"
"""The file that a scenario writes, where its prompt names no other."""

_SLEEP: Final = "tail -f /dev/null"


@dataclass(frozen=True)
class Turn:
    """One answer: a text, and what is to be done by tools, all in one.

    What is done `once` is left out in the sessions after the first one of a key, as by somebody who
    has learnt from it.
    """

    text: str
    does: tuple[Intent, ...] = ()
    once: bool = False


@dataclass(frozen=True)
class Scenario:
    """Turns until it is done, and the fault that comes between.

    The fault replaces the answers from number `after` of a session on (0: its first), `times` times
    for each key; None: for ever. A `Cut` cuts the answer that the turn has.
    """

    turns: tuple[Turn, ...]
    fault: Fault | Cut | None = None
    times: int | None = None
    after: int = 0
    done: str = "Done: it is written."

    def faulty(self, answered: int, had: int) -> Fault | Cut | None:
        """Return the fault of the next answer, after so many good ones and so many faults."""
        if answered < self.after or (self.times is not None and had >= self.times):
            return None
        return self.fault

    def answer(self, conversation: Conversation, results: int, *, again: bool = False) -> Answer:
        """Return the answer after so many results of tools since the scenario was asked for.

        `again`: another session of the same key was there before.
        """
        passed = 0
        for turn in self.turns:
            if turn.once and again:
                continue
            calls = _calls(turn, conversation)
            if passed + len(calls) > results or (not calls and not turn.does):
                return Answer(turn.text, calls)
            passed += len(calls)
        return Answer(self.done)

    def about(self, name: str) -> Scenario:
        """Return the scenario with another file to write."""
        return replace(self, turns=tuple(_about(turn, name) for turn in self.turns))


def _calls(turn: Turn, conversation: Conversation) -> tuple[ToolCall, ...]:
    calls = (call_for(intent, conversation) for intent in turn.does)
    return tuple(call for call in calls if call)


def _about(turn: Turn, name: str) -> Turn:
    does: tuple[Intent, ...] = tuple(
        replace(intent, name=name)
        if isinstance(intent, Write) and intent.name == FILE
        else replace(intent, command=intent.command.replace(FILE, name))
        if isinstance(intent, Run)
        else intent
        for intent in turn.does
    )
    return replace(turn, does=does)


_WRITE = Turn("I will create the file.", (Write(FILE),))
_EDIT = Scenario((_WRITE,))

SCENARIOS: Final[dict[str, Scenario]] = {
    "edit": _EDIT,
    "plan-edit": Scenario(
        (
            Turn("", (Plan((f"Write {FILE}", "Check it")),)),
            _WRITE,
            Turn("", (Run(f"cat {FILE}"),)),
        )
    ),
    "two-files": Scenario(
        (Turn("Two files at once.", (Write(FILE), Write("second.txt", "the second\n"))),)
    ),
    "claims": Scenario((), done="Done: all is written and all tests pass."),
    "sleep": Scenario((Turn("This takes a while.", (Run(_SLEEP),), once=True), _WRITE)),
    "env": Scenario((Turn("I look around.", (Run("env"),)), _WRITE)),
    "command": Scenario(
        (Turn("I write by a command.", (Run(f"echo hello > {FILE}", unsandboxed=True),)),)
    ),
    "rate-limit-once": replace(_EDIT, fault=FAULTS["rate-limit"], times=1),
    "rate-limit-after-once": replace(_EDIT, fault=FAULTS["rate-limit-after"], times=1),
    "rate-limit-lasts": replace(_EDIT, fault=FAULTS["rate-limit-after"], times=5),
    "waits": replace(_EDIT, fault=Cut(HowCut.HANG), after=1),
    "truncate-once": replace(_EDIT, fault=Cut(HowCut.TRUNCATE), times=1),
    "truncate-end": replace(_EDIT, fault=Cut(HowCut.TRUNCATE), after=1),
    **{how.value: replace(_EDIT, fault=Cut(how)) for how in HowCut},
    **{name: replace(_EDIT, fault=fault) for name, fault in FAULTS.items()},
}
"""Each scenario by its name. `claims` says that it is done and does nothing."""

_ASKED = re.compile(r"\bscenario: ([a-z0-9-]+)(?: ([\w./-]*\w))?")


def scenario_named(prompt: str) -> Scenario | None:
    """Return what a prompt asks for by `scenario: NAME`, or `scenario: NAME FILE`."""
    asked = _ASKED.search(prompt)
    if asked is None or asked[1] not in SCENARIOS:
        return None
    scenario = SCENARIOS[asked[1]]
    return scenario.about(asked[2]) if asked[2] else scenario
