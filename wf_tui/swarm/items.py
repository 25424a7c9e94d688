"""The items of a swarm: from a file, standard input, a pattern of tracked files, or a list."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from wf_tui.errors import UsageError, nearest
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["Item", "read_items", "split_list"]

MOST_BYTES: Final = 10_000_000
"""As of a plan: what is larger is another kind of file."""
_GLOB: Final = "glob:"
_LONGEST_NAME: Final = 80
_LIST_HINT: Final = "name a file, glob:PATTERN, - for standard input, or a list: a,b,c"


@dataclass(frozen=True)
class Item:
    """What one task of a swarm is about."""

    text: str
    """As it was written, without space around it; of an object its JSON."""
    fields: Mapping[str, object] | None = None
    """Of an object its values, by key."""
    where: str = ""
    """Where it was read, for messages: `items.txt, line 3`."""

    @property
    def place(self) -> str:
        """The item as a message names it: where it was read, and how it begins."""
        shown = f'"{clean(self.text, limit=_LONGEST_NAME)}"'
        return f"{shown} ({self.where})" if self.where else shown


def read_items(
    word: str, *, tracked: Callable[[str], Sequence[str]], stdin: BinaryIO | None, keyed: bool
) -> tuple[Item, ...]:
    """Return the items that the value of `--items` names, in their order; blocks while it reads.

    `tracked` finds the tracked files of a pattern. `keyed` says that the template asks for keys:
    then the lines of standard input are objects, as those of a `.jsonl` file always are. Raises
    `UsageError` for what can be none of these, and for what is wrong in a line, with its number.
    """
    if not word.strip():
        raise UsageError("--items is empty", _LIST_HINT)
    if word.startswith(_GLOB):
        pattern = word.removeprefix(_GLOB)
        return tuple(Item(path) for path in tracked(pattern))
    if word == "-":
        if stdin is None:
            raise UsageError("--items -: there is no standard input", _LIST_HINT)
        return tuple(_of_lines(_content(stdin, "standard input"), "standard input", keyed=keyed))
    path = Path(word)
    if _exists(path):
        keyed = path.suffix.lower() in {".jsonl", ".ndjson"}
        return tuple(_of_lines(_read(path), word, keyed=keyed))
    if "," in word:
        return split_list(word)
    near = _nearest_file(path)
    hint = f"did you mean {near}?" if near else _LIST_HINT
    shown = clean(word, limit=_LONGEST_NAME)
    raise UsageError(f"--items {shown!r}: no such file, and no list, which has a comma", hint)


def split_list(word: str) -> tuple[Item, ...]:
    """Return the items of a list at commas; what is empty between two of them is none."""
    return tuple(Item(part.strip()) for part in word.split(",") if part.strip())


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except OSError:  # a list that is too long for a name
        return False


def _nearest_file(path: Path) -> str | None:
    try:
        return nearest(path.name, [entry.name for entry in path.parent.iterdir()])
    except OSError:
        return None


def _read(path: Path) -> bytes:
    name = clean(str(path))
    if path.is_dir():
        raise UsageError(f"--items {name}: is a folder", f"for its files: glob:{name}/*")
    try:
        with path.open("rb") as file:
            return _content(file, name)
    except OSError as error:
        raise UsageError(f"--items {name}: cannot be read: {error.strerror}") from error


def _content(file: BinaryIO, name: str) -> bytes:
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UsageError(f"--items: {name} is larger than {MOST_BYTES // 1_000_000} MB")
    return content


def _of_lines(content: bytes, name: str, *, keyed: bool) -> Iterator[Item]:
    """Yield an item for each line that is neither blank nor a comment."""
    # Not `splitlines`, which ends a line at characters that an item may hold.
    for number, line in enumerate(_text(content, name).split("\n"), 1):
        text, where = line.strip(), f"{name}, line {number}"
        if not text or text.startswith("#"):
            continue
        if "\0" in text:
            raise UsageError(f"{where} holds a NUL character", "items are lines of text")
        yield _of_json(text, where) if keyed else Item(text, where=where)


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode("utf-8-sig")  # some editors begin each file with a mark
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise UsageError(
            f"{name}, line {line}: not UTF-8 text", "save it with the encoding UTF-8"
        ) from error


def _of_json(text: str, where: str) -> Item:
    try:
        value = json.loads(text)
        # Escapes can spell halves of characters, and a NUL, which no program is given.
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise UsageError(f"{where}: holds half a character (\\ud800 to \\udfff)") from error
    except (ValueError, RecursionError) as error:
        problem = getattr(error, "msg", "") or "nested too deeply"
        raise UsageError(
            f"{where}: not JSON: {problem}", 'each line is an object: {"key": "value"}'
        ) from error
    if isinstance(value, str):
        return Item(value.strip(), where=where)
    if not isinstance(value, dict):
        raise UsageError(
            f"{where}: {clean(text, limit=_LONGEST_NAME)} is no object",
            'each line is an object: {"key": "value"}',
        )
    return Item(text, value, where)
