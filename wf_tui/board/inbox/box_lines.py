"""The lines of the answer box: what is asked to the letter, why, and the keys that answer it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from wf_tui.board.text_view.text_line import TextLine, safe
from wf_tui.board.text_view.wrapped_lines import wrap
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted
from wf_tui.picture.age import duration, span
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.board.inbox.answers import Answer
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.ledger.model.rows import QuestionRow
    from wf_tui.picture.card import Card

__all__ = ["BoxLines", "Shown", "box_lines"]

_LONGEST: Final = 200_000
"""Characters of a command: all that a worker can send, since it is shown to the letter."""
_MICRO: Final = 1_000_000
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


def box_lines(shown: Shown, glyphs: GlyphSet, width: int, now: float, *, roomy: bool) -> BoxLines:
    """Return the box for a width in cells; `roomy` puts blank lines between its parts."""
    draw = _Drawing(glyphs, width)
    blank = [draw.row(Line())] if roomy else []
    head = [draw.row(_title(shown.card, glyphs)), draw.row(_figures(shown, now))]
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
        ways = draw.answers(shown)
    closed = [draw.row(Line((_INDENT, Span(shown.closed, Role.WARNING))))] if shown.closed else []
    rows = (*head, *blank, *body, *blank, *closed, *ways)
    return BoxLines(rows, command)


def _title(card: Card, glyphs: GlyphSet) -> Line:
    role = Role.NEED if card.needs_you else Role.MUTED
    where = f"{card.phase} {glyphs.into} {card.id}" if card.phase else card.id
    left = (Span(f"{glyphs.of(card)} ", role), Span(card.title, Role.TITLE))
    return Line(left, (), (Span(where, Role.MUTED),))


def _figures(shown: Shown, now: float) -> Line:
    card, asked = shown.card, shown.asked
    cost = "" if card.cost_microusd is None else f"${card.cost_microusd / _MICRO:.2f}"
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
        kind = clean(asked.kind, limit=40).replace("_", " ")
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

    def answers(self, shown: Shown) -> list[Row]:
        """Return a line for each answer; a click on it gives it."""
        rows = []
        for place, one in enumerate(shown.answers):
            if one.is_twin:
                continue
            off = bool(shown.closed or one.why_not)
            hit = "" if off else f"answer:{place}"
            key = Span(f"  {one.key:<2} ", Role.OFF if off else Role.KEY, hit)
            words = Span(one.words, Role.OFF if off else Role.TEXT, hit)
            note = one.why_not or one.note
            if one.key == "m" and shown.has_draft:
                note = "your draft is kept"
            look = Look.CURSOR if place == shown.chosen else Look.PLAIN
            rows.append(self.row(Line((key, words), (), (Span(note, Role.FAINT),)), look))
        return rows
