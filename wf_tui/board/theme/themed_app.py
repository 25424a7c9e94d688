"""An application that has our themes and variables, and no colour where none is wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from textual._context import active_message_pump  # who acts now has no public name
from textual.app import App
from textual.await_complete import AwaitComplete
from textual.dom import DOMNode
from textual.filter import Monochrome, NoColor
from textual.screen import Screen

from wf_tui.board.theme.ascii_filter import AsciiFilter
from wf_tui.board.theme.choice import choose_theme
from wf_tui.board.theme.our_themes import our_themes
from wf_tui.board.theme.variables import variables_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.filter import LineFilter

__all__ = ["ThemedApp"]

_Result = TypeVar("_Result")


class ThemedApp(App[_Result]):
    """The base of all our applications; what they draw needs the variables of `variables_of`."""

    ascii: bool = False
    """Whether nothing but ASCII is drawn, as with `--ascii`."""

    def use_themes(self, configured: str, environ: Mapping[str, str]) -> None:
        """Register our themes and take the one that was asked for; called once, when it is made.

        `configured` is the theme of the configuration, "" for none.
        """
        # The environment may have named a theme that is only registered here.
        self.set_reactive(App.theme, "textual-dark")
        for theme in our_themes(self.console.color_system):
            self.register_theme(theme)
        self.theme = choose_theme(configured, environ, self.available_themes)

    def refresh_css(self, animate: bool = True) -> None:  # noqa: FBT001, FBT002 - Textual's own
        """Draw all in the theme; of the first one nothing was drawn in another, nor was it read."""
        if self.screen_stack:
            super().refresh_css(animate)
        else:
            self.stylesheet.set_variables(self.get_css_variables())

    def pop_screen(self) -> AwaitComplete:
        """Take the topmost screen away, unless who asks is a screen that has gone itself.

        A dialog works off the keys that were typed before it went; what Textual would take away at
        the second one that closes it is the screen below.
        """
        asks = active_message_pump.get(None)
        if isinstance(asks, DOMNode):
            screens = [one for one in asks.ancestors_with_self if isinstance(one, Screen)]
            if screens and screens[0] not in self.screen_stack:
                return AwaitComplete()
        return super().pop_screen()

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Return our variables for a theme that has none of its own; Textual asks for each."""
        return variables_of(self.current_theme)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """Return what each line passes: with NO_COLOR no colour at all, where Textual has greys."""
        filters = super().get_line_filters()
        drawn = [NoColor() if isinstance(one, Monochrome) else one for one in filters]
        return [*drawn, AsciiFilter()] if self.ascii else drawn
