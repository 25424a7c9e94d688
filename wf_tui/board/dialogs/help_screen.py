"""The help: every key of the screen below, with what it does and its command; Enter does it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Label, OptionList
from textual.widgets.option_list import Option

from wf_tui.board.dialogs.choice_dialog import highlight_first
from wf_tui.board.name_search import find

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult

    from wf_tui.board.actions.action import Action

__all__ = ["HelpScreen"]

_KEYS: Final = 10
_TITLE: Final = 18
_WIDE: Final = 100
_TWIN: Final = 20
_MOUSE: Final = (
    "Mouse: click selects, twice opens, the right button is the . menu, the wheel scrolls.",
    "Drag a card: blocked to pending retries, pending to blocked holds,",
    "in progress to pending releases, onto a worker or its card reassigns; Esc lets go.",
)


class HelpScreen(ModalScreen[str | None]):
    """All keys of a context on one page; gives back the id of the action that is to be done."""

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("question_mark", "dismiss(None)", "Back", priority=True, show=False),
        Binding("ctrl+c", "app.help_quit", show=False),
        Binding("down,ctrl+n", "step('cursor_down')", show=False, priority=True),
        Binding("up", "step('cursor_up')", show=False, priority=True),
        Binding("pagedown", "step('page_down')", show=False, priority=True),
        Binding("pageup", "step('page_up')", show=False, priority=True),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape, question_mark | Go back. |
    | ctrl+c | Leave the application, as everywhere. |
    | down, up, pagedown, pageup | Move in the list. |
    | letters | Search. |
    | enter | Do the highlighted line. |
    """
    DEFAULT_CSS = """
    HelpScreen {
        background: $background;
        #help { padding: 0 1; height: 1fr; }
        #help-title { height: 1; }
        #help-title Label { width: auto; margin-right: 2; }
        .keys { color: $wf-muted; }
        Input { width: 1fr; background: $background; }
        OptionList {
            height: 1fr; border: none; background: $background; margin-top: 1;
            text-wrap: nowrap; text-overflow: ellipsis; scrollbar-size-vertical: 1;
        }
    }
    """

    def __init__(
        self,
        where: str,
        actions: Sequence[Action],
        keys: Mapping[str, str],
        signs: Mapping[str, str],
    ) -> None:
        """List `actions`; `keys` has the keys of each as they are shown, by its id.

        `signs` are those of the states of a task, each with its words.
        """
        super().__init__()
        self._signs = signs
        self._where = where
        self._actions = actions
        self._keys = keys

    def compose(self) -> ComposeResult:
        """Draw the line to search with, and the list."""
        with Vertical(id="help"):
            with Horizontal(id="help-title"):
                yield Label(Content.assemble(("Keys ", "bold"), f"of the {self._where}"))
                yield Input(placeholder="type to search", compact=True)
                yield Label("Enter does it  Esc closes", classes="keys")
            yield OptionList(compact=True)
            signs = [f"{sign} {words}" for sign, words in self._signs.items()]
            yield Label(Content("  ".join(signs)), classes="keys")

    def on_mount(self) -> None:
        """List all."""
        self.query_one(OptionList).can_focus = False
        self.list_found("")
        self.query_one(Input).focus()

    def action_step(self, how: str) -> None:
        """Move in the list, while the line has the keys."""
        getattr(self.query_one(OptionList), f"action_{how}")()

    @on(Input.Changed)
    def search(self, event: Input.Changed) -> None:
        """List what has the words that are typed."""
        self.list_found(event.value)

    @on(Input.Submitted)
    def take_highlighted(self) -> None:
        """Do the highlighted line."""
        self.query_one(OptionList).action_select()

    @on(OptionList.OptionSelected)
    def give_back(self, event: OptionList.OptionSelected) -> None:
        """Give back its action."""
        self.dismiss(event.option.id)

    def list_found(self, typed: str) -> None:
        """List the actions that have these words in key, name, help or command; all for none."""
        listed = self.query_one(OptionList)
        wide = self.app.size.width >= _WIDE
        listed.set_options(help_options(self._actions, self._keys, typed, wide=wide))
        highlight_first(listed)


def help_options(
    actions: Sequence[Action], keys: Mapping[str, str], typed: str, *, wide: bool
) -> list[Option]:
    """Return the lines of the help by groups, with headings; what is looked for without.

    First stands what works here alone, then what works elsewhere, too. Where it is `wide` the
    command that does the same stands behind each.
    """
    if typed.strip():
        names = [(_searched(action, keys), action.id) for action in actions]
        found = {name for _, name in find(typed, names, len(names))}
        return [_line(action, keys, wide=wide) for action in actions if action.id in found]
    groups: dict[str, list[Action]] = {}
    for action in sorted(actions, key=lambda one: len(one.contexts) > 1):
        groups.setdefault(_heading(action), []).append(action)
    options: list[Option] = []
    for heading, here in groups.items():
        options.append(Option(Content.styled(heading, "bold $wf-muted"), disabled=True))
        options += [_line(action, keys, wide=wide) for action in here]
        options.append(Option("", disabled=True))
    return [*options, *(Option(Content.styled(m, "$wf-muted"), disabled=True) for m in _MOUSE)]


def _heading(action: Action) -> str:
    """Return under what an action is listed: its context where that is its only one."""
    if len(action.contexts) > 1:
        return action.group
    return next(iter(action.contexts)).capitalize()


def _searched(action: Action, keys: Mapping[str, str]) -> str:
    parts = (keys.get(action.id, ""), action.title, action.id, action.help, *action.twins)
    return " ".join(parts).casefold()


def _line(action: Action, keys: Mapping[str, str], *, wide: bool) -> Option:
    twin = f"  {short_command(action)}" if wide and action.twins else ""
    prompt = Content.assemble(
        (f"{keys.get(action.id, ''):<{_KEYS}} ", "bold"),
        f"{action.title:<{_TITLE}} ",
        (action.help, "$wf-muted"),
        (twin, "italic $wf-muted"),
    )
    return Option(prompt, id=action.id)


def short_command(action: Action) -> str:
    """Return the command that does the same, without what is said in the place of names."""
    twin = action.twins[0]
    if len(twin) > _TWIN:
        twin = twin.partition(" --")[0]
    return " ".join(word for word in twin.split() if not word.rstrip(".").isupper())
