"""The profiles of a run as its row keeps them, for schedulers that come later."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from wf_tui.profiles.quirks import Quirks
from wf_tui.profiles.resolved import FileText, Key, Limits, LoginFile, Price, Resolved
from wf_tui.values import field_names

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["profiles_of", "profiles_text"]

_PARTS: Final = {"files": FileText, "keys": Key, "logins": LoginFile}
"""The fields of a profile that are many of something."""


def profiles_text(profiles: Mapping[str, Resolved]) -> str:
    """Return the profiles as their column holds them: names of keys, and no value of one."""
    return json.dumps({name: asdict(one) for name, one in profiles.items()}, separators=(",", ":"))


@lru_cache(maxsize=16)
def profiles_of(text: str) -> Mapping[str, Resolved]:
    """Read the column of a run; one of an older wf has none, and a newer one may say more."""
    # By hand: the library that could do it takes longer to load than a scheduler to take the lead.
    return {name: _profile(one) for name, one in json.loads(text or "{}").items()}


def _profile(stored: Mapping[str, Any]) -> Resolved:
    """Return a profile that `profiles_text` has written."""
    given = _fields(Resolved, stored)
    for name, kind in _PARTS.items():
        given[name] = tuple(kind(**_fields(kind, one)) for one in given.get(name, ()))
    for name, kind in (("limits", Limits), ("quirks", Quirks), ("price", Price)):
        if isinstance(given.get(name), dict):
            given[name] = kind(**_fields(kind, given[name]))
    return Resolved(**given)


def _fields(kind: type, stored: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is stored of the fields of a value, whose lists are tuples."""
    named = {name: stored[name] for name in field_names(kind) if name in stored}
    return {name: tuple(one) if isinstance(one, list) else one for name, one in named.items()}
