"""The signature of a commit that wf makes in the user's name, by the program of their choice."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wf_tui.git.runner import git
from wf_tui.git.user_config import as_the_user, programs_environment

__all__ = ["Signing", "find_signing"]

_KEYS: Final = r"^(gpg\.|user\.signingkey$)"


@dataclass(frozen=True)
class Signing:
    """How the user's git signs: its settings, and the variables that the program needs."""

    settings: Mapping[str, str]
    variables: Mapping[str, str]


def find_signing(git_dir: Path, environ: Mapping[str, str]) -> Signing | None:
    """Return how the user signs commits in a repository, or None where they do not.

    `git_dir` is that of the checkout, since it can have settings of its own. The program is the
    user's: their configuration names it, which no worker can write.
    """
    env = as_the_user(environ)
    asked = ("config", "--type=bool", "--get", "commit.gpgSign")
    if git(*asked, git_dir=git_dir, ok=None, environment=env).text != "true":
        return None
    words = ("config", "-z", "--get-regexp", _KEYS)
    found = git(*words, git_dir=git_dir, ok=None, environment=env).records
    pairs = (record.partition(b"\n") for record in found)
    settings = {os.fsdecode(key): os.fsdecode(value) for key, _, value in pairs}
    variables = programs_environment(environ)
    if sys.stdin.isatty():  # where the program asks for the pass phrase
        variables.setdefault("GPG_TTY", os.ttyname(sys.stdin.fileno()))
    return Signing(settings, variables)
