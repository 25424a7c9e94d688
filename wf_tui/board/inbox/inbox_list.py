"""The list of the inbox: what waits for a person, what they put off, what they answered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.widgets.card_lines import CardDrawing, CardSize
from wf_tui.board.widgets.card_pieces import shorter_paths, sign_spans, title_role
from wf_tui.board.widgets.entry_view import EntryView, ListSource
from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.board.widgets.list_lines import ghost_line, list_line
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.picture.age import span
from wf_tui.picture.entries import EntryKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.inbox.item import Decided
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.card import Card
    from wf_tui.picture.entries import Entry
    from wf_tui.picture.picture import Picture

__all__ = ["InboxList", "task_named"]

_WAITS: Final = "\x00waits for you"
_SNOOZED: Final = "\x00snoozed"
_ANSWERED: Final = "\x00answered by you"
_NOTHING: Final = "\x00nothing"
_PUT_OFF: Final = "\x00snoozed "
_DECIDED: Final = "\x00decided "
"""What the names of entries in the other groups begin with: a task may be in two of them.

No id of a task has such a character, so that no entry is named like one."""
_TITLES: Final = (_WAITS, _SNOOZED, _ANSWERED)


class InboxList(EntryView):
    """Draws the three groups; which task is selected is its screen's to say."""

    def __init__(self, glyphs: GlyphSet, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(glyphs, id=id, ruled=True)
        self.picture: Picture | None = None
        self.now = 0.0
        """The time that ages are of, in UTC seconds."""
        self.folded: set[str] = set()
        self._groups: dict[str, list[str]] = {}
        self._decided: dict[str, Decided] = {}
        self._ghost = ""

    # -- what is in it

    def fill(self, picture: Picture, decided: Sequence[Decided], selected: str | None) -> None:
        """Show what there is now; `selected` is the name of an entry.

        Where what waited has left its place it stays there, as a ghost.
        """
        self.picture = picture
        place = self._place(selected)
        waits = list(picture.needs)
        put_off = [name for name in picture.snoozes if _is_put_off(picture, name)]
        put_off.sort(key=lambda name: picture.cards[name].parked.until or float("inf"))
        snoozed = [_PUT_OFF + name for name in put_off]
        self._decided = {_DECIDED + one.task: one for one in decided if one.task in picture.cards}
        shown = {*waits, *snoozed, *self._decided}
        self._ghost = ""
        if selected is not None and selected not in shown:
            # What was put off and is back, stands among what waits.
            selected = task_named(selected)
            if selected not in shown:
                self._ghost = selected
                waits.insert(min(place, len(waits)), selected)
        self._groups = {_WAITS: waits, _SNOOZED: snoozed, _ANSWERED: list(self._decided)}
        self._lay_out(selected)

    def _place(self, selected: str | None) -> int:
        before = self._groups.get(_WAITS, [])
        return before.index(selected) if selected in before else len(before)

    def _lay_out(self, selected: str | None) -> None:
        names: list[str] = []
        for title in _TITLES:
            group = self._groups.get(title, [])
            if group or title == _WAITS:
                names += [title, *(() if title in self.folded else group)]
            if title == _WAITS and not group:
                names.append(_NOTHING)
        source = ListSource(names, {*_TITLES, _NOTHING})
        self.source = source
        found = None if selected is None else source.find(selected)
        self.put_cursor(None if found is None else found.at)

    @property
    def ghost(self) -> str:
        """The selected task where it is no more in any group; "" else."""
        return self._ghost

    def task_of(self, entry: Entry | None) -> str | None:
        """Return the task of an entry."""
        if entry is None or entry.kind is not EntryKind.CARD:
            return None
        return task_named(entry.name)

    def next_need(self, selected: str | None) -> str | None:
        """Return the task that needs the person next, after the selected one or its ghost."""
        waits = self._groups.get(_WAITS, [])
        at = waits.index(selected) + 1 if selected in waits else 0
        turn = [*waits[at:], *waits[:at]]
        return next((one for one in turn if one not in {self._ghost, selected}), None)

    def group_of(self, entry: Entry) -> str:
        """Return the title of the group that an entry is in, or is the title of."""
        if entry.name in _TITLES:
            return entry.name
        found = (title for title, group in self._groups.items() if entry.name in group)
        return next(found, _WAITS)

    def toggle(self, titles: Sequence[str], selected: str | None) -> None:
        """Fold these groups, or open them; that of the selected task stays open."""
        cursor = self.current
        mine = self.group_of(cursor) if cursor is not None else ""
        self.folded ^= {title for title in titles if title != mine}
        self._lay_out(selected)

    def toggle_all(self, selected: str | None) -> None:
        """Fold what was put off and answered, or open it."""
        rest = (_SNOOZED, _ANSWERED)
        closed = [title for title in rest if title in self.folded]
        self.toggle(closed or rest, selected)

    # -- how it looks

    def gap(self, before: Entry, after: Entry) -> int:
        """Put a blank line behind each that waits, where there is room, and between groups."""
        if before.name in _TITLES:
            return 0
        is_title = after.name in _TITLES
        return int(is_title or (not self._is_compact and self._has_two_lines(after)))

    @property
    def _is_compact(self) -> bool:
        low = ("-compact", "-narrow", "-short")
        return any(self.screen.has_class(name) for name in low)

    def _has_two_lines(self, entry: Entry) -> bool:
        if self.picture is None or entry.name not in self.picture.cards:
            return False
        return self.picture.cards[entry.name].needs_you

    def is_marked(self, entry: Entry) -> bool:
        """Whether a task is marked."""
        return self.picture is not None and entry.name in self.picture.marks

    def lines_of(self, entry: Entry) -> Sequence[Line]:
        """Return the lines of a title or a task."""
        return tuple(self.glyphs.drawn(line) for line in self._lines(entry))

    def _lines(self, entry: Entry) -> Sequence[Line]:
        if entry.name in _TITLES:
            count = len(self._groups[entry.name]) - bool(entry.name == _WAITS and self._ghost)
            sign = self.glyphs.folded if entry.name in self.folded else self.glyphs.opened
            words = Span(f"{sign} {entry.name[1:]} ", Role.MUTED)
            return (Line((words, Span(str(count), Role.FAINT))),)
        if entry.name == _NOTHING or self.picture is None:
            return (Line((Span("  nothing needs you", Role.MUTED),)),)
        card = self.picture.cards[str(self.task_of(entry))]
        if entry.name in self._decided:
            return (self._decided_line(card, self._decided[entry.name]),)
        drawing = CardDrawing(self.glyphs, self.room, CardSize.COMPACT)
        if entry.name == self._ghost:
            how = card.parked.at(self.now) or card.who
            return (ghost_line(card, how, drawing, self.now),)
        if not card.needs_you:
            return (self._put_off_line(card),)
        if self._is_compact:
            return (list_line(card, drawing, self.now),)
        return self._two_lines(card)

    def _decided_line(self, card: Card, one: Decided) -> Line:
        left = (Span(f"{self.glyphs.done} ", Role.DONE), Span(card.title, Role.MUTED))
        return Line(left, (Span(f"{one.word} {span(self.now - one.at)}", Role.FAINT),))

    def _put_off_line(self, card: Card) -> Line:
        left = (*sign_spans(card, self.glyphs, self.now, fresh=False), Span(card.title, Role.MUTED))
        return Line(left, (Span(card.parked.at(self.now), Role.FAINT),))

    def _two_lines(self, card: Card) -> tuple[Line, Line]:
        sign = sign_spans(card, self.glyphs, self.now, fresh=False)
        since = Span(span(self.now - card.since), Role.FAINT)
        first = Line((*sign, Span(card.title, title_role(card))), (since,))
        needs = card.needs
        if needs is None:
            return first, Line()
        fails = needs.is_error and needs.proof and card.kind != BlockedKind.DELIVERABLE
        text, role = (needs.proof, Role.ERROR) if fails else (needs.sentence, Role.MUTED)
        text = shorter_paths(text, self.room - len(needs.word) - 3)
        return first, Line((Span(f"  {needs.word} ", Role.NEED_WORD), Span(text, role)))


def task_named(entry: str) -> str:
    """Return the task of an entry, by the name of the entry."""
    return entry.removeprefix(_PUT_OFF).removeprefix(_DECIDED)


def _is_put_off(picture: Picture, name: str) -> bool:
    card = picture.cards.get(name)
    return card is not None and not card.needs_you and picture.is_snoozed(name)
