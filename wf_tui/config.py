"""The user's configuration, `~/.config/wf/config.toml` or `WF_CONFIG`; unknown keys are errors."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from wf_tui.errors import EnvironmentalError, UsageError, nearest
from wf_tui.variables import name_fault, pattern_fault, value_fault

__all__ = ["Board", "Config", "Profile", "Timing", "config_path", "load_config"]

_Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]


def settable(variables: Mapping[str, str]) -> Mapping[str, str]:
    """Return the variables as they are; a program has to be able to get each of them."""
    for name, value in variables.items():
        if fault := name_fault(name) or value_fault(value):
            raise ValueError(f"{name!r} {fault}")
    return variables


def passable(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names and patterns as they are; wf has to be able to pass each of them on."""
    for pattern in patterns:
        if fault := pattern_fault(pattern):
            raise ValueError(f"{pattern!r} {fault}")
    return patterns


_Variables = Annotated[Mapping[str, str], AfterValidator(settable)]
_Passed = Annotated[tuple[str, ...], Field(strict=False), AfterValidator(passable)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Timing(_Part):
    """How long things may take, in seconds (RULES 3.2)."""

    lease: _Seconds = 60.0
    """How long a claim is valid without a renewed heartbeat."""
    heartbeat: _Seconds = 10.0
    """How often the leases of living attempts are renewed."""
    start_deadline: _Seconds = 60.0
    """How long an attempt may take from its claim to its program."""
    step_deadline: _Seconds = 300.0
    """How long one git command of the scheduler's own steps may take."""
    setup_deadline: _Seconds = 600.0
    """How long the `setup` of a plan may take in one worktree."""
    stall_after: _Seconds = 600.0
    """How long an agent may be silent; of commands a plan says it, or nothing does."""
    steal_after: _Seconds = 300.0
    """How long a task waits for the busy worker that its plan pinned it to."""
    grace: _Seconds = 5.0
    """Between the polite end of a program and its kill."""


_COMMANDS_ONLY: Final[frozenset[str]] = frozenset({"shell"})


class Profile(_Part):
    """How to make the seats of one kind."""

    kind: Literal["shell"] = "shell"
    seats: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many; None: as many as jobs."""
    roles: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """The roles it takes; none means all."""
    lane: str = "local"
    """The provider limit that its seats share."""
    env: _Variables = {}
    """Variables for its programs, and their values; no gate or setup sees them."""
    pass_env: _Passed = ()
    """Variables of whoever starts a run that its programs get, too."""
    breaker: Annotated[int, Field(ge=0, le=1_000_000)] = 50
    """After how many quick failures in a row its seats pause (RULES 5, Breaker); 0: never."""

    @property
    def takes_prompts(self) -> bool:
        """Whether its seats can do a task that has no command."""
        return self.kind not in _COMMANDS_ONLY


class Board(_Part):
    """How the board looks."""

    theme: str = ""
    """The name of a theme; the board knows its own two and those of Textual."""
    reduced_motion: bool = False
    """Nothing flashes or slides."""
    ascii: bool = False
    """Letters instead of signs, as `--ascii`."""


class Config(_Part):
    """All that the user has configured."""

    profiles: Mapping[str, Profile] = {}
    timing: Timing = Timing()
    board: Board = Board()
    port_base: Annotated[int, Field(ge=1024, le=65_000)] = 20_000
    """Where the ranges begin of which each attempt has one (`WF_PORT_BASE`)."""
    pass_env: _Passed = ()
    """Variables that every program gets, by name or by a pattern: `SSH_AUTH_SOCK`, `CARGO_*`."""
    keys: Mapping[str, str] = {}
    """The keys of the board's actions by the action's id, separated by commas: `"R,f5"`."""

    @property
    def seats(self) -> Mapping[str, Profile]:
        """The profiles with the built-in one, `shell`."""
        return {"shell": Profile(), **self.profiles}

    @property
    def takes_prompts(self) -> bool:
        """Whether any profile can do a task that has no command."""
        return any(profile.takes_prompts for profile in self.seats.values())


_TABLES: Final[Mapping[str, type[_Part]]] = {
    "": Config,
    "profiles": Profile,
    "timing": Timing,
    "board": Board,
}
"""By the name that a table of the file has, or begins with."""


def config_path(environ: Mapping[str, str]) -> Path | None:
    """Return where the user's configuration lies; None where the user has no home for one."""
    if given := environ.get("WF_CONFIG"):
        return Path(given)
    from platformdirs import user_config_path  # noqa: PLC0415 - only where no variable says

    try:
        return user_config_path("wf", appauthor=False) / "config.toml"
    except RuntimeError:
        return None


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
    return f"unknown key {name}{_meant(str(place[-1]), str(place[0]) if place[1:] else '')}"


def _meant(key: str, table: str) -> str:
    """Return the key of the same table that is nearest, or the table that has this one."""
    if best := nearest(key, _TABLES[table].model_fields):
        return f" (did you mean {best!r}?)"
    owners = [name for name, model in _TABLES.items() if key in model.model_fields]
    if not owners:
        return ""
    return f" (it is a key of [{owners[0]}])" if owners[0] else " (it stands above all tables)"
