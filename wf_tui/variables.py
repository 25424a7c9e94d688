"""Names of environment variables: which may be given to a program, which look secret.

Asked by plans and settings, when they are read, and by whoever passes variables on.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Final

from wf_tui.values import frozen

__all__ = [
    "Given",
    "Variables",
    "given_variables",
    "is_reserved",
    "is_secret",
    "name_fault",
    "passed_names",
    "pattern_fault",
    "value_fault",
]

LONGEST_VALUE: Final = 100_000
"""Bytes; Linux starts no program with a variable of more than 128 KB."""
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PATTERN: Final = re.compile(r"[A-Za-z_*][A-Za-z0-9_*]*")
# By their ends those that are short: OLDPWD, PATH and SSH_AUTH_SOCK are none.
_SECRET: Final = re.compile(
    r"SECRET|TOKEN|PASSW|PASSPHRASE|API_?KEY|ACCESS_?KEY|CREDENTIAL|PRIVATE|_(?:KEY|PASS|PAT|PWD)$",
    re.IGNORECASE,
)
# What wf sets for its workers, what leads git to another repository or program, and what makes a
# program load code that nobody sees in the plan.
_RESERVED: Final = re.compile(r"(WF|GIT|LD|DYLD)_|PYTHON")
_PRINTS_ONLY: Final = frozenset({
    "PYTHONDEVMODE",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONFAULTHANDLER",
    "PYTHONHASHSEED",
    "PYTHONIOENCODING",
    "PYTHONUNBUFFERED",
    "PYTHONUTF8",
    "PYTHONWARNINGS",
})  # fmt: skip
"""Those of Python's that change how it speaks, not what it loads."""


def is_secret(name: str) -> bool:
    """Whether a variable of this name seems to hold what nobody else should see."""
    return _SECRET.search(name) is not None


def is_reserved(name: str) -> bool:
    """Whether only wf decides about a variable: those of its own, of git, the loader and Python."""
    return _RESERVED.match(name) is not None and name not in _PRINTS_ONLY


def name_fault(name: str) -> str | None:
    """Return what is wrong with the name of a variable that is to be set, going on from it."""
    if not _NAME.fullmatch(name):
        return "is no name of a variable: letters, digits and _"
    return _reserved_fault(name)


def pattern_fault(pattern: str) -> str | None:
    """Return what is wrong with a name to pass on, or a pattern of names (`CARGO_*`)."""
    if not _PATTERN.fullmatch(pattern):
        return "is no name of a variable: letters, digits and _, and * for any of them"
    # A pattern that begins otherwise may match such names, too: they are left out of it.
    return _reserved_fault(pattern)


def _reserved_fault(name: str) -> str | None:
    if not is_reserved(name):
        return None
    return "is for wf alone to set; a command that needs it can set it itself"


def value_fault(value: str) -> str | None:
    """Return why no program can be given this value, or None."""
    if "\0" in value:
        return "has a NUL, which no variable can hold"
    if len(value.encode("utf-8", "surrogatepass")) > LONGEST_VALUE:
        return f"has over {LONGEST_VALUE:,} bytes, too many for a variable"
    return None


def passed_names(patterns: tuple[str, ...], environ: Mapping[str, str]) -> list[str]:
    """Return the variables of an environment that are passed on by name or by a pattern.

    A pattern leaves out what looks secret: to pass that on is a decision about this one name.
    """
    names: dict[str, None] = {}
    for pattern in patterns:
        if "*" not in pattern:
            if pattern in environ:
                names[pattern] = None
            continue
        matches = re.compile(pattern.replace("*", ".*"), re.DOTALL)
        for name in environ:
            if matches.fullmatch(name) and not is_secret(name) and not is_reserved(name):
                names[name] = None
    return list(names)


@frozen
class Variables:
    """What one place gives to programs: the settings, a plan, its defaults, a profile, a task."""

    env: tuple[str, ...] = ()
    """`NAME=value`, as the place has written them."""
    pass_env: tuple[str, ...] = ()
    """Names and patterns of variables of whoever starts the run."""


@frozen
class Given:
    """The value of a variable, and where it is from."""

    value: str
    passed: bool
    """Whether it is of the environment, and not written anywhere: then nothing may keep it."""


def given_variables(places: Iterable[Variables], environ: Mapping[str, str]) -> Mapping[str, Given]:
    """Return the variables that all places give together; a later place goes before an earlier.

    Within one place a value that is written goes before one that is passed on.
    """
    given = {}
    for place in places:
        for name in passed_names(place.pass_env, environ):
            given[name] = Given(environ[name], passed=True)
        for pair in place.env:
            name, _, value = pair.partition("=")
            given[name] = Given(value, passed=False)
    return given
