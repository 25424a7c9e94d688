"""Where a comment belongs, and the name under which one that is half written is kept."""

from __future__ import annotations

import json
from dataclasses import dataclass

from wf_tui.ledger.model.rows.quoted_lines import line_words

__all__ = ["CommentPlace", "half_written_place"]

_KIND = "comment"


@dataclass(frozen=True)
class CommentPlace:
    """Lines of a file under review, or the file as a whole."""

    path: str
    """As git has it, not safe to draw."""
    side: str = "new"
    line: int | None = None
    """The last of the lines; None is the whole file."""
    quote: str = ""
    """The lines, each safe to draw, with newlines between them."""
    number: int | None = None
    """Of the comment that gets other words; None for a new one."""

    @property
    def words(self) -> str:
        """The place as people write it: `line 12`, `lines 12-18`, `the file`."""
        lines = line_words(self.line, self.quote)
        if not lines:
            return "the file"
        return f"line{'s' if '-' in lines else ''} {lines}"

    @property
    def draft_name(self) -> str:
        """What the ledger's drafts call what is half written here."""
        if self.number is not None:
            return json.dumps([_KIND, self.number])
        return json.dumps([_KIND, self.path, self.side, self.line, self.quote])


def half_written_place(name: str) -> CommentPlace | None:
    """Return the place that a draft of the ledger is of; None for what is no comment."""
    if not name.startswith(f'["{_KIND}", '):
        return None
    _, *parts = json.loads(name)
    if len(parts) == 1:
        return CommentPlace("", number=parts[0])
    return CommentPlace(*parts)
