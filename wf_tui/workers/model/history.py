"""What a model has said and been told in an attempt: from it the next one goes on.

A file of JSON lines beside the log of the attempt, an entry for each message. The scheduler writes
it as the host says the entries; a torn last line is what a crash leaves. Standard library only.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Final

from wf_tui.paths import private_opener
from wf_tui.workers.model.begun_calls import unknown_to

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from wf_tui.workers.model.begun_calls import BegunCall

__all__ = [
    "HISTORY",
    "INTERRUPTED",
    "MOST_BYTES",
    "MOST_TAKEN_UP",
    "append",
    "begin",
    "read",
    "ready_to_go_on",
    "write",
]

HISTORY: Final = "history.jsonl"
"""In the folder of an attempt."""
MOST_BYTES: Final = 64 << 20
MOST_TAKEN_UP: Final = 16 << 20
"""Bytes that a next attempt goes on from, more than fits into any window. A hundred sessions may
take up theirs at once, in the memory of one scheduler and of one host."""
INTERRUPTED: Final = "interrupted: its effect is not known, look before you repeat it"
"""What the model is told in the place of a result that was never recorded."""
_LEFT_OUT: Final = "left out here: the conversation has become too long to keep all of it"
_EARLIER: Final = "earlier"
"""In an entry: it is of an attempt before this one."""
_SUMMARY: Final = "summary"
"""In an entry: its place in a conversation that begins anew with a summary, and the last one's."""
_RESULTS: Final = frozenset({"tool-return", "retry-prompt"})
Entry = dict[str, object]
Part = dict[str, object]


def append(
    path: Path, entry: str, most: int = MOST_BYTES, *, redact: Callable[[str], str] = str
) -> None:
    """Add an entry, as the JSON text that it came as; what is no entry is left out.

    `redact` takes secrets out of it, which in it are escaped once more than on the line. Blocks.
    The oldest results go where the file would be too long. Raises `OSError`.
    """
    entry = redact(entry)
    if _entry(entry) is None:
        return
    with open(path, "ab", opener=private_opener) as file:
        if file.tell() and not _ends_whole(path):
            file.write(b"\n")
        file.write(entry.replace("\n", " ").encode("utf-8", "replace") + b"\n")
        too_long = file.tell() > most
    if too_long:
        write(path, _told_last(_lines(path)), most)


def begin(path: Path, entries: Iterable[Entry], most: int = MOST_TAKEN_UP) -> list[Entry]:
    """Write the history of an attempt that goes on with these entries; return what it goes on with.

    The oldest results are left out where it would be too long. Blocks; raises `OSError`.
    """
    taken_up = _fitted([{**entry, _EARLIER: True} for entry in entries], most)
    write(path, taken_up)
    return taken_up


def write(path: Path, entries: Iterable[Entry], most: int = MOST_BYTES) -> None:
    """Write a history anew, the whole of it or none. Blocks; raises `OSError`."""
    fitted = _fitted(list(entries), most)
    beside = path.with_suffix(".new")
    with open(beside, "wb", opener=private_opener) as file:
        file.writelines(map(_encoded, fitted))
    beside.replace(path)


def read(path: Path, begun: Sequence[BegunCall] = ()) -> list[Entry]:
    """Return the entries, ready to be gone on from: each call of a tool has a result.

    They begin with the last summary that was written to its end, if there is one. `begun` are the
    calls that the hands of the attempt have begun; those that were never recorded stand at the end,
    as others that were interrupted. Empty where no history can be read. Blocks.
    """
    try:
        lines = list(_lines(path))
    except OSError:
        return []
    entries = _told_last(lines)
    own = (entry for entry in lines if _EARLIER not in entry)
    # By its id: behind a summary what is left of a conversation is told again.
    known = {call: (name, args) for entry in own for call, name, args in _calls(entry)}
    lost = unknown_to(known.values(), begun) if entries else []
    return ready_to_go_on([*entries, _said(lost, len(entries))] if lost else entries)


def _told_last(lines: Iterable[Entry]) -> list[Entry]:
    """Return the conversation as it stands: from its last summary on, if that is all there.

    What follows a summary is told again behind it, so a crash in the middle of that leaves two
    halves, and the older one is whole.
    """
    entries: list[Entry] = []
    again: list[Entry] = []
    for entry in lines:
        place, last = _place(entry)
        if not place:
            entries.append(entry)
            continue
        if place == 1:
            again = []
        if again or place == 1:
            again.append(_without_place(entry))
        if again and place == last:
            entries, again = again, []
    return entries


def _place(entry: Entry) -> tuple[int, int]:
    match entry.get(_SUMMARY):
        case [int(place), int(last)]:
            return place, last
    return 0, 0


def _without_place(entry: Entry) -> Entry:
    return {name: value for name, value in entry.items() if name != _SUMMARY}


def _said(lost: Sequence[BegunCall], place: int) -> Entry:
    """Return the message of the model that began these calls, as far as it is known.

    `place` is how many messages are before it.
    """
    parts = [
        {
            "part_kind": "tool-call",
            "tool_name": name,
            "args": args if _is_object(args) else json.dumps({"cut": args}),
            "tool_call_id": f"lost-{place}-{number}",
        }
        for number, (name, args) in enumerate(lost, 1)
    ]
    return {"message": {"kind": "response", "parts": parts}}


def _is_object(text: str) -> bool:
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


def _lines(path: Path) -> Iterator[Entry]:
    with path.open("rb") as file:
        for line in file:
            entry = _entry(line.decode("utf-8", "replace")) if line.endswith(b"\n") else None
            if entry is not None:
                yield entry


def _ends_whole(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


def _entry(line: str) -> Entry | None:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return entry if isinstance(entry, dict) and isinstance(entry.get("message"), dict) else None


def ready_to_go_on(entries: list[Entry]) -> list[Entry]:
    """Return a history in which what follows a message of the model answers each of its calls.

    Results may have come one by one, and twice: one of a call is kept, one of no call is not.
    """
    answered: list[Entry] = []
    calls: dict[str, str] = {}
    told: list[Part] = []
    for entry in entries:
        if _message(entry).get("kind") == "response":
            answered += _told(calls, told)
            answered.append(entry)
            calls, told = {call: name for call, name, _ in _calls(entry)}, []
        else:
            told += _parts(entry)
    return [*answered, *_told(calls, told)]


def _told(calls: dict[str, str], told: list[Part]) -> list[Entry]:
    """Return as one message what the model was told between two of its own; none for nothing."""
    results: dict[str, Part] = {}
    others = []
    for part in told:
        call = part.get("tool_call_id")
        if part.get("part_kind") not in _RESULTS or not part.get("tool_name"):
            others.append(part)
        elif isinstance(call, str) and call in calls:
            results[call] = part
    parts = [results.get(call) or _interrupted(call, name) for call, name in calls.items()]
    parts += others
    return [{"message": {"kind": "request", "parts": parts}}] if parts else []


def _interrupted(call: str, name: str) -> Part:
    return {
        "part_kind": "tool-return",
        "tool_name": name,
        "tool_call_id": call,
        "content": INTERRUPTED,
        "outcome": "failed",
    }


def _fitted(entries: list[Entry], most: int) -> list[Entry]:
    """Return entries that take three quarters of `most` bytes, where they took more than it.

    The oldest results go first, and then the oldest messages behind the first one.
    """
    sizes = [len(_encoded(entry)) for entry in entries]
    if sum(sizes) <= most:
        return entries
    over = sum(sizes) - most * 3 // 4
    for number, entry in enumerate(entries):
        if over <= 0:
            return entries
        shorter = _without_results(entry)
        over += len(_encoded(shorter)) - sizes[number]
        entries[number], sizes[number] = shorter, len(_encoded(shorter))
    while over > 0 and len(entries) > 1:
        over -= sizes.pop(1)
        del entries[1]
    return entries


def _encoded(entry: Entry) -> bytes:
    return json.dumps(entry, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _without_results(entry: Entry) -> Entry:
    """Return an entry in which each long result of a tool is left out."""
    parts = [
        {**part, "content": _LEFT_OUT}
        if part.get("part_kind") == "tool-return" and len(str(part.get("content"))) > len(_LEFT_OUT)
        else part
        for part in _parts(entry)
    ]
    return {**entry, "message": {**_message(entry), "parts": parts}}


def _message(entry: Entry) -> Mapping[str, object]:
    message = entry.get("message")
    return message if isinstance(message, dict) else {}


def _parts(entry: Entry) -> list[Part]:
    parts = _message(entry).get("parts")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _calls(entry: Entry) -> Iterator[tuple[str, str, object]]:
    """Yield the calls of a message: their ids, their tools and their arguments."""
    for part in _parts(entry):
        call, name = part.get("tool_call_id"), part.get("tool_name")
        if part.get("part_kind") == "tool-call" and isinstance(call, str) and isinstance(name, str):
            yield call, name, part.get("args")
