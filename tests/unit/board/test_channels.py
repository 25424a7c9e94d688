"""How terminals are told something: which of them knows what, and that no text ends a sequence."""

from __future__ import annotations

import pytest

from wf_tui.board.attention.channels import (
    BELL,
    attention_sequence,
    choose_channel,
    plain,
    title_sequence,
)


@pytest.mark.parametrize(
    ("environ", "channel"),
    [
        ({"TERM_PROGRAM": "iTerm.app"}, "osc9"),
        ({"TERM_PROGRAM": "WezTerm"}, "osc9"),
        ({"TERM_PROGRAM": "ghostty"}, "osc9"),
        ({"TERM": "xterm-kitty"}, "osc9"),
        ({"TERM_PROGRAM": "tmux", "LC_TERMINAL": "iTerm2"}, "osc9"),
        ({"TERM": "foot"}, "osc777"),
        ({"TERM": "rxvt-unicode-256color"}, "osc777"),
        ({"TERM": "xterm-256color", "VTE_VERSION": "7600"}, "osc777"),
        ({"TERM": "xterm-256color", "SSH_TTY": "/dev/pts/1"}, "bell"),
        ({"TERM_PROGRAM": "iTerm.app", "STY": "1.x"}, "bell"),
        ({}, "bell"),
    ],
)
def test_a_terminal_is_told_as_it_understands(environ: dict[str, str], channel: str) -> None:
    """An unknown one gets the bell alone, also over ssh; what is set counts before all."""
    assert choose_channel("auto", environ) == channel
    assert choose_channel("off", environ) == "off"


def test_each_channel_has_its_sequence() -> None:
    """A bell, or a text in an OSC; nothing where that is wished."""
    assert attention_sequence("bell", "x", in_tmux=True) == BELL
    assert attention_sequence("osc9", "x", in_tmux=False) == "\x1b]9;x\a"
    assert attention_sequence("osc777", "x", in_tmux=False) == "\x1b]777;notify;wf;x\a"
    assert attention_sequence("off", "x", in_tmux=True) == ""


def test_tmux_gets_it_wrapped_and_the_bell_too() -> None:
    """Each ESC doubled; the bell, since tmux drops what is wrapped unless it is told not to."""
    sequence = attention_sequence("osc9", "x", in_tmux=True)
    assert sequence == "\x1bPtmux;\x1b\x1b]9;x\a\x1b\\\a"


def test_no_text_acts_on_the_terminal() -> None:
    """Nothing ends the sequence early or begins a field of it, and it is 120 characters at most."""
    text = plain("a\x1b]52;c;aGk=\x07b\x9c;c\r\n" + "x" * 500)
    assert text.isprintable()
    assert ";" not in text
    assert len(text) == 120
    title = title_sequence("a\x1b]0;owned\x07\nb")
    assert title.startswith("\x1b]2;a")
    assert (title.count("\x1b"), title.count(BELL)) == (2, 0)
