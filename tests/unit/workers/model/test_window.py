"""A conversation that no longer fits its model's window is made shorter, or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support.model_server.faults import FAULTS
from tests.support.model_session import OpenSession, run_session, spec_at
from tests.support.scripted_maker import Maker, Raw, call, chat, failed, messages_of, text

if TYPE_CHECKING:
    from tests.support.scripted_maker import Json

DONE = chat(text("Done."))
LONG = "a line\n" * 1000
NOTES = "I have read all files."


def reads(number: int, tokens: int) -> Raw:
    """Return an answer that reads a file, of a conversation that had so many tokens."""
    return chat(call("read_file", {"path": f"f{number}"}), usage=(tokens, 10))


def long_file(_tool: str, _args: Json) -> Json:
    """Return a long file."""
    return {"ok": LONG}


def contents(body: Json) -> list[Any]:
    """Return the contents of what a model was sent, but for what stands above."""
    return [one["content"] for one in messages_of(body)]


def is_summary(body: Json) -> bool:
    """Whether a request asks for a summary."""
    return "tools" not in body


async def test_old_results_are_cut_to_a_line() -> None:
    """Before a request that would not fit old results are cut; those of the last steps are not."""
    answers = [reads(n, 1500 * n + 100) for n in range(8)]
    async with Maker(*answers, DONE) as server:
        session = await run_session(spec_at(server, context_tokens=12_000), long_file)
    assert session.said[-1]["ok"]
    results = [one for one in contents(server.bodies[-1]) if one and one.startswith("a line")]
    cut = ["[cut: it had 7000 characters" in one for one in results]
    assert cut[0]
    assert not any(cut[-4:])
    assert not any(map(is_summary, server.bodies))
    assert any("old results were cut" in one["text"] for one in session.of("other"))


async def test_what_is_still_too_long_is_summarised() -> None:
    """Where that is not enough the older part becomes notes, which the model writes itself."""

    def decide(body: Json) -> Raw:
        if is_summary(body):
            return chat(text(NOTES))
        steps = sum(one["role"] == "assistant" for one in messages_of(body))
        return DONE if NOTES in str(body) else reads(steps, len(str(body["messages"])) // 4)

    async with Maker(decide=decide) as server:
        session = await run_session(spec_at(server, context_tokens=6000), long_file)
    assert session.said[-1]["ok"]
    [asked] = [one for one in server.bodies if is_summary(one)]
    assert "RESULT: a line" in contents(asked)[0]
    first, second, *_ = messages_of(server.bodies[-1])
    assert first["content"].startswith("Go.\n\nNotes of what was done")
    assert first["content"].endswith(NOTES)
    assert second["role"] == "assistant"
    places = [one["summary"] for one in session.history if "summary" in one]
    assert places == [[place, len(places)] for place in range(1, len(places) + 1)]


async def test_a_window_that_is_not_known_is_found_by_its_maker() -> None:
    """A maker that refuses for its length gets a shorter conversation once; then it is given up."""
    refusal = failed(FAULTS["context-length"])
    answers = [reads(0, 100), reads(1, 200), reads(2, 300), refusal]
    for last, kind in [(DONE, None), (refusal, "context")]:
        async with Maker(*answers, chat(text(NOTES)), last) as server:
            session = await run_session(spec_at(server), long_file)
        assert session.said[-1]["kind"] == kind
        assert len(server.bodies) == 6
        assert NOTES in contents(server.bodies[5])[0]


async def test_a_task_that_does_not_fit_is_given_up() -> None:
    """What cannot be made shorter is not sent: the first prompt alone is over the window."""
    async with Maker(DONE) as server:
        session = await run_session(spec_at(server, context_tokens=1000, prompt="word " * 2000))
    assert session.said[-1]["kind"] == "context"
    assert server.bodies == []


async def test_a_summary_counts_as_used() -> None:
    """What wf asks for itself is used and a step, and is not shown as words of the worker."""
    refusal = failed(FAULTS["context-length"])
    answers = [reads(0, 100), reads(1, 200), refusal, chat(text(NOTES), usage=(1000, 50))]
    async with Maker(*answers, DONE) as server, OpenSession(spec_at(server)) as session:
        verdict = await session.ended()
    assert verdict["usage"]["input"] == 100 + 200 + 1000 + 100
    assert NOTES not in str(session.of("message"))
