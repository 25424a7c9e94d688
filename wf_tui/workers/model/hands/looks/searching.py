"""`search`: lines that match a regular expression, by ripgrep where it is there, else by Python."""

import os
import re
from collections.abc import Iterator
from typing import Final

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.text_file import encoding_of
from wf_tui.workers.model.hands.files.tree import FOLDER, Tree
from wf_tui.workers.model.hands.looks.globs import Glob
from wf_tui.workers.model.hands.looks.ignored import Ignored
from wf_tui.workers.model.hands.looks.listing import open_folder
from wf_tui.workers.model.hands.looks.looking import LookCall
from wf_tui.workers.model.hands.looks.matches import Line, Query, rendered
from wf_tui.workers.model.hands.looks.ripgrep import RipgrepError, find_ripgrep, ripgrep
from wf_tui.workers.model.hands.looks.walking import Found, files_below, rules_for

__all__ = ["search"]

_FILE: Final = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
_MOST_BYTES: Final = 16 * 1024 * 1024
"""Of a file; larger ones are no text that anybody wrote."""
_LOOK: Final = 8192
_LIMIT: Final = 100
_HINT: Final = "search a folder further down, with a glob, or for something simpler"


def search(tree: Tree, args: Arguments) -> LookCall:
    """Start to search a folder or a file. Raises `CallError`."""
    query = Query(
        pattern=args.text("pattern"),
        glob=args.text("glob"),
        literal=args.flag("literal"),
        ignore_case=args.flag("ignore_case"),
        context=args.number("context", 0),
        limit=args.number("limit", _LIMIT),
    )
    if not query.pattern:
        raise CallError("the pattern is empty")
    if "\n" in query.pattern:
        raise CallError("a pattern is for one line, so it cannot have a line break")
    glob = Glob(query.glob) if query.glob else None
    with tree.find(args.text("path", ".")) as place:
        if not place.is_folder:
            place.require_file()
            above = place.real.removesuffix(place.name)
            return LookCall.start(lambda: _in_file(place.name, query, above), place.folder, _HINT)
        folder = open_folder(place)
        try:
            rules = rules_for(tree.handle, place.real, is_off=False)
            above = f"{place.real}/" if place.real else ""
            return LookCall.start(lambda: _in_folder(query, glob, rules, above), folder, _HINT)
        finally:
            os.close(folder)


def _in_folder(query: Query, glob: Glob | None, rules: Ignored, above: str) -> str:
    """Search the folder that is the working directory, in the fork."""
    program = find_ripgrep()
    if program is not None:
        try:
            return rendered(ripgrep(program, query), query, above)
        except RipgrepError:
            pass  # it knows fewer patterns than Python, and an old one fewer options
    here = os.open(".", FOLDER)
    found = files_below(here, rules)
    chosen = (one for one in found if glob is None or glob.matches(one.path))
    return rendered(_lines(chosen, query), query, above)


def _in_file(name: str, query: Query, above: str) -> str:
    here = os.open(".", FOLDER)
    return rendered(_lines(iter([Found(name, here, name)]), query), query, above)


def _lines(files: Iterator[Found], query: Query) -> Iterator[Line]:
    """Give the lines of files that match, and those around them."""
    matches = _compiled(query).search
    for file in files:
        lines = _text(file).split("\n")
        if lines[-1] == "":
            del lines[-1]
        hits = [index for index, line in enumerate(lines) if matches(line.rstrip("\r"))]
        last = -1
        for place, hit in enumerate(hits):
            until = hits[place + 1] if place + 1 < len(hits) else len(lines)
            for index in range(max(last + 1, hit - query.context), hit):
                yield Line(file.path, index + 1, lines[index], is_match=False)
            yield Line(file.path, hit + 1, lines[hit], is_match=True)
            last = min(hit + query.context, until - 1, len(lines) - 1)
            for index in range(hit + 1, last + 1):
                yield Line(file.path, index + 1, lines[index], is_match=False)


def _compiled(query: Query) -> re.Pattern[str]:
    pattern = re.escape(query.pattern) if query.literal else query.pattern
    try:
        return re.compile(pattern, re.IGNORECASE if query.ignore_case else 0)
    except (re.error, OverflowError) as error:
        raise CallError(
            f"the pattern is no regular expression: {error}; escape it, or set literal"
        ) from error


def _text(file: Found) -> str:
    """Return the text of a file, nothing where it is none or cannot be read."""
    try:
        handle = os.open(file.name, _FILE, dir_fd=file.folder)
    except OSError:
        return ""
    with os.fdopen(handle, "rb") as opened:
        start = opened.read(_LOOK)
        encoding = encoding_of(start)
        if encoding is None or os.fstat(handle).st_size > _MOST_BYTES:
            return ""
        raw = start + opened.read(_MOST_BYTES)
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode("latin-1")
