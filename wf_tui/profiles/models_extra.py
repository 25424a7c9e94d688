"""The extra `models`: whether what talks to models is installed, and the command that installs it.

Nothing of it is imported here: it takes 0.7 s. Asked before a run exists, and by `wf profiles`.
"""

from __future__ import annotations

import json
import shlex
import sys
from importlib import metadata, util
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

__all__ = ["EXTRA", "how_to_install", "is_installed"]

EXTRA: Final = "models"
_PACKAGE: Final = "wf-tui"
_NEEDED: Final = ("pydantic_ai", "openai")


def is_installed() -> bool:
    """Whether a host of models would find what it imports; it is this very interpreter."""
    return all(map(_is_there, _NEEDED))


def has_pip() -> bool:
    """Whether this interpreter can install something by itself."""
    return _is_there("pip")


def how_to_install(prefix: Path = Path(sys.prefix), python: str = sys.executable) -> str:
    """Return the command that adds the extra to the installation that this is.

    `prefix` is the environment that wf was installed into, `python` its interpreter.
    """
    source, editable = _source()
    whole = f"{source}[{EXTRA}]" if source else f"{_PACKAGE}[{EXTRA}]"
    if (prefix / "pipx_metadata.json").exists():
        return shlex.join(["pipx", "inject", _PACKAGE, *_requirements()])
    if (prefix / "uv-receipt.toml").exists():
        return shlex.join(["uv", "tool", "install", "--force", whole])
    of_clone = editable and prefix == Path(source, ".venv") and Path(source, "uv.lock").exists()
    if of_clone and not has_pip():
        return shlex.join(
            ["uv", "sync", "--project", source, "--inexact", "--no-dev", "--extra", EXTRA]
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
    try:
        text = metadata.distribution(_PACKAGE).read_text("direct_url.json")
        told = json.loads(text or "{}")
        url = urlsplit(told.get("url", ""))
        editable = bool(told.get("dir_info", {}).get("editable"))
    except (metadata.PackageNotFoundError, ValueError, AttributeError, TypeError):
        return "", False
    return (unquote(url.path), editable) if url.scheme == "file" else ("", False)


def _requirements() -> list[str]:
    """Return what the extra consists of, as the installation tells it."""
    try:
        every = metadata.requires(_PACKAGE) or []
    except metadata.PackageNotFoundError:
        every = []
    named = [one.partition(";") for one in every]
    return [what.strip() for what, _, when in named if f"'{EXTRA}'" in when.replace('"', "'")]
