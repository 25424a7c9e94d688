"""Permissions that an agent asks for: answered by rule, by a person, or not at all."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from acp import schema

from wf_tui.workers.acp.driver.permissions import Permissions
from wf_tui.workers.acp.driver.updates import Updates
from wf_tui.workers.line.grammar import Answer, LineEvent, Other, Question
from wf_tui.workers.permission import Ask, PermissionRules

if TYPE_CHECKING:
    from collections.abc import Iterator

ONCE = ("allow_always", "allow_once", "reject_once")
CHOICE = ("allow_once", "allow_once", "reject_once")


class Asked:
    """An agent's permissions, and what was said of them on the line."""

    def __init__(self, ask: Ask, *allow: str) -> None:
        self.said: list[LineEvent] = []
        rules = PermissionRules("/tree", ask, allow)
        self.permissions = Permissions(rules, Updates("/tree"), self.said.append)

    def begin(
        self, call: dict[str, Any], kinds: tuple[str, ...] = ONCE
    ) -> asyncio.Task[schema.RequestPermissionResponse]:
        """Ask for a call; the ids of the options are their places."""
        options = [
            {"optionId": f"{place}!", "name": kind, "kind": kind}
            for place, kind in enumerate(kinds)
        ]
        request = {"sessionId": "s", "toolCall": {"toolCallId": "1", **call}, "options": options}
        return asyncio.create_task(
            self.permissions.ask(schema.RequestPermissionRequest.model_validate(request))
        )

    async def question(self, count: int = 1) -> Question:
        """Return a question that was asked."""
        for _ in range(10):
            asked = [event for event in self.said if isinstance(event, Question)]
            if len(asked) >= count:
                return asked[-1]
            await asyncio.sleep(0)
        raise AssertionError(self.said)

    def notes(self) -> Iterator[str]:
        """Iterate over what was said of answers of wf's own."""
        return (one.text for one in self.said if isinstance(one, Other) and one.kind == "answer")


def chosen(reply: schema.RequestPermissionResponse) -> str:
    """Return the id of the option that was chosen, or that it was cancelled."""
    outcome = reply.outcome
    return outcome.option_id if isinstance(outcome, schema.AllowedOutcome) else outcome.outcome


def run(command: str) -> dict[str, Any]:
    """Return a call that runs a command."""
    return {"title": "Run it", "kind": "execute", "rawInput": {"command": command}}


async def test_a_rule_answers_once() -> None:
    """What a rule allows is allowed once, never for always, and the transcript says by which."""
    asked = Asked(Ask.ALL, "make *")
    assert chosen(await asked.begin(run("make all"))) == "1!"
    assert list(asked.notes()) == ["wf allows once (allow = make *): make all"]
    assert not any(isinstance(event, Question) for event in asked.said)


@pytest.mark.parametrize(
    ("answer", "option"),
    [
        (Answer("q1", "option-2", "allow_once"), "1!"),
        (Answer("q1", kind="allow_once"), "1!"),
        (Answer("q1", kind="reject_once"), "2!"),
        (Answer("q1", kind="reject_always"), "cancelled"),
        (Answer("q1", option="another"), "2!"),
        (Answer("q1", text="Use the other file."), "2!"),
        (Answer("q1"), "2!"),
    ],
)
async def test_a_person_answers(answer: Answer, option: str) -> None:
    """By the option's id or its kind; a text, and that nobody answers, reject."""
    asked = Asked(Ask.COMMANDS)
    begun = asked.begin(run("make"))
    question = await asked.question()
    assert (question.id, question.text, question.kind) == ("q1", "make", "execute")
    asked.permissions.answer(answer)
    assert chosen(await begun) == option
    assert asked.permissions.denied == (option != "1!")


async def test_an_answer_to_another_question() -> None:
    """It changes nothing, nor does a second one."""
    asked = Asked(Ask.COMMANDS)
    begun = asked.begin(run("make"))
    await asked.question()
    asked.permissions.answer(Answer("q2", kind="allow_once"))
    asked.permissions.answer(Answer("q1", kind="reject_once"))
    asked.permissions.answer(Answer("q1", kind="allow_once"))
    assert chosen(await begun) == "2!"


@pytest.mark.parametrize(
    ("call", "kinds", "text"),
    [
        ({"title": "Which one?"}, CHOICE, "other (it is a choice): Which one?"),
        (
            {"title": "Edit", "kind": "edit", "locations": [{"path": "/etc/x"}]},
            ONCE,
            "edit (protected: /etc/x): edit /etc/x",
        ),
    ],
)
@pytest.mark.parametrize("ask", list(Ask))
async def test_what_no_rule_allows(
    ask: Ask, call: dict[str, Any], kinds: tuple[str, ...], text: str
) -> None:
    """It is a question, without a kind: no answer to it holds for the next one."""
    asked = Asked(ask)
    begun = asked.begin(call, kinds)
    question = await asked.question()
    assert (question.text, question.kind) == (text, None)
    asked.permissions.answer(Answer("q1", kind="allow_once"))
    assert chosen(await begun) == f"{kinds.index('allow_once')}!"


async def test_a_text_that_is_too_long_to_be_judged() -> None:
    """It is shown in part, and cannot be allowed for good."""
    asked = Asked(Ask.COMMANDS)
    begun = asked.begin(run("x" * 5000))
    question = await asked.question()
    assert len(question.text) == 4000
    assert question.kind is None
    asked.permissions.cancel()
    assert chosen(await begun) == "cancelled"


async def test_all_is_cancelled() -> None:
    """What is open is answered `cancelled`, and so is all that comes."""
    asked = Asked(Ask.COMMANDS)
    begun = asked.begin(run("make"))
    await asked.question()
    asked.permissions.cancel()
    assert chosen(await begun) == "cancelled"
    assert chosen(await asked.begin(run("make"))) == "cancelled"


async def test_too_many_questions() -> None:
    """The ninth open one, and the one after a hundred, are refused and not asked."""
    asked = Asked(Ask.COMMANDS)
    open_ones = [asked.begin(run(f"make {number}")) for number in range(8)]
    await asked.question(8)
    assert chosen(await asked.begin(run("make 9"))) == "2!"
    for number, begun in enumerate(open_ones, start=1):
        asked.permissions.answer(Answer(f"q{number}", kind="allow_once"))
        await begun
    for number in range(9, 101):
        begun = asked.begin(run("make"))
        await asked.question(number)
        asked.permissions.answer(Answer(f"q{number}", kind="allow_once"))
        await begun
    assert chosen(await asked.begin(run("make"))) == "2!"
    assert len(list(asked.notes())) == 2


async def test_without_an_option_to_reject() -> None:
    """Who may only allow is cancelled where the answer is no."""
    asked = Asked(Ask.COMMANDS)
    begun = asked.begin(run("make"), ("allow_once",))
    await asked.question()
    asked.permissions.answer(Answer("q1"))
    assert chosen(await begun) == "cancelled"
