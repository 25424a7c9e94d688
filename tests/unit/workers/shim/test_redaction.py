"""No secret is in what is kept of an output, however it comes."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.log_text import printed
from wf_tui.workers.shim.log_writer import LogWriter
from wf_tui.workers.shim.redaction import Redactor

SECRETS = {"abcabcab": "SHORT", "abcabcabxyz": "LONG", "sesame\nopen": "KEY"}


def redacted(*pieces: str) -> str:
    """Return what becomes of a text that comes in these pieces."""
    redactor = Redactor(SECRETS)
    return "".join(redactor.add(piece) for piece in pieces) + redactor.end()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x abcabcab y", "x [redacted SHORT] y"),
        ("abcabcabxyz", "[redacted LONG]"),
        ("abcabcabxy", "[redacted SHORT]xy"),
        ("sesame\nopen!", "[redacted KEY]!"),
        ("abcabcabc", "[redacted SHORT]c"),
        ("abcabca", "abcabca"),
    ],
)
def test_a_secret_is_replaced_by_its_name(text: str, shown: str) -> None:
    """It is found whole, the longest first, and in any two pieces that it comes in."""
    assert redacted(text) == shown
    assert {redacted(text[:at], text[at:]) for at in range(len(text))} == {shown}
    assert redacted(*text) == shown


@pytest.mark.parametrize("first", "]^-\\[. \nä")
def test_a_secret_may_begin_with_any_letter(first: str) -> None:
    """It is held back and replaced also where its first letter means something to a pattern."""
    redactor = Redactor({f"{first}sesame": "KEY", "open": "DOOR"})
    pieces = [redactor.add(piece) for piece in (f"x{first}", "sesa", "me y")]
    assert "".join([*pieces, redactor.end()]) == "x[redacted KEY] y"


@given(st.lists(st.text(alphabet="abcxyz", max_size=9), max_size=12))
def test_pieces_do_not_matter(pieces: list[str]) -> None:
    """Whatever the pieces, what is shown is that of the whole text, without a secret."""
    shown = redacted(*pieces)
    assert shown == redacted("".join(pieces))
    assert not any(secret in shown for secret in SECRETS)


def test_without_secrets_nothing_is_held_back() -> None:
    """An output of a program that has no secret is written as it comes."""
    redactor = Redactor({})
    assert (redactor.add("abcabcab"), redactor.end()) == ("abcabcab", "")


@pytest.mark.parametrize("room", range(4, 44))
def test_no_part_is_left_where_output_is_left_out(tmp_path: Path, room: int) -> None:
    """Where the log has no room for the middle, the halves of a secret are not shown either."""
    writer = LogWriter(str(tmp_path / "log"), room, {"0123456789ABCDEF": "KEY"})
    writer.add(b"0123456789ABCDEF" * 8)
    writer.close()
    kept = printed(tmp_path / "log")
    assert not any("0123456789ABCDEF"[at : at + 4] in kept for at in range(13))


def test_the_tail_is_redacted(tmp_path: Path) -> None:
    """What becomes a result, a note or a prompt has no secret, nor the end of one."""
    writer = LogWriter(str(tmp_path / "log"), 100, {"0123456789ABCDEF": "KEY"})
    writer.add(b"0123456789ABCDEF" * 1000 + b"\n")
    assert "CDEF" not in writer.tail()
    assert writer.tail().endswith("[redacted KEY]\n")
    writer.close()
