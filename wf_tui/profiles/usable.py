"""Whether a profile can be used here: its program, its login, its keys; no model is asked.

Asked before a run exists, by `wf profiles`, and by schedulers before they start anything.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from wf_tui.extras import Extra, how_to_install, is_installed
from wf_tui.profiles.keys import find_keys
from wf_tui.profiles.logins import user_file
from wf_tui.text import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.profiles.resolved import Resolved

__all__ = ["Reason", "ReasonKind", "program_path", "usable"]


_NAMED: Final = 5


class ReasonKind(StrEnum):
    """What is missing."""

    PROGRAM = "program"
    KEY = "key"
    LOGIN = "login"
    EXTRA = "extra"


@dataclass(frozen=True)
class Reason:
    """Why a profile cannot be used here."""

    kind: ReasonKind
    text: str
    """A clause that can stand behind the name of the profile."""


def usable(profile: Resolved, environ: Mapping[str, str]) -> list[Reason]:
    """Return why a profile cannot be used; nothing for one that can. Blocks for files alone."""
    reasons = []
    if profile.kind == "model" and not is_installed(Extra.MODELS):
        text = f"the extra {Extra.MODELS} is not installed here: {how_to_install(Extra.MODELS)}"
        reasons.append(Reason(ReasonKind.EXTRA, text))
    if profile.program and program_path(profile, environ) is None:
        text = f"the program {profile.program} is not on the PATH"
        reasons.append(Reason(ReasonKind.PROGRAM, text))
    found = find_keys(profile, environ)
    if found.missing:
        text = " and ".join(found.missing)
        if not profile.needs_all_keys and len(profile.keys) > 1:
            text = f"none of {listed([key.place for key in profile.keys], _NAMED)} is set"
        reasons.append(Reason(ReasonKind.KEY, text))
    files = [user_file(one, environ) for one in profile.logins if not one.copied]
    if files and not any(path.is_file() for path in files):
        names = " or ".join(map(str, files))
        text = f"you are not logged in with {profile.program}: there is no {names}"
        reasons.append(Reason(ReasonKind.LOGIN, text))
    return reasons


def program_path(profile: Resolved, environ: Mapping[str, str]) -> str | None:
    """Return where the program of a profile lies, looked up on the PATH of `environ`."""
    return shutil.which(profile.program, path=environ.get("PATH", ""))
