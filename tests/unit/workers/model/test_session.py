"""A session of the models' host: the conversation, its tools, its end."""

from __future__ import annotations

import asyncio
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.model_session import OpenSession, quirks_of, run_session, spec_at
from tests.support.scripted_maker import HANG, Maker, Raw, call, chat, messages_of, text, thought
from wf_tui.profiles.resolved import Price
from wf_tui.workers.line.grammar import Answer, Cancel, End, PersonMessage

WRITE = call("write_file", {"path": "a", "content": "x"})
DONE = chat(text("All "), text("done."))
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=5,
)


async def test_a_session_works_by_its_tools() -> None:
    """The model's words, thoughts, calls and usage are told, results go back, and it ends well."""
    first = chat(thought("Hm."), text("I write."), WRITE)
    async with Maker(first, DONE) as maker:
        session = await run_session(spec_at(maker, quirks=quirks_of("deepseek")))
    evs = [one["ev"] for one in session.said if one["ev"] != "other"]
    assert evs == [
        *("session", "message", "message", "usage", "tool_start", "tool_end"),
        *("message", "usage", "verdict"),
    ]
    assert [(one["text"], one["thought"]) for one in session.of("message")] == [
        ("Hm.", True),
        ("I write.", False),
        ("All done.", False),
    ]
    [start], [end] = session.of("tool_start"), session.of("tool_end")
    assert (start["name"], start["kind"], start["paths"]) == ("write_file", "edit", ["a"])
    assert (end["id"], end["status"]) == (start["id"], "completed")
    verdict = session.said[-1]
    assert (verdict["ok"], verdict["text"], verdict["tools"]) == (True, "All done.", 1)
    assert (verdict["usage"]["input"], verdict["usage"]["scope"]) == (200, "session")
    assert session.calls[-1] == {"end": 0}
    [_, answer, result] = messages_of(maker.bodies[1])
    assert answer["tool_calls"][0]["function"]["name"] == "write_file"
    assert (result["role"], result["content"]) == ("tool", "write_file a is done")


async def test_calls_of_one_answer_overlap() -> None:
    """All calls of an answer are under way at once, and each result goes to its own call."""
    two = chat(call("read_file", {"path": "a"}, 0), call("read_file", {"path": "b"}, 1))
    async with (
        Maker(two, DONE) as maker,
        OpenSession(spec_at(maker), hands=lambda *_: None) as session,
    ):
        await session.heard("tool_start", 2)
        await session.worked(2)
        session.reply(2, {"ok": "of b"})
        session.reply(1, {"error": "no a"})
        assert (await session.ended())["ok"]
    results = {
        one["tool_call_id"]: one["content"]
        for one in messages_of(maker.bodies[1])
        if one["role"] == "tool"
    }
    assert results == {"call_0": '{"error":"no a"}', "call_1": "of b"}
    assert {one["status"] for one in session.of("tool_end")} == {"failed", "completed"}


async def test_an_approval_is_a_question() -> None:
    """A command waits for a person's word; what is refused is told to the model, with the words."""
    three = chat(*(call("run_command", {"command": f"make {n}"}, n) for n in range(3)))
    async with Maker(three, DONE) as maker, OpenSession(spec_at(maker)) as session:
        asked = await session.heard("question", 3)
        assert [one["text"] for one in asked] == ["make 0", "make 1", "make 2"]
        assert [one["kind"] for one in asked[0]["options"]] == ["allow_once", "reject_once"]
        session.tell(Answer("q2", option="reject_once", kind="reject_once", text="Use ninja."))
        session.tell(Answer("q1", option="allow_once", kind="allow_once"))
        session.tell(Answer("q3"))
        verdict = await session.ended()
    assert (verdict["ok"], verdict["denied"]) == (True, 2)
    results = [one["content"] for one in messages_of(maker.bodies[1]) if one["role"] == "tool"]
    assert sorted(results) == [
        "run_command make 0 is done",
        '{"error":"refused by a person, who says: Use ninja."}',
        '{"error":"refused: nobody answered the question; go on without it"}',
    ]
    assert [one.get("args") for one in session.calls[:-1]] == [{"command": "make 0"}]


async def test_a_person_knows_what_is_not_shown() -> None:
    """Of a long command the beginning is asked, and that there is more; of any the folder.

    Else its end would be allowed unseen, and for good.
    """
    two = chat(
        call("run_command", {"command": "true " * 1000 + "; rm -r ."}, 0),
        call("run_command", {"command": "make", "folder": "a b"}, 1),
    )
    async with Maker(two, DONE) as maker, OpenSession(spec_at(maker)) as session:
        asked, other = await session.heard("question", 2)
        session.tell(Answer("q1"))
        session.tell(Answer("q2"))
        await session.ended()
    assert asked["text"].endswith("characters more, which are not shown]")
    assert asked["kind"] is None
    assert other["text"] == "cd 'a b' && make"


async def test_more_questions_than_a_line_takes_wait() -> None:
    """Eight are open at a time; the ninth is asked when one of them was answered."""
    ten = chat(*(call("run_command", {"command": f"make {n}"}, n) for n in range(10)))
    async with Maker(ten, DONE) as maker, OpenSession(spec_at(maker)) as session:
        for number in range(1, 11):
            asked = await session.heard("question", min(number + 7, 10))
            assert len(asked) == min(number + 7, 10)
            session.tell(Answer(f"q{number}", option="allow_once", kind="allow_once"))
        assert (await session.ended())["denied"] == 0
    assert len([one for one in session.calls if "call" in one]) == 10


async def test_rules_decide_before_a_person() -> None:
    """What `ask` and `allow` allow is done at once; what nothing may allow is refused at once."""
    three = chat(
        call("run_command", {"command": "make test"}, 0),
        call("write_file", {"path": "../x", "content": ""}, 1),
        call("write_file", {"path": "x", "content": ""}, 2),
    )
    async with Maker(three, DONE) as maker:
        session = await run_session(spec_at(maker, allow=("make *",), tree="/nowhere"))
    assert not session.of("question")
    assert session.said[-1]["denied"] == 1
    done = [one["args"].get("path", "") for one in session.calls if "call" in one]
    assert sorted(done) == ["", "x"]


async def test_a_message_goes_into_the_next_request() -> None:
    """What a person says while it works is heard when the model is told."""
    async with (
        Maker(chat(WRITE), DONE) as maker,
        OpenSession(spec_at(maker), hands=lambda *_: None) as session,
    ):
        await session.heard("tool_start")
        session.tell(PersonMessage("m1", "ann", "Mind the tests."))
        session.tell(Answer("q9"))
        session.reply(1, {"ok": ""})
        await session.ended()
    assert [one["id"] for one in session.of("heard")] == ["m1"]
    assert messages_of(maker.bodies[1])[-1] == {"role": "user", "content": "Mind the tests."}


async def test_a_cancelled_session_stops_its_command() -> None:
    """A cancel ends a running command and the session, whatever it waits for."""
    async with (
        Maker(chat(call("run_command", {"command": "sleep 99"}))) as maker,
        OpenSession(spec_at(maker, ask="never"), hands=lambda *_: None) as session,
    ):
        await session.worked()
        session.tell(Cancel())
        verdict = await session.ended()
        await session.worked(3)
    assert (verdict["ok"], verdict["kind"]) == (False, "cancelled")
    assert session.calls[1:] == [{"stop": 1}, {"end": 1}]
    assert session.of("tool_end")[0]["status"] == "failed"


async def test_a_cancel_breaks_off_an_answer() -> None:
    """A model that says nothing more is not waited for."""
    hangs = Raw((*chat(text("I"), finish=None).pieces, HANG))
    async with Maker(hangs) as maker, OpenSession(spec_at(maker)) as session:
        await session.heard("message")
        session.tell(End())
        session.tell(Cancel())
        assert (await session.ended())["kind"] == "cancelled"


async def test_a_session_ends_with_its_line_or_its_hands() -> None:
    """Without a scheduler it ends; without hands its attempt failed on the way, and may go on."""
    hangs = Raw((HANG,))
    async with Maker(hangs) as maker:
        async with OpenSession(spec_at(maker)) as session:
            await maker.asked.wait()
            session.close_hands()
            assert (await session.ended())["kind"] == "transport"
        async with OpenSession(spec_at(maker)) as session:
            session.close_line()
            await session.ends()


async def test_a_reading_session_is_offered_no_writing_tool() -> None:
    """A task that reads gets tools that read; one that it calls anyway is not there."""
    async with Maker(chat(WRITE), DONE) as maker:
        session = await run_session(spec_at(maker, writes=False))
    names = {one["function"]["name"] for one in maker.bodies[0]["tools"]}
    assert {"read_file", "search", "run_command"} <= names
    assert not names & {"write_file", "edit_file", "apply_patch"}
    assert session.of("tool_end")[0]["output"].startswith("there is no tool 'write_file' here")


async def test_calls_that_fit_nothing_are_told_and_bounded() -> None:
    """The model is told of a tool that there is none of, of arguments that are no JSON; 5 times."""
    wrong = [chat(call("fly", {})), chat(call("read_file", '{"path": ')), chat(call("fly", {}))]
    async with Maker(*wrong) as maker:
        session = await run_session(spec_at(maker))
    verdict = session.said[-1]
    assert (verdict["kind"], verdict["tools"]) == ("task", 5)
    sent: list[dict[str, Any]] = [
        one for one in messages_of(maker.bodies[-1]) if one["role"] == "tool"
    ]
    assert "there is no tool 'fly'" in sent[0]["content"]
    assert "the arguments are no JSON object" in sent[1]["content"]


async def test_answers_of_nothing_are_bounded() -> None:
    """Five answers in a row without text or tool end the attempt; each before is asked to go on."""
    async with Maker(chat(thought("Hm."))) as maker:
        session = await run_session(spec_at(maker))
    verdict = session.said[-1]
    assert (verdict["kind"], len(maker.bodies)) == ("task", 5)
    assert "5 answers of the model in a row" in verdict["why"]


async def test_an_answer_that_is_too_long_goes_on() -> None:
    """A model whose answer was cut at its longest is told so, and goes on; three times it fails."""
    cut = chat(text("A long"), finish="length")
    async with Maker(cut, DONE) as maker:
        assert (await run_session(spec_at(maker))).said[-1]["ok"]
    async with Maker(cut) as maker:
        assert (await run_session(spec_at(maker))).said[-1]["kind"] == "truncated"
    assert len(maker.bodies) == 3


async def test_budgets_end_a_session() -> None:
    """Over its steps or its money an attempt ends before the next request."""
    budgets: list[dict[str, Any]] = [
        {"max_steps": 2},
        {"max_cost_usd": 0.0001, "price": Price(input=1.0, output=1.0)},
    ]
    for budget in budgets:
        async with Maker(chat(WRITE)) as maker:
            session = await run_session(spec_at(maker, **budget))
        assert (session.said[-1]["kind"], len(maker.bodies)) == ("budget", 2 - ("price" in budget))


async def test_halves_of_characters_break_nothing() -> None:
    """A character that a stream cuts in two is whole again; half of one alone is replaced."""
    path = {"path": "\ud800\0x"}
    halves = chat(text("a\ud83d"), text("\ude00"), call("read_file", path), text("\ud83d"))
    async with Maker(halves, DONE) as maker:
        session = await run_session(spec_at(maker))
    assert session.said[-1]["ok"]
    assert messages_of(maker.bodies[1])[1]["content"] == "a\U0001f600\n\n\ufffd"


@settings(max_examples=10, deadline=None)
@given(st.sets(st.integers(1, 1500), max_size=30))
def test_a_stream_may_be_cut_anywhere(cuts: set[int]) -> None:
    """However the bytes of a stream come, the same is said, and the same is done."""
    tagged = (text("<think>Hm.</think>Gr\u00fc\u00dfe"), call("read_file", {"path": "\u00fc"}))
    whole = b"".join(chat(*tagged).pieces)
    ends = sorted({cut for cut in cuts if cut < len(whole)} | {len(whole)})
    pieces = tuple(whole[a:b] for a, b in zip([0, *ends], ends, strict=False))

    async def talk() -> OpenSession:
        async with Maker(Raw(pieces), DONE) as maker:
            return await run_session(spec_at(maker, quirks=quirks_of("minimax")))

    session = asyncio.run(talk())
    said = [one["text"] for one in session.of("message")]
    assert "".join(said) == "Hm.Gr\u00fc\u00dfeAll done."
    # A part that is long in coming is said in two; two parts are never said as one.
    assert {len("Hm."), len("Hm.Gr\u00fc\u00dfe")} <= set(accumulate(map(len, said)))
    assert session.of("tool_start")[0]["paths"] == ["\u00fc"]


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.lists(st.dictionaries(st.text(max_size=8), _JSON, max_size=4), min_size=1, max_size=8))
def test_any_arguments_are_answered(calls: list[dict[str, Any]]) -> None:
    """Whatever a model calls a tool with, each call has its result and the session its end."""
    names = ("read_file", "run_command", "apply_patch", "")

    async def talk() -> OpenSession:
        all_calls = (call(names[n % 4], args, n) for n, args in enumerate(calls))
        async with Maker(chat(*all_calls), DONE) as maker:
            session = await run_session(spec_at(maker, ask="never"))
            results = [one for one in messages_of(maker.bodies[1]) if one["role"] == "tool"]
            assert len(results) == len(calls)
            return session

    assert asyncio.run(talk()).said[-1]["ok"]
