"""What is told of a stream of bytes: no letter of a sequence, a string or a paste is ever typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.board.terminal.sequences import (
    ESCAPE_TIME,
    LATE,
    MOST_PASTED,
    Character,
    Escape,
    Pasted,
    Scanner,
    Sequence,
)

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Pieces

    from wf_tui.board.terminal.sequences import Token

UP = b"\x1b[A"
STRINGS = (
    b"\x1b]11;rgb:1e1e/1e1e/2e2e\x1b\\",
    b"\x1b]52;c;YWJj\x07",
    b"\x1bP>|XTerm(390)\x1b\\",
    b"\x1bPq\x07still within\x1b\\",
    b"\x1b_Gi=31;OK\x1b\\",
    b"\x1bXsos\x1b\\",
    b"\x1b^pm\x1b\\",
    b"\x9d11;rgb:aa\x9c",
    b"\x1b]l\xe2\x9c\x9c title\x1b\\",
)
SEQUENCES = (
    UP,
    b"\x1b[1;5A",
    b"\x1bOP",
    b"\x1b[[A",
    b"\x1b[3$",
    b"\x1b[<35;10;20M",
    b"\x1b[?62;22c",
    b"\x1b[?2026;2$y",
    b"\x1b[97;5u",
    b"\x1b[I",
    b"\x9bA",
)
MOUSE = b"\x1b[Mrqx"
PASTES = (b"\x1b[200~qA\x1b[31mr\x1b[0m\x03\x1b[201~", b"\x1b[200~\x1b\x1b[201~")


@dataclass
class Wire:
    """A terminal whose bytes come with pauses; `tick` is called as the driver does it."""

    scanner: Scanner
    now: float = 100.0

    def send(self, *parts: bytes | float) -> list[Token]:
        """Send bytes, and wait for so many seconds where there is a number."""
        told: list[Token] = []
        for part in parts:
            if isinstance(part, bytes):
                told += self.scanner.feed(part, self.now)
                continue
            end = self.now + part
            while (deadline := self.scanner.deadline) is not None and deadline <= end:
                self.now = max(self.now, deadline)
                told += self.scanner.tick(self.now)
            self.now = end
        return told


@pytest.fixture
def wire() -> Wire:
    """Give a terminal that has sent nothing."""
    return Wire(Scanner())


def typed(told: Iterable[Token]) -> str:
    """Return what was typed, but for the escape key, which acts on nothing."""
    return "".join(token.text for token in told if isinstance(token, Character))


def test_an_end_mark_within_a_paste_ends_nothing() -> None:
    """What stands behind it is pasted too, up to the last mark before another paste begins."""
    first, second = b"a\x1b[201~qA", b"b"
    data = b"".join(b"\x1b[200~" + text + b"\x1b[201~" for text in (first, second))
    assert Wire(Scanner()).send(data + b"r") == [Pasted(first), Pasted(second), Character("r")]


def in_pieces(data: bytes, cuts: Pieces[int], pauses: Pieces[float]) -> list[bytes | float]:
    """Return the bytes cut at these places, with a pause at each."""
    places = sorted({cut % (len(data) + 1) for cut in cuts})
    parts: list[bytes | float] = []
    for start, end, pause in zip([0, *places], [*places, len(data)], [*pauses, 0.0], strict=False):
        parts += [data[start:end], pause]
    return [part for part in parts if part != b""]


@given(
    st.sampled_from((*SEQUENCES, *STRINGS, MOUSE, *PASTES)),
    st.lists(st.integers(0, 60), min_size=1, max_size=4),
    st.lists(st.sampled_from((0.0, 0.05, 0.25, 0.34)), min_size=4, max_size=4),
)
def test_a_slow_line_types_nothing(data: bytes, cuts: list[int], pauses: list[float]) -> None:
    """Cut anywhere, with any pauses of a slow line, all is told as if it had come at once."""
    slow, fast = Wire(Scanner()), Wire(Scanner())
    told = slow.send(*in_pieces(data, cuts, pauses), 9.0)
    assert told == fast.send(data, 9.0)
    assert typed(told) == ""
    assert Escape() not in told


@given(st.sampled_from(SEQUENCES), st.integers(1, 60), st.floats(0, LATE))
def test_a_rest_is_never_typed(data: bytes, cut: int, pause: float) -> None:
    """The rest of a sequence that comes seconds later types nothing, wherever it was cut."""
    cut %= len(data)
    told = Wire(Scanner()).send(data[:cut], pause, data[cut:], 9.0)
    assert typed(told) == ""


@given(st.sampled_from((*STRINGS, *PASTES)), st.integers(1, 60), st.floats(0, LATE))
def test_the_rest_of_a_string_in_one_piece_is_never_typed(
    data: bytes, cut: int, pause: float
) -> None:
    """After seconds of silence the rest of a string or a paste is known by coming at once."""
    cut %= len(data)
    if len(data) - cut >= 4:
        assert typed(Wire(Scanner()).send(data[:cut], pause, data[cut:], 9.0)) == ""


@given(st.lists(st.binary(max_size=12), max_size=8), st.lists(st.floats(0, 12), min_size=8))
def test_no_bytes_are_too_strange(parts: list[bytes], pauses: list[float]) -> None:
    """Whatever has come: nothing raises, and after some silence a key is a key again."""
    wire = Wire(Scanner())
    for part, pause in zip(parts, pauses, strict=False):
        wire.send(part, pause)
    told = wire.send(LATE + 15.0, b"?")
    assert told[-1] == Character("?")


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=20), st.integers(0, 40))
def test_text_is_typed_as_it_is(text: str, cut: int) -> None:
    """Characters of several bytes may be cut anywhere, too."""
    data = text.encode()
    assert typed(Wire(Scanner()).send(data[:cut], 0.5, data[cut:])) == text


def test_an_invalid_byte_is_a_replacement_character(wire: Wire) -> None:
    """What is no UTF-8 is shown as such, and the keys around it are not lost."""
    assert typed(wire.send(b"a\xffb\xc3(\xe9", 1.0, b"c")) == "a\ufffdb\ufffd(\ufffdc"


def test_a_lone_escape_is_the_escape_key(wire: Wire) -> None:
    """After a time, and not before it."""
    assert wire.send(b"\x1b", ESCAPE_TIME - 0.01) == []
    assert wire.send(0.02) == [Escape()]


def test_escape_and_then_a_key_are_two_keys(wire: Wire) -> None:
    """A person is slower than a terminal that sends Alt and a letter, which is one key."""
    assert wire.send(b"\x1bx") == [Character("x", alt=True)]
    assert wire.send(b"\x1b", 0.2, b"q") == [Escape(), Character("q")]
    assert wire.send(b"\x1b\xc3\xa9") == [Character("é", alt=True)]
    assert wire.send(b"\x1b", 0.2, b"\x1b", 1.0) == [Escape(), Escape()]


def test_escape_before_an_arrow_is_one_key(wire: Wire) -> None:
    """Some terminals send Alt and an arrow so; nobody has pressed escape."""
    assert wire.send(b"\x1b\x1b[A") == [Sequence("\x1b[A")]


def test_alt_and_a_letter_that_begins_a_string_makes_nobody_deaf(wire: Wire) -> None:
    """Alt+P has nothing behind it: the next key is heard."""
    assert wire.send(b"\x1bP", 0.5, b"j") == [Character("j")]


@pytest.mark.parametrize("cut_off", [b"\x1b[", b"\x1b[1;", b"\x1bO", b"\x1b]11;rgb:", b"\x1bP+q"])
def test_a_sequence_that_was_cut_off_makes_nobody_deaf(wire: Wire, cut_off: bytes) -> None:
    """Some seconds later keys are keys; ctrl+c is one at once."""
    assert wire.send(cut_off, 4.0, b"?") == [Character("?")]
    assert wire.send(cut_off, 0.5, b"\x03") == [Character("\x03")]


def test_a_new_sequence_ends_one_that_was_cut_off(wire: Wire) -> None:
    """The first one is dropped, and the second one is told."""
    assert wire.send(b"\x1b[1;5", UP, b"\x1b]11;rg", UP) == [Sequence("\x1b[A")] * 2


def test_a_paste_whose_end_is_lost_ends(wire: Wire) -> None:
    """After some silence, with what there is; what came to it in time is pasted."""
    assert wire.send(b"\x1b[200~ab", 1.0, b"c", 4.0, b"?") == [Pasted(b"abc"), Character("?")]


def test_a_huge_paste_is_dropped_whole(wire: Wire) -> None:
    """Nothing of it is typed, its end is found, and not all of it is kept."""
    told = wire.send(b"\x1b[200~", *[b"q" * 65_536] * (MOST_PASTED // 65_536 + 2))
    assert len(wire.scanner._held) <= MOST_PASTED
    assert told + wire.send(b"q\x1b[2", b"01~r") == [Character("r")]


def test_a_string_is_passed_over_however_long_it_is(wire: Wire) -> None:
    """It is not kept, and its end is found."""
    told = wire.send(b"\x1b]52;c;", *[b"A" * 65_536] * 8, b"\x1b\\r")
    assert told == [Character("r")]
    assert len(wire.scanner._held) < 1000


def test_a_sequence_that_is_too_long_is_dropped(wire: Wire) -> None:
    """No key and no report has so many numbers."""
    assert wire.send(b"\x1b[" + b"1;" * 1000 + b"Ar") == [Character("r")]
