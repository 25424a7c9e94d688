"""What an agent's environment has beside that of any program: its home, its settings, its keys."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.profiles.resolved import filled_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.profiles.keys import FoundKeys
    from wf_tui.profiles.resolved import Resolved

__all__ = ["GIT_CONFIG", "agent_environment", "keys_in_environment", "toolchains"]

GIT_CONFIG: Final = ".gitconfig"
"""Git's settings in a home: a name and an address, nothing of the user's."""
_TOOLCHAINS: Final = Path(__file__).with_name("toolchains.toml")


def agent_environment(profile: Resolved, home: Path, keys: FoundKeys) -> dict[str, str]:
    """Return what an agent gets, whatever its plan gives beside it (G12).

    Its home, what its preset and its profile say, and the keys of its own profile, unless a file of
    its settings has them.
    """
    slots = {"home": str(home), "key": keys.first}
    settings = {name: filled_in(value, slots) for name, value in profile.env.items()}
    return {
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / GIT_CONFIG),
        **settings,
        **keys_in_environment(profile, keys),
    }


def keys_in_environment(profile: Resolved, keys: FoundKeys) -> Mapping[str, str]:
    """Return the keys that an agent takes from its environment, where its commands see them, too.

    None where a file of its settings has the key.
    """
    in_file = any("{key}" in file.text for file in profile.files)
    return {} if in_file else keys.values


def toolchains(environ: Mapping[str, str]) -> dict[str, str]:
    """Return where the toolchains of a user have their folders, of those that exist.

    `environ` is the user's. A plan can name others.
    """
    user_home, found = environ.get("HOME"), {}
    for name, folder in _folders().items():
        place = environ.get(name) or (str(Path(user_home) / folder) if user_home else "")
        if place and Path(place).is_dir():
            found[name] = place
    return found


@cache
def _folders() -> Mapping[str, str]:
    folders: dict[str, str] = tomllib.loads(_TOOLCHAINS.read_text(encoding="utf-8"))
    return folders
