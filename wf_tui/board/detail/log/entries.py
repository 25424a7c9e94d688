"""The entries of an attempt's log as the pane shows them: a time, a verb, and the rest on a line.

Made on a thread from the records of a log; whatever a worker said in them is made safe here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.text_view.text_line import safe
from wf_tui.board.widgets.line import Role
from wf_tui.text import plural
from wf_tui.workers.transcript import EntryKind, Record, entry_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["STREAMED", "CallEnd", "LogEntry", "entries_of", "streamed_entry"]

_MOST_BODY: Final = 500
"""Lines that are kept of what a tool was given and gave back."""
_LONGEST_THOUGHT: Final = 160
_VERBS: Final = {"execute": "run", "other": "uses"}
"""Of the kinds of tools, where the verb is not the kind."""
STREAMED: Final = {EntryKind.OUT: "", EntryKind.SAY: "says"}
"""What comes in pieces, of which only a newline ends a line; and its verb."""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One line of the log, with what it opens to; all of it is safe to draw."""

    at: float
    """UTC seconds."""
    verb: str
    """What the worker did; "" for the output of a program."""
    text: str
    role: Role = Role.TEXT
    body: tuple[str, ...] = ()
    """What `Enter` opens: of a tool call what it was given, then what it gave back."""
    call: str = ""
    """The tool call that this is of."""
    goes_on: bool = False
    """Whether it is of the same words as the line before, and its verb stands there."""
    rule: bool = False
    """Whether it parts what is above from what is below."""


@dataclass(frozen=True, slots=True)
class CallEnd:
    """What a tool call came to; it belongs to the entry with that call."""

    call: str
    body: tuple[str, ...]
    status: str
    """How it ended where that is not well: `failed`, `exit 1`; "" else."""


def streamed_entry(kind: str, at: float, line: str, *, first: bool) -> LogEntry:
    """Return one whole line of what came in pieces; it has been through `last_state`."""
    verb = STREAMED.get(EntryKind(kind), "")
    return LogEntry(at, verb, safe(line.removesuffix("\r")), goes_on=bool(verb) and not first)


def entries_of(record: Record) -> Iterator[LogEntry | CallEnd]:
    """Yield what a record that does not come in pieces shows as; nothing for what nobody needs."""
    text, data = record.get("text"), record.get("data")
    at = record.get("at")
    when = float(at) if isinstance(at, int | float) else 0.0
    words = text if isinstance(text, str) else ""
    more = data if isinstance(data, Mapping) else {}
    match record.get("kind"):
        case EntryKind.TOOL if "status" in more:
            yield _call_end(words, more)
        case EntryKind.TOOL:
            yield _call(when, words, more)
        case EntryKind.PLAN:
            yield _plan(when, more)
        case EntryKind.THINK:
            if more.get("begins"):
                first = words.strip().partition("\n")[0]
                shown = safe(first[:_LONGEST_THOUGHT])
                yield LogEntry(when, "thinks", shown, Role.MUTED, _lines(words))
        case EntryKind.END:
            yield _end(when, words, more)
        case kind:
            yield from _other(str(kind), when, entry_text(record))


def _call(at: float, text: str, data: Record) -> LogEntry:
    """Return a tool call: its kind as a verb, then what it is about, without its name."""
    name, kind = str(data.get("name", "")), str(data.get("kind", "other"))
    about = text.removeprefix(name).strip() or text or name
    given = data.get("input")
    body: tuple[str, ...] = ()
    if isinstance(given, Mapping):
        for key, value in given.items():
            words = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
            body += _lines(f"{key}: {words}")
    verb = _VERBS.get(kind, kind)
    shown = f"{name} {about}" if verb == "uses" and about != name else about
    return LogEntry(at, safe(verb)[:8], safe(" ".join(shown.split())), body=body, call=_id(data))


def _call_end(text: str, data: Record) -> CallEnd:
    status = str(data["status"])
    code = data.get("exit_code")
    said = "" if status == "completed" else status
    if code is not None and str(code) != "0":
        said = f"exit {code}"
    return CallEnd(_id(data), _lines(text), safe(said))


def _plan(at: float, data: Record) -> LogEntry:
    items = data.get("items")
    steps = [one for one in items if isinstance(one, Mapping)] if isinstance(items, list) else []
    done = sum(one.get("status") == "completed" for one in steps)
    now = next((one for one in steps if one.get("status") == "in_progress"), None)
    text = f"{done}/{len(steps)}"
    if now is not None:
        text += f"  {now.get('text', '')}"
    body = tuple(
        safe(f"{_PLAN_SIGNS.get(str(one.get('status')), ' ')} {one.get('text', '')}")
        for one in steps[:_MOST_BODY]
    )
    return LogEntry(at, "plan", safe(" ".join(text.split())), body=body)


_PLAN_SIGNS: Final = {"completed": "✓", "in_progress": "●"}


def _end(at: float, text: str, data: Record) -> LogEntry:
    words = f": {text}" if text else ""
    if data.get("ok"):
        return LogEntry(at, "ended", safe(f"it says that it is done{words}"), Role.DONE)
    kind = f" ({data['kind']})" if data.get("kind") else ""
    return LogEntry(at, "ended", safe(f"it says that it failed{kind}{words}"), Role.ERROR)


_OTHERS: Final = {
    EntryKind.ASK: ("asks", Role.NEED_WORD),
    EntryKind.ANSWER: ("answer", Role.TEXT),
    EntryKind.MESSAGE: ("message", Role.TEXT),
    EntryKind.RETRY: ("waits", Role.WARNING),
    EntryKind.USAGE: ("usage", Role.MUTED),
}


def _other(kind: str, at: float, text: str) -> Iterator[LogEntry]:
    """Yield the rest, as `wf logs` has it, its head in brackets turned into the verb."""
    known = {str(one): words for one, words in _OTHERS.items()}
    verb, role = known.get(kind, ("note", Role.MUTED))
    head, bracket, rest = text.strip("\n").partition("] ")
    if bracket and head.startswith("["):
        who = head[1:].partition(" ")[2] if verb in {"answer", "message"} else ""
        text = f"{who}: {rest}" if who else rest
    else:
        text = text.strip("\n").removeprefix("[").removesuffix("]").removeprefix("wf: ")
    for place, line in enumerate(text.split("\n")):
        yield LogEntry(at, verb, safe(line.removesuffix("\r")), role, goes_on=place > 0)


def _id(data: Record) -> str:
    return safe(str(data.get("id", "")))


def _lines(text: str) -> tuple[str, ...]:
    if not text.strip():
        return ()
    lines: Sequence[str] = text.strip("\n").split("\n")
    found = tuple(safe(line.removesuffix("\r")) for line in lines[:_MOST_BODY])
    more = len(lines) - _MOST_BODY
    return (*found, f"… {plural(more, 'line')} more: wf logs --raw") if more > 0 else found
