"""A worker's environment: built from empty, so that nothing is passed on by accident."""

from collections.abc import Mapping
from pathlib import Path

from wf_tui.variables import is_secret

__all__ = ["base_environment", "worker_environment"]

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


def base_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what every worker gets of the environment of the scheduler (RULES 4.4, G12).

    Called once, when the scheduler opens its run. What is not on the list stays behind, keys of
    providers and agents above all.
    """
    passed = {}
    for name, value in environ.items():
        is_known = name in _PASSED or name.startswith(_LOCALE)
        # Whatever begins with LC_ passes as a locale, and anybody may name a variable so.
        if is_known and not is_secret(name):
            passed[name] = value
    return {"PATH": "/usr/local/bin:/usr/bin:/bin", **passed, **_PLAIN_OUTPUT}


def worker_environment(
    base: Mapping[str, str],
    *,
    run: str,
    task: str,
    mark: str,
    results: Path | None = None,
    conflicts: Path | None = None,
    port_base: int | None = None,
) -> dict[str, str]:
    """Return the environment of one attempt.

    `results` is the file with the results of the tasks that this one needs, `conflicts` the one
    with the paths that did not merge the last time; `port_base` is the first of its 20 ports.
    """
    own = {
        "WF_RUN": run,
        "WF_TASK": task,
        "WF_ATTEMPT": mark,
        "WF_RESULTS": results,
        "WF_CONFLICTS": conflicts,
        "WF_PORT_BASE": port_base,
    }
    return {**base, **{name: str(value) for name, value in own.items() if value is not None}}
