"""Quoting values for `sh` where a template has them: outside of quotes, or within either kind.

So an item with spaces, quotes or `$(...)` in it is one word and never a command, also where the
template puts it into quotes of its own: `"docs/{{item}}.md"`.
"""

from __future__ import annotations

import re
import shlex
from enum import Enum
from typing import TYPE_CHECKING, Final

from wf_tui.errors import UsageError

if TYPE_CHECKING:
    from wf_tui.swarm.items import Item
    from wf_tui.swarm.template import Template

__all__ = ["fill_command"]

_ACTS: Final = re.compile(r'([\\"$`])')
"""What a double-quoted text takes for more than itself."""
_SIMPLE_EXPANSION: Final = re.compile(r"\$\{[^{}'\"`\\$]*\}")
_CASE: Final = re.compile(r"case\b")
_HINT: Final = "give it to the command as an argument, or by printf in front of a pipe"


class _In(Enum):
    """What a character of a script stands in."""

    PLAIN = "plain"
    SINGLE = "single"
    DOUBLE = "double"


def fill_command(template: Template, item: Item) -> str:
    """Return the script with the values of an item, each of them one word or a part of one.

    Raises `UsageError` for a place where no quoting is safe in every shell: behind a here-document,
    behind backquotes or `$'...'`, in a comment, and what else `_Script` does not follow.
    """
    contexts = _contexts(template)

    def quote(number: int, value: str) -> str:
        match contexts[number]:
            case _In.SINGLE:
                return value.replace("'", "'\\''")
            case _In.DOUBLE:
                return _ACTS.sub(r"\\\1", value)
            case _:
                return shlex.quote(value)

    return template.fill(item, quote)


def _contexts(template: Template) -> list[_In]:
    """Return what each place of a script stands in."""
    starts = {place.start: place for place in template.places}
    script = _Script()
    found, at, text = [], 0, template.text
    while at < len(text):
        if place := starts.get(at):
            if script.unsafe:
                raise UsageError(f"{place.word} stands in {script.unsafe}", _HINT)
            found.append(script.stack[-1])
            at = place.end
            script.in_word = True
        else:
            taken = script.take(text, at)
            if taken > 1 and at + 1 in starts:
                raise UsageError(f"{starts[at + 1].word} stands behind a backslash", _HINT)
            at += taken
    return found


class _Script:
    """How far a script was read: the quotes and brackets that are open."""

    def __init__(self) -> None:
        self.stack: list[_In] = [_In.PLAIN]
        self.unsafe = ""
        """What makes a value unsafe from here on; "" where nothing does."""
        self.in_word = False

    def take(self, text: str, at: int) -> int:
        """Read what stands at a position; return how many characters that were."""
        if self.unsafe == "a comment":
            self.unsafe = "" if text[at] == "\n" else self.unsafe
            return 1
        if self.stack[-1] is _In.SINGLE:
            if text[at] == "'":
                self.stack.pop()
            return 1
        if text[at] == "\\":
            return 2
        if text[at] == "`":
            self.unsafe = "or behind backquotes: write $(...)"
        elif text.startswith("${", at):
            simple = _SIMPLE_EXPANSION.match(text, at)
            self.unsafe = "" if simple else "or behind a ${...} with quotes or values in it"
            return simple.end() - at if simple else 1
        elif text.startswith("$(", at):
            self.stack.append(_In.PLAIN)
            self.in_word = False
            return 2
        elif text[at] == '"':
            self._quote(_In.DOUBLE)
        elif self.stack[-1] is _In.PLAIN:
            self._take_plain(text, at)
        return 1

    def _quote(self, kind: _In) -> None:
        if self.stack[-1] is kind:
            self.stack.pop()
        else:
            self.stack.append(kind)
        self.in_word = True

    def _take_plain(self, text: str, at: int) -> None:
        char = text[at]
        if text.startswith("<<", at):
            self.unsafe = "or behind a here-document"
        elif text.startswith("$'", at):
            self.unsafe = "or behind $'...'"
        elif char == "'":
            self._quote(_In.SINGLE)
        elif char == "(":
            self.stack.append(_In.PLAIN)
        elif char == ")" and len(self.stack) > 1:
            self.stack.pop()
        elif char == "#" and not self.in_word:
            self.unsafe = "a comment"
        elif len(self.stack) > 1 and not self.in_word and _CASE.match(text, at):
            self.unsafe = "or behind a `case` in brackets, whose `)` closes none"
        self.in_word = char not in " \t\n;&|()"
