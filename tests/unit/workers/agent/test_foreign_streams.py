"""Parsers never raise, whatever a stream turns out to be, and never say "done" too early."""

from __future__ import annotations

import json
import tracemalloc
from copy import deepcopy
from random import Random  # noqa: TC003 - hypothesis reads the types

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.agent_streams import STREAMS, folded, new_fold
from wf_tui.workers.agent.fold import Ending, Fold
from wf_tui.workers.agent.parsers.table import PARSERS
from wf_tui.workers.line.grammar import Other, decode, encode
from wf_tui.workers.line.lines import LineSplitter

CHUNK = 1 << 16
DEEP = [b"[" * 100_000, b'{"a":' * 100_000, b'{"type":' + b"9" * 100_000]

names = st.sampled_from(sorted(STREAMS))
parsers = st.sampled_from(sorted(PARSERS))
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)


def check_end(fold: Fold, rest: bytes, *, whole: bool) -> None:
    """Read the rest of a stream up to where it ends; it is done at its whole end only."""
    splitter = LineSplitter()
    events = fold.lines(splitter.add(rest)) + fold.lines(splitter.end())
    assert all(decode(encode(event)) == event for event in events)
    assert whole or not fold.verdict(Ending(0)).ok


@given(names, st.integers(0, 1 << 20))
def test_a_stream_may_end_anywhere(name: str, at: int) -> None:
    """A stream that is cut at any byte raises nothing, and is no success."""
    stream = STREAMS[name]
    at %= len(stream.content) + 1
    whole = at >= len(stream.content.rstrip())
    check_end(new_fold(stream.parser), stream.content[:at], whole=whole)


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(STREAMS))
def test_a_stream_may_end_at_each_byte(name: str) -> None:
    """The same at every byte of every recorded stream."""
    stream = STREAMS[name]
    fold = new_fold(stream.parser)
    for line in stream.lines:
        is_last = line == stream.lines[-1]
        for at in range(len(line) + 1):
            check_end(deepcopy(fold), line[:at], whole=is_last and at == len(line))
        fold.lines([line])


@given(parsers, names, names, st.randoms(use_true_random=False))
def test_lines_may_be_mixed_up(parser: str, one: str, other: str, random: Random) -> None:
    """Lines in any order, also those of another agent, raise nothing."""
    lines = STREAMS[one].lines + STREAMS[other].lines
    random.shuffle(lines)
    fold, events = folded(parser, lines)
    for event in events:
        decode(encode(event))
    fold.verdict(Ending(0))


@given(names, st.data())
def test_fields_may_be_of_any_type(name: str, data: st.DataObject) -> None:
    """A field of another type, a missing one and fields in another order raise nothing."""
    stream = STREAMS[name]
    fold = new_fold(stream.parser)
    spoilt = spoil(json.loads(data.draw(st.sampled_from(stream.lines))), data)
    for event in fold.lines([json.dumps(spoilt).encode()]):
        assert encode(event)
    fold.verdict(Ending(0))


def spoil(record: object, data: st.DataObject) -> object:
    """Return an object with its fields shuffled, and one field somewhere in it another."""
    if not isinstance(record, dict) or not record:
        return data.draw(values)
    names = data.draw(st.permutations(sorted(record)))
    spoilt = {name: record[name] for name in names}
    spoilt[names[0]] = spoil(record[names[0]], data)
    return spoilt


@given(parsers, st.binary(max_size=200))
def test_a_stream_may_be_no_stream(parser: str, content: bytes) -> None:
    """Bytes that are no stream at all raise nothing, and are no success."""
    fold, events = folded(parser, content.split(b"\n"))
    assert all(encode(event) for event in events)
    assert not fold.verdict(Ending(0)).ok


@pytest.mark.parametrize("parser", sorted(PARSERS))
@pytest.mark.parametrize("line", DEEP, ids=["list", "object", "number"])
def test_a_line_may_be_deep(parser: str, line: bytes) -> None:
    """A line that no reader of JSON goes through is text, and raises nothing."""
    (event,) = folded(parser, [line])[1]
    assert isinstance(event, Other)


def test_a_line_may_be_as_long_as_it_likes() -> None:
    """A line of 100 MB is passed over; it takes no memory, and what follows is read."""
    stream = STREAMS["codex.plan-edit"]
    fold, splitter = new_fold("codex"), LineSplitter()
    chunk = b"x" * CHUNK
    tracemalloc.start()
    for _ in range(100_000_000 // CHUNK):
        assert fold.lines(splitter.add(chunk)) == []
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    (passed_over, *_) = fold.lines(splitter.add(b"\n" + stream.content))
    assert passed_over == Other("long line", "a line of over 4 MiB was passed over")
    assert fold.done
    assert peak < 20_000_000
