"""Which answers a question can get, and which key gives each; without Textual."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.rows.options import ALLOW_ALWAYS, ALLOW_ONCE, REJECT_ONCE
from wf_tui.ledger.model.states import PERSON, QuestionState
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.ledger.model.rows import QuestionRow

__all__ = ["Answer", "Given", "answers", "closed_sentence", "in_short", "with_key"]

_TASK: Final = "task"
_DIGITS: Final = 9
_NAME: Final = 200
_SHORT: Final = 60
_FOR_ONCE: Final = "for this once alone"


@dataclass(frozen=True)
class Given:
    """What a person has answered; of `option` and `text` one is given."""

    task: str
    question: QuestionRow
    option: str | None = None
    text: str | None = None
    always: str | None = None
    """`task` where the same is allowed for the rest of the run."""

    @property
    def told(self) -> str:
        """What was done, as a sentence begins: `allowed “npm install”`."""
        short = f"“{in_short(self.question)}”"
        if self.text is not None:
            return f"denied {short} in words" if self.question.permission else "answered"
        chosen = next((one for one in self.question.options if one.id == self.option), None)
        if chosen is None or not (chosen.allows or chosen.rejects):
            return f"answered “{clean(chosen.name, limit=_SHORT) if chosen else ''}”"
        verb = "allowed" if chosen.allows else "denied"
        return f"{verb} {short}{' for the whole task' if self.always else ''}"


@dataclass(frozen=True)
class Answer:
    """One line of the box: a key, what it answers, and why it cannot be given."""

    key: str
    """`y`, `Y`, `n`, `m` or a digit; "" of an option beyond nine."""
    words: str
    given: Given | None = None
    """None where it is given in words, and where it cannot be given."""
    note: str = ""
    why_not: str = ""
    is_twin: bool = False
    """Whether another line gives the same, so that this one is not drawn: its digit works."""
    short: str = ""
    """Its words where all answers stand in one line; "" where they are no shorter."""


def answers(task: str, asked: QuestionRow) -> tuple[Answer, ...]:
    """Return the answers of an open question in the order of the box, with their keys.

    Digits stand for the worker's own options in its order, also for those that `y` and `n` give.
    """
    options = tuple(
        Answer(
            str(number) if number <= _DIGITS else "",
            clean(option.name or option.id, limit=_NAME),
            Given(task, asked, option.id),
            note="" if asked.kind or option.kind != ALLOW_ALWAYS else _FOR_ONCE,
        )
        for number, option in enumerate(asked.options, 1)
    )
    if asked.permission:
        note = "sent as a message, and denies it"
        first = _permission(task, asked)
        twins = {_option(one) for one in first if one.given}
        always = asked.once(ALLOW_ALWAYS)
        if first[1].given is not None and always is not None:
            twins.add(always.id)
        rest = (replace(one, is_twin=_option(one) in twins) for one in options)
        return (*first, Answer("m", "answer in words", note=note, short="in words"), *rest)
    note = "" if asked.options else "y and Enter do the same"
    return (*options, Answer("m", "answer in words", note=note))


def _permission(task: str, asked: QuestionRow) -> tuple[Answer, ...]:
    once, no = asked.once(ALLOW_ONCE), asked.once(REJECT_ONCE)
    no = no or next((option for option in asked.options if option.rejects), None)
    short = in_short(asked)
    always = bool(asked.kind) and asked.once(ALLOW_ALWAYS) is not None
    not_once = "" if once else "its worker does not take a yes for this once"
    not_always = not_once or ("" if always else _not_always(asked))
    return (
        Answer(
            *("y", "allow once", Given(task, asked, once.id) if once else None),
            why_not=not_once,
            short="once",
        ),
        Answer(
            *("Y", f"allow exactly “{short}” for this task"),
            Given(task, asked, once.id, always=_TASK) if once and always else None,
            why_not=not_always,
            short="always",
        ),
        Answer(
            *("n", "deny, the worker goes on without", Given(task, asked, no.id) if no else None),
            why_not="" if no else "its worker takes no no",
            short="deny",
        ),
    )


def _not_always(asked: QuestionRow) -> str:
    """Return why nothing can be allowed but for once."""
    if asked.once(ALLOW_ALWAYS) is None:
        return "its worker offers no such choice"
    return "it can be allowed for this once alone"


def _option(answer: Answer) -> str | None:
    return None if answer.given is None else answer.given.option


def in_short(asked: QuestionRow) -> str:
    """Return what is asked in a few words, for a sentence."""
    text = clean(asked.about.command or asked.text, limit=2000, multiline=True).strip()
    return clean(text.partition("\n")[0], limit=_SHORT)


def with_key(found: Sequence[Answer], key: str) -> Answer | None:
    """Return the answer that a key gives; `y` and Enter write where there is nothing to choose."""
    if key == "y" and [one.key for one in found] == ["m"]:
        key = "m"
    return next((one for one in found if one.key == key), None)


def closed_sentence(asked: QuestionRow) -> str:
    """Return why a question takes no answer any more, by whom it was given; "" where it is open."""
    match asked.state:
        case QuestionState.OPEN | QuestionState.EXPIRED:
            return ""
        case QuestionState.VOID:
            return "its worker waits for no answer any more"
        case _:
            by = clean(asked.answered_by.removeprefix(PERSON), limit=_SHORT)
            said = clean(asked.said, limit=_NAME)
            return f"answered by {by or 'somebody'}" + (f": “{said}”" if said else "")
