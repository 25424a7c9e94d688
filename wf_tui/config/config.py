"""The user's configuration, `~/.config/wf/config.toml` or `WF_CONFIG`; unknown keys are errors."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Annotated, Final, get_args

from pydantic import AfterValidator, Field, ValidationError

from wf_tui.config.board import Board, Notifications
from wf_tui.config.preset import Preset
from wf_tui.config.profile import Profile
from wf_tui.config.values import Passed, Seconds, Table
from wf_tui.errors import EnvironmentalError, UsageError, nearest
from wf_tui.paths import config_path

__all__ = ["Config", "Lane", "Timing", "load_config"]

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def named(profiles: Mapping[str, Profile]) -> Mapping[str, Profile]:
    """Return the profiles as they are; their names become those of seats, and of folders."""
    for name in profiles:
        if not _NAME.fullmatch(name):
            raise ValueError(f"{name!r} is no name: letters, digits, and . _ - within, up to 64")
    return profiles


class Timing(Table):
    """How long things may take, in seconds (RULES 3.2)."""

    lease: Seconds = 60.0
    """How long a claim is valid without a renewed heartbeat."""
    heartbeat: Seconds = 10.0
    """How often the leases of living attempts are renewed."""
    start_deadline: Seconds = 60.0
    """How long an attempt may take from its claim to its program."""
    step_deadline: Seconds = 300.0
    """How long one git command of the scheduler's own steps may take."""
    setup_deadline: Seconds = 600.0
    """How long the `setup` of a plan may take in one worktree."""
    stall_after: Seconds = 600.0
    """How long an agent may be silent; of commands a plan says it, or nothing does."""
    steal_after: Seconds = 300.0
    """How long a task waits for the busy worker that its plan pinned it to."""
    grace: Seconds = 5.0
    """Between the polite end of a program and its kill."""


class Lane(Table):
    """What a lane may do beside what its provider allows."""

    usd_per_day: Annotated[float, Field(gt=0, le=1e9, allow_inf_nan=False)] | None = None
    """What its seats may cost on one day, by UTC, in all runs of this host."""


class Config(Table):
    """All that the user has configured."""

    profiles: Annotated[Mapping[str, Profile], AfterValidator(named)] = {}
    presets: Mapping[str, Preset] = {}
    """What is changed of the presets that come with wf, and further ones."""
    lanes: Mapping[str, Lane] = {}
    """By the name of the lane, which is that of the profile's maker unless the profile says it."""
    timing: Timing = Timing()
    board: Board = Board()
    notifications: Notifications = Notifications()
    port_base: Annotated[int, Field(ge=1024, le=65_000)] = 20_000
    """Where the ranges begin of which each attempt has one (`WF_PORT_BASE`)."""
    pass_env: Passed = ()
    """Variables that every program gets, by name or by a pattern: `SSH_AUTH_SOCK`, `CARGO_*`."""
    keys: Mapping[str, str] = {}
    """The keys of the board's actions by the action's id, separated by commas: `"R,f5"`."""

    @property
    def seats(self) -> Mapping[str, Profile]:
        """The profiles with the built-in one, `shell`."""
        return {"shell": Profile(), **self.profiles}

    @property
    def lane_budgets(self) -> Mapping[str, int]:
        """What each lane may cost on one day, in micro-dollars; those without a limit left out."""
        limits = {name: lane.usd_per_day for name, lane in self.lanes.items()}
        return {name: round(usd * 1_000_000) for name, usd in limits.items() if usd is not None}


_TABLES: Final[Mapping[str, type[Table]]] = {
    "": Config,
    "profiles": Profile,
    "presets": Preset,
    "lanes": Lane,
    "timing": Timing,
    "board": Board,
    "notifications": Notifications,
}
"""By the name that a table of the file has, or begins with."""


def load_config(environ: Mapping[str, str]) -> Config:
    """Read the configuration; without a file, the defaults. All faults are named at once."""
    path = config_path(environ)
    if path is None:
        return Config()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        if "WF_CONFIG" in environ:  # asked for by name, so its absence is no default
            raise EnvironmentalError(f"there is no configuration at {path}") from None
        return Config()
    except (OSError, UnicodeDecodeError) as error:
        raise EnvironmentalError(f"cannot read {path}: {error}") from error
    try:
        return Config.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path}: {error}") from error
    except ValidationError as error:
        lines = [
            _fault_text(tuple(fault["loc"]), fault["type"], fault["msg"])
            for fault in error.errors()
        ]
        raise UsageError(f"{path}: " + "; ".join(lines)) from error


def _fault_text(place: tuple[int | str, ...], kind: str, message: str) -> str:
    name = ".".join(map(str, place))
    if kind != "extra_forbidden":
        return f"{name}: {message.removeprefix('Value error, ')}"
    return f"unknown key {name}{_meant(place)}"


def _meant(place: tuple[int | str, ...]) -> str:
    """Return the key of the same table that is nearest, or the table that has this one."""
    key = str(place[-1])
    if best := nearest(key, _table_at(place[:-1]).model_fields):
        return f" (did you mean {best!r}?)"
    owners = [name for name, model in _TABLES.items() if key in model.model_fields]
    if not owners:
        return ""
    return f" (it is a key of [{owners[0]}])" if owners[0] else " (it stands above all tables)"


def _table_at(place: tuple[int | str, ...]) -> type[Table]:
    """Return the kind of table that stands at a place of the file."""
    table: type[Table] = Config
    for step in place:
        field = table.model_fields.get(str(step))  # None for the name of a profile, or a number
        if field is not None:
            table = next(_tables_in(field.annotation), table)
    return table


def _tables_in(annotation: object) -> Iterator[type[Table]]:
    if isinstance(annotation, type) and issubclass(annotation, Table):
        yield annotation
    for part in get_args(annotation):
        yield from _tables_in(part)
