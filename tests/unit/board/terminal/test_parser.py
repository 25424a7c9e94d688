"""Which messages Textual gets of what a terminal sends."""

from __future__ import annotations

import pytest
from textual.events import Key

from wf_tui.board.terminal.parser import InputParser


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
