"""How the board looks, and how it tells a person who looks elsewhere: two tables of the file."""

from typing import Annotated, Literal

from pydantic import Field

from wf_tui.config.values import Table, Words

__all__ = ["Board", "Density", "Notifications", "Preference", "Via"]

Density = Literal["auto", "compact", "comfortable"]
Preference = Literal["auto", "always", "never"]
Via = Literal["auto", "bell", "osc9", "osc777", "off"]


class Board(Table):
    """How the board looks, and how careful it is with keys."""

    theme: str = ""
    """The name of a theme; the board knows its own ones and those of Textual."""
    density: Density = "auto"
    """The heights of cards; `auto` is compact where fewer than 26 lines are left for them."""
    pane: Preference = "auto"
    """Whether the board opens with the pane of the selected card; `auto` from 180 columns."""
    list: Preference = "auto"
    """Whether the board opens as a list; `auto` below 107 columns."""
    reduced_motion: bool = False
    """No change is highlighted, and no countdown goes by less than 10 seconds."""
    ascii: bool = False
    """Letters instead of signs, as `--ascii`."""
    ambiguous_width: Annotated[int, Field(ge=1, le=2)] = 1
    """Cells of characters whose width depends on the font (East Asian): 2 means `ascii`."""
    guard: Annotated[float, Field(ge=0, le=5, allow_inf_nan=False)] = 0.6
    """Seconds for which the keys of a task that has just changed do nothing."""
    cursor: bool = False
    """Whether the terminal's cursor is shown, on the selected line: for magnifiers and readers."""
    fps: Annotated[int, Field(ge=1, le=60)] = 60
    """Frames a second at most; under 5, ages step by 10 seconds: for slow lines."""


class Notifications(Table):
    """What is told to a person whose terminal has no focus."""

    via: Via = "auto"
    """How the terminal is told; `auto` knows which sequence it understands, else it is the bell."""
    text: bool = False
    """Whether words of workers, such as their questions, may be in it."""
    command: Words = ()
    """A program with its arguments that the scheduler runs; it gets JSON on its standard input."""
