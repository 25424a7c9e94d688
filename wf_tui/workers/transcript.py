"""The entries of an attempt's logs as people read them: `{"at", "kind", "text", "data"}`.

What a program printed is `out`; the other kinds come from its line, and are written by the
scheduler. Everything in them was said by a worker: it is cleaned by whoever shows it.
"""

import json
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Final

from wf_tui.text import dollars, plural

__all__ = ["EntryKind", "Record", "entry_json", "entry_text"]

Record = Mapping[str, object]
"""One line of a log, as JSON has it."""

_MOST_LINES: Final = 12
"""Lines that are shown of what a tool was given or gave back."""
_LONGEST_LINE: Final = 400
_LONGEST_THOUGHT: Final = 160
_STANDING: Final = "the log is half full; the end of the output follows when the program ends"
_BRACKET: Final = re.compile(r"(^|[\r\n])\[")
_PLAN_SIGNS: Final = {"completed": "x", "in_progress": ">"}


class EntryKind(StrEnum):
    """What an entry is."""

    OUT = "out"
    """What the program printed."""
    SAY = "say"
    """What the model says; it may come in pieces, and its end is a newline."""
    THINK = "think"
    TOOL = "tool"
    """A tool begins, or what it gave back."""
    PLAN = "plan"
    USAGE = "usage"
    RETRY = "retry"
    ASK = "ask"
    ANSWER = "answer"
    MESSAGE = "message"
    """What a person wrote to it."""
    NOTE = "note"
    END = "end"


def entry_json(record: Record) -> dict[str, object]:
    """Return a line of a log as an entry with all its fields; logs of before had fewer."""
    data = record.get("data")
    entry: dict[str, object] = {
        "at": record.get("at"),
        "kind": record.get("kind", EntryKind.OUT),
        "text": record.get("text", ""),
        "data": data if isinstance(data, dict) else {},
    }
    match record:
        case {"left_out": int(count)}:
            entry |= {"kind": EntryKind.NOTE, "data": {"left_out": count}}
        case {"truncated": True}:
            entry |= {"kind": EntryKind.NOTE, "data": {"truncated": True}}
    return entry


def entry_text(record: Record) -> str:
    """Return an entry for people, whole lines but for what a program or its model is writing."""
    match record:
        case {"left_out": int(count)}:
            return f"\n[wf: {plural(count, 'byte')} left out]\n"
        case {"truncated": True}:
            return f"\n[wf: {_STANDING}]\n"
    text, data = record.get("text"), record.get("data")
    text = text if isinstance(text, str) else ""
    write = _WRITERS.get(str(record.get("kind", EntryKind.OUT)), _note)
    return write(text, data if isinstance(data, dict) else {})


def _as_it_is(text: str, _: Record) -> str:
    return text


def _said(text: str, _: Record) -> str:
    """Return a model's own words: a line of them never looks like one of wf's entries."""
    # What begins with a bracket could pass for an answer of a person.
    return _BRACKET.sub(r"\1 [", text)


def _thought(text: str, data: Record) -> str:
    """Return how a thought begins; some think for pages, and `entry_json` has all of it."""
    if not data.get("begins"):
        return ""
    first, _, rest = text.strip().partition("\n")
    is_all = text.endswith("\n") and not rest and len(first) <= _LONGEST_THOUGHT
    return f"[thinking] {first if is_all else first[:_LONGEST_THOUGHT].rstrip() + ' ...'}\n"


def _tool(text: str, data: Record) -> str:
    if "status" not in data:
        name = str(data.get("name", ""))
        given = data.get("input")
        if given and text in {"", name}:
            text = f"{name} {json.dumps(given, ensure_ascii=False)}"
        return _lines("tool", text or name, most=_MOST_LINES)
    status = str(data["status"])
    if (code := data.get("exit_code")) is not None:
        status += f", exit {code}"
    shown = _lines(f"tool {status}", text, most=_MOST_LINES)
    return "" if shown == "[tool completed]\n" else shown


def _plan(_: str, data: Record) -> str:
    items = data.get("items")
    steps = [one for one in items if isinstance(one, dict)] if isinstance(items, list) else []
    done = sum(one.get("status") == "completed" for one in steps)
    rows = [
        f"{_PLAN_SIGNS.get(str(one.get('status')), ' ')} {one.get('text', '')}" for one in steps
    ]
    return _lines(f"plan {done}/{len(steps)}", "\n".join(["", *rows]), most=len(rows) + 1)


def _usage(_: str, data: Record) -> str:
    counts = {name: data.get(name) for name in ("input", "cached", "output", "reasoning")}
    parts = [f"{count:,} {name}" for name, count in counts.items() if isinstance(count, int)]
    if isinstance(cost := data.get("cost_usd"), int | float):
        parts.append(dollars(cost * 1_000_000))
    scope = data.get("scope")
    return _lines("usage", ", ".join(parts) + (f" (whole {scope})" if scope == "session" else ""))


def _retry(text: str, data: Record) -> str:
    parts = []
    if (attempt := data.get("attempt")) is not None:
        most = data.get("max")
        parts.append(f"attempt {attempt}" + (f" of {most}" if most is not None else ""))
    if isinstance(delay := data.get("delay_s"), int | float):
        parts.append(f"again in {delay:g} s")
    return _lines("waiting for the model", ": ".join(filter(None, [", ".join(parts), text])))


def _ask(text: str, data: Record) -> str:
    options = data.get("options")
    named = [one for one in options if isinstance(one, dict)] if isinstance(options, list) else []
    rows = [f"{n}. {one.get('name') or one.get('id')}" for n, one in enumerate(named, 1)]
    return _lines(f"question {data.get('id', '')}".strip(), "\n".join([text, *rows]))


def _answer(text: str, data: Record) -> str:
    said = [str(value) for value in (data.get("option"), data.get("kind")) if value]
    by = f" by {data['by']}" if data.get("by") else ""
    words = ": ".join(filter(None, [" ".join(said), text])) or "none"
    return _lines(f"answer{by}", words)


def _message(text: str, data: Record) -> str:
    return _lines(f"message from {data.get('by') or 'a person'}", text)


def _note(text: str, data: Record) -> str:
    if not text and "session" in data:
        model = f", model {data['model']}" if data.get("model") else ""
        text = f"session {data['session']}{model}"
    if "files" in data:
        verdict = f" ({data['verdict']})" if data.get("verdict") else ""
        return _lines(f"result{verdict}", text)
    kind = str(data.get("kind") or "").replace("_", " ")
    return _lines("note", ": ".join(filter(None, [kind, text])))


def _end(text: str, data: Record) -> str:
    if data.get("ok"):
        return _lines("end", f"it says that it is done{': ' if text else ''}{text}")
    kind = f" ({data['kind']})" if data.get("kind") else ""
    return _lines("end", f"it says that it failed{kind}{': ' if text else ''}{text}")


_WRITERS: Final[Mapping[str, Callable[[str, Record], str]]] = {
    EntryKind.OUT: _as_it_is,
    EntryKind.SAY: _said,
    EntryKind.THINK: _thought,
    EntryKind.TOOL: _tool,
    EntryKind.PLAN: _plan,
    EntryKind.USAGE: _usage,
    EntryKind.RETRY: _retry,
    EntryKind.ASK: _ask,
    EntryKind.ANSWER: _answer,
    EntryKind.MESSAGE: _message,
    EntryKind.NOTE: _note,
    EntryKind.END: _end,
}


def _lines(head: str, text: str, most: int = 100) -> str:
    """Return a text under its head, the lines after the first one set in, at most `most` lines."""
    lines = text.rstrip().split("\n")
    shown = [line[:_LONGEST_LINE] for line in lines[:most]]
    if len(lines) > most:
        shown.append(f"({len(lines) - most} more lines)")
    first, *rest = shown
    return "\n".join([f"[{head}] {first}".rstrip(), *(f"  {line}" for line in rest)]) + "\n"
