"""No value of a key passes the line, whatever it is in and however it is cut."""

from __future__ import annotations

import base64
import itertools
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.profiles.secrets import secret_forms
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import (
    Message,
    Option,
    PlanItem,
    PlanUpdate,
    Question,
    Result,
    ToolEnd,
    ToolStart,
    Verdict,
    decode,
    encode,
)
from wf_tui.workers.line.line_redaction import LineRedaction

if TYPE_CHECKING:
    from wf_tui.workers.line.grammar import LineEvent

KEY = "sk-Kx81mQ/42+zz9"
SECRETS = secret_forms({"THE_KEY": KEY})
ENCODED = base64.b64encode(f"a{KEY}b".encode()).decode()


def passed(*events: LineEvent) -> list[LineEvent]:
    """Return what a line with these events brings, up to its end."""
    redaction = LineRedaction(SECRETS)
    clean = redaction.lines([encode(event).rstrip(b"\n") for event in events])
    said = [decode(line) for line in clean if line]
    return [*(out for one in said if one for out in redaction.events(one)), *redaction.end()]


@pytest.mark.parametrize(
    "event",
    [
        Message(f"it is {KEY}, {ENCODED}"),
        ToolStart("1", KEY, input={"command": [f"echo {KEY}"], KEY: 1}, paths=(f"/x/{KEY}",)),
        ToolEnd("1", output=f"THE_KEY={KEY}\n"),
        PlanUpdate((PlanItem(f"use {KEY}"),)),
        Question("1", KEY, options=(Option("a", KEY),)),
        Result(summary=KEY, files=(KEY,)),
        Verdict(ok=False, why=KEY, kind=FailureKind.AUTH, text=KEY),
    ],
    ids=lambda event: event.ev,
)
def test_no_field_of_an_event_has_a_key(event: LineEvent) -> None:
    """Every text in it is looked at, however deep; what is no text stays as it is."""
    (out,) = passed(event)
    assert KEY not in repr(out)
    assert ENCODED[4:-4] not in repr(out)
    assert "[redacted THE_KEY]" in repr(out)
    assert type(out) is type(event)
    assert not isinstance(out, Verdict) or out.kind is FailureKind.AUTH


@given(st.lists(st.integers(0, len(KEY) + 8), max_size=6))
def test_a_key_in_pieces_of_a_message(cuts: list[int]) -> None:
    """However a stream is cut, it says the same, without the key."""
    text = f"one {KEY} two"
    places = [0, *sorted(cuts), len(text)]
    pieces = [text[a:b] for a, b in itertools.pairwise(places)]
    out = passed(*(Message(piece, delta=True) for piece in pieces))
    said = "".join(event.text for event in out if isinstance(event, Message))
    assert said == "one [redacted THE_KEY] two"


def test_what_is_held_back_comes_before_what_follows() -> None:
    """The beginning of a key that turned out to be none is said before the tool that comes next."""
    start = ToolStart("1", "sh")
    assert passed(Message("a sk-Kx", delta=True), start) == [
        Message("a ", delta=True),
        Message("sk-Kx", delta=True),
        start,
    ]


def test_thoughts_are_another_stream() -> None:
    """Half a key in a thought and half in what is said are no key, and stay in their order."""
    out = passed(Message(KEY[:6], delta=True, thought=True), Message("x", delta=True), Message("y"))
    assert [(event.text, event.thought) for event in out if isinstance(event, Message)] == [
        (KEY[:6], True),
        ("x", False),
        ("y", False),
    ]
