"""The lines of the answer box: what is asked to the letter, why, and the keys that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from wf_tui.board.text_view.text_line import TextLine, safe
from wf_tui.board.text_view.wrapped_lines import wrap
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted
from wf_tui.picture.age import duration, span
from wf_tui.text import clean, dollars, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.board.inbox.answers import Answer
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.ledger.model.rows import QuestionRow
    from wf_tui.picture.card import Card

__all__ = ["BoxLines", "Shown", "box_lines", "more_row"]

_LONGEST: Final = 200_000
"""Characters of a command: all that a worker can send, since it is shown to the letter."""
_KINDS: Final = {
    "execute": "run a command",
    "edit": "change a file",
    "delete": "delete a file",
    "move": "move a file",
    "read": "read a file",
    "fetch": "fetch from the network",
}
"""What is asked, in words; the kinds are those of tool calls in the Agent Client Protocol."""
_INDENT: Final = Span("  ")


@dataclass(frozen=True)
class Shown:
    """What the box is about at a moment."""

    card: Card
    asked: QuestionRow | None = None
    more: int = 0
    """How many questions of the same task stand behind it."""
    answers: Sequence[Answer] = ()
    chosen: int | None = None
    """Which of the answers the cursor is on."""
    closed: str = ""
    """Why it takes no answer any more."""
    ways: Sequence[FooterKey] = ()
    """The keys that end what it is in, where it asks nothing."""
    has_draft: bool = False


@dataclass(frozen=True)
class BoxLines:
    """All rows, also those that are scrolled away, and which of them are the command."""

    rows: tuple[Row, ...]
    command: range
    foot: tuple[Row, ...] = ()
    """What stands below them and is never scrolled away: in a low box, the ways to answer."""


class _Room(Enum):
    """How much room the box has: the first that all of it fits in is taken."""

    ROOMY = auto()
    """Blank lines between its parts."""
    PLAIN = auto()
    LOW = auto()
    """The keys in one line, which stays in view."""


def box_lines(shown: Shown, glyphs: GlyphSet, width: int, height: int, now: float) -> BoxLines:
    """Return the box for so many cells and lines; what is beyond them is to be scrolled."""
    draw = _Drawing(glyphs, width)
    for room in _Room:
        found = _lines(shown, draw, now, room)
        if len(found.rows) + len(found.foot) <= height:
            break
    return found


def more_row(lines: BoxLines, seen: range, glyphs: GlyphSet, width: int) -> Row:
    """Return the line that says how much of a box is out of view, and which key shows it."""
    below, above = len(lines.rows) - seen.stop, seen.start
    unread = any(line not in seen for line in lines.command)
    if below > 0:
        words = f"{plural(below, 'more line')}: PgDn"
    else:
        words = f"{plural(above, 'line')} above: PgUp"
    line = Line((_INDENT, Span(words, Role.WARNING if unread and below > 0 else Role.MUTED)))
    return _Drawing(glyphs, width).row(line)


def _lines(shown: Shown, draw: _Drawing, now: float, room: _Room) -> BoxLines:
    glyphs = draw.glyphs
    blank = [draw.row(Line())] if room is _Room.ROOMY else []
    head = [draw.row(_title(shown.card, glyphs)), draw.row(_figures(shown, now))]
    foot: list[Row] = []
    asked, command, ways = shown.asked, range(0), []
    if asked is None:
        body = draw.needs(shown.card, now)
        keys = [
            piece
            for key in shown.ways
            for piece in (
                Span(f"{key.key} ", Role.OFF if key.why_not else Role.KEY, key.action),
                Span(f"{key.title}   ", Role.OFF if key.why_not else Role.MUTED, key.action),
            )
        ]
        ways = [draw.row(Line((_INDENT, *keys)))] if keys else []
    else:
        before, letters, after = draw.question(asked, shown.more)
        start = len(head) + len(blank) + len(before)
        command = range(start, start + len(letters))
        body = [*before, *letters, *after]
        if room is _Room.LOW and all(one.key for one in shown.answers if not one.is_twin):
            foot = draw.answers_in_short(shown)
        else:
            ways = draw.answers(shown)
    closed = [draw.row(Line((_INDENT, Span(shown.closed, Role.WARNING))))] if shown.closed else []
    rows = (*head, *blank, *body, *blank, *closed, *ways)
    return BoxLines(rows, command, tuple(foot))


def _title(card: Card, glyphs: GlyphSet) -> Line:
    role = Role.NEED if card.needs_you else Role.MUTED
    where = f"{card.phase} {glyphs.into} {card.id}" if card.phase else card.id
    left = (Span(f"{glyphs.of(card)} ", role), Span(card.title, Role.TITLE))
    return Line(left, (), (Span(where, Role.MUTED),))


def _figures(shown: Shown, now: float) -> Line:
    card, asked = shown.card, shown.asked
    cost = "" if card.cost_microusd is None else dollars(card.cost_microusd)
    kept = ""
    if asked is not None and not shown.closed and asked.expires_at is not None:
        kept = f"its worker waits {span(asked.expires_at - now)}"
    facts = (
        " ".join(filter(None, (card.who, card.model))),
        f"attempt {card.attempt}" if card.attempt else "",
        duration(now - card.since),
        cost,
        kept,
    )
    return Line((_INDENT, Span(" · ".join(filter(None, facts)), Role.MUTED)))


@dataclass(frozen=True)
class _Drawing:
    glyphs: GlyphSet
    width: int

    def row(self, line: Line, look: Look = Look.PLAIN) -> Row:
        """Return a line as it is drawn."""
        return Row(fitted(self.glyphs.drawn(line), self.width, self.glyphs.more), look)

    def wrapped(self, text: str, role: Role, *, first: str = "") -> list[Row]:
        """Return a text on the ground of a question, all of it, broken at the edge."""
        rows = []
        for number, piece in enumerate(text.split("\n")):
            lead = f"  {first}" if number == 0 else "  " + " " * len(first)
            line = TextLine((Span(lead, role), Span(piece, role)), hang=len(lead))
            # No sign of ours is in it, so that in ASCII, too, it stays as it was sent.
            rows += [
                Row(fitted(Line(part.spans), self.width, self.glyphs.more), Look.NEED)
                for part in wrap(line, max(8, self.width - 1))
            ]
        return rows

    def question(self, asked: QuestionRow, more: int) -> tuple[list[Row], list[Row], list[Row]]:
        """Return the rows before what is asked, those of it, and those behind it."""
        about = asked.about
        kind = _KINDS.get(asked.kind) or clean(asked.kind, limit=40).replace("_", " ")
        word = f"asks to {kind}" if asked.permission and kind else "asks"
        behind = (Span(f" · {more} more behind it", Role.MUTED),) if more else ()
        head = self.row(Line((_INDENT, Span(word, Role.NEED_WORD), *behind)), Look.NEED)
        letters = clean(about.command or asked.text, limit=_LONGEST, multiline=True).strip("\n")
        command = self.wrapped(letters, Role.TITLE, first="$ " if about.command else "")
        after = []
        if about.reason.strip():
            reason = clean(about.reason, limit=_LONGEST, multiline=True).strip()
            after += self.wrapped(f"“{reason}”", Role.TEXT)
        if about.rule.strip():
            after += self.wrapped(safe(about.rule.strip()), Role.MUTED)
        return [head], command, after

    def needs(self, card: Card, now: float) -> list[Row]:
        """Return why a task that asks nothing is where it is, and the proof of it."""
        needs = card.needs
        if needs is None:
            return self.wrapped(card.parked.at(now) or card.why or card.reason, Role.TEXT)
        lines = self.wrapped(f"{needs.word} {needs.sentence}", Role.NEED_WORD)
        if needs.proof:
            lines += self.wrapped(needs.proof, Role.ERROR if needs.is_error else Role.TEXT)
        return lines

    def answers_in_short(self, shown: Shown) -> list[Row]:
        """Return the answers beside each other, in as few lines as hold them; a click gives one."""
        lines: list[list[Span]] = []
        room = 0
        for place, one in enumerate(shown.answers):
            if one.is_twin:
                continue
            off = bool(shown.closed or one.why_not)
            hit = "" if off else f"answer:{place}"
            words = f"{one.short or one.words}   "
            cells = cell_len(words) + len(one.key) + 1
            if cells > room:
                lines.append([_INDENT])
                room = self.width - cell_len(_INDENT.text)
            room -= cells
            lines[-1] += [
                Span(f"{one.key} ", Role.OFF if off else Role.KEY, hit),
                Span(words, Role.OFF if off else Role.TEXT, hit),
            ]
        return [self.row(Line(tuple(line))) for line in lines]

    def answers(self, shown: Shown) -> list[Row]:
        """Return a line for each answer; a click on it gives it."""
        rows = []
        for place, one in enumerate(shown.answers):
            if one.is_twin:
                continue
            off = bool(shown.closed or one.why_not)
            hit = "" if off else f"answer:{place}"
            key = Span(f"  {one.key:<2} ", Role.OFF if off else Role.KEY, hit)
            said = f"{one.short or one.words}: {one.why_not}" if one.why_not else one.words
            words = Span(said, Role.OFF if off else Role.TEXT, hit)
            note = one.note
            if one.key == "m" and shown.has_draft:
                note = "your draft is kept"
            look = Look.CURSOR if place == shown.chosen else Look.PLAIN
            rows.append(self.row(Line((key, words), (), (Span(note, Role.FAINT),)), look))
        return rows
