"""The types that several tables of the configuration are made of."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from wf_tui.variables import name_fault, pattern_fault, value_fault

__all__ = ["Count", "Keys", "Passed", "Seconds", "Table", "Variables", "Words", "WorkerKind"]


class Table(BaseModel):
    """One table of the file; what it does not know is a fault."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


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


def key_sources(keys: object) -> object:
    """Return keys as a table; a list of names means the variables of the same names."""
    if isinstance(keys, list | tuple):
        return {name: f"env:{name}" for name in keys}
    return keys


def without_values(keys: Mapping[str, str]) -> Mapping[str, str]:
    """Return keys as they are; the file names where each is, and holds none."""
    for name, source in keys.items():
        if fault := name_fault(name):
            raise ValueError(f"{name!r} {fault}")
        kind, _, place = source.partition(":")
        if not (kind == "file" and place) and not (kind == "env" and not name_fault(place)):
            # Not repeated: it may be the key itself.
            raise ValueError(f'{name}: "env:NAME" or "file:PATH" is expected, never the key')
        if kind == "file" and not place.startswith(("/", "~/")):
            raise ValueError(f"{name}: the path of its file has to begin with / or ~/")
    return keys


Count = Annotated[int, Field(ge=1, le=2**53)]
Keys = Annotated[Mapping[str, str], BeforeValidator(key_sources), AfterValidator(without_values)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Variables = Annotated[Mapping[str, str], AfterValidator(settable)]
Passed = Annotated[tuple[str, ...], Field(strict=False), AfterValidator(passable)]
Words = Annotated[tuple[str, ...], Field(strict=False)]
WorkerKind = Literal["shell", "agent", "acp", "model"]
