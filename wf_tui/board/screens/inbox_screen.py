"""The inbox: only what needs a person, with the newest evidence and one-key answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widgets import Label, OptionList, Static
from textual.widgets.option_list import Option

from wf_tui.board.actions.registry import Context, bindings
from wf_tui.board.detail.pane import DetailPane
from wf_tui.board.screens.with_pane import WithPane
from wf_tui.picture.age import span
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from wf_tui.picture.batch import Changes
    from wf_tui.picture.card import Card

__all__ = ["InboxScreen"]

_MOST: Final = 200
"""More than a person answers at a sitting; what is beyond comes up as these are answered."""
_ANSWERS: Final = (
    *("task.answer", "task.accept", "task.shell", "task.editor"),
    *("task.retry", "task.reassign", "task.edit", "task.skip", "task.cancel"),
)


class InboxScreen(WithPane):
    """What needs a person on the left, what is known of the selected one on the right.

    The list has the order of the blocked column, and the filter of the board holds here as well.
    """

    context: ClassVar = Context.INBOX
    BINDINGS: ClassVar = bindings(Context.INBOX)
    go = "go.inbox"
    DEFAULT_CSS = """
    InboxScreen {
        #inbox-title { height: 1; width: 1fr; background: $panel; padding: 0 1; }
        #inbox-body { height: 1fr; }
        #inbox-body OptionList { width: 2fr; height: 1fr; border: none; background: $background; }
        #inbox-side { width: 3fr; height: 1fr; }
        #inbox-answers { height: auto; max-height: 9; padding: 0 1; background: $surface; }
        #inbox-detail { width: 1fr; height: 1fr; }
        &.-short, &.-narrow {
            #inbox-body { layout: vertical; }
            #inbox-body OptionList { width: 1fr; height: 2fr; }
            #inbox-side { width: 1fr; height: 3fr; }
        }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: list[Card] = []
        """The cards of the list, in its order."""
        self._marked: frozenset[str] = frozenset()
        """The marks that the list was drawn with."""

    def selected_task(self) -> str | None:
        """Return the task that is highlighted."""
        place = self.query_one(OptionList).highlighted
        if place is not None and place < len(self._shown):
            return self._shown[place].key
        return None

    @property
    def listed(self) -> tuple[str, ...]:
        """The tasks whose marks count here: no key may act on a card that is not in view."""
        return tuple(card.key for card in self._shown)

    def compose_body(self) -> Iterable[Widget]:
        """Draw the list, the answers and the evidence."""
        host = self.host
        yield Label("", id="inbox-title", markup=False)
        with Horizontal(id="inbox-body"):
            yield OptionList()
            with Vertical(id="inbox-side"):
                yield Static(id="inbox-answers")
                yield DetailPane(
                    host.project, host.run_id, host.clock, ascii=host.ascii, id="inbox-detail"
                )

    def on_mount(self) -> None:
        """Show what there is."""
        self.query_one(OptionList).focus()
        self.refresh_list()

    def show_changes(self, changes: Changes) -> None:
        """Show what changed."""
        self.query_one(DetailPane).refresh_from(changes)
        if changes.cards or changes.columns:
            self.refresh_list()

    def show_time(self, now: float) -> None:
        """Let the ages grow."""
        self.draw_around_list(now)

    def refresh_list(self) -> None:
        """Bring the list up to date; it is made anew only where it differs.

        The cursor stays on the selected task; where that has left, on the one that took its place.
        """
        picture = self.host.picture
        shown = [picture.cards[name] for name in picture.needs[:_MOST]]
        marked = frozenset(picture.marks)
        if (shown, marked) != (self._shown, self._marked):
            options = self.query_one(OptionList)
            # Asked before the list is replaced: what is selected follows from both.
            before, place = self.selected, options.highlighted or 0
            self._shown, self._marked = shown, marked
            options.set_options(
                [Option(option_text(card, marked=card.key in marked)) for card in shown]
            )
            keys = [card.key for card in shown]
            if before in keys:
                place = keys.index(before)
            options.highlighted = min(place, len(keys) - 1) if keys else None
        self.draw_around_list(self.host.now())

    def draw_around_list(self, now: float) -> None:
        """Draw what is not the list: the title, the answers and the footer."""
        kept_out = self.host.picture.header.need_you - len(self._shown)
        title = f"Inbox: {plural(len(self._shown), 'task')} for you" if self._shown else "Inbox"
        if kept_out > 0:
            title += f", {kept_out} more"
        self.query_one("#inbox-title", Label).update(Content(title))
        place = self.query_one(OptionList).highlighted
        answers = Content("Nothing needs you.")
        if place is not None and self._shown:
            answers = self.answer_lines(self._shown[place], now)
        self.query_one("#inbox-answers", Static).update(answers)
        self.show_frame()

    def answer_lines(self, card: Card, now: float) -> Content:
        """Return what is known of a task, and the keys that answer it; `now` is in UTC seconds."""
        tries = f"  attempt {card.attempt}, failures {card.tries}/{card.max_attempts}"
        parts: list[Content | str | tuple[str, str]] = [
            (f"{card.title or card.id}\n", "bold"),
            (f"{card.kind.replace('_', ' ')}", "$text-error"),
            f"  {span(now - card.since)}  {card.who}{tries}\n{card.why}\n\n",
        ]
        for answer in self.host.keys_for(*_ANSWERS):
            if not answer.why_not:
                parts += [(answer.key, "bold $text-accent"), f" {answer.title.lower()}  "]
        return Content.assemble(*parts)

    @on(OptionList.OptionHighlighted)
    def show_highlighted(self) -> None:
        """Show the task that the highlight has moved to."""
        self.draw_around_list(self.host.now())
        # The list is replaced often, and says each time that something is highlighted.
        pane = self.query_one(DetailPane)
        if pane.task_id != self.selected:
            pane.show(self.selected)

    @on(OptionList.OptionSelected)
    def open_chosen(self) -> None:
        """Open the task on the board."""
        self.action_open()

    def action_move(self, where: str) -> None:
        """Move the highlight: up, down, first or last."""
        listed = self.query_one(OptionList)
        match where:
            case "down":
                listed.action_cursor_down()
            case "up":
                listed.action_cursor_up()
            case "first":
                listed.action_first()
            case "last":
                listed.action_last()

    def action_mark(self) -> None:
        """Mark the selected task, or take the mark away, and go on to the next one."""
        if self.selected is not None:
            self.host.picture.toggle_mark(self.selected)
            self.action_move("down")
            self.refresh_list()

    def action_tab(self, name: str) -> None:
        """Show another side of the selected task."""
        self.query_one(DetailPane).open_tab(name)


def option_text(card: Card, *, marked: bool) -> Content:
    """Return the two lines of a task in the list; the texts were cleaned by the picture."""
    return Content.assemble(
        ("* " if marked else "  ", "bold"),
        (f"{card.title or card.id}", "bold"),
        f"\n  {card.kind}: {card.why}",
    )
