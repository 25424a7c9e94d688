"""The form of `A` on a conflict: whose version of each path is taken."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Label, OptionList
from textual.widgets.option_list import Option

from wf_tui.git.merge.conflict import Side
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from textual.app import ComposeResult

    from wf_tui.conflict_choices import OpenPath

__all__ = ["ChosenSides", "SidesForm", "accept_command"]

_OPEN: Final = "not settled"
_EDITED: Final = "as it lies there"
_MOST: Final = 200
"""Paths that are listed; `O` and `T` choose for the others, too."""
_KEYS: Final = "o ours, t theirs, O T for all; Enter accepts, Esc goes back"


@dataclass(frozen=True)
class ChosenSides:
    """The paths of which the version of the branch is taken, and those of the task's."""

    ours: tuple[str, ...]
    theirs: tuple[str, ...]


def accept_command(task: str, sides: Mapping[str, Side], paths: Sequence[str]) -> str:
    """Return the command that does the same; a side of all `paths` is a dot in it."""
    words = ["wf", "accept", task]
    for side in Side:
        named = [path for path in paths if sides.get(path) is side]
        if named and len(named) == len(paths) > 1:
            named = ["."]
        for path in named:
            words += [f"--{side}", path]
    return shlex.join(words)


class SidesForm(ModalScreen[ChosenSides | None]):
    """A line for each path in conflict: what keeps it, and what is to be taken of it.

    It gives the choices back once each path is settled, or None where the person goes back. What
    was edited is taken as it lies there, unless a side is chosen. Nothing is chosen when it opens:
    Enter may have been typed ahead.
    """

    BINDINGS: ClassVar = [
        Binding("escape", "dismiss(None)", "Back"),
        Binding("ctrl+c", "app.help_quit", show=False),
        Binding("o", "take('ours')", "Ours"),
        Binding("t", "take('theirs')", "Theirs"),
        Binding("O", "take_all('ours')", "Ours of all"),
        Binding("T", "take_all('theirs')", "Theirs of all"),
        Binding("j", "next(1)", "Next", show=False),
        Binding("k", "next(-1)", "Previous", show=False),
    ]
    """
    | Key(s) | Description |
    | :- | :- |
    | escape | Leave it as it was. |
    | o, t | Take the version of the branch, or of the task; again: neither. |
    | O, T | The same for every path. |
    | down, j, up, k | Highlight another path. |
    | enter | Accept, or go to the first path that is not settled. |
    """
    DEFAULT_CSS = """
    SidesForm {
        align: center middle;
        #dialog {
            width: 90; max-width: 96%; height: auto; max-height: 90%;
            padding: 0 1; background: $surface; border: round $primary;
        }
        .note { color: $text-muted; margin-bottom: 1; width: 1fr; }
        OptionList { height: auto; max-height: 14; border: none; background: $surface; }
        #command { margin-top: 1; width: 1fr; }
        .keys { color: $text-muted; width: 1fr; }
    }
    """

    def __init__(self, task: str, branch: str, paths: Sequence[OpenPath]) -> None:
        super().__init__()
        self._card = task
        self._branch = branch
        self._paths = paths
        self._sides: dict[str, Side] = {}

    def compose(self) -> ComposeResult:
        """Draw the paths, the command that does the same, and the keys."""
        with Vertical(id="dialog") as box:
            box.border_title = Content(clean(f"Accept {self._card}", limit=80))
            does = "does" if len(self._paths) == 1 else "do"
            note = (
                f"{plural(len(self._paths), 'path')} {does} not merge: ours is what {self._branch} "
                f"has, theirs is what {self._card} made; or edit it in its shell."
            )
            yield Label(Content(clean(note, limit=400)), classes="note")
            yield OptionList(*self._options(), compact=True)
            yield Label("", id="command", markup=False)
            yield Label(_KEYS, classes="keys")

    def on_mount(self) -> None:
        """Highlight the first path, and show the command."""
        self.query_one(OptionList).highlighted = 0
        self._show()

    def action_next(self, step: int) -> None:
        """Move the highlight."""
        paths = self.query_one(OptionList)
        if step > 0:
            paths.action_cursor_down()
        else:
            paths.action_cursor_up()

    def action_take(self, side: str) -> None:
        """Take a side of the highlighted path, or none where it was that one."""
        place = self.query_one(OptionList).highlighted
        if place is not None:
            self._choose(Side(side), [self._paths[place]])

    def action_take_all(self, side: str) -> None:
        """Take a side of every path, or none where it was that one of all."""
        self._choose(Side(side), self._paths)

    @on(OptionList.OptionSelected)
    def send(self) -> None:
        """Give the choices back, or go to the first path that is not settled."""
        for place, one in enumerate(self._paths):
            if not one.settled and one.path not in self._sides:
                self.query_one(OptionList).highlighted = min(place, _MOST - 1)
                return
        ours, theirs = (
            tuple(path for path, chosen in self._sides.items() if chosen is side) for side in Side
        )
        self.dismiss(ChosenSides(ours, theirs))

    def _choose(self, side: Side, paths: Iterable[OpenPath]) -> None:
        names = [one.path for one in paths]
        if all(self._sides.get(name) is side for name in names):
            for name in names:
                del self._sides[name]
        else:
            self._sides |= dict.fromkeys(names, side)
        self._show()

    def _show(self) -> None:
        """Draw what was chosen, in its place."""
        paths = self.query_one(OptionList)
        for place, option in enumerate(self._options()):
            paths.replace_option_prompt_at_index(place, option.prompt)
        command = accept_command(self._card, self._sides, [one.path for one in self._paths])
        self.query_one("#command", Label).update(Content(clean(command, limit=400)))

    def _options(self) -> list[Option]:
        options = []
        for one in self._paths[:_MOST]:
            side = self._sides.get(one.path)
            taken = side.value if side else _EDITED if one.settled else _OPEN
            options.append(
                Option(
                    Content.assemble(
                        (f"{taken:<{len(_EDITED)}}  ", "bold" if side or one.settled else "dim"),
                        clean(one.path, limit=200),
                        "  ",
                        (clean(", ".join(one.kinds), limit=80), "dim"),
                    )
                )
            )
        return options
