"""How a terminal is told that its person is wanted: the sequences, and which of them it knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from wf_tui.text import clean, cut

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.config import Via

__all__ = [
    "BELL",
    "MOST",
    "Channel",
    "attention_sequence",
    "choose_channel",
    "plain",
    "title_sequence",
]

Channel = Literal["bell", "osc9", "osc777", "off"]

BELL: Final = "\a"
MOST: Final = 120
"""Characters of a notification; longer ones are cut by some terminals and dropped by others."""
_TITLE: Final = 80
_OSC9: Final = frozenset({"iterm.app", "iterm2", "wezterm", "ghostty"})
_OSC9_TERMS: Final = ("xterm-kitty", "xterm-ghostty", "wezterm")
_OSC777_TERMS: Final = ("foot", "rxvt-unicode")


def choose_channel(via: Via, environ: Mapping[str, str]) -> Channel:
    """Return how this terminal is told; `via` is the setting, `auto` looks who it is.

    A terminal that is not known gets the bell alone, as over ssh, which passes on no more than
    TERM: an unknown sequence could be shown as text.
    """
    match via:
        case "bell" | "osc9" | "osc777" | "off":
            return via
    if environ.get("STY"):
        return "bell"  # of GNU screen, which keeps to itself what it does not know
    names = {environ.get(name, "").lower() for name in ("TERM_PROGRAM", "LC_TERMINAL")}
    term = environ.get("TERM", "")
    if names & _OSC9 or term.startswith(_OSC9_TERMS):
        return "osc9"
    if term.startswith(_OSC777_TERMS) or environ.get("VTE_VERSION"):
        return "osc777"
    return "bell"


def attention_sequence(channel: Channel, text: str, *, in_tmux: bool) -> str:
    """Return what is written to tell the person `text`.

    tmux passes a sequence on to the terminal only when wrapped, with each ESC doubled, and only
    where `allow-passthrough` is on; so the bell, which it always understands, goes with it.
    """
    said = plain(text)
    match channel:
        case "off":
            return ""
        case "bell":
            return BELL
        case "osc9":
            sequence = f"\x1b]9;{said}{BELL}"
        case "osc777":
            sequence = f"\x1b]777;notify;wf;{said}{BELL}"
    if not in_tmux:
        return sequence
    doubled = sequence.replace("\x1b", "\x1b\x1b")
    return f"\x1bPtmux;{doubled}\x1b\\{BELL}"


def plain(text: str) -> str:
    """Return a text that ends no sequence and begins none: no control characters, and no `;`."""
    safe = clean(text).replace(";", ",")
    return cut(safe, MOST)


def title_sequence(title: str) -> str:
    """Return what gives the window a title."""
    return f"\x1b]2;{cut(clean(title), _TITLE)}\x1b\\"
