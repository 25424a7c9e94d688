"""Style sheets that are parsed once for all applications of a test process.

Each application parses all of them anew, an eighth of what a test with a board takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from textual.css.stylesheet import Stylesheet

if TYPE_CHECKING:
    from textual.css.model import RuleSet

__all__ = ["share_styles"]

_PARSED: dict[object, list[RuleSet]] = {}
_PARSE = Stylesheet._parse_rules


def _parse_once(self: Stylesheet, css: str, *where: Any, **kind: Any) -> list[RuleSet]:
    # What a rule comes to depends on the variables; applying it does not change it.
    key = (frozenset(self._variables.items()), css, where, frozenset(kind.items()))
    if key not in _PARSED:
        _PARSED[key] = _PARSE(self, css, *where, **kind)
    return _PARSED[key]


def share_styles() -> None:
    """Parse each style sheet once from now on, for each set of variables."""
    Stylesheet._parse_rules = _parse_once  # type: ignore[method-assign]
