"""What the board goes by where its person has no file of settings: then nothing checks one.

Checking needs pydantic, which is a fifth of the board's start and of its memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wf_tui.paths import config_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.config import Config
    from wf_tui.config.board import Density, Preference, Via

__all__ = [
    "BoardDefaults",
    "DefaultSettings",
    "NotificationDefaults",
    "planners_of",
    "read_settings",
]


@dataclass(frozen=True)
class BoardDefaults:
    """The table `[board]` of nobody; what each field means stands in `config.board`."""

    theme: str = ""
    density: Density = "auto"
    pane: Preference = "auto"
    list: Preference = "auto"
    reduced_motion: bool = False
    ascii: bool = False
    ambiguous_width: int = 1
    guard: float = 0.6
    cursor: bool = False
    fps: int = 60


@dataclass(frozen=True)
class NotificationDefaults:
    """The table `[notifications]` of nobody."""

    via: Via = "auto"
    text: bool = False
    command: tuple[str, ...] = ()


@dataclass(frozen=True)
class DefaultSettings:
    """What the board asks of a `Config`; a test compares the two."""

    board: BoardDefaults = BoardDefaults()
    notifications: NotificationDefaults = NotificationDefaults()
    keys: Mapping[str, str] = field(default_factory=dict)
    lane_budgets: Mapping[str, int] = field(default_factory=dict)


if TYPE_CHECKING:
    Settings = Config | DefaultSettings


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the person's settings, for a board; raises `UsageError` and `EnvironmentalError`."""
    path = config_path(environ)
    # One that was asked for by name and is not there is a fault, which `load_config` tells.
    if "WF_CONFIG" not in environ and (path is None or not path.exists()):
        return DefaultSettings()
    from wf_tui.config import load_config  # noqa: PLC0415 - loads pydantic

    return load_config(environ)


def planners_of(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Return the profiles that can plan here; looks at files, so off the event loop."""
    from wf_tui.config import Config  # noqa: PLC0415 - loads pydantic
    from wf_tui.planning.planner import planners  # noqa: PLC0415 - same

    return planners(Config() if isinstance(settings, DefaultSettings) else settings, environ)
