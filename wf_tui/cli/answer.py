"""`wf answer` and `wf message`: what a person says to the worker of a task."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the type at run time
from typing import TYPE_CHECKING

import click

from wf_tui import commands
from wf_tui.cli.context import acting
from wf_tui.cli.move_output import print_results
from wf_tui.cli.options import json_option, run_option
from wf_tui.errors import UsageError
from wf_tui.ledger.model.rows.options import chosen_option
from wf_tui.ledger.queries import conversation, reads
from wf_tui.ledger.rules.moves import ANSWER, FORGET, MESSAGE
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.cli.context import Acting
    from wf_tui.ledger.model.rows import QuestionRow

__all__ = ["answer", "message"]


@click.command
@click.argument("task")
@click.argument("word", required=False)
@click.option("--question", metavar="ID", help="Which question (default: the oldest).")
@click.option(
    "--always",
    metavar="EXTENT",
    help="Allow exactly this from now on, in this run: to the `task`, or to its `profile`.",
)
@click.option("--text", "as_text", is_flag=True, help="WORD is your own words, not an option.")
@click.option("--forget", is_flag=True, help="Ask again for what was allowed for always.")
@run_option
@json_option
def answer(
    *,
    task: str,
    word: str | None,
    question: str | None,
    always: str | None,
    as_text: bool,
    forget: bool,
    run: str | None,
    repo: Path | None,
    as_json: bool,
) -> int:
    """Answer what the worker of TASK asks.

    WORD is an option's id, its number from 1, its name, `allow` or `reject`; without options, or
    with --text, any text. A text to a permission rejects it, and goes to the worker as a message.
    The exit status is 5 where it asks nothing.
    """
    with acting(run, repo) as at:
        if forget:
            if word or question or always or as_text:
                raise UsageError("--forget answers nothing", f"wf answer {task} --forget")
            made = commands.move(at.project, at.ledger, at.run.id, FORGET, [task])
            return print_results(at, made, as_json=as_json)
        asked = _asked(at, task, question)
        option, text = _chosen(asked, task, word, as_text=as_text)
        made = commands.move(
            *(at.project, at.ledger, at.run.id, ANSWER, [task]),
            question=question if asked is None else asked.id,
            option=option,
            text=text,
            always=always,
        )
        more = {"question": None if asked is None else asked.id}
        return print_results(at, made, as_json=as_json, more=more)


def _asked(at: Acting, task: str, question: str | None) -> QuestionRow | None:
    """Return the question that is answered, by its id or the oldest; None leaves it to the move."""
    db = at.ledger.db
    found = conversation.answerable(db, reads.task(db, at.run.id, task))
    return next((one for one in found if question is None or one.id == question), None)


def _chosen(
    asked: QuestionRow | None, task: str, word: str | None, *, as_text: bool
) -> tuple[str | None, str | None]:
    """Return the id of the option that a word chooses, or the text that it is."""
    if word is None:
        hint = _offered(asked) if asked else f"wf answer {task} WORD"
        raise UsageError(f"what is the answer to {task!r}?", hint)
    if asked is None or not asked.options or as_text:
        return None, word
    option = chosen_option(asked.options, word)
    if option is None:
        what = clean(asked.text, limit=120)
        raise UsageError(f"{word!r} is no answer to {what!r}", _offered(asked))
    return option.id, None


def _offered(asked: QuestionRow) -> str:
    """Return what can be answered, as a hint."""
    if not asked.options:
        return f"it asks: {clean(asked.text, limit=200)}"
    ways = [
        f"{number} {clean(option.id, limit=40)} ({clean(option.name, limit=60)})"
        for number, option in enumerate(asked.options, 1)
    ]
    return f"one of: {', '.join(ways)}; or --text with words of your own"


@click.command
@click.argument("task")
@click.argument("text")
@run_option
@json_option
def message(*, task: str, text: str, run: str | None, repo: Path | None, as_json: bool) -> int:
    """Write TEXT to the worker of TASK.

    One that can hear while it works has it at its next turn, any other with the next attempt. The
    exit status is 5 where the task is done.
    """
    if not text.strip():
        raise UsageError("the message is empty")
    with acting(run, repo) as at:
        made = commands.move(at.project, at.ledger, at.run.id, MESSAGE, [task], text=text)
        sent = conversation.messages(at.ledger.db, at.run.id, task)
        mine = [one for one in sent if one.text == text and one.actor == at.ledger.actor]
        more: dict[str, object] = {"message": None}
        if mine and made[0].changed:
            more = {"message": {"id": mine[-1].id, "state": mine[-1].state.value}}
        return print_results(at, made, as_json=as_json, more=more)
