"""What a board and a scheduler go by where there is no file of settings: then nothing checks one.

Checking needs pydantic, which is a fifth of a board's start and of its memory, and a third of what
a scheduler loads before its first claim.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.paths import config_path
from wf_tui.values import field, frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.config import Config, Timing
    from wf_tui.config.board import Density, Preference, Via

__all__ = [
    "BoardDefaults",
    "DefaultSettings",
    "DefaultTiming",
    "NotificationDefaults",
    "read_settings",
    "with_lease",
]


@frozen
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


@frozen
class NotificationDefaults:
    """The table `[notifications]` of nobody."""

    via: Via = "auto"
    text: bool = False
    command: tuple[str, ...] = ()


@frozen
class DefaultTiming:
    """The table `[timing]` of nobody; what each field means stands in `config.config`."""

    lease: float = 60.0
    heartbeat: float = 10.0
    start_deadline: float = 60.0
    step_deadline: float = 300.0
    setup_deadline: float = 600.0
    stall_after: float = 600.0
    steal_after: float = 300.0
    grace: float = 5.0


@frozen
class DefaultSettings:
    """What board and scheduler ask of a `Config`; a test compares the two."""

    board: BoardDefaults = field(default=BoardDefaults())
    notifications: NotificationDefaults = field(default=NotificationDefaults())
    timing: DefaultTiming = field(default=DefaultTiming())
    port_base: int = 20_000
    keys: Mapping[str, str] = field(default_factory=dict)
    lane_budgets: Mapping[str, int] = field(default_factory=dict)


if TYPE_CHECKING:
    Settings = Config | DefaultSettings
    AnyTiming = Timing | DefaultTiming


def read_settings(environ: Mapping[str, str]) -> Settings:
    """Return the person's settings; raises `UsageError` and `EnvironmentalError`."""
    path = config_path(environ)
    # One that was asked for by name and is not there is a fault, which `load_config` tells.
    if "WF_CONFIG" not in environ and (path is None or not path.exists()):
        return DefaultSettings()
    from wf_tui.config import load_config  # noqa: PLC0415 - loads pydantic

    return load_config(environ)


def with_lease(timing: AnyTiming, lease: float) -> AnyTiming:
    """Return the timing with the lease of a run."""
    if isinstance(timing, DefaultTiming):
        return replace(timing, lease=lease)
    return timing.model_copy(update={"lease": lease})
