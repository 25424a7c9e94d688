"""Splitting a stream into lines that cannot fill the memory."""

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from wf_tui.workers.line.lines import LineSplitter


@given(st.lists(st.binary(max_size=20)))
def test_chunks_do_not_matter(chunks: list[bytes]) -> None:
    """However a stream is cut, its lines are the same."""
    splitter = LineSplitter()
    lines = [line for chunk in chunks for line in splitter.add(chunk)]
    rest = splitter.end()
    whole = b"".join(chunks).split(b"\n")
    assert [*lines, *rest] == (whole if rest else whole[:-1])


def test_a_long_line_is_passed_over() -> None:
    """A line over the limit is None, and the one behind it is heard."""
    splitter = LineSplitter(most=4)
    assert splitter.add(b"12") == []
    assert splitter.add(b"345") == []
    assert splitter.add(b"6789\nab\n1234\n12345") == [None, b"ab", b"1234"]
    assert splitter.end() == [None]
    assert splitter.end() == []
    assert splitter.add(b"ab\n12345\n1234\n") == [b"ab", None, b"1234"]


def test_memory_is_flat() -> None:
    """A line of a hundred megabytes is dropped while it comes."""
    splitter, chunk = LineSplitter(), b"x" * (1 << 16)
    tracemalloc.start()
    for _ in range(1600):
        splitter.add(chunk)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20 << 20
    assert splitter.add(b"\nok\n") == [None, b"ok"]
