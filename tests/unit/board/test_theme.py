"""Our colours against the table that they were drawn in, and all themes against each other."""

from __future__ import annotations

import pytest
from rich.color import ColorSystem
from textual.color import Color
from textual.theme import BUILTIN_THEMES, Theme

from wf_tui.board.theme.contrast import contrast
from wf_tui.board.theme.our_themes import DARK, LIGHT, our_themes
from wf_tui.board.theme.themed_app import ThemedApp
from wf_tui.board.theme.variables import NAMES, variables_of

TABLE = """
background  #0e1217 #fafaf8 233 231 default
surface     #151a21 #f1f1ed 234 255 default
panel       #1c232c #e6e7e2 235 254 default
foreground  #dce3ea #1b2128 253 235 default
wf-muted    #9aa6b4 #505a66 248 240 default
wf-faint    #828e9b #626c78 245 242 bright_black
wf-rule     #343f4c #c4c7c3 239 250 bright_black
primary     #6cb2f0 #0b62a8 75 25 bright_cyan
accent      #ffb657 #9c4f00 215 94 bright_yellow
warning     #dcc069 #7a5c00 185 58 yellow
error       #ff857b #b3261e 210 124 bright_red
success     #7cc492 #1f7038 114 22 green
secondary   #b59cf0 #6a3fb5 141 55 bright_magenta
wf-cursor   #1c3148 #d3e4f5 237 254 default
wf-cursor2  #1a212a #ebece8 235 255 default
wf-need     #2b2113 #fbeeda 236 230 default
wf-add      #11251b #e0f2e4 233 194 default
wf-rem      #2c181a #fae3e1 233 224 default
"""
"""Variable, dark, light, what a terminal with 256 colours is sent for each, and one with 16."""
ROWS = [line.split() for line in TABLE.split("\n") if line]
TEXTS = ("foreground", "wf-muted", "primary", "accent", "warning", "error", "success", "secondary")
BODY, SECOND, RULE = 4.5, 3.5, 1.2


def values(theme: Theme) -> dict[str, str]:
    """Return what the variables of a theme are in one of our applications."""
    return {**variables_of(theme), **theme.to_color_system().generate(), **theme.variables}


def is_same(value: str, wanted: str) -> bool:
    """Whether two words are one colour."""
    return Color.parse(value) == Color.parse(wanted)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_our_themes_have_the_colours_of_the_table(row: list[str]) -> None:
    """Each colour exactly, and texts in no tint of it."""
    name, dark, light, *_ = row
    for theme, wanted in zip(our_themes("truecolor"), (dark, light), strict=True):
        assert is_same(values(theme)[name], wanted)
        assert is_same(values(theme).get(f"text-{name}", wanted), wanted)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_a_terminal_with_few_colours_is_sent_the_entries_of_the_table(row: list[str]) -> None:
    """Nothing is approximated on the way, so that two colours never come out as one."""
    name, _, _, *of_256, of_16 = row
    for theme, number in zip(our_themes("256"), of_256, strict=True):
        for variable in {name, f"text-{name}"} & set(values(theme)):
            color = Color.parse(values(theme)[variable]).rich_color
            assert color.downgrade(ColorSystem.EIGHT_BIT).number == int(number)
    for theme in our_themes("standard"):
        value = values(theme)[name]
        assert value == f"ansi_{of_16}"


@pytest.mark.parametrize(
    ("name", "dark", "light"),
    [
        ("foreground", (14.5, 10.3), (15.5, 12.5)),
        ("wf-muted", (7.6, 5.4), (6.7, 5.4)),
        ("wf-faint", (5.6, None), (5.1, None)),
        ("wf-rule", (1.8, None), (1.6, None)),
        ("primary", (8.3, 5.9), (6.0, 4.9)),
        ("accent", (10.8, 7.6), (5.7, 4.6)),
        ("warning", (10.5, 7.4), (6.0, 4.8)),
        ("error", (8.0, 5.6), (6.3, 5.0)),
        ("success", (9.1, 6.4), (5.9, 4.7)),
        ("secondary", (8.0, 5.7), (6.7, 5.4)),
    ],
)
def test_our_colours_stand_out_as_they_were_chosen(
    name: str, dark: tuple[float, float | None], light: tuple[float, float | None]
) -> None:
    """On the plain ground, and under the cursor."""
    for theme, (plain, under) in zip(our_themes("truecolor"), (dark, light), strict=True):
        color = Color.parse(values(theme)[name])
        grounds = {"background": plain, "wf-cursor": under}
        for ground, wanted in grounds.items():
            ratio = contrast(color, Color.parse(values(theme)[ground]))
            assert wanted is None or abs(ratio - wanted) <= 0.1


@pytest.mark.parametrize("theme", our_themes("truecolor"), ids=[DARK, LIGHT])
def test_all_text_of_ours_can_be_read(theme: Theme) -> None:
    """On the plain ground, on bars, under the cursor and on the grounds of questions and diffs."""
    colors = {name: Color.parse(value) for name, value in values(theme).items() if name in _NAMES}
    for ground in ("background", "surface", "wf-cursor", "wf-cursor2", "wf-need"):
        for name in TEXTS:
            assert contrast(colors[name], colors[ground]) >= BODY, (name, ground)
    assert contrast(colors["wf-faint"], colors["background"]) >= BODY
    assert contrast(colors["wf-rule"], colors["background"]) >= RULE


_NAMES = {row[0] for row in ROWS}
OTHERS = [theme for theme in BUILTIN_THEMES.values() if not theme.ansi]


@pytest.mark.parametrize("theme", OTHERS, ids=lambda theme: theme.name)
def test_text_can_be_read_in_every_theme_of_textual(theme: Theme) -> None:
    """Second lines and ids are as faint as can be read; all text can under the cursor."""
    colors = {name: Color.parse(value) for name, value in values(theme).items() if name in _NAMES}
    ground, text = colors["background"], colors["foreground"]
    text = ground.blend(text, text.a, alpha=1)
    best = contrast(text, ground)
    assert contrast(colors["wf-muted"], ground) >= min(5.0, best)
    assert contrast(colors["wf-faint"], ground) >= min(SECOND, best)
    assert contrast(text, colors["wf-cursor"]) >= min(BODY, best)
    assert contrast(colors["wf-muted"], colors["wf-cursor"]) >= min(BODY, best)
    assert colors["wf-cursor"] != ground


@pytest.mark.parametrize("theme", list(BUILTIN_THEMES.values()), ids=lambda theme: theme.name)
def test_every_theme_has_all_variables(theme: Theme) -> None:
    """A style sheet that names one which is not there ends the application."""
    found = variables_of(theme)
    assert set(found) == set(NAMES)
    assert all(Color.parse(value) for value in found.values())


@pytest.mark.parametrize("system", [None, "standard", "256", "truecolor"])
def test_our_themes_are_called_the_same_in_every_terminal(system: str | None) -> None:
    """So that a configuration holds in each of them."""
    assert [theme.name for theme in our_themes(system)] == [DARK, LIGHT]


def test_without_colours_no_colour_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """NO_COLOR means none, where Textual alone would draw greys."""
    monkeypatch.setenv("NO_COLOR", "1")
    app: ThemedApp[None] = ThemedApp()
    assert [type(one).__name__ for one in app.get_line_filters()][-1] == "NoColor"
