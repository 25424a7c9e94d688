"""The profiles of a run as its row keeps them, for schedulers that come later."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING

from wf_tui.profiles.resolved import Resolved

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["profiles_of", "profiles_text"]


def profiles_text(profiles: Mapping[str, Resolved]) -> str:
    """Return the profiles as their column holds them: names of keys, and no value of one."""
    return json.dumps({name: asdict(one) for name, one in profiles.items()}, separators=(",", ":"))


@lru_cache(maxsize=16)
def profiles_of(text: str) -> Mapping[str, Resolved]:
    """Read the column of a run; one of an older wf has none, and a newer one may say more."""
    if not text:
        return {}
    from pydantic import TypeAdapter  # noqa: PLC0415 - `wf status` shows a run without it

    return TypeAdapter(dict[str, Resolved]).validate_json(text)
