"""The foot of the graph: the critical path, the selected task, what does not go together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len

from wf_tui.board.widgets.line import Line, Role, Span, fitted, width_of
from wf_tui.picture.graph.critical_path import NO_PATH, critical_path
from wf_tui.picture.graph.graph_text import path_steps, path_words
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.graph.graph import Graph
    from wf_tui.picture.picture import Picture

__all__ = ["FOOT", "TALL_FOOT", "GraphFoot"]

FOOT: Final = 9
"""Lines of the foot; where there is room it has parts with blanks between, and more conflicts."""
TALL_FOOT: Final = 14
_LABEL: Final = 13
_CLASHES: Final = 2
_MOST_CLASHES: Final = 3
_Cells = tuple[Span, ...]
_EDGE: Final = Span(" ", Role.MUTED)


@dataclass(frozen=True)
class GraphFoot:
    """Draws it; made anew for each frame, of values alone."""

    graph: Graph
    picture: Picture
    glyphs: GlyphSet
    width: int
    clashes: Sequence[str] = ()
    keys: Sequence[FooterKey] = ()
    """What helps the selected task, what is advised first."""

    def lines(self, chosen: str | None, *, tall: bool) -> list[_Cells]:
        """Return the lines; `chosen` is the selected task, of which the most is said."""
        rule = Span(self.glyphs.rule * max(1, self.width - 2), Role.RULE)
        blank: list[_Cells] = [(_EDGE,)] if tall else []
        lines: list[_Cells] = [(_EDGE, rule), *self._path(), *blank]
        if chosen is not None and chosen in self.picture.cards:
            lines += [*self._about(chosen), *blank]
        clashes = self.clashes[: _MOST_CLASHES if tall else _CLASHES]
        if clashes and tall:
            words = Span("  what does not go together as it is now", Role.MUTED)
            lines.append((_EDGE, Span("live conflicts", Role.TITLE), words))
        lines += [(_EDGE, Span(one, Role.WARNING)) for one in clashes]
        drawn = [self.glyphs.drawn(Line(line)) for line in lines]
        return [fitted(line, self.width, self.glyphs.more) for line in drawn]

    def _path(self) -> list[_Cells]:
        path = critical_path(self.graph)
        if path == NO_PATH:
            return []
        words = Span(f"  {path_words(self.graph)}", Role.MUTED)
        between = f" {self.glyphs.heavy} "
        steps = path_steps(self.graph)
        # What is done is the first that goes where it is narrow: what is left is the question.
        while len(steps) > path.count and cell_len(between.join(steps)) > self.width - 2:
            steps.pop(0)
        spans: list[Span] = [_EDGE]
        for number, step in enumerate(steps):
            if number:
                spans.append(Span(between, Role.PATH))
            spans.append(Span(step, Role.TEXT))
        return [(_EDGE, Span("critical path", Role.PATH), words), tuple(spans)]

    def _about(self, task: str) -> list[_Cells]:
        """Return what there is to say of the selected task, and the keys that help it."""
        graph, card = self.graph, self.picture.card(task)
        role = Role.NEED if card.needs_you else Role.TEXT
        why = Span(card.why, Role.NEED_WORD if card.needs_you else Role.MUTED)
        head: _Cells = (
            _EDGE,
            Span(f"{self.glyphs.of(card)} ", role),
            Span(f"{card.title} ", Role.TITLE),
            Span(f"{card.id}  ", Role.FAINT),
            why,
        )
        keys = self._keys()
        room = max(self.width // 2, self.width - width_of(keys))
        head = fitted(Line(head), min(room, width_of(head)), self.glyphs.more)
        behind = graph.holds_up(task)
        rows = [
            ("waits for", self._named(graph.needs.get(task, ()))),
            (f"holds up {len(behind)}", self._named(behind)),
            ("scope", "  ".join(card.scope)),
        ]
        return [
            (*head, *keys),
            *(
                (_EDGE, Span(name.ljust(_LABEL), Role.MUTED), Span(text))
                for name, text in rows
                if text
            ),
        ]

    def _keys(self) -> _Cells:
        spans: list[Span] = []
        for key in self.keys:
            off = bool(key.why_not)
            spans += [
                Span("   " if not spans else "  ", Role.MUTED),
                Span(key.key, Role.OFF if off else Role.KEY, key.action),
                Span(f" {key.title}", Role.OFF if off else Role.MUTED, key.action),
            ]
        return tuple(spans)

    def _named(self, tasks: Sequence[str]) -> str:
        """Return as many tasks as fit, and how many more there are."""
        cards = [self.picture.card(task) for task in tasks if task in self.picture.cards]
        names = [f"{self.glyphs.of(card)} {clean(card.title)}" for card in cards]
        room = self.width - _LABEL - 8
        shown: list[str] = []
        for name in names:
            if shown and cell_len("   ".join([*shown, name])) > room:
                break
            shown.append(name)
        more = len(names) - len(shown)
        return "   ".join([*shown, f"+{more}"] if more else shown)
