"""How cards are coloured: a picture of all states in each of our themes, and without colours."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.support.card_samples import NOW, at_step, blocked, done, pending, running
from wf_tui.board import app as app_module
from wf_tui.board.theme.our_themes import DARK, LIGHT
from wf_tui.board.theme.themed_app import ThemedApp
from wf_tui.board.widgets.card_lines import CardDrawing, KeyHint, card_lines
from wf_tui.board.widgets.glyph_sets import UNICODE
from wf_tui.board.widgets.line import Line, Look, Role, Row, Span, fitted
from wf_tui.board.widgets.line_widget import LineWidget
from wf_tui.board.widgets.list_lines import ghost_line, group_line, list_line, section_line
from wf_tui.ledger.model.states import BlockedKind, DoneKind, PendingReason, Step
from wf_tui.picture.group_titles import GroupTitle

if TYPE_CHECKING:
    from textual.app import ComposeResult

HALF = 58
DRAWING = CardDrawing(UNICODE, HALF)
KEYS = (KeyHint("r", "retry"), KeyHint("o", "shell"), KeyHint("f", "skip"))
LEFT = (
    *map(pending, PendingReason),
    *map(at_step, Step),
    running(heard=190),
    *map(done, DoneKind),
)
FRESH = Step.RUNNING
LOOKS = {BlockedKind.GATE: Look.CURSOR, BlockedKind.REVIEW: Look.CURSOR_ELSEWHERE}


class Compare(Protocol):
    """Whether an app looks as it did when its picture was taken."""

    def __call__(self, app: ThemedApp[None], *, terminal_size: tuple[int, int]) -> bool:
        """Compare."""


class Sheet(LineWidget):
    """All states side by side, one selected here, one elsewhere, one just changed."""

    def rows(self) -> list[Row]:
        """Return the cards of two columns, and below them the lines of a list."""
        left = [(line, Look.PLAIN) for line in self._left()]
        right = list(self._right())
        size = max(len(left), len(right))
        pairs = zip(self._filled(left, size), self._filled(right, size), strict=True)
        rows = [Row((*a, Span("│", Role.RULE), *b)) for a, b in pairs]
        wide = CardDrawing(UNICODE, 2 * HALF + 2)
        cards = [blocked(BlockedKind.GATE), running(), running(heard=190), done(DoneKind.MERGED)]
        lines = [section_line(GroupTitle("Needs you", 4, needs=4), wide)]
        lines += [list_line(card, wide, NOW) for card in cards]
        lines += [section_line(GroupTitle("Done", 14), wide, folded=True)]
        lines += [ghost_line(running(), "kimi-2, answered “allow”", wide, NOW)]
        return rows + [Row((Span(" "), *fitted(line, wide.width, "…"))) for line in lines]

    def _left(self) -> list[Line]:
        lines = [group_line(GroupTitle("build", 3), DRAWING)]
        for card in LEFT:
            lines += card_lines(card, DRAWING, NOW, fresh=card.step == FRESH)
        done = GroupTitle("scan", 6, finished=True, took=1400, cost_microusd=710_000)
        return [*lines, group_line(done, DRAWING, folded=True)]

    def _right(self) -> list[tuple[Line, Look]]:
        lines: list[tuple[Line, Look]] = []
        for kind in BlockedKind:
            look = LOOKS.get(kind, Look.PLAIN)
            is_selected = look is Look.CURSOR
            card = card_lines(blocked(kind), DRAWING, NOW, selected=is_selected, keys=KEYS)
            lines += [(line, look) for line in card]
        return lines

    @staticmethod
    def _filled(lines: list[tuple[Line, Look]], size: int) -> list[tuple[Span, ...]]:
        """Return lines with the bar of the cursor, each on its ground."""
        rows = []
        for line, look in [*lines, *[(Line(), Look.PLAIN)] * (size - len(lines))]:
            bar = "┃" if look is not Look.PLAIN else " "
            spans = [
                Span(one.text, one.role, look=one.look if one.look is not Look.PLAIN else look)
                for one in fitted(line, HALF, "…")
            ]
            rows.append((Span(bar, Role.FOCUS if look is Look.CURSOR else Role.RULE), *spans))
        return rows


class SheetApp(ThemedApp[None]):
    """Shows nothing else."""

    CSS_PATH = str(Path(app_module.__file__).with_name("board.tcss"))

    def __init__(self, theme: str) -> None:
        super().__init__()
        self.use_themes(theme, {})

    def compose(self) -> ComposeResult:
        """Mount it."""
        yield Sheet()


@pytest.mark.parametrize(
    ("theme", "environ"),
    [
        (DARK, {"COLORTERM": "truecolor"}),
        (LIGHT, {"COLORTERM": "truecolor"}),
        (DARK, {"COLORTERM": "", "TERM": "xterm-256color"}),
        (LIGHT, {"COLORTERM": "", "TERM": "xterm-256color"}),
        (DARK, {"COLORTERM": "", "TERM": "xterm-16color"}),
        (DARK, {"COLORTERM": "truecolor", "NO_COLOR": "1"}),
        ("gruvbox", {"COLORTERM": "truecolor"}),
    ],
    ids=["dark", "light", "dark-256", "light-256", "16", "no-colour", "gruvbox"],
)
def test_all_states(
    theme: str,
    environ: dict[str, str],
    snap_compare: Compare,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each reason, step and kind, what is selected and what has changed can be told apart."""
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    assert snap_compare(SheetApp(theme), terminal_size=(2 * HALF + 3, 60))
