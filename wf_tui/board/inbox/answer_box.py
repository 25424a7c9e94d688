"""The answer box: a question in full, and the keys that answer it while it has the focus."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final, Self, cast

from textual import on
from textual._time import get_time
from textual.binding import Binding
from textual.message import Message
from textual.widget import Widget

from wf_tui.board.inbox.answers import Given, answers, closed_sentence, with_key
from wf_tui.board.inbox.box_lines import BoxLines, Shown, box_lines, more_row
from wf_tui.board.inbox.item import Item, read_item
from wf_tui.board.inbox.readiness import Readiness
from wf_tui.board.inbox.sending import keep_draft, send_answer
from wf_tui.board.inbox.words_box import WordsBox
from wf_tui.board.messages import ActionChosen
from wf_tui.board.widgets.line import Row
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.errors import WfError
from wf_tui.picture.words.advice import advice_for

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.events import Click

    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.board.host import ActionHost
    from wf_tui.board.inbox.answers import Answer
    from wf_tui.ledger.model.rows import QuestionRow
    from wf_tui.picture.batch import Changes
    from wf_tui.picture.card import Card

__all__ = ["AnswerBox", "QuestionView"]

_HIT: Final = "answer:"
_DIGITS: Final = 9
_WHEEL: Final = 3


def _key(keys: str, what: str, *, name: str = "") -> Binding:
    return Binding(keys, f"screen.answer_box('{what}')", show=False, id=name or None)


class QuestionView(LineWidget, can_focus=True):
    """The lines of the box, which scroll; the keys are for it while it has the focus."""

    BINDINGS: ClassVar = [
        _key("y", "y", name="task.answer"),
        _key("Y", "Y", name="task.allow_always"),
        _key("n", "n", name="task.deny"),
        _key("m", "m", name="task.message"),
        *(_key(str(digit), str(digit)) for digit in range(1, _DIGITS + 1)),
        _key("j,down", "down"),
        _key("k,up", "up"),
        _key("pagedown", "page_down"),
        _key("pageup", "page_up"),
        _key("enter", "enter"),
        _key("escape,tab", "leave"),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | y, Y, n, 1 to 9 | Give the answer of that key. |
    | m | Answer in words. |
    | j, k, down, up | Choose among more than nine answers, else scroll. |
    | enter | Give the chosen answer. |
    | pagedown, pageup | Scroll by a page. |
    | escape, tab | Give the keys back. |
    """
    FOCUS_ON_CLICK = False

    def __init__(self, box: AnswerBox) -> None:
        super().__init__()
        self._box = box
        self.lines = BoxLines((), range(0))
        self.top = 0
        self._window = 0
        """How many lines are in view."""

    def rows(self) -> list[Row]:
        """Return what is to be seen of the lines, and a line that says what is not."""
        width, height = self.size
        lines = self.lines = self._box.draw(width, height)
        foot = list(lines.foot)
        self._window = max(0, height - len(foot))
        if len(lines.rows) > self._window:
            self._window = max(0, self._window - 1)
            self.top = max(0, min(self.top, len(lines.rows) - self._window))
            foot.insert(0, more_row(lines, self.in_view, self._box.host.glyphs, width))
        else:
            self.top = 0
        seen = [*lines.rows[self.top : self.top + self._window], *foot]
        return seen + [Row(()) for _ in range(height - len(seen))]

    def repaint(self) -> None:
        """Paint it; once that is on the screen, what can be read there counts as seen."""
        super().repaint()
        self._box.note_frame()

    def on_resize(self) -> None:
        """Note, once it is painted at the new size, what can be read there."""
        self.call_after_refresh(self._box.note_frame)

    @property
    def in_view(self) -> range:
        """The lines that are on the screen."""
        return range(self.top, self.top + self._window)

    def scroll_lines(self, lines: int) -> None:
        """Scroll down by so many lines."""
        self.top += lines
        self.repaint()

    def on_click(self, event: Click) -> None:
        """Give the answer that is clicked, or take the keys."""
        event.stop()
        if not self.has_focus:
            self.focus()  # the first click answers nothing: it only gives the keys
            return
        hit = self.hit_at(event.x, event.y)
        if hit.startswith(_HIT):
            self._box.give_place(int(hit.removeprefix(_HIT)))
        elif hit:
            self.post_message(ActionChosen(hit))

    def on_mouse_scroll_down(self) -> None:
        """Scroll on."""
        self.scroll_lines(_WHEEL)

    def on_mouse_scroll_up(self) -> None:
        """Scroll back."""
        self.scroll_lines(-_WHEEL)


class AnswerBox(Widget):
    """Shows what a task asks, and gives the answer; on the inbox, and as a dialog on the board.

    A screen says with `show` of which task, passes on changes with `refresh_from`, and hands the
    keys on with `answer`. The box reads the ledger by itself, whenever its task has changed.
    """

    DEFAULT_CSS = """
    AnswerBox { layout: vertical; height: 1fr; }
    AnswerBox QuestionView { height: 1fr; }
    """

    @dataclass
    class Answered(Message):
        """An answer was given; `more` says whether the same task asks something else."""

        task: str
        more: bool

    class Left(Message):
        """The keys are given back."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.task_id: str | None = None
        self.view = QuestionView(self)
        self.words = WordsBox()
        self._item = Item("")
        self._asked: QuestionRow | None = None
        """The question that is shown; it stays until another item is asked for."""
        self._given: set[tuple[int, str]] = set()
        """The questions of the task that were answered here, which the ledger may not know yet."""
        self._chosen: int | None = None
        self._ready = Readiness(0)

    @property
    def host(self) -> ActionHost:
        """The application."""
        return cast("ActionHost", self.app)

    def compose(self) -> ComposeResult:
        """Lay out the lines, and what one types in."""
        yield self.view
        yield self.words

    def on_mount(self) -> None:
        """Draw what was asked for before there was anything to draw it on."""
        self._ready = Readiness(self.host.guard.seconds)
        self.redraw()

    # -- what it shows

    def show(self, task: str | None, item: Item | None = None) -> None:
        """Show a task; the same again costs nothing. What was begun to be written is kept.

        `item` is what was read of it, where that has been done already.
        """
        if task == self.task_id:
            return
        self.put_words_away()
        self.task_id, self._item, self._asked, self._chosen = task, Item(task or ""), None, None
        self._given, self.view.top = set(), 0
        if item is None:
            self.read()
            self.redraw()
        else:
            self.take(item)

    def refresh_from(self, changes: Changes) -> None:
        """Read the task again where it has changed."""
        if self.task_id in changes.cards:
            self.read()

    def read(self) -> None:
        """Read the questions of the task, in a thread."""
        if self.task_id is not None:
            self.run_worker(self._read(self.task_id), group="actions", exit_on_error=False)

    async def _read(self, task: str) -> None:
        with suppress(WfError):
            item = await self.host.read(partial(read_item, run=self.host.run_id, task=task))
            if task == self.task_id and self.is_attached:
                self.take(item)

    def take(self, item: Item) -> None:
        """Show what was read; a question stays on the screen also when it was answered."""
        self._item = item
        if self._asked is None:
            waiting = [one for one in item.open if _name(one) not in self._given]
            self._asked = waiting[0] if waiting else None
        else:
            self._asked = item.now(self._asked)
        self.redraw()

    @property
    def closed(self) -> str:
        """Why the question takes no answer any more; "" where it does, or there is none."""
        return closed_sentence(self._asked) if self._asked is not None else ""

    @property
    def answers(self) -> tuple[Answer, ...]:
        """The answers that can be given."""
        if self.task_id is None or self._asked is None:
            return ()
        return answers(self.task_id, self._asked)

    def redraw(self) -> None:
        """Draw it, as when a second has passed."""
        if self.is_mounted:
            self.view.repaint()

    def draw(self, width: int, height: int) -> BoxLines:
        """Return all of its lines for a size, and note what has to be seen of them."""
        card = self.host.picture.cards.get(self.task_id or "")
        if card is None or width < 1:
            return BoxLines((), range(0))
        shown = Shown(
            card,
            self._asked,
            len([one for one in self._item.open if _name(one) not in self._given]) - 1,
            self.answers,
            self._chosen,
            self.closed,
            self._ways(card),
            has_draft=bool(self._item.draft),
        )
        lines = box_lines(shown, self.host.glyphs, width, height, self.host.now())
        self._ready.show(self._shown, lines.command)
        return lines

    @property
    def _shown(self) -> object:
        """What the person has to have seen before a key counts."""
        return self.task_id, None if self._asked is None else (_name(self._asked), self.closed)

    def note_frame(self) -> None:
        """Note what is on the screen, once it is."""
        shown, lines = self._shown, self.view.in_view

        def drawn() -> None:
            self._ready.drawn(shown, get_time(), lines)

        self.call_after_refresh(drawn)

    def _ways(self, card: Card) -> list[FooterKey]:
        return [
            key._replace(title=one.word)
            for one in advice_for(card)
            for key in self.host.keys_for(one.action)
        ]

    # -- the keys

    def focus(self, scroll_visible: bool = True) -> Self:  # noqa: FBT001, FBT002 - Textual's own
        """Give it the keys."""
        self.view.focus(scroll_visible)
        return self

    @property
    def has_keys(self) -> bool:
        """Whether the keys are for the box."""
        return self.has_focus_within

    def answer(self, what: str) -> None:
        """Do what a key of the box does: `y`, `Y`, `n`, `m`, a digit, `enter`, or moving."""
        match what:
            case "leave":
                self.post_message(self.Left())
            case "page_down" | "page_up":
                page = max(1, len(self.view.in_view) - 1)
                self.view.scroll_lines(page if what == "page_down" else -page)
            case "down" | "up":
                self._step(1 if what == "down" else -1)
            case "enter" if self._chosen is not None:
                self.give_place(self._chosen)
            case _:
                self.press("y" if what == "enter" else what, enter=what == "enter")

    def _step(self, by: int) -> None:
        """Choose the option beside; where each has a digit, scroll."""
        found = self.answers
        if all(one.key or one.is_twin for one in found):
            self.view.scroll_lines(by)
            return
        places = [place for place, one in enumerate(found) if not one.is_twin]
        at = -1 if self._chosen is None else places.index(self._chosen)
        self._chosen = places[max(0, min(len(places) - 1, at + by))]
        drawn = [one for one in found if not one.is_twin]
        row = len(self.view.lines.rows) - len(drawn) + drawn.index(found[self._chosen])
        if row not in self.view.in_view:
            self.view.top = row if by < 0 else row - len(self.view.in_view) + 1
        self.redraw()

    def press(self, key: str, *, enter: bool = False) -> None:
        """Give the answer of a key."""
        if self._asked is None:
            self._press_where_nothing_is_asked(key)
            return
        found = with_key(self.answers, key)
        if enter and (found is None or found.key != "m"):
            return  # Enter may have been typed ahead: it answers nothing that was not chosen
        if found is None:
            self.host.show_toast(f"{key}: it is no answer to this")
        else:
            self._give(found)

    def _press_where_nothing_is_asked(self, key: str) -> None:
        if key == "m":
            self.host.perform("task.message")
        elif self.task_id is not None and key != "y":
            self.host.show_toast(f"{key}: its worker asks nothing; esc goes back to the list")

    def give_place(self, place: int) -> None:
        """Give the answer on a line."""
        found = self.answers
        if place < len(found):
            self._give(found[place])

    def _give(self, found: Answer) -> None:
        """Give an answer, if a person can have read what they answer, and typed it."""
        key, at = found.key or "Enter", self.host.pressed_at
        refusal = (
            (f"{key}: {self.closed}" if self.closed else "")
            or (f"{key}: {found.why_not}" if found.why_not else "")
            or self._ready.why_not(key, at)
        )
        if refusal:
            self.host.show_toast(refusal)
        elif found.given is None:
            self.words.open(self._item.draft)
        elif self.host.guard.seconds > 0:
            self.run_worker(self._give_typed(found.given, at), group="perform")
        else:
            self.send(found.given)

    async def _give_typed(self, given: Given, at: float) -> None:
        """Give an answer, unless its key turns out to be a part of a paste."""
        if await self.host.was_typed(at) and given.question is self._asked:
            self.send(given)

    def send(self, given: Given) -> None:
        """Send an answer, and go on to the next question."""
        send_answer(self.host, given, drop_draft=bool(self._item.draft or given.text))
        self._given.add(_name(given.question))
        left = [one for one in self._item.open if _name(one) not in self._given]
        self._item = replace(self._item, draft="")
        self._chosen, self.view.top = None, 0
        if left:
            self._asked = left[0]
            self.redraw()
        self.post_message(self.Answered(given.task, bool(left)))

    # -- in words

    @on(WordsBox.Sent)
    def send_words(self, event: WordsBox.Sent) -> None:
        """Send what was written."""
        event.stop()
        asked, text = self._asked, event.text.strip()
        if not text or asked is None or self.task_id is None:
            return
        if self.closed:
            self.host.show_toast(f"Enter: {self.closed}", "what you wrote is kept as a draft")
            self.put_words_away()
            return
        self.words.close()
        self.focus()
        self.send(Given(self.task_id, asked, text=text))

    @on(WordsBox.Kept)
    def keep_words(self, event: WordsBox.Kept) -> None:
        """Keep what was written as a draft, and give the keys back to the box."""
        event.stop()
        self._keep(event.text)
        self.focus()

    def put_words_away(self) -> None:
        """Keep what is being written, as when another task is shown."""
        if self.words.is_open:
            self.words.close()
            self._keep(self.words.text)

    def _keep(self, text: str) -> None:
        asked, task = self._asked, self.task_id
        if asked is None or task is None or text == self._item.draft:
            return
        self._item = replace(self._item, draft=text)
        keep_draft(self.host, task, asked.id, text)
        self.redraw()


def _name(asked: QuestionRow) -> tuple[int, str]:
    return asked.epoch, asked.id
