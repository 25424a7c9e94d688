"""Colours for the code of a diff, by Pygments: slices of what is seen, on a thread of their own.

Pygments holds the interpreter's lock, and the event loop with it: so never more than a slice at a
time, with a pause after it, and no more of a file whose lexer is slow.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.line import Role, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

    from wf_tui.board.diff.patch import CodeLine

__all__ = ["Colouring", "Slice", "coloured", "lexer_for"]

SLICE: Final = 100
"""Lines that are coloured at a time."""
LONGEST_LINE: Final = 1000
"""Characters of a line from which on none of its slice is coloured."""
LARGEST_FILE: Final = 1_000_000
"""Bytes of a file from which on it is not coloured."""
SLOWEST: Final = 0.05
"""Seconds that a slice may take; after a slower one the file is left as it is."""

Slice = list["CodeLine"]
_ROLES: Final = (
    ("Comment", Role.COMMENT),
    ("Keyword", Role.KEYWORD),
    ("Operator.Word", Role.KEYWORD),
    ("Literal.Number", Role.NUMBER),
    ("Literal.String", Role.STRING),
    ("Name.Tag", Role.KEYWORD),
    ("Name.Builtin", Role.NAME),
    ("Name.Decorator", Role.NAME),
    ("Name.Function", Role.NAME),
    ("Name.Class", Role.NAME),
)
"""What the kinds of tokens of Pygments are drawn as; the first that holds a kind has it."""


class Colouring:
    """Colours what is asked for, the newest wish first; belongs to the event loop."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "colours")
        self._slow: set[str] = set()
        """Paths whose lexer took too long."""

    def close(self) -> None:
        """Start nothing more."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def wants(self, path: str, size: int) -> bool:
        """Whether a file of this name and size is coloured."""
        return size <= LARGEST_FILE and path not in self._slow

    async def colour(
        self,
        path: str,
        slices: Sequence[Slice],
        show: Callable[[Slice, list[tuple[Span, ...]]], None],
    ) -> None:
        """Colour slices of a file one after the other, and have each shown as it is ready.

        A worker that is cancelled by the next wish ends between two slices.
        """
        loop = asyncio.get_running_loop()
        for part in slices:
            if path in self._slow:
                return
            spans, took = await loop.run_in_executor(self._pool, _timed, path, part)
            if took > SLOWEST:
                self._slow.add(path)
            if spans is None:
                return
            show(part, spans)
            # As long a pause as it took: the loop gets the lock back for half of the time.
            await asyncio.sleep(took)


def _timed(path: str, part: Slice) -> tuple[list[tuple[Span, ...]] | None, float]:
    lexer = lexer_for(path.rpartition("/")[2])
    if lexer is None:
        return None, 0.0
    start = time.thread_time()
    spans = coloured(part, lexer)
    return spans, time.thread_time() - start


@lru_cache(256)
def lexer_for(name: str) -> Lexer | None:
    """Return what reads a file of this name; None where none is known.

    By the name alone: guessing from a text costs a run of many lexers over it.
    """
    from pygments.lexers import get_lexer_for_filename  # noqa: PLC0415 - 20 ms, and on this thread
    from pygments.util import ClassNotFound  # noqa: PLC0415 - same

    try:
        found: Lexer = get_lexer_for_filename(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
    return found


def coloured(lines: Slice, lexer: Lexer) -> list[tuple[Span, ...]]:
    """Return the pieces of each line; one that is too long leaves all of them without a colour.

    The new side is read as one text, and the old one as another: what was removed is not in the
    file that is read.
    """
    if any(len(line.text) > LONGEST_LINE for line in lines):
        return [(Span(line.text),) for line in lines]
    found: dict[int, tuple[Span, ...]] = {}
    for side in ("new", "old"):
        places = [at for at, line in enumerate(lines) if getattr(line, side) is not None]
        parts = _pieces([lines[at].text for at in places], lexer)
        for at, spans in zip(places, parts, strict=True):
            found.setdefault(at, spans)
    return [found.get(at, (Span(line.text),)) for at, line in enumerate(lines)]


def _pieces(texts: Sequence[str], lexer: Lexer) -> list[tuple[Span, ...]]:
    rows: list[list[Span]] = [[] for _ in texts]
    at = 0
    for kind, value in lexer.get_tokens("\n".join(texts)):
        role = _role(kind)
        for place, text in enumerate(value.split("\n")):
            at += place > 0
            if text and at < len(rows):
                rows[at].append(Span(text, role))
    # A lexer that changes a text, as some do with tabs, has not read what is shown.
    return [
        tuple(row) if "".join(span.text for span in row) == text else (Span(text),)
        for row, text in zip(rows, texts, strict=True)
    ]


@lru_cache(512)
def _role(kind: _TokenType) -> Role:
    """Return what a token of Pygments is drawn as."""
    from pygments.token import is_token_subtype, string_to_tokentype  # noqa: PLC0415 - on its thread

    return next(
        (role for name, role in _ROLES if is_token_subtype(kind, string_to_tokentype(name))),
        Role.TEXT,
    )
