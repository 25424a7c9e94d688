"""Reading the scripted form of CodeWhale: `workflow({...})`, with plain JSON between the braces.

Nothing of it is run. What a program would do beside that call is refused, since wf would leave it
out without a word.
"""

import re
from typing import Final

from wf_tui.plan.document import Builder, Document, Mark, UnreadableError
from wf_tui.plan.formats.json_text import read_json

__all__ = ["read_script"]

_BLANK: Final = r"(?:\s+|//[^\n]*|/\*.*?\*/)*"
_CALL: Final = re.compile(rf"{_BLANK}(?:export\s+default\s+)?workflow\s*\({_BLANK}", re.DOTALL)
_END: Final = re.compile(
    rf"{_BLANK}(?:satisfies\s+[\w.<>]+|as\s+[\w.<>]+)?{_BLANK},?{_BLANK}\){_BLANK};?{_BLANK}",
    re.DOTALL,
)
_WORD: Final = re.compile(rf"{_BLANK}(?=\S)", re.DOTALL)
_HINT: Final = "wf reads `export default workflow({...})` alone, with JSON between the braces"


def read_script(text: str) -> Document:
    """Read what such a file declares, as if it were JSON at its place; raises nothing.

    Called by `read.parse_plan` for names that end in `.js` or `.ts`.
    """
    builder = Builder()
    call = _CALL.match(text)
    if call is None:
        start = _WORD.match(text)
        error = UnreadableError(
            "a program, which wf does not run, not a declared workflow",
            _mark(text, start.end() if start else 0),
            f"{_HINT}; what a program decides is `cond`, `loop_until` or `expand` there",
        )
        return builder.broken("json", error)
    if text[call.end() : call.end() + 1] != "{":
        message = "`workflow(...)` holds no table"
        return builder.broken("json", UnreadableError(message, _mark(text, call.end()), _HINT))
    end = _object_end(text, call.end())
    before = re.sub(r"[^\n]", " ", text[: call.end()])
    if end is not None:
        closed = _END.match(text, end)
        rest = closed.end() if closed else end
        if not closed or rest < len(text):
            message = "code beside the workflow, which wf does not run"
            return builder.broken("json", UnreadableError(message, _mark(text, rest), _HINT))
    # Without an end the reader of JSON says where it stops.
    return read_json(before + text[call.end() : end])


def _object_end(text: str, start: int) -> int | None:
    """Return where the table that begins there has its end, or None."""
    depth = 0
    for found in re.compile(r'"(?:[^"\\\n]|\\.)*"|[{}]').finditer(text, start):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if depth == 0 and found[0] == "}":
            return found.end()
    return None


def _mark(text: str, at: int) -> Mark:
    return Mark(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
