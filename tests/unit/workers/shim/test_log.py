"""Reading logs: whole, growing, their end."""

import json
from pathlib import Path

from tests.support.log_text import printed, printed_since
from wf_tui.workers.shim import log


def _line(**fields: object) -> bytes:
    return json.dumps({"at": 1.0, **fields}).encode() + b"\n"


def test_no_log_yet(tmp_path: Path) -> None:
    """A log that does not exist is empty."""
    path = tmp_path / "log"
    assert printed(path) == ""
    assert printed_since(path, 7) == ("", 7)
    assert log.tail(path, 10) == ""


def test_torn_last_line(tmp_path: Path) -> None:
    """A line that is still being written is passed over."""
    path = tmp_path / "log"
    path.write_bytes(_line(text="a") + _line(text="b")[:9])
    assert printed(path) == "a"
    assert log.tail(path, 10) == "a"


def test_torn_line_within(tmp_path: Path) -> None:
    """A line that was never finished, or is no record, does not hide what follows."""
    path = tmp_path / "log"
    path.write_bytes(_line(text="a") + b'{"at": 1.0, "te\n17\n\xff\xfe\n' + _line(text="b"))
    assert printed(path) == "ab"


def test_what_is_left_out(tmp_path: Path) -> None:
    """What the cap left out is said in its place."""
    path = tmp_path / "log"
    path.write_bytes(_line(text="a") + _line(truncated=True) + _line(left_out=1) + _line(text="b"))
    assert printed(path) == "a\n[wf: 1 byte left out]\nb"


def test_log_that_stands_still(tmp_path: Path) -> None:
    """A log whose first half is full says that the rest comes later."""
    path = tmp_path / "log"
    path.write_bytes(_line(text="a") + _line(truncated=True))
    assert "follows when the program ends" in printed(path)
    assert "follows when the program ends" in printed_since(path)[0]


def test_following(tmp_path: Path) -> None:
    """Following gives each whole record once, however its bytes arrive."""
    path = tmp_path / "log"
    content = _line(text="one") + _line(text="two") + _line(text="drei ü")
    text, offset = "", 0
    for end in range(0, len(content) + 1, 5):
        path.write_bytes(content[:end])
        more, offset = printed_since(path, offset)
        text += more
    path.write_bytes(content)
    more, offset = printed_since(path, offset)
    assert text + more == "onetwodrei ü"
    assert offset == len(content)


def test_tail_of_a_long_log(tmp_path: Path) -> None:
    """The last characters are found, though they lie in several records."""
    path = tmp_path / "log"
    path.write_bytes(b"".join(_line(text=f"{number:06}\n") for number in range(20_000)))
    assert log.tail(path, 14) == "019998\n019999\n"
    assert log.tail(path, 0) == ""
    assert len(log.tail(path, 10**6)) == 140_000


def test_tail_of_long_records(tmp_path: Path) -> None:
    """A record longer than what is read at once is found as well."""
    path = tmp_path / "log"
    path.write_bytes(_line(text="x" * 300_000) + _line(text="end"))
    assert log.tail(path, 5) == "xxend"
