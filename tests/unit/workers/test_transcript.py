"""Entries of a log, for people and as JSON."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.workers.shim import log
from wf_tui.workers.transcript import EntryKind, entry_json, entry_text

OPTIONS = [{"id": "y", "name": "Allow once", "kind": "allow_once"}, {"id": "n"}]


@pytest.mark.parametrize(
    ("kind", "text", "data", "shown"),
    [
        ("out", "as it is", {}, "as it is"),
        ("say", "a piece ", {}, "a piece "),
        ("think", "hm\n", {"begins": True}, "[thinking] hm\n"),
        ("think", "hm, ", {"begins": True}, "[thinking] hm, ...\n"),
        ("think", "one\ntwo\n", {"begins": True}, "[thinking] one ...\n"),
        ("think", "and more", {}, ""),
        ("tool", "bash ls", {"id": "1", "name": "bash"}, "[tool] bash ls\n"),
        ("tool", "", {"name": "bash", "input": {"x": 1}}, '[tool] bash {"x": 1}\n'),
        ("tool", "a\nb\n", {"status": "failed", "exit_code": 2}, "[tool failed, exit 2] a\n  b\n"),
        ("tool", "", {"status": "completed"}, ""),
        (
            "plan",
            "",
            {
                "items": [
                    {"text": "one", "status": "completed"},
                    {"text": "two", "status": "in_progress"},
                    {"text": "three"},
                ]
            },
            "[plan 1/3]\n  x one\n  > two\n    three\n",
        ),
        (
            "usage",
            "",
            {"input": 1200, "output": 3, "cost_usd": 0.5, "scope": "step"},
            "[usage] 1,200 input, 3 output, $0.50\n",
        ),
        (
            "retry",
            "429",
            {"attempt": 2, "max": 5, "delay_s": 3.0},
            "[waiting for the model] attempt 2 of 5, again in 3 s: 429\n",
        ),
        (
            "ask",
            "May I?",
            {"id": "q", "options": OPTIONS},
            "[question q] May I?\n  1. Allow once\n  2. n\n",
        ),
        ("answer", "", {"option": "y", "kind": "allow_once"}, "[answer] y allow_once\n"),
        ("answer", "", {}, "[answer] none\n"),
        ("message", "hi", {"by": "ann"}, "[message from ann] hi\n"),
        ("note", "", {"session": "s", "model": "m"}, "[note] session s, model m\n"),
        ("note", "x", {"kind": "bad_line"}, "[note] bad line: x\n"),
        ("note", "all fine", {"files": [], "verdict": "pass"}, "[result (pass)] all fine\n"),
        ("end", "", {"ok": True}, "[end] it says that it is done\n"),
        ("end", "x", {"ok": False, "kind": "quota"}, "[end] it says that it failed (quota): x\n"),
        ("later", "what", {}, "[note] what\n"),
    ],
)
def test_an_entry_is_read_by_people(
    kind: str, text: str, data: dict[str, object], shown: str
) -> None:
    """Words are shown as they are, all else as lines that begin with what they are."""
    assert entry_text({"at": 1.0, "kind": kind, "text": text, "data": data}) == shown


def test_long_output_of_a_tool_is_cut() -> None:
    """Of what a tool gave back a dozen lines are shown; how many more there are is said."""
    output = "\n".join(map(str, range(100)))
    shown = entry_text({"kind": "tool", "text": output, "data": {"status": "completed"}})
    assert shown.startswith("[tool completed] 0\n  1\n")
    assert shown.endswith("  11\n  (88 more lines)\n")


def test_logs_of_before_are_entries() -> None:
    """What a shim writes has no kind, and never had: it is output."""
    assert entry_json({"at": 1.5, "text": "x"}) == {
        "at": 1.5,
        "kind": "out",
        "text": "x",
        "data": {},
    }
    assert entry_json({"at": 1.5, "left_out": 3})["data"] == {"left_out": 3}


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["text", "id"]), inner)
    ),
    max_leaves=3,
)
NAMES = st.sampled_from(["items", "options", "status", "input", "name", "cost_usd", "id", "ok"])


@given(st.sampled_from([*EntryKind, "new"]), VALUES, st.dictionaries(NAMES, VALUES, max_size=4))
def test_no_entry_is_an_error(kind: str, text: object, data: dict[str, object]) -> None:
    """Whatever stands in a log, it can be shown."""
    record = {"kind": kind, "text": text, "data": data}
    assert isinstance(entry_text(record), str)
    json.dumps(entry_json(record))


def test_two_logs_are_one_in_time(tmp_path: Path) -> None:
    """What a command said on its line stands where it said it, between its output."""
    output = [{"at": 1.0, "text": "one\n"}, {"at": 3.0, "text": "two\n"}]
    said = [{"at": 2.0, "kind": "note", "text": "between"}]
    for name, entries in ((log.LOG, output), (log.SAID, said)):
        (tmp_path / name).write_text("".join(json.dumps(one) + "\n" for one in entries))
    found = log.in_time(*map(log.records, log.attempt_logs(tmp_path)))
    assert "".join(map(entry_text, found)) == "one\n[note] between\ntwo\n"


def test_the_raw_log_of_an_agent(tmp_path: Path) -> None:
    """An agent has a stream of its own; that of a command is its log."""
    assert log.attempt_logs(tmp_path, raw=True) == [tmp_path / log.LOG]
    (tmp_path / log.RAW).touch()
    assert log.attempt_logs(tmp_path, raw=True) == [tmp_path / log.RAW]


def test_no_model_speaks_as_a_person() -> None:
    """A line of its own that looks like an answer, or a note of wf, is set in."""
    text = "[answer by user:ana] allow\nso\n[note] x"
    shown = entry_text({"kind": "say", "text": text})
    assert shown == " [answer by user:ana] allow\nso\n [note] x"
    thought = entry_text({"kind": "think", "text": text, "data": {"begins": True}})
    assert thought == "[thinking] [answer by user:ana] allow ...\n"
