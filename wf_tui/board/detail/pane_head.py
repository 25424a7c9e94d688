"""The head of the pane: which task it is, why it is where it is, what ends that, what it cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.detail.head_facts import HeadFacts
from wf_tui.board.messages import ActionChosen
from wf_tui.board.text_view.plain_signs import plain_row
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.age import duration, span
from wf_tui.picture.words.advice import advice_for
from wf_tui.text import line_counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.events import Click

    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.card import Card
    from wf_tui.picture.words.needs_words import Needs

__all__ = ["LOW", "PaneHead", "ways_out"]

LOW: Final = 26
"""Lines of the pane under which its head has neither a blank line nor the worker's plan."""
_CLOSE: Final = "close"
_BY_STATE: Final = {
    TaskState.PENDING: ("task.hold", "task.reassign", "task.edit"),
    TaskState.IN_PROGRESS: ("task.message", "task.hold", "task.reassign"),
}
_ROLES: Final = {
    TaskState.PENDING: Role.TEXT,
    TaskState.IN_PROGRESS: Role.RUNNING,
    TaskState.DONE: Role.DONE,
}


def ways_out(card: Card) -> Sequence[tuple[str, str]]:
    """Return the actions that help a task now, what is advised first, each with its word here."""
    if not card.needs_you:
        return [(name, "") for name in _BY_STATE.get(TaskState(card.state), ())]
    found = [(one.action, one.word) for one in advice_for(card)]
    if any(name == "task.retry" for name, _ in found):
        at = [name for name, _ in found].index("task.retry")
        found.insert(at + 1, ("task.retry_note", "with a note"))
    return found


class PaneHead(LineWidget):
    """Always as many lines, whatever the task: a change of state is no change of layout."""

    DEFAULT_CSS = """
    PaneHead { height: 5; width: 1fr; }
    """

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__()
        self._glyphs = glyphs
        self._card: Card | None = None
        self._shown = ""
        self._facts = HeadFacts()
        self._keys: Sequence[FooterKey] = ()
        self._place = ""
        self._now = 0.0

    def show(
        self,
        task: str,
        card: Card | None,
        keys: Sequence[FooterKey],
        now: float,
        *,
        place: str = "",
    ) -> None:
        """Show a task; `task` is its id, safe to draw, and `place` where it is among others."""
        if task != self._shown:
            self._facts = HeadFacts()
        self._shown, self._card, self._keys = task, card, keys
        self._now, self._place = now, place
        self.repaint()

    def know(self, facts: HeadFacts) -> None:
        """Take the figures that were read."""
        self._facts = facts
        self.repaint()

    def rows(self) -> list[Row]:
        """Return the title, three lines of the reason, and the figures; the plan in a high one."""
        if not self._shown:
            return [Row((Span("select a card to see it here", Role.MUTED),))]
        ground = Look.NEED if self._card is not None and self._card.needs_you else Look.PLAIN
        reason = [self._fit(Line(spans), ground) for spans in self._reason()]
        rows = [self._title(), *reason, self._figures()]
        if self.size.height > len(rows):
            rows.insert(-1, self._fit(Line(), Look.PLAIN))
            rows.append(self._fit(Line(self._facts.plan), Look.PLAIN))
        return [plain_row(row) for row in rows] if self._glyphs.more.isascii() else rows

    def on_click(self, event: Click) -> None:
        """Do what is clicked: a way out, or closing the pane."""
        action = self.hit_at(event.x, event.y)
        if action:
            event.stop()
            self.post_message(ActionChosen("view.back" if action == _CLOSE else action))

    def _fit(self, line: Line, look: Look) -> Row:
        return Row(fitted(line, self.size.width, self._glyphs.more), look)

    def _title(self) -> Row:
        card = self._card
        if card is None:
            return self._fit(Line((Span(f"  {self._shown}", Role.TITLE),)), Look.PLAIN)
        role = Role.NEED if card.needs_you else _ROLES.get(TaskState(card.state), Role.MUTED)
        left = (Span(f"{self._glyphs.of(card)} ", role), Span(card.title, Role.TITLE))
        place = (Span(self._place, Role.FAINT),) if self._place else ()
        where = Span(f"{card.phase} {self._glyphs.into} {card.id}", Role.MUTED)
        close = (Span(" esc ", Role.MUTED, _CLOSE),)
        return self._fit(Line(left, (where, *place, *close)), Look.PLAIN)

    def _reason(self) -> list[tuple[Span, ...]]:
        """Return three lines: the sentence, its proof, and the keys that end it."""
        card = self._card
        if card is None:
            return [(), (), ()]
        indent = Span("  ")
        first, second = _sentence(card, self._facts, self._now)
        keys = [indent]
        for key in self._keys:
            dim = bool(key.why_not)
            keys.append(Span(key.key, Role.OFF if dim else Role.KEY, key.action))
            keys.append(Span(f" {key.title}   ", Role.OFF if dim else Role.MUTED, key.action))
        return [(indent, *first), (indent, *second), tuple(keys)]

    def _figures(self) -> Row:
        facts = self._facts
        parts = [" ".join(filter(None, (facts.seat, facts.model))), *facts.figures]
        left = Span(" · ".join(filter(None, parts)), Role.MUTED)
        right: tuple[Span, ...] = ()
        if facts.holds_up:
            right = (Span("holds up", Role.MUTED), Span(str(facts.holds_up), Role.TITLE))
        return self._fit(Line((left,), (), right), Look.PLAIN)


def _sentence(
    card: Card, facts: HeadFacts, now: float
) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    """Return why a task is where it is, and the proof of that."""
    since = span(now - card.since)
    if card.needs is not None:
        return _needed(card, card.needs, since)
    match TaskState(card.state):
        case TaskState.IN_PROGRESS:
            return _working(card, now)
        case TaskState.DONE:
            kind = card.answer or card.kind.replace("_", " ")
            lines = line_counts(card.added, card.removed)
            done = Span(f"{kind} {since} ago  {lines}".rstrip(), Role.MUTED)
            return (done,), (Span(facts.said or facts.result, Role.MUTED),)
        case TaskState.PENDING:
            words = card.wrong.at(now) or card.why or card.reason
            return (Span(words, Role.WARNING if card.wrong else Role.TEXT),), ()
        case _:
            return (Span(card.parked.at(now) or card.why),), (Span(facts.proof, Role.MUTED),)


def _needed(card: Card, needs: Needs, since: str) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    tries = f" · try {card.tries} of {card.max_attempts}" if card.tries else ""
    first = (
        Span(needs.word, Role.NEED_WORD),
        Span(f" {needs.sentence}"),
        Span(f" · {since} ago{tries}", Role.MUTED),
    )
    return first, (Span(needs.proof, Role.ERROR if needs.is_error else Role.TEXT),)


def _working(card: Card, now: float) -> tuple[tuple[Span, ...], tuple[Span, ...]]:
    plan = f" · step {card.plan[0]}/{card.plan[1]}" if card.plan else ""
    step = card.step.replace("_", " ") or "running"
    heard = f"  {span(now - card.evidence_at)}" if card.evidence_at else ""
    doing = Span(f"{step} {duration(now - card.since)} · {card.who}{plan}")
    return (doing,), (Span(card.evidence), Span(heard, Role.FAINT))
