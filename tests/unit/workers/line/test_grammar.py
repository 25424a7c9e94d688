"""The grammar of the line: what is said comes through, what is none is nothing."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.fields import ID, safe_id
from wf_tui.workers.line.grammar import (
    Answer,
    Cancel,
    DownEvent,
    End,
    Heard,
    LineEvent,
    Message,
    Option,
    Other,
    PersonMessage,
    PlanItem,
    PlanUpdate,
    Question,
    Result,
    Retry,
    SessionStarted,
    ToolEnd,
    ToolStart,
    Usage,
    Verdict,
    decode,
    decode_down,
    encode,
)
from wf_tui.workers.line.lines import MOST_BYTES

UP: list[LineEvent] = [
    SessionStarted("s-1", "m"),
    Message("grüß", delta=True, thought=True),
    ToolStart("t", "bash", "execute", {"command": ["ls", 1, None, 0.5]}, ("a",)),
    ToolEnd("t", "failed", "out", -9),
    PlanUpdate((PlanItem("one", "completed", "high"), PlanItem("two"))),
    Usage(10, 2, 3, None, 0.25, "turn"),
    Retry(1, None, 2.0, "429"),
    Question("q", "may I?", "execute", (Option("y", "Yes", "allow_once"), Option("n", "No"))),
    Result("done", ("a", "b"), "pass"),
    Heard("m"),
    Verdict(
        ok=False,
        why="too many",
        kind=FailureKind.RATE_LIMIT,
        status=429,
        retry_after=2.5,
        session="s-1",
        usage=Usage(1),
        tools=3,
        text="bye",
        exit_code=1,
    ),
    Other("x", "y"),
]
DOWN: list[DownEvent] = [
    Answer("q", "y", "allow_once", None),
    PersonMessage("m", "ann", "hello"),
    Cancel(),
    End(),
]


@pytest.mark.parametrize("event", UP, ids=lambda event: str(event.ev))
def test_what_is_said_comes_up(event: LineEvent) -> None:
    """An event is one line, and that line is the event again."""
    line = encode(event)
    assert line.endswith(b"\n")
    assert line.count(b"\n") == 1
    assert decode(line) == event


@pytest.mark.parametrize("event", DOWN, ids=lambda event: str(event.ev))
def test_what_is_answered_comes_down(event: DownEvent) -> None:
    """What goes down is read by a driver as it was meant."""
    assert decode_down(encode(event)) == event


def test_an_answer_says_what_it_has_not() -> None:
    """A shell script finds each field of an answer, with null where there is nothing."""
    assert json.loads(encode(Answer("q"))) == {
        "ev": "answer",
        "id": "q",
        "option": None,
        "kind": None,
        "text": None,
    }


@pytest.mark.parametrize(
    ("line", "event"),
    [
        ('{"ev": "message", "text": "hi", "new": 1}', Message("hi")),
        ('{"ev": "question", "id": "1", "text": "Deploy?"}', Question("1", "Deploy?")),
        ('{"ev": "usage", "input": 5.0}', Usage(5)),
        ('{"ev": "news", "text": "t"}', Other("news", "t")),
        ('{"ev": "tool_start", "id": "1", "name": "n", "kind": "dance"}', ToolStart("1", "n")),
        ('{"ev": "verdict", "ok": true, "session": "--evil"}', Verdict(ok=True)),
        (
            '{"ev": "verdict", "ok": false, "kind": "moon"}',
            Verdict(ok=False, kind=FailureKind.UNKNOWN),
        ),
        ('{"ev": "message", "text": "\\ud800"}', Message("\ufffd")),
        ('{"ev": "message", "text": "a\\u0000b"}', Message("a\ufffdb")),
    ],
)
def test_what_little_is_said_is_enough(line: str, event: LineEvent) -> None:
    """Unknown fields are ignored, what can be left out has a default, unknown events are kept."""
    assert decode(line.encode()) == event


@pytest.mark.parametrize(
    "line",
    [
        "",
        "null",
        "[]",
        '"ev"',
        "{}",
        '{"ev": 1}',
        '{"ev": "message"}',
        '{"ev": "message", "text": 1}',
        '{"ev": "session", "id": "--evil"}',
        '{"ev": "session", "id": "a b"}',
        '{"ev": "session", "id": "' + "a" * 129 + '"}',
        '{"ev": "usage", "input": -1}',
        '{"ev": "usage", "input": 9007199254740993}',
        '{"ev": "usage", "cost_usd": NaN}',
        '{"ev": "usage", "cost_usd": 1e999}',
        '{"ev": "usage", "input": true}',
        '{"ev": "usage", "scope": "year"}',
        '{"ev": "verdict"}',
        '{"ev": "verdict", "ok": 1}',
        '{"ev": "result", "verdict": "perhaps"}',
        '{"ev": "plan", "items": [1]}',
        '{"ev": "question", "id": "1", "text": "t", "options": [{"name": "n"}]}',
        '{"ev": "message", "text": ' + "[" * 100_000,
    ],
)
def test_what_is_not_understood_is_nothing(line: str) -> None:
    """A line of another shape is no event, and no error."""
    assert decode(line.encode()) is None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=4,
)
NAMES = st.sampled_from([event.ev for event in UP])
FIELDS = sorted({name for event in UP for name in vars(event)})


@given(NAMES, st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6))
def test_no_event_is_an_error(name: str, fields: dict[str, object]) -> None:
    """Whatever the fields hold, the line is an event that can be written again, or nothing."""
    event = decode(json.dumps({**fields, "ev": name}).encode())
    if event is not None:
        json.dumps(json.loads(encode(event)), allow_nan=False).encode()


@given(st.binary(max_size=200))
def test_no_bytes_are_an_error(line: bytes) -> None:
    """Garbage is no event, and no error."""
    decode(line)
    decode_down(line)


def test_deep_arguments_become_text() -> None:
    """Arguments of a tool that nest without end stay writable."""
    deep = '{"ev": "tool_start", "id": "1", "name": "n", "input": ' + "[" * 300 + "]" * 300 + "}"
    event = decode(deep.encode())
    assert isinstance(event, ToolStart)
    assert b'"..."' in encode(event)


def test_an_event_that_no_line_holds_is_cut() -> None:
    """A driver can say what is far too long: its texts are cut, and the line is one."""
    text = "ä" * MOST_BYTES
    event = decode(encode(Verdict(ok=True, text=text)))
    assert isinstance(event, Verdict)
    assert text.startswith(event.text)
    assert 0 < len(event.text) < len(text)
    assert len(encode(ToolStart("1", "n", "other", {"text": text}))) < MOST_BYTES


def test_what_persons_read_is_cut() -> None:
    """A question of megabytes is one that a person can be shown, and a row can hold."""
    long = "x" * 1_000_000
    asked = decode(encode(Question("1", long, None, (Option("a", long),))))
    assert isinstance(asked, Question)
    assert (len(asked.text), len(asked.options[0].name)) == (16_000, 1000)
    result = decode(encode(Result("s", (long,))))
    assert isinstance(result, Result)
    assert [len(name) for name in result.files] == [1000]


@given(st.text())
def test_foreign_ids_become_ids(text: str) -> None:
    """The id that a foreign one becomes is one, or there is none."""
    made = safe_id(text)
    assert made == "" or ID.fullmatch(made)


def test_numbers_are_exact() -> None:
    """The largest number that is taken is one that every reader of JSON has exactly."""
    event = decode(b'{"ev": "usage", "input": 9007199254740992, "cost_usd": 0.1}')
    assert event == Usage(2**53, cost_usd=0.1)
    assert math.isfinite(2.0**53)
