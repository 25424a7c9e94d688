"""The extras of wf: whether one is installed, and the command that installs it.

Nothing of them is imported here, as it takes up to 0.7 s. Asked before a run exists, by
`wf profiles` and by `wf serve`.
"""

from __future__ import annotations

import json
import shlex
import sys
from enum import StrEnum
from importlib import util
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Extra", "how_to_install", "is_installed"]

_PACKAGE: Final = "wf-tui"


class Extra(StrEnum):
    """What can be installed besides, as `pyproject.toml` names it."""

    MODELS = "models"
    """What talks to models without an agent program between."""
    WEB = "web"
    """What shows the board in a browser."""


_NEEDED: Final[Mapping[Extra, tuple[str, ...]]] = {
    Extra.MODELS: ("pydantic_ai", "openai"),
    Extra.WEB: ("textual_serve", "aiohttp"),
}
"""The packages that are imported of each."""


def is_installed(extra: Extra) -> bool:
    """Whether this interpreter, and each that wf starts, would find what the extra is made of."""
    return all(map(_is_there, _NEEDED[extra]))


def has_pip() -> bool:
    """Whether this interpreter can install something by itself."""
    return _is_there("pip")


def how_to_install(
    extra: Extra, prefix: Path = Path(sys.prefix), python: str = sys.executable
) -> str:
    """Return the command that adds the extra to the installation that this is.

    `prefix` is the environment that wf was installed into, `python` its interpreter.
    """
    source, editable = _source()
    whole = f"{source}[{extra}]" if source else f"{_PACKAGE}[{extra}]"
    if (prefix / "pipx_metadata.json").exists():
        return shlex.join(["pipx", "inject", _PACKAGE, *_requirements(extra)])
    if (prefix / "uv-receipt.toml").exists():
        return shlex.join(["uv", "tool", "install", "--force", whole])
    of_clone = editable and prefix == Path(source, ".venv") and Path(source, "uv.lock").exists()
    if of_clone and not has_pip():
        return shlex.join(
            ["uv", "sync", "--project", source, "--inexact", "--no-dev", "--extra", extra]
        )
    words = ["-e", whole] if editable else [whole]
    if (prefix / "pyvenv.cfg").exists() and not has_pip():
        return shlex.join(["uv", "pip", "install", "--python", python, *words])
    return shlex.join([python, "-m", "pip", "install", *words])


def _is_there(name: str) -> bool:
    try:
        return util.find_spec(name) is not None
    except ValueError:  # a module of that name is in the making, or was taken away
        return False


def _source() -> tuple[str, bool]:
    """Return the folder that wf was installed from, "" for an index, and whether it is used there.

    As `direct_url.json` of the installation tells it.
    """
    from importlib import metadata  # noqa: PLC0415 - it loads `email`; schedulers never ask

    try:
        text = metadata.distribution(_PACKAGE).read_text("direct_url.json")
        told = json.loads(text or "{}")
        url = urlsplit(told.get("url", ""))
        editable = bool(told.get("dir_info", {}).get("editable"))
    except (metadata.PackageNotFoundError, ValueError, AttributeError, TypeError):
        return "", False
    return (unquote(url.path), editable) if url.scheme == "file" else ("", False)


def _requirements(extra: Extra) -> list[str]:
    """Return what the extra consists of, as the installation tells it."""
    from importlib import metadata  # noqa: PLC0415 - same

    try:
        every = metadata.requires(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        every = []
    named = [one.partition(";") for one in every]
    return [what.strip() for what, _, when in named if f"'{extra}'" in when.replace('"', "'")]
