"""The history of a model's attempt: whole after a crash, and never longer than it may be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from wf_tui.workers.model import history
from wf_tui.workers.model.begun_calls import begun_calls
from wf_tui.workers.model.history import INTERRUPTED

if TYPE_CHECKING:
    from pathlib import Path


def said(*calls: str, text: str = "I look.") -> dict[str, Any]:
    """Return an entry in which the model calls a tool by each of these names."""
    parts = [{"part_kind": "text", "content": text}]
    parts += [
        {"part_kind": "tool-call", "tool_name": "read_file", "args": "{}", "tool_call_id": call}
        for call in calls
    ]
    return {"message": {"kind": "response", "parts": parts}}


def told(*calls: str, content: str = "one") -> dict[str, Any]:
    """Return an entry with the results of these calls."""
    parts = [
        {
            "part_kind": "tool-return",
            "tool_name": "read_file",
            "tool_call_id": call,
            "content": content,
        }
        for call in calls
    ]
    return {"message": {"kind": "request", "parts": parts}}


def asked(text: str) -> dict[str, Any]:
    """Return an entry of a prompt."""
    return {
        "message": {"kind": "request", "parts": [{"part_kind": "user-prompt", "content": text}]}
    }


def kept(path: Path, *entries: dict[str, Any], most: int = history.MOST_BYTES) -> list[Any]:
    """Add entries as the session does, and return what the next attempt reads."""
    for entry in entries:
        history.append(path, json.dumps(entry), most)
    return history.read(path)


def results(entries: list[Any]) -> list[list[tuple[str, str]]]:
    """Return of each message to the model the calls that it answers, with the answers."""
    return [
        [(part["tool_call_id"], part["content"]) for part in entry["message"]["parts"]]
        for entry in entries
        if entry["message"]["parts"][0]["part_kind"] == "tool-return"
    ]


def test_what_was_added_is_read(tmp_path: Path) -> None:
    """Each entry comes back, in its order; results that came one by one are one message."""
    entries = kept(
        tmp_path / "h", asked("Do it."), said("a", "b"), told("b", content="2"), told("a"), said()
    )
    assert entries[:2] == [asked("Do it."), said("a", "b")]
    assert results(entries) == [[("a", "one"), ("b", "2")]]
    assert entries[-1] == said()
    assert (tmp_path / "h").stat().st_mode & 0o77 == 0


def test_a_call_without_a_result_is_answered(tmp_path: Path) -> None:
    """What a crash cut off has an unknown effect, and the model is told so."""
    entries = kept(tmp_path / "h", asked("Do it."), said("a"), told("a"), said("b", "c"), told("c"))
    assert results(entries)[-1] == [("b", INTERRUPTED), ("c", "one")]


def test_a_result_of_no_call_is_left_out(tmp_path: Path) -> None:
    """Makers refuse a result that nobody asked for, and one that comes twice."""
    entries = kept(tmp_path / "h", said("a"), told("a"), told("a", content="late"), told("x"))
    assert results(entries) == [[("a", "late")]]


def test_a_summary_stands_for_what_came_before(tmp_path: Path) -> None:
    """A conversation that was too long begins with it, once all that is left is told again."""
    path, old = tmp_path / "h", [asked("Do it."), said("a"), told("a")]
    short, left = asked("So far: all is read."), [said("a"), told("a")]
    assert kept(path, *old, {**short, "summary": [1, 3]}) == old
    assert kept(path, {**left[0], "summary": [2, 3]}, {**left[1], "summary": [3, 3]}) == [
        short,
        *left,
    ]
    assert kept(path, said(text="I go on.")) == [short, *left, said(text="I go on.")]


def test_half_of_a_summary_stands_for_nothing(tmp_path: Path) -> None:
    """A crash while it is told costs no message, nor does one of it that no line holds."""
    path, old = tmp_path / "h", [asked("Do it."), said("a"), told("a")]
    halves = [{**asked("So far."), "summary": [1, 3]}, {**said("a"), "summary": [2, 3]}]
    assert kept(path, *old, *halves) == old
    assert kept(path, said("b"), told("b")) == [*old, said("b"), told("b")]
    assert kept(path, {**told("a"), "summary": [3, 3]}, said(text="Done."))[-1] == said(
        text="Done."
    )


def test_a_torn_line_is_dropped(tmp_path: Path) -> None:
    """A crash in the middle of a line costs that entry; the next attempt's are whole again."""
    path = tmp_path / "h"
    kept(path, asked("Do it."))
    with path.open("ab") as file:
        file.write(b'{"message": {"kind": "resp')
    assert history.read(path) == [asked("Do it.")]
    assert kept(path, said()) == [asked("Do it."), said()]
    assert history.read(tmp_path / "none") == []


def test_secrets_are_taken_out(tmp_path: Path) -> None:
    """What is redacted is what is written."""
    entry = json.dumps(said(text="the key is sk-123"))
    history.append(tmp_path / "h", entry, redact=lambda text: text.replace("sk-123", "KEY"))
    assert "sk-123" not in (tmp_path / "h").read_text()
    assert history.read(tmp_path / "h") == [said(text="the key is KEY")]


def begun(folder: Path, *calls: tuple[str, dict[str, Any]]) -> list[tuple[str, str]]:
    """Return what the hands of an attempt have begun, as they print it."""
    printed = [{"call": 1, "tool": name, "args": json.dumps(args)[:300]} for name, args in calls]
    text = "".join(f"{json.dumps(line)}\n" for line in (*printed, {"call": 1, "ok": "done"}))
    pieces = [text[start : start + 70] for start in range(0, len(text), 70)]
    records = [json.dumps({"at": 1.0, "text": piece}) for piece in (*pieces, "torn")]
    (folder / "raw.jsonl").write_text("".join(f"{record}\n" for record in records))
    return begun_calls(folder)


def test_a_call_that_was_never_recorded(tmp_path: Path) -> None:
    """What hands had begun when the scheduler died is told as interrupted, too; others are not."""
    long = {"path": "b", "content": "x" * 400}
    calls = begun(tmp_path, ("read_file", {}), ("read_file", {}), ("write_file", long))
    path = tmp_path / "h"
    kept(path, asked("Do it."), said("a"))
    entries: list[Any] = history.read(path, calls)
    assert results(entries) == [
        [("a", INTERRUPTED)],
        [("lost-2-1", INTERRUPTED), ("lost-2-2", INTERRUPTED)],
    ]
    names = [part["tool_name"] for part in entries[-2]["message"]["parts"]]
    assert names == ["read_file", "write_file"]
    # The next attempt knows them; what it does itself is counted anew.
    history.begin(tmp_path / "next", entries)
    again: list[Any] = history.read(tmp_path / "next", calls[:1])
    assert again[-2]["message"]["parts"][0]["args"] == "{}"
    assert len(history.read(tmp_path / "next")) == len(entries)
    assert begun_calls(tmp_path / "none") == []


def test_the_oldest_results_go_first(tmp_path: Path) -> None:
    """One that is too long is cut to three quarters; what was said and asked stays."""
    long = "x" * 10_000
    entries = [asked("Do it.")]
    for number in range(20):
        entries += [said(str(number)), told(str(number), content=long)]
    path = tmp_path / "h"
    found = kept(path, *entries, most=100_000)
    assert path.stat().st_size <= 100_000
    assert [one for one in found if one["message"]["kind"] == "response"] == entries[1::2]
    lengths = [len(content) for answers in results(found) for _, content in answers]
    assert lengths == sorted(lengths)
    assert lengths[0] < len(long) == lengths[-1]


def test_a_next_attempt_takes_up_what_fits_into_a_window(tmp_path: Path) -> None:
    """What it goes on from is what its history begins with, and of the longest only the newest."""
    entries = [asked("Do it.")]
    for number in range(20):
        entries += [said(str(number)), told(str(number), content="x" * 10_000)]
    taken_up: list[Any] = history.begin(tmp_path / "h", entries, most=100_000)
    assert (tmp_path / "h").stat().st_size <= 100_000
    assert history.read(tmp_path / "h")[2] == {"message": taken_up[2]["message"]}
    assert len(taken_up) == len(entries)


def test_the_oldest_messages_go_then(tmp_path: Path) -> None:
    """Where results are not what makes it long, the prompt and the newest words stay."""
    entries = [asked("Do it."), *(said(text=str(number) * 1000) for number in range(10, 60))]
    found = kept(tmp_path / "h", *entries, most=20_000)
    assert (tmp_path / "h").stat().st_size <= 20_000
    assert (found[0], found[-1]) == (entries[0], entries[-1])


@given(st.lists(st.sampled_from(["say", "a", "b", "told a", "told b", "ask", "torn", "bad"])))
def test_every_call_has_one_answer(words: list[str]) -> None:
    """Whatever was written, each call is answered in the message behind it, and nothing else is."""
    entries = {
        "say": said(),
        "a": said("a"),
        "b": said("a", "b"),
        "told a": told("a"),
        "told b": told("b"),
        "ask": asked("more"),
        "torn": {"message": 1},
        "bad": {"message": {"kind": "request", "parts": "?"}},
    }
    found: list[Any] = history.ready_to_go_on([dict(entries[word]) for word in words])
    for this, behind in zip(found, [*found[1:], None], strict=False):
        calls = [
            part["tool_call_id"]
            for part in this["message"]["parts"]
            if part["part_kind"] == "tool-call"
        ]
        parts = behind["message"]["parts"] if behind else []
        answers = [part["tool_call_id"] for part in parts if part["part_kind"] == "tool-return"]
        if this["message"]["kind"] == "response":
            assert answers == calls
