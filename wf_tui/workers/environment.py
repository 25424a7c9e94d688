"""A worker's environment: built from empty, so that nothing is passed on by accident."""

import base64
import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from wf_tui.variables import Given, is_secret

__all__ = ["base_environment", "secrets_of", "values_of", "worker_environment"]

_PASSED = frozenset({
    "HOME",
    "LANG",
    "LANGUAGE",
    "LOGNAME",
    "PATH",
    "SHELL",
    "TMPDIR",
    "TZ",
    "USER",
})  # fmt: skip
_LOCALE = "LC_"
_SHORTEST_SECRET = 8
"""Characters of a value that is redacted; a shorter one is a word that stands anywhere."""
_PLAIN_OUTPUT = {"TERM": "dumb", "NO_COLOR": "1"}


def base_environment(environ: Mapping[str, str], path: str = "") -> dict[str, str]:
    """Return what every worker gets of the environment of the scheduler (RULES 4.4, G12).

    What is not on the list stays behind, keys of providers and agents above all. `path` is the PATH
    that the run was started with: whoever resumes it, its programs are the same.
    """
    passed = {}
    for name, value in environ.items():
        is_known = name in _PASSED or name.startswith(_LOCALE)
        # Whatever begins with LC_ passes as a locale, and anybody may name a variable so.
        if is_known and not is_secret(name):
            passed[name] = value
    if path:
        passed["PATH"] = path
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", **passed, **_PLAIN_OUTPUT}


def worker_environment(
    *,
    run: str,
    task: str,
    mark: str,
    state_dir: Path | None = None,
    results: Path | None = None,
    conflicts: Path | None = None,
    port_base: int | None = None,
) -> dict[str, str]:
    """Return what is told to the programs of one attempt, which nothing else may say otherwise.

    `state_dir` is where `wf` finds the run again, for the worker itself to call. `results` is the
    file with the results of the tasks that this one needs, `conflicts` the one
    with the paths that did not merge the last time; `port_base` is the first of its 20 ports.
    """
    own = {
        "WF_RUN": run,
        "WF_TASK": task,
        "WF_ATTEMPT": mark,
        "WF_STATE_DIR": state_dir,
        "WF_RESULTS": results,
        "WF_CONFLICTS": conflicts,
        "WF_PORT_BASE": port_base,
    }
    return {name: str(value) for name, value in own.items() if value is not None}


def values_of(given: Mapping[str, Given]) -> dict[str, str]:
    """Return the values of variables, for a program."""
    return {name: one.value for name, one in given.items()}


def secrets_of(given: Mapping[str, Given]) -> dict[str, str]:
    """Return what no log of a program may hold, each with the name that stands in its place.

    The values of variables whose names look secret, as they are and as programs write them:
    escaped for JSON or a URL, and in base64.
    """
    secrets = {}
    for name, one in given.items():
        if is_secret(name) and len(one.value) >= _SHORTEST_SECRET:
            for form in _forms(one.value):
                secrets[form] = name
    return secrets


def _forms(value: str) -> Iterable[str]:
    yield value
    yield json.dumps(value)[1:-1]
    yield quote(value, safe="", errors="replace")
    content = value.encode("utf-8", "surrogateescape")
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + content).decode().rstrip("=")
        # The first and the last letter may be those of what stands beside it, too.
        inner = encoded[(0, 2, 3)[before] :]
        whole = (before + len(content)) % 3 == 0
        if len(inner) > _SHORTEST_SECRET:
            yield inner if whole else inner[:-1]
