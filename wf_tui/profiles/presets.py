"""The presets: those that come with wf, with what the user has changed of them."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import ValidationError

from wf_tui.config.preset import Preset
from wf_tui.errors import UnknownNameError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.config import Config

__all__ = ["find_preset", "preset_names"]

_FOLDER: Final = Path(__file__).with_name("presets")
_Table = dict[str, object]


@cache
def preset_names() -> tuple[str, ...]:
    """Return the names of the presets that come with wf."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


def find_preset(config: Config, name: str) -> Preset:
    """Return a preset as it counts for this user. Raises `UnknownNameError` and `UsageError`.

    What `[presets.NAME]` says goes before what comes with wf, table by table: a list that is given
    replaces the other one as a whole. The same holds for what one preset `extends`.
    """
    merged = _merged(config, name, ())
    try:
        return Preset.model_validate(merged)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        raise UsageError(f"presets.{name}.{place}: {first['msg']}") from error


def _merged(config: Config, name: str, above: tuple[str, ...]) -> _Table:
    if name in above:
        raise UsageError(f"presets.{name}: extends itself, by way of {' and '.join(above)}")
    given = config.presets.get(name)
    if given is None and name not in preset_names():
        raise UnknownNameError("preset", name, {**dict.fromkeys(preset_names()), **config.presets})
    table = _packaged(name) if name in preset_names() else {}
    if given is not None:
        table = _over(table, given.model_dump(exclude_unset=True))
    below = table.get("extends")
    return _over(_merged(config, below, (*above, name)), table) if isinstance(below, str) else table


def _packaged(name: str) -> _Table:
    return tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))


def _over(below: Mapping[str, object], above: Mapping[str, object]) -> _Table:
    """Return two tables as one, in which the upper one counts; keys are never put together."""
    table = dict(below)
    for key, value in above.items():
        old = table.get(key)
        if isinstance(old, dict) and isinstance(value, dict) and key != "keys":
            table[key] = _over(old, value)
        else:
            table[key] = value
    return table
