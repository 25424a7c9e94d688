"""The sanitizer: what it returns can be read, and can do nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.text import clean, last_state, listed, plural, unfinished_state

ACTIVE = st.sampled_from(
    "\x1b\x07\x00\r\n\t\x7f\x9b\x9d\x9c\x90[]();?\\0123;mJHPX^_\u202e\u2028\ud800"
)
ZERO_WIDTH_JOINER = "\u200d"


def acts(char: str) -> bool:
    """Whether a terminal does more with a character than to show it."""
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Zl", "Zp"}


@given(st.text(st.one_of(ACTIVE, st.characters()), max_size=60))
def test_nothing_is_left_that_acts(text: str) -> None:
    """No control, no bidi or invisible mark, no half character, whatever the sequence was."""
    shown = clean(text)
    assert not {char for char in shown if acts(char)} - {ZERO_WIDTH_JOINER}
    assert not {char for char in clean(text, multiline=True) if acts(char)} - {
        ZERO_WIDTH_JOINER,
        "\n",
    }
    assert clean(shown) == shown
    shown.encode()


@given(st.binary(max_size=60))
def test_bytes_are_text(content: bytes) -> None:
    """Bytes that are no UTF-8 have stand-ins."""
    assert not {char for char in clean(content) if acts(char)} - {ZERO_WIDTH_JOINER}


@given(st.text(st.characters(categories=["L", "N", "P", "S"])))
def test_plain_text_stays(text: str) -> None:
    """Letters, digits and signs of every script are shown as they are."""
    assert clean(text) == text


@pytest.mark.parametrize(
    "sequence",
    [
        "\x1b]52;c;ZXZpbA==\x07",
        "\x1b]0;title\x1b\\",
        "\x1b]8;;http://evil\x07",
        "\x1b[2J",
        "\x1b[38;5;1m",
        "\x1bPq#0\x1b\\",
        "\x1b_app\x1b\\",
        "\x1b^pm\x1b\\",
        "\x1bXsos\x9c",
        "\x9b2J",
        "\x9d52;c;ZXZpbA==\x9c",
        "\x1bc",
        "\x1b(0",
        "\x1b\x1b\\",
    ],
)
def test_sequences_vanish(sequence: str) -> None:
    """Clipboard, title, link, screen, colours, device and application strings leave nothing."""
    assert clean(f"a{sequence}b") == "ab"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x07", "a\u2400b\u2407"),
        ("a\r\nb\tc", "a\u240d\u23ceb c"),
        ("a\u202eb\u2066c\u200bd\ufeff", "a\ufffdb\ufffdc\ufffdd\ufffd"),
        ("\ud800\U000e0041", "\ufffd\ufffd"),
        ("\U0001f469\u200d\U0001f680", "\U0001f469\u200d\U0001f680"),
    ],
)
def test_the_rest_is_visible(text: str, shown: str) -> None:
    """Each control character, bidi override and invisible mark has a stand-in of one column."""
    assert clean(text) == shown


def test_a_long_text_is_cut() -> None:
    """A title of any length is as long as there is room, with a sign that it went on."""
    assert clean("x" * 100_000, limit=10) == "xxxxxxxxx\u2026"
    assert clean("\x1b[31m" * 100_000 + "x", limit=10) == ""


def test_a_count_has_its_noun() -> None:
    """One is singular."""
    assert (plural(1, "task"), plural(0, "task")) == ("1 task", "0 tasks")


def test_a_list_of_names_says_how_many_it_leaves_out() -> None:
    """Names are made safe and short, each by itself; nothing is said where none is left out."""
    assert listed([], 2) == ""
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(("a", "b", "c"), 1) == "a and 2 more"
    assert listed(["a\x1b[2J", "bbbb", "c"], 2, limit=3, noun="file") == "a, bb… and 1 more file"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("plain", "plain"),
        ("10%\r50%\r100%", "100%"),
        ("text\r", "text"),
        ("100%\r\x1b[K", "100%"),
        ("a\r \r\t\r", "a"),
        ("\r\r", ""),
    ],
)
def test_a_line_that_writes_over_itself_has_its_last_state(line: str, shown: str) -> None:
    """Of a progress bar only what it came to is shown, and a wiped one as it was before."""
    assert last_state(line) == shown


@given(st.lists(st.text(alphabet="ab\r ", max_size=6), max_size=8))
def test_an_unfinished_line_may_be_shortened_at_any_time(pieces: list[str]) -> None:
    """Whenever its former states are dropped, it comes to the same, and stays short."""
    line = ""
    for piece in pieces:
        line = unfinished_state(line + piece)
    assert last_state(line) == last_state("".join(pieces))
    assert line.count("\r") <= 1
