"""What a text has that keeps it from being a plan: marks of chats, editors and merges.

People get plans from models, chats and web pages, which bring fences, bold text, typographic quotes
and spaces that do not look like others. The parsers stumble there and speak of their own troubles;
here the thing itself is named.
"""

import re
from dataclasses import replace
from typing import Final

from wf_tui.plan.report import Problem, quoted

__all__ = ["explained", "has_hard_space", "odd_word"]

_HARD_SPACES: Final = "\u00a0\u2007\u202f\u3000\u2000-\u2006\u2008-\u200a\u200b-\u200d\u2060\ufeff"
_QUOTES: Final = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2018\u2019\u201a\u201b\u2039\u203a"
_HARD_SPACE: Final = re.compile(f"[{_HARD_SPACES}]")
_QUOTE: Final = re.compile(f"[{_QUOTES}]")
_OUTSIDE: Final = re.compile(f"^[{_HARD_SPACES}]|[{_HARD_SPACES}]$|[:-][{_HARD_SPACES}]")
_QUOTED: Final = re.compile(f"^[{_QUOTES}].*[{_QUOTES}]$", re.DOTALL)
_MERGE: Final = re.compile(r"^(?:<{7}|\|{7}|={7}|>{7})(?: .*)?$")
_FENCE: Final = re.compile(r"^ {0,3}(?:`{3,}|~{3,})")
_BOLD: Final = re.compile(r"(?:^|[\s:\-\[{,])(\*{1,3}|__)(?=[^\s*_])")
_TAB: Final = re.compile(r"^ *(?:- *)*\t")
_TICK: Final = re.compile(r"(?:^|[:\-\[{,])\s*`[^`]")
_PLAIN_QUOTE_HINT: Final = "write straight quotes: \" or '"


def has_hard_space(word: str) -> bool:
    """Whether a word without quotes has a hard space where a plain one would end it."""
    return bool(_OUTSIDE.search(word))


def odd_word(word: str) -> tuple[str, str] | None:
    """Return what is odd about a word without quotes, with what helps; None for a usual one.

    YAML takes such a word as it is: typographic quotes and hard spaces become part of it.
    """
    if found := _OUTSIDE.search(word):
        return _hard_space(found[0].strip(":-")), "write a plain space"
    if _QUOTED.search(word):
        return f"typographic quotes ({word[0]} {word[-1]})", _PLAIN_QUOTE_HINT
    return None


def explained(problem: Problem, text: str, format_: str) -> Problem:
    """Return the fault of a text that could not be read, as what stands in its line."""
    lines = text.split("\n")
    line = min(problem.line or len(lines), len(lines))
    found = _merge_mark(lines) or _fence(lines, line, format_)
    # A parser often stumbles only over the line behind.
    for number in (line, line - 1):
        if found or number < 1:
            break
        if named := _in_line(lines[number - 1], format_):
            found = (number, *named)
    if found is None:
        return problem
    number, message, hint = found
    return replace(problem, message=message, hint=hint, line=number, column=None, path="")


def _merge_mark(lines: list[str]) -> tuple[int, str, str] | None:
    for number, line in enumerate(lines, 1):
        if _MERGE.match(line.rstrip("\r")):
            mark = line[:7]
            return (
                number,
                f"a mark of a merge ({mark})",
                "resolve the conflict, and remove the marks",
            )
    return None


def _fence(lines: list[str], stop: int, format_: str) -> tuple[int, str, str] | None:
    first = next((number for number, line in enumerate(lines, 1) if line.strip()), 1)
    for number, line in enumerate(lines[:stop], 1):
        # A long text in TOML may have one at its margin; elsewhere such texts are indented.
        near = number in {first, stop, stop - 1} or format_ != "toml"
        indented = line.startswith(" ") and number not in {first, stop}
        if near and not indented and _FENCE.match(line):
            shown = quoted(line.strip())
            return number, f"a code fence ({shown})", "keep only what stands between the fences"
    return None


def _in_line(line: str, format_: str) -> tuple[str, str] | None:
    """Return what stands in a line that cannot be read, and what helps."""
    if format_ == "yaml" and _TAB.match(line):
        return "a tab in the indentation", "indent with spaces"
    if found := _HARD_SPACE.search(line):
        return _hard_space(found[0]), "write a plain space"
    if found := _QUOTE.search(line):
        return f"a typographic quote ({found[0]})", _PLAIN_QUOTE_HINT
    if found := _BOLD.search(line):
        return (
            f"bold or italic text ({found[1]})",
            "remove the marks, or put the text in quotes",
        )
    if _TICK.search(line):
        return "code in backticks (`)", "remove the backticks, or put the text in quotes"
    return None


def _hard_space(char: str) -> str:
    return f"a hard space (U+{ord(char):04X})"
