"""Which messages Textual gets of what a terminal sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.events import Key, Paste

from wf_tui.board.terminal.parser import InputParser

if TYPE_CHECKING:
    from textual.message import Message


@pytest.mark.parametrize(
    "data", [b"\x1b[201~", b"\x1b[65~", b"\x1b[113A", b"\x1b[65;1P", b"\x1b[28~"]
)
def test_the_number_of_a_sequence_is_no_letter(data: bytes) -> None:
    """The end mark of a paste that nobody has begun is dropped, and so is what no table has."""
    assert InputParser().feed(data, 0.0) == []


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"\x1b[113u", "q"),
        (b"\x1b[27;5;97~", "ctrl+a"),
        (b"\x1b[1;5C", "ctrl+right"),
        (b"\x1b[3~", "delete"),
        (b"\x1bOj", "asterisk"),
    ],
)
def test_the_keys_of_the_protocols(data: bytes, key: str) -> None:
    """What names a character on purpose is that key still."""
    (message,) = InputParser().feed(data, 0.0)
    assert isinstance(message, Key)
    assert message.key == key


def shown(messages: list[Message]) -> list[str]:
    """Return the keys, and what was pasted."""
    return [
        message.text if isinstance(message, Paste) else getattr(message, "key", "")
        for message in messages
    ]


def test_a_paste_that_nobody_marked_is_one_all_the_same() -> None:
    """Six characters at once are typed by nobody; what is read just after them is their rest."""
    parser = InputParser()
    assert shown(parser.feed(b"quit\nx", 1.0)) == ["quit\nx"]
    assert shown(parser.feed(b"q", 1.01)) == ["q"]
    assert isinstance(parser.feed(b"q", 1.02)[0], Paste)
    assert shown(parser.feed(b"q", 2.0)) == ["q"]
    assert isinstance(parser.feed(b"q", 3.0)[0], Key)


def test_what_is_typed_fast_is_no_paste() -> None:
    """Five keys; one that is held down on a line that stalls; and Ctrl+C ends the board at once."""
    assert shown(InputParser().feed(b"yyNrN", 1.0)) == ["y", "y", "N", "r", "N"]
    assert shown(InputParser().feed(b"j" * 9, 1.0)) == ["j"] * 9
    assert shown(InputParser().feed(b"abcdefg\x03", 1.0)) == ["abcdefg", "ctrl+c"]
    assert shown(InputParser().feed(b"\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A\x1b[A", 1.0)) == ["up"] * 6
