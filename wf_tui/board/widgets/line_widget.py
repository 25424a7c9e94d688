"""A widget that paints its own lines: what has not changed is not painted again."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar, Final

from rich.segment import Segment
from rich.style import Style
from textual.dom import DOMNode
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from wf_tui.board.widgets.line import Look, Role, Row, width_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.css.styles import RenderStyles

__all__ = ["LineWidget"]

_HIT: Final = "hit"
_RULES: Final = frozenset({Role.RULE, Role.THUMB, Role.FOCUS})
"""What lies around a line is not on its ground."""


class LineWidget(Widget):
    """The Line API without a scrolling container: no layout and no frame but for what changed.

    A subclass says in `rows` what is to be seen, and calls `repaint` whenever that may differ. Both
    run on the event loop. A change then costs one frame and no layout pass, whatever the number of
    things behind it, which a `ScrollView` with its `virtual_size` and its scrollbars cannot give.

    What is painted is in the style sheet: `role--ROLE` is the colour of a piece of text, and
    `look--LOOK` the ground of a line. The style of a role or look is computed when it is first
    painted. Of component classes Textual would compute each for each widget whenever a style might
    differ: half the work of opening a screen.
    """

    ALLOW_SELECT = False
    at_once: ClassVar[bool] = False
    """Whether its rows need no more than its size, so that the first frame of a screen has them."""

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, classes=classes)
        self._rows: list[Row] = []
        self._ground: Style | None = None
        """The style of what is not painted; asking for it takes as long as painting a line."""
        self._styles: dict[tuple[Role, Look], Style] = {}

    @classmethod
    @cache
    def _get_component_classes(cls) -> frozenset[str]:
        return frozenset()  # Textual is to compute none by itself

    def rows(self) -> Sequence[Row]:
        """Return what is to be seen now, a row for each line of the widget."""
        raise NotImplementedError

    def repaint(self) -> None:
        """Find out what is to be seen now, and have the lines painted that differ.

        It may be called as often as one likes: Textual joins what is refreshed into one frame.
        """
        if not self.size.height:
            return  # not laid out yet, or hidden; `on_resize` paints it when it gets a size
        before, self._rows = self._rows, list(self.rows())
        if len(before) != len(self._rows):
            self.refresh()
            return
        dirty = [y for y, row in enumerate(self._rows) if row is not before[y] and row != before[y]]
        if dirty:
            self.refresh(*_regions(dirty, self.size.width))

    def hit_at(self, x: int, y: int = 0) -> str:
        """Return what a click on a cell of the widget means; "" for nothing."""
        if 0 <= y < len(self._rows):
            for span in self._rows[y].spans:
                x -= width_of([span])
                if x < 0:
                    return span.hit
        return ""

    def render_line(self, y: int) -> Strip:
        """Paint one line; Textual calls it for the lines that were refreshed.

        It draws the rows of the last `repaint` and asks for none, so that one frame is of one
        moment.
        """
        if self._ground is None:
            self._ground = self.rich_style
        if self.at_once and not self._rows:
            self._rows = list(self.rows())
        if y >= len(self._rows):
            return Strip.blank(self.size.width, self._ground)
        row = self._rows[y]
        segments = []
        for span in row.spans:
            if not span.text:
                continue
            style = self._style(span.role, row.look if span.look is Look.PLAIN else span.look)
            if span.hit:
                style += Style(meta={_HIT: span.hit})
            segments.append(Segment(span.text, style))
        strip = Strip(segments).adjust_cell_length(self.size.width, self._ground)
        return strip.apply_meta(dict(row.meta)) if row.meta else strip

    def _style(self, role: Role, look: Look) -> Style:
        if role in _RULES:
            look = Look.PLAIN
        elif role is Role.FAINT and look is not Look.PLAIN:
            role = Role.MUTED  # faint can only be read on the plain ground
        # Kept, since it is asked for each piece of each line, and joining two styles takes longer.
        found = self._styles.get((role, look))
        if found is None:
            found = self._rule(f"role--{role}").rich_style
            if look is not Look.PLAIN:
                ground = self._rule(f"look--{look}").rich_style
                found += Style(bgcolor=ground.bgcolor, bold=ground.bold, reverse=ground.reverse)
            self._styles[role, look] = found
        return found

    def _rule(self, name: str) -> RenderStyles:
        """Return what the style sheet says of a class below this widget."""
        part = DOMNode(classes=name)
        part._attach(self)  # noqa: SLF001 - as Textual does for component classes
        self.app.stylesheet.apply(part)
        return part.styles

    def notify_style_update(self) -> None:
        """Paint all of it again where what was painted has another style, as in another theme."""
        super().notify_style_update()
        before, self._styles, self._ground = self._styles, {}, None
        if any(self._style(*painted) != style for painted, style in before.items()):
            self.refresh()

    def on_resize(self) -> None:
        """Paint all of it at the new size; Textual runs this after the handler of a subclass."""
        self._rows = list(self.rows())
        self.refresh()


def _regions(lines: Iterable[int], width: int) -> list[Region]:
    """Return the regions of these lines, neighbours in one."""
    regions: list[Region] = []
    for y in lines:
        if regions and regions[-1].bottom == y:
            regions[-1] = regions[-1].grow((0, 0, 1, 0))
        else:
            regions.append(Region(0, y, width, 1))
    return regions
