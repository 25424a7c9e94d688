"""What the user's own git says of the user: who they are, and how files look in their checkout.

Wherever else git runs, none of it holds: only for a landing, for what the user ignores, and for who
they are.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from wf_tui.errors import EnvironmentalError
from wf_tui.git.runner import find_git, git
from wf_tui.values import frozen

__all__ = ["Identity", "as_the_user", "checkout_settings", "identity", "programs_environment"]

_KEPT: Final = (
    *("HOME", "XDG_CONFIG_HOME", "TZ", "EMAIL"),
    *("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM", "GIT_CONFIG_NOSYSTEM"),
    *("GIT_AUTHOR_NAME", "GIT_AUTHOR_EMAIL", "GIT_COMMITTER_NAME", "GIT_COMMITTER_EMAIL"),
)
_FILE_SETTINGS: Final = (
    *("core.autocrlf", "core.eol", "core.symlinks", "core.filemode", "core.sharedrepository"),
    "core.logallrefupdates",
)
"""What decides on the bytes and modes of files in a checkout; none of it names a program."""
_IDENT: Final = re.compile(r"(.*) <(.*)> (\d+ [+-]\d{4})", re.DOTALL)
_FILTER: Final = re.compile(rb"filter\.(.*)\.(?:clean|smudge|process|required)", re.DOTALL)


@frozen
class Identity:
    """Who commits, and when, in git's form.

    `date` is seconds and zone, as in a commit object, the same for author and committer.
    """

    name: str
    email: str
    date: str

    @property
    def variables(self) -> Mapping[str, str]:
        """The environment that makes git commit as this person."""
        values = {"NAME": self.name, "EMAIL": self.email, "DATE": self.date}
        roles = ("AUTHOR", "COMMITTER")
        return {f"GIT_{role}_{key}": value for role in roles for key, value in values.items()}


def as_the_user(environ: Mapping[str, str]) -> dict[str, str]:
    """Return an environment in which git reads the user's configuration, and asks nothing.

    For `config` and `var` alone, which run no program. `environ` is the user's environment; of it
    only what says where the configuration is, or who the user is, goes on.
    """
    env = {name: environ[name] for name in _KEPT if name in environ}
    folder = os.path.dirname(find_git())  # noqa: PTH120 - a string is what PATH wants
    return env | {"PATH": folder + ":/usr/bin:/bin", "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"}


def programs_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what the user's own programs of git get: filters, hooks, what signs.

    All of `environ` but what would lead git elsewhere: its own variables, save those of the user's
    configuration and name.
    """
    return {
        name: value
        for name, value in environ.items()
        if name in _KEPT or not name.startswith("GIT_")
    }


def identity(git_dir: Path, environ: Mapping[str, str]) -> Identity:
    """Return who the user is by their configuration; a guess by git does not count.

    Raises `EnvironmentalError`, with what to type, where the configuration does not say.
    """
    # Else git makes up a name and an address from the account and the host, and commits with them.
    words = ("-c", "user.useConfigOnly=true", "var", "GIT_COMMITTER_IDENT")
    done = git(*words, git_dir=git_dir, ok=None, environment=as_the_user(environ))
    found = _IDENT.fullmatch(done.text)
    if done.status or found is None:
        raise EnvironmentalError(
            "a merge commit needs your name, and git does not know it",
            "git config --global user.name NAME; git config --global user.email ADDRESS",
        )
    return Identity(*found.groups())


def checkout_settings(git_dir: Path, environ: Mapping[str, str]) -> dict[str, str]:
    """Return the settings that make wf's git write files as the user's does, and run nothing.

    Programs that the repository's configuration names as filters are switched off: whoever lets
    a file that has one be written, checks for that first.
    """
    env = as_the_user(environ)
    found = git("config", "--includes", "-z", "--list", git_dir=git_dir, environment=env).records
    words = ("config", "--type=path", "--get", "core.attributesFile")
    done = git(*words, git_dir=git_dir, ok=None, environment=env)
    if done.status == 0:
        attributes = Path(done.text)
    else:  # git's own default: the runner's empty file stands for it otherwise
        home = environ.get("XDG_CONFIG_HOME") or str(Path(environ.get("HOME", "/"), ".config"))
        attributes = Path(home, "git", "attributes")
    # A landing shows in the reflog as a merge by hand does, but where the user's setting says no.
    settings = {"core.attributesFile": str(attributes), "core.logAllRefUpdates": "true"}
    for key, _, value in (record.partition(b"\n") for record in found):
        name = os.fsdecode(key)
        if name in _FILE_SETTINGS:
            # A key without a value is a switch that is on.
            settings[name] = os.fsdecode(value) or "true"
        elif driver := _FILTER.fullmatch(key):
            name = os.fsdecode(driver[1])
            for program in ("clean", "smudge", "process"):
                settings[f"filter.{name}.{program}"] = ""
            # Else git would fail on the file, since its filter does nothing.
            settings[f"filter.{name}.required"] = "false"
    return settings
