"""The graph: phases as layers, what waits for what, and what the end of the run waits for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on

from wf_tui.board.actions.registry import Context, bindings
from wf_tui.board.detail.pane_head import ways_out
from wf_tui.board.screens.reading_screen import ReadingScreen
from wf_tui.board.widgets.graph_view import GraphView
from wf_tui.board.widgets.line import Role, Span
from wf_tui.ledger.model.states import TaskState
from wf_tui.picture.graph.critical_path import critical_path
from wf_tui.picture.graph.graph import read_graph
from wf_tui.picture.graph.live_conflicts import LiveConflicts, MergeTrials, find_live_conflicts
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.picture.batch import Changes
    from wf_tui.picture.card import Card

__all__ = ["GraphScreen"]

_CONFLICTS_EVERY: Final = 30.0


class GraphScreen(ReadingScreen):
    """Shows the graph; its keys work on the selected task."""

    context: ClassVar = Context.GRAPH
    BINDINGS: ClassVar = bindings(Context.GRAPH)
    go = "go.graph"
    ALLOW_SELECT = False

    def __init__(self) -> None:
        super().__init__()
        self._looking = False
        self._conflicts = LiveConflicts()
        self._trials = MergeTrials()
        """Belongs to the thread that looks; one looks at a time."""

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the graph."""
        yield GraphView(self.host.glyphs)

    @property
    def view(self) -> GraphView:
        """The graph."""
        return self.query_one(GraphView)

    def on_mount(self) -> None:
        """Read it, and again as long as something changes."""
        self.view.focus()
        self.set_interval(_CONFLICTS_EVERY, self.look_for_conflicts)
        self.look_for_conflicts()
        self.begin_reading()

    async def read_more(self) -> None:
        """Read what waits for what; the first time the cursor goes to what needs the person."""
        first = self.view.graph is None
        self.view.graph = await self.host.read(partial(read_graph, run_id=self.host.run_id))
        needs = self.host.picture.needs
        if first and needs:
            self.view.select(needs[0])
        self.redraw()

    def look_for_conflicts(self) -> None:
        """Look into the trees of open attempts, in a thread, while the graph is seen."""
        if self.is_current and not self._looking:
            self._looking = True
            self.run_worker(self._look(), group="actions")

    async def _look(self) -> None:
        host = self.host
        paths = host.project.paths.run(host.run_id)
        try:
            ask = partial(find_live_conflicts, run_id=host.run_id, paths=paths, trials=self._trials)
            self._conflicts = await host.read(ask)
        finally:
            self._looking = False
        self.redraw()

    def redraw(self) -> None:
        """Draw the graph and what surrounds it."""
        view, picture = self.view, self.host.picture
        view.picture = picture
        task = self.selected_task()
        view.conflicts = self._conflicts.lines(task)
        view.keys = () if task is None else self._keys(picture.cards[task])
        view.repaint()
        self.show_frame()

    def _keys(self, card: Card) -> list[FooterKey]:
        """Return the keys that help a task, under the names that they have for it."""
        found = []
        for name, word in ways_out(card):
            (key,) = self.host.keys_for(name)
            found.append(key._replace(title=word) if word else key)
        return found

    def facts(self) -> tuple[Span, ...]:
        """Return what the marks mean, for the right end of the tabs."""
        glyphs, task = self.host.glyphs, self.selected_task()
        spans = [Span(f"{glyphs.heavy} critical path  ", Role.PATH)]
        if task is not None:
            what = "holds up" if self.view.holds else "waits for"
            spans.append(Span(f"{glyphs.selected} what {clean(task)} {what}", Role.FOCUS))
        return tuple(spans)

    def selected_task(self) -> str | None:
        """Return the task under the cursor."""
        task = self.view.current
        return task if task is not None and task in self.host.picture.cards else None

    @property
    def listed(self) -> tuple[str, ...]:
        """The tasks whose marks count here: none, a key is for the selected one."""
        return ()

    def show_changes(self, changes: Changes) -> None:
        """Show states as they are now; what waits for what is read again, soon."""
        self.due = self.due or bool(changes.cards)
        self.redraw()

    def show_time(self, now: float) -> None:
        """Nothing here grows with the time alone."""
        del now

    # -- keys and mouse

    @on(GraphView.Clicked)
    def select_clicked(self, event: GraphView.Clicked) -> None:
        """Select what was clicked, then open it, fold it, or ask what can be done."""
        if event.phase:
            self.action_fold()
            return
        self.redraw()
        if event.opens:
            self.action_open()
        elif event.asks:
            self.host.perform("view.menu")

    def action_move(self, where: str) -> None:
        """Move the cursor."""
        self.view.move(where)
        self.redraw()

    def action_file(self, way: str) -> None:
        """Mark what the selected task waits for, or what it holds up."""
        self.view.holds = way == "next"
        self.redraw()

    def action_path(self) -> None:
        """Go to the next task of the critical path that is not done."""
        graph = self.view.graph
        if graph is None:
            return
        rest = [
            name
            for name in critical_path(graph).tasks
            if graph.tasks[name].state is not TaskState.DONE
        ]
        current = self.view.current
        place = rest.index(current) + 1 if current in rest else 0
        if rest and self.view.select(rest[place % len(rest)]):
            self.redraw()

    def action_next_need(self) -> None:
        """Go to the next task that needs the person."""
        needs = list(self.host.picture.needs)
        current = self.view.current
        place = needs.index(current) + 1 if current in needs else 0
        if needs and self.view.select(needs[place % len(needs)]):
            self.redraw()

    def action_fold(self) -> None:
        """Fold the layer under the cursor by state, or open it."""
        layers = self.view.columns
        if layers:
            phase = layers[min(self.view.column, len(layers) - 1)].phase
            self.view.toggled ^= {phase}
            self.redraw()

    def action_fold_all(self) -> None:
        """Fold all layers, or open them."""
        layers = self.view.columns
        folded = all(layer.is_folded for layer in layers)
        change = {layer.phase for layer in layers if layer.is_folded is folded}
        self.view.toggled ^= change
        self.redraw()
