"""Writing a plan as YAML that a person can read and change, and that reads back as it was.

Nothing of it acts on a terminal, whatever its texts hold: what has no shape stands as an escape.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import yaml

from wf_tui.plan.foreign.traps import odd_word

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["PlanDumper", "escape_hidden", "plan_text", "represent_text"]

_WIDEST: Final = 1 << 20
"""Characters of a line: a prompt of one line stays one."""
_OTHER_BREAKS: Final = re.compile("[\r\x85\u2028\u2029]")
"""What YAML takes for the end of a line, too, and would read back as a newline."""


_JOINER: Final = "\u200d"
"""The one character without a shape that people write: it joins emoji."""


class PlanDumper(yaml.SafeDumper):
    """Writes texts of several lines as blocks, and nothing as an alias, which plans do not have."""

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002 - the dumper's signature
        """Write out what is there twice."""
        return True


def represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    """Return a text as it is written: in quotes, as a block or plain; a dumper calls it."""
    style = None
    if _OTHER_BREAKS.search(text) or odd_word(text) or _hidden(text):
        style = '"'
    elif "\n" in text:
        style = "|"
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style)


PlanDumper.add_representer(str, represent_text)


def escape_hidden(written: str) -> str:
    """Return what a dumper wrote with an escape for each character that shows nothing.

    Some turn what stands beside them, on a terminal too. `represent_text` has put each text with
    one of these into double quotes, where it can be an escape.
    """
    for one in _hidden(written):
        written = written.replace(one, f"\\U{ord(one):08X}")
    return written


def _hidden(text: str) -> list[str]:
    if text.isascii():
        return []
    return [one for one in set(text) if unicodedata.category(one) == "Cf" and one != _JOINER]


def plan_text(plan: Mapping[str, object]) -> str:
    """Return the text of a plan of plain values: tables, lists, texts, numbers, truths.

    Keys stay in their order. `read.parse_plan` reads the same values of it, whatever the texts
    hold; what is no UTF-8 cannot be written.
    """
    text: str = yaml.dump(
        dict(plan),
        Dumper=PlanDumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDEST,
        default_flow_style=False,
    )
    return escape_hidden(text)
