"""The graph as it is drawn: layers side by side, and below them what there is to say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rich.cells import cell_len
from textual.message import Message

from wf_tui.board.messages import ActionChosen
from wf_tui.board.widgets.graph_foot import FOOT, TALL_FOOT, GraphFoot
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.graph.critical_path import critical_path
from wf_tui.picture.graph.layers import GAP, layer_widths, layers_of
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events

    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.graph.graph import Graph
    from wf_tui.picture.graph.layers import Layer
    from wf_tui.picture.picture import Picture

__all__ = ["GraphView"]

_NAME: Final = 200
_FOOT_FROM: Final = 26
"""Lines from which on there is a foot."""
_TALL_FROM: Final = 34
"""Lines from which on that has more room."""
_DOUBLE: Final = 2
"""Clicks after which a task is opened."""
_RIGHT: Final = 3
"""The right button of the mouse."""
_WHEEL: Final = 3
_STATE_ROLES: Final = {
    TaskState.PENDING: Role.TEXT,
    TaskState.IN_PROGRESS: Role.RUNNING,
    TaskState.DONE: Role.DONE,
    TaskState.BLOCKED: Role.MUTED,
}
_Cell = tuple[Span, ...]


class GraphView(LineWidget, can_focus=True):
    """Draws layers; the cursor is on a task, or on a layer that is folded."""

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
        """A line for each pair that does not go together; safe to draw."""
        self.keys: Sequence[FooterKey] = ()
        """What helps the selected task."""
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

    # -- the mouse

    @dataclass
    class Clicked(Message):
        """A task or a layer was clicked, by which button, how often in a row."""

        view: GraphView
        opens: bool = False
        asks: bool = False
        """Whether it was the right button."""
        phase: str = ""
        """The layer; "" where it is a task."""

    def on_click(self, event: events.Click) -> None:
        """Select what is clicked; the second click opens, the right button is the menu."""
        hit = self.hit_at(event.x, event.y)
        kind, _, rest = hit.partition(":")
        if kind == "task":
            column, place = map(int, rest.split(":"))
            again = (column, place) == (self.column, self.place)
            self.column, self.place = column, place
            opens = again and event.chain == _DOUBLE
            self.post_message(self.Clicked(self, opens=opens, asks=event.button == _RIGHT))
        elif kind == "layer":
            self.column = int(rest)
            self.post_message(self.Clicked(self, phase=self.columns[self.column].phase))
        elif hit:
            self.post_message(ActionChosen(hit))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the layer under the pointer on."""
        self._scroll(event, _WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll it back."""
        self._scroll(event, -_WHEEL)

    def _scroll(self, event: events.MouseEvent, lines: int) -> None:
        event.stop()
        kind, _, rest = self.hit_at(event.x, event.y).partition(":")
        if kind not in {"task", "layer"}:
            return
        layer = self.columns[int(rest.partition(":")[0])]
        self._tops[layer.phase] = max(0, self._tops.get(layer.phase, 0) + lines)
        self.repaint()

    # -- drawing it

    @property
    def _has_foot(self) -> bool:
        return self.size.height >= _FOOT_FROM

    @property
    def _height(self) -> int:
        """The lines for tasks."""
        foot = TALL_FOOT if self._is_tall else FOOT
        return max(1, self.size.height - 2 - (foot if self._has_foot else 0))

    @property
    def _is_tall(self) -> bool:
        return self.size.height >= _TALL_FROM

    def rows(self) -> list[Row]:
        """Return what is to be seen now."""
        graph, picture = self.graph, self.picture
        if graph is None or picture is None or picture.run is None:
            return [Row((Span(" ", Role.MUTED),))] * self.size.height
        rows = [Row(row) for row in self._layer_rows(graph, picture)]
        if self._has_foot:
            foot = GraphFoot(
                graph, picture, self.glyphs, self.size.width, self.conflicts, self.keys
            )
            rows += [Row(row) for row in foot.lines(self.current, tall=self._is_tall)]
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
            # A layer that does not fit is told of once, in the line of the names.
            more = " " if y else glyphs.more
            rows.append(fitted(Line(tuple(row)), self.size.width, more))
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
            hit = f"layer:{number}"
            name = Span(clean(layer.phase, limit=_NAME), Role.TITLE, hit)
            return fitted(Line((name, Span(f" {count}", Role.MUTED, hit))), width, glyphs.more)
        if y == 1:
            rule = glyphs.heavy if is_here else glyphs.rule
            return (Span(rule * width, Role.FOCUS if is_here else Role.RULE),)
        if layer.is_folded:
            return self._folded(layer, number, y - 2, width)
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
        hit = f"task:{number}:{place}"
        sign = Span(f"{glyphs.of(card)} ", role, hit, look)
        title = Span(card.title, text, hit, look)
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

    def _folded(self, layer: Layer, number: int, y: int, width: int) -> _Cell:
        if y >= len(layer.counts):
            return (Span(" " * width, Role.MUTED),)
        state, count = layer.counts[y]
        words = f"{self.glyphs.folded} {count} {state.value.replace('_', ' ')}"
        is_here = number == self.column and y == 0
        bar = Span(self.glyphs.selected if is_here else " ", Role.FOCUS)
        line = Line((bar, Span(words, _STATE_ROLES[state], f"layer:{number}")))
        return fitted(line, width, self.glyphs.more)
