"""A worker's environment: built from empty, so that nothing is passed on by accident."""

from collections.abc import Mapping
from pathlib import Path

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
    prompt: Path | None = None,
    port_base: int | None = None,
) -> dict[str, str]:
    """Return what is told to the programs of one attempt, which nothing else may say otherwise.

    `state_dir` is where `wf` finds the run again, for the worker itself to call. `results` is the
    file with the results of the tasks that this one needs, `conflicts` the one
    with the paths that did not merge the last time, `prompt` the one with all that a worker is
    told; `port_base` is the first of its 20 ports.
    """
    own = {
        "WF_RUN": run,
        "WF_TASK": task,
        "WF_ATTEMPT": mark,
        "WF_STATE_DIR": state_dir,
        "WF_RESULTS": results,
        "WF_CONFLICTS": conflicts,
        "WF_PROMPT": prompt,
        "WF_PORT_BASE": port_base,
    }
    return {name: str(value) for name, value in own.items() if value is not None}


def values_of(given: Mapping[str, Given]) -> dict[str, str]:
    """Return the values of variables, for a program."""
    return {name: one.value for name, one in given.items()}


def secrets_of(given: Mapping[str, Given]) -> dict[str, str]:
    """Return the values of variables whose names look secret, for `secret_forms`."""
    return {name: one.value for name, one in given.items() if is_secret(name)}
