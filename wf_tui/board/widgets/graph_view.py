"""The graph as it is drawn: layers side by side, and below them what there is to say."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from rich.cells import cell_len

from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget, component_classes
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.graph.critical_path import NO_PATH, critical_path
from wf_tui.picture.graph.graph_text import path_steps, path_words
from wf_tui.picture.graph.layers import GAP, layer_widths, layers_of
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.graph.graph import Graph
    from wf_tui.picture.graph.layers import Layer
    from wf_tui.picture.picture import Picture

__all__ = ["GraphView"]

_NAME: Final = 200
_FOOT: Final = 9
_FOOT_FROM: Final = 26
"""Lines from which on there is a foot."""
_STATE_ROLES: Final = {
    TaskState.PENDING: Role.TEXT,
    TaskState.IN_PROGRESS: Role.RUNNING,
    TaskState.DONE: Role.DONE,
    TaskState.BLOCKED: Role.MUTED,
}
_Cell = tuple[Span, ...]


class GraphView(LineWidget, can_focus=True):
    """Draws layers; the cursor is on a task, or on a layer that is folded."""

    COMPONENT_CLASSES: ClassVar = component_classes(
        *(Role.TEXT, Role.TITLE, Role.MUTED, Role.FAINT, Role.RULE, Role.RUNNING, Role.DONE),
        *(Role.NEED, Role.NEED_WORD, Role.WARNING, Role.ERROR, Role.PATH, Role.FOCUS),
        Look.CURSOR,
    )

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(id="graph")
        self.glyphs = glyphs
        self.graph: Graph | None = None
        self.picture: Picture | None = None
        self.toggled: frozenset[str] = frozenset()
        """The layers that a person has folded, or opened."""
        self.column = 0
        self.place = 0
        self.holds = True
        """Whether what the selected one holds up is marked; else what it waits for."""
        self.conflicts: tuple[str, ...] = ()
        """A line for each pair of open attempts that changed the same file; safe to draw."""
        self._tops: dict[str, int] = {}

    # -- where the cursor is

    @property
    def columns(self) -> list[Layer]:
        """The columns."""
        return [] if self.graph is None else layers_of(self.graph, self.toggled)

    @property
    def current(self) -> str | None:
        """The selected task; None on a layer that is folded."""
        layers = self.columns
        if not layers:
            return None
        tasks = layers[min(self.column, len(layers) - 1)].tasks
        return tasks[min(self.place, len(tasks) - 1)] if tasks else None

    def select(self, task: str) -> bool:
        """Put the cursor on a task; return whether it is shown."""
        for number, layer in enumerate(self.columns):
            if task in layer.tasks:
                self.column, self.place = number, layer.tasks.index(task)
                return True
        return False

    def move(self, where: str) -> None:
        """Move the cursor: left, right, up, down, first, last, page_up or page_down."""
        layers = self.columns
        if not layers:
            return
        self.column = min(self.column, len(layers) - 1)
        if where in {"left", "right"}:
            step = 1 if where == "right" else -1
            self.column = min(max(0, self.column + step), len(layers) - 1)
        count = max(1, len(layers[self.column].tasks))
        place = min(self.place, count - 1)
        page = max(1, self._height - 1)
        to = {
            "up": place - 1,
            "down": place + 1,
            "first": 0,
            "last": count - 1,
            "page_up": place - page,
            "page_down": place + page,
        }
        self.place = min(max(0, to.get(where, place)), count - 1)

    # -- drawing it

    @property
    def _has_foot(self) -> bool:
        return self.size.height >= _FOOT_FROM

    @property
    def _height(self) -> int:
        """The lines for tasks."""
        return max(1, self.size.height - 2 - (_FOOT if self._has_foot else 0))

    def rows(self) -> list[Row]:
        """Return what is to be seen now."""
        graph, picture = self.graph, self.picture
        if graph is None or picture is None or picture.run is None:
            return [Row((Span(" ", Role.MUTED),))] * self.size.height
        rows = [Row(row) for row in self._layer_rows(graph, picture)]
        if self._has_foot:
            rows += [Row(row) for row in self._foot(graph, picture)]
        rows += [Row((Span(" ", Role.MUTED),))] * max(0, self.size.height - len(rows))
        return rows[: self.size.height]

    def _layer_rows(self, graph: Graph, picture: Picture) -> list[_Cell]:
        layers, glyphs = self.columns, self.glyphs
        path = set(critical_path(graph).tasks)
        chosen = self.current
        marked = set()
        if chosen is not None:
            marked = set(graph.holds_up(chosen) if self.holds else graph.waits_for(chosen))
        wants = [self._wanted(picture, layer) for layer in layers]
        widths = layer_widths(layers, self.size.width - 2, wants)
        first = self._first_seen(widths)
        seen = list(zip(layers, widths, strict=True))[first:]
        rows: list[_Cell] = []
        for y in range(self._height + 2):
            row: list[Span] = [Span(" ", Role.MUTED)]
            for number, (layer, width) in enumerate(seen, first):
                if number > first:
                    arrow = f" {glyphs.becomes}  " if y == 0 else " " * GAP
                    row.append(Span(arrow, Role.MUTED))
                row += self._cell(picture, layer, number, y, width, path, marked)
            rows.append(fitted(Line(tuple(row)), self.size.width, glyphs.more))
        return rows

    def _wanted(self, picture: Picture, layer: Layer) -> int:
        titles = [
            cell_len(picture.card(task).title) + 4 for task in layer.tasks if task in picture.cards
        ]
        return max([cell_len(layer.phase) + 9, *titles])

    def _first_seen(self, widths: list[int]) -> int:
        """Return the first layer that is drawn, so that the one with the cursor is seen."""
        first = 0
        while first < self.column:
            part = widths[first : self.column + 1]
            if sum(part) + GAP * (len(part) - 1) <= self.size.width - 2:
                break
            first += 1
        return first

    def _cell(
        self,
        picture: Picture,
        layer: Layer,
        number: int,
        y: int,
        width: int,
        path: set[str],
        marked: set[str],
    ) -> _Cell:
        """Return one line of one layer."""
        glyphs = self.glyphs
        is_here = number == self.column
        if y == 0:
            count = str(layer.total) if layer.is_over else f"{layer.done} of {layer.total}"
            name = Span(clean(layer.phase, limit=_NAME), Role.TITLE)
            return fitted(Line((name, Span(f" {count}", Role.MUTED))), width, glyphs.more)
        if y == 1:
            rule = glyphs.heavy if is_here else glyphs.rule
            return (Span(rule * width, Role.FOCUS if is_here else Role.RULE),)
        if layer.is_folded:
            return self._folded(layer, y - 2, width, is_here=is_here)
        top = self._top_of(layer, is_here=is_here)
        place = y - 2 + top
        if place >= len(layer.tasks) or layer.tasks[place] not in picture.cards:
            return (Span(" " * width, Role.MUTED),)
        task = layer.tasks[place]
        card = picture.card(task)
        row = picture.row(task)
        role = Role.NEED if card.needs_you else _STATE_ROLES[row.state]
        quiet = row.state is TaskState.DONE or glyphs.of(card) in {glyphs.waiting, glyphs.blocked}
        text = Role.TITLE if card.needs_you else (Role.MUTED if quiet else Role.TEXT)
        selected = is_here and place == min(self.place, len(layer.tasks) - 1)
        bar = glyphs.selected if selected or task in marked else " "
        look = Look.CURSOR if selected else Look.PLAIN
        sign = Span(f"{glyphs.of(card)} ", role, look=look)
        title = Span(card.title, text, look=look)
        on_path = glyphs.heavy if task in path else " "
        body = fitted(Line((sign, title)), width - 2, glyphs.more)
        if selected:
            body = tuple(Span(one.text, one.role, one.hit, look) for one in body)
        return (Span(bar, Role.FOCUS), *body, Span(on_path, Role.PATH))

    def _top_of(self, layer: Layer, *, is_here: bool) -> int:
        top = min(self._tops.get(layer.phase, 0), max(0, len(layer.tasks) - self._height))
        if is_here:
            place = min(self.place, len(layer.tasks) - 1)
            top = min(max(top, place - self._height + 1), place)
        self._tops[layer.phase] = top
        return top

    def _folded(self, layer: Layer, y: int, width: int, *, is_here: bool) -> _Cell:
        if y >= len(layer.counts):
            return (Span(" " * width, Role.MUTED),)
        state, count = layer.counts[y]
        words = f"{self.glyphs.folded} {count} {state.value.replace('_', ' ')}"
        bar = self.glyphs.selected if is_here and y == 0 else " "
        line = Line((Span(bar, Role.FOCUS), Span(words, _STATE_ROLES[state])))
        return fitted(line, width, self.glyphs.more)

    def _foot(self, graph: Graph, picture: Picture) -> list[_Cell]:
        glyphs, width = self.glyphs, self.size.width
        edge = Span(" ", Role.MUTED)
        rule = Span(glyphs.rule * max(1, width - 2), Role.RULE)
        lines: list[tuple[Span, ...]] = [(edge, rule)]
        path = critical_path(graph)
        if path != NO_PATH:
            words = Span(f"  {path_words(graph)}", Role.MUTED)
            lines.append((edge, Span("critical path", Role.PATH), words))
            steps = path_steps(graph)
            # What is done is the first that goes where it is narrow: what is left is the question.
            while len(steps) > path.count and cell_len(f" {glyphs.heavy} ".join(steps)) > width - 2:
                steps.pop(0)
            lines.append((edge, Span(f" {glyphs.heavy} ".join(steps), Role.TEXT)))
        chosen = self.current
        if chosen is not None and chosen in picture.cards:
            lines += self._about(graph, picture, chosen)
        lines += [
            (edge, Span("both change ", Role.WARNING), Span(one)) for one in self.conflicts[:2]
        ]
        drawn = [glyphs.drawn(Line(line)) for line in lines]
        return [fitted(line, width, glyphs.more) for line in drawn]

    def _about(self, graph: Graph, picture: Picture, task: str) -> list[tuple[Span, ...]]:
        """Return what there is to say of the selected task."""
        edge, card = Span(" ", Role.MUTED), picture.card(task)
        role = Role.NEED if card.needs_you else Role.TEXT
        title = Span(f"{card.title} ", Role.TITLE)
        why = Span(card.why, Role.NEED_WORD if card.needs_you else Role.MUTED)
        head = (
            edge,
            Span(f"{self.glyphs.of(card)} ", role),
            title,
            Span(f"{card.id}  ", Role.FAINT),
        )
        needs = graph.needs.get(task, ())
        behind = graph.holds_up(task)
        rows = [
            ("waits for", self._named(picture, needs)),
            (f"holds up {len(behind)}", self._named(picture, behind[:6])),
            ("scope", "  ".join(card.scope)),
        ]
        return [
            (*head, why),
            *((edge, Span(name.ljust(13), Role.MUTED), Span(text)) for name, text in rows if text),
        ]

    def _named(self, picture: Picture, tasks: tuple[str, ...] | list[str]) -> str:
        cards = [picture.card(task) for task in tasks if task in picture.cards]
        return "   ".join(f"{self.glyphs.of(card)} {card.title}" for card in cards)
