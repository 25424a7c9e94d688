"""What is on the screen, as text and as the messages that were posted."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from textual._compositor import Compositor

if TYPE_CHECKING:
    import pytest
    from textual.app import App
    from textual.message import Message
    from textual.screen import Screen
    from textual.widget import Widget

    from tests.support.board_harness import StillApp
    from wf_tui.board.columns.board_column import BoardColumn
    from wf_tui.board.screens.board_screen import BoardScreen
    from wf_tui.ledger.model.states import TaskState

__all__ = ["Frames", "Posted", "board_of", "column_of", "line_with", "screen_text", "text_of"]


def text_of(widget: Widget) -> list[str]:
    """Return the lines of a widget as it paints them."""
    return [widget.render_line(y).text for y in range(widget.size.height)]


def line_with(widget: Widget, words: str) -> int:
    """Return the first line of a widget with these words."""
    return next(y for y, line in enumerate(text_of(widget)) if words in line)


def screen_text(app: App[Any]) -> list[str]:
    """Return all lines of the screen."""
    return [strip.text for strip in app.screen._compositor.render_strips()]


def board_of(app: StillApp) -> BoardScreen:
    """Return the board."""
    from wf_tui.board.screens.board_screen import BoardScreen  # noqa: PLC0415 - for its type only

    return app.get_screen("board", BoardScreen)


def column_of(app: StillApp, state: TaskState) -> BoardColumn:
    """Return a column of the board."""
    return board_of(app).column(state)


@dataclass
class Posted:
    """The messages of some kinds that reach the application."""

    kinds: tuple[type[Message], ...]
    seen: list[Message] = field(default_factory=list)

    def watch(self, monkeypatch: pytest.MonkeyPatch, target: Widget | Screen[object]) -> None:
        """Keep what a widget posts."""
        post = target.post_message

        def keep(message: Message) -> bool:
            if isinstance(message, self.kinds):
                self.seen.append(message)
            return post(message)

        monkeypatch.setattr(target, "post_message", keep)


@dataclass
class Frames:
    """How often the screen was painted and laid out."""

    frames: int = 0
    layouts: int = 0

    def watch(self, monkeypatch: pytest.MonkeyPatch, app: StillApp) -> None:
        """Count from now on."""
        display, reflow = app._display, Compositor.reflow

        def count_frame(screen: Screen[object], renderable: object) -> None:
            self.frames += renderable is not None
            display(screen, renderable)  # type: ignore[arg-type]

        def count_layout(compositor: Compositor, *args: object, **values: object) -> object:
            self.layouts += 1
            return reflow(compositor, *args, **values)  # type: ignore[arg-type]

        monkeypatch.setattr(app, "_display", count_frame)
        monkeypatch.setattr(Compositor, "reflow", count_layout)
