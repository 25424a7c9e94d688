"""The one function that runs git, in an environment that no repository and no worker can bend.

Git obeys configuration, attributes, hooks and environment that anyone with a file in the right
place can write; here all of them are either empty or set at command scope, which wins over every
repository. Git never discovers a repository from a worker's directory: the
callers name it.
"""

import contextlib
import functools
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextvars import ContextVar
from pathlib import Path

from wf_tui.errors import EnvironmentalError, GitDeadlineError, GitError
from wf_tui.text import clean
from wf_tui.values import frozen

__all__ = [
    "MINIMUM_VERSION",
    "Completed",
    "current_limit",
    "end_group",
    "find_git",
    "git",
    "git_limit",
    "isolated_environment",
    "parse_version",
    "report_slow_git",
    "report_time",
    "require_version",
]

MINIMUM_VERSION = (2, 38)
"""The first release with `merge-tree --write-tree`."""

_PIPE = subprocess.PIPE
_LAST_WORDS = 2.0
"""Seconds that git has to remove its locks."""
_SLOW = 0.2
"""Seconds from which on a command is reported to who has asked for it."""
# Of the thread that calls, not of the process: each step of an attempt has a limit of its own.
_limit: ContextVar[float | None] = ContextVar("limit", default=None)
_report: ContextVar[Callable[[str, float], None] | None] = ContextVar("report", default=None)

Argument = str | bytes | Path
"""What may stand in the argument list."""

_SETTINGS = {
    # nothing of anybody runs
    "core.hooksPath": "/dev/null",
    "core.fsmonitor": "false",
    "core.alternateRefsCommand": "true",
    "core.sshCommand": "false",
    "core.pager": "cat",
    "commit.gpgSign": "false",
    "tag.gpgSign": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "receive.autogc": "false",
    "safe.bareRepository": "all",
    "protocol.allow": "never",
    "protocol.file.allow": "always",
    "protocol.version": "2",
    "submodule.recurse": "false",
    "fetch.recurseSubmodules": "false",
    "fetch.writeCommitGraph": "false",
    "diff.ignoreSubmodules": "all",
    # files go in and come out byte by byte
    "core.attributesFile": "/dev/null",
    "core.excludesFile": "/dev/null",
    "core.autocrlf": "false",
    "core.safecrlf": "false",
    "core.symlinks": "true",
    "core.quotePath": "false",
    "core.protectHFS": "true",
    "core.protectNTFS": "true",
    "i18n.commitEncoding": "UTF-8",
    # no cache decides what changed, only the file does
    "core.untrackedCache": "false",
    "core.trustctime": "true",
    "core.checkStat": "default",
    "core.commitGraph": "false",
    "core.preloadIndex": "true",
    "index.threads": "true",
    "core.logAllRefUpdates": "false",
    # a merge moves no file that neither side moved
    "merge.renames": "true",
    "merge.directoryRenames": "false",
    "merge.renormalize": "false",
    # what was acknowledged outlives a loss of power
    "core.fsync": "objects,reference",
    "core.fsyncMethod": "batch",
}
_VARIABLES = {
    "HOME": "/nonexistent",
    "XDG_CONFIG_HOME": "/nonexistent",
    "LC_ALL": "C",
    "LANGUAGE": "C",
    "TZ": "UTC",
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_SYSTEM": "/dev/null",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "/bin/false",
    "SSH_ASKPASS": "/bin/false",
    "GIT_EDITOR": "/bin/false",
    "GIT_PAGER": "cat",
    "GIT_ALLOW_PROTOCOL": "file",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_ADVICE": "0",
    "GIT_DEFAULT_REF_FORMAT": "files",
}


@frozen
class Completed:
    """What a git command left: its exit status and the bytes it printed."""

    status: int
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        """The output as text without its last newline; bytes that are no UTF-8 survive."""
        return self.stdout.decode("utf-8", "surrogateescape").removesuffix("\n")

    @property
    def records(self) -> list[bytes]:
        """The records of a `-z` output."""
        return self.stdout.removesuffix(b"\0").split(b"\0") if self.stdout else []

    @property
    def complaint(self) -> str:
        """What git printed to its error stream, safe to show, on one line."""
        return clean(self.stderr.strip(), limit=400)


def git(
    *arguments: Argument,
    git_dir: Path | None = None,
    work_tree: Path | None = None,
    index: Path | None = None,
    cwd: Path | None = None,
    stdin: bytes = b"",
    ok: Collection[int] | None = (0,),
    settings: Mapping[str, str] | None = None,
    variables: Mapping[str, str] | None = None,
    global_config: Path | None = None,
    environment: Mapping[str, str] | None = None,
    umask: int = -1,
) -> Completed:
    """Run git with this argument list and return what it left.

    `ok` names the exit statuses that are no failure (None: all); any other raises `GitError`.
    `settings` is configuration at command scope; `environment` replaces all of the rest; `umask`
    is our own where it is below 0. It blocks until git has ended, so never call it on the event
    loop. Raises `GitDeadlineError` beyond the
    limit of `git_limit`, `EnvironmentalError` where there is no git.
    """
    places = {"GIT_DIR": git_dir, "GIT_WORK_TREE": work_tree, "GIT_INDEX_FILE": index}
    env = (
        dict(environment)
        if environment is not None
        else isolated_environment(settings, global_config)
    )
    env |= {name: str(place) for name, place in places.items() if place is not None}
    # By its owner's mark the next leader finds, and ends, what a killed one left running.
    env |= {"WF_GIT": str(os.getpid()), **(variables or {})}
    command = [find_git(), *(a if isinstance(a, bytes) else str(a) for a in arguments)]
    began = time.monotonic()
    done = _run(command, env, stdin, cwd or Path("/"), umask)
    report_time(os.fsdecode(command[1]), time.monotonic() - began)
    if ok is not None and done.status not in ok:
        raise _failure(arguments, done)
    return done


@contextlib.contextmanager
def git_limit(seconds: float) -> Iterator[None]:
    """Stop each git command of this thread that takes longer: `GitDeadlineError`.

    In seconds, for each command by itself, inside of this block. The process group of git ends with
    it, since a helper could otherwise go on writing.
    """
    before = _limit.set(seconds)
    try:
        yield
    finally:
        _limit.reset(before)


def current_limit() -> float | None:
    """Return the seconds that `git_limit` gives each command of this thread; None for no limit."""
    return _limit.get()


@contextlib.contextmanager
def report_slow_git(report: Callable[[str, float], None]) -> Iterator[None]:
    """Tell of each git command of this thread that takes over 0.2 s: its name, and its seconds.

    The scheduler logs them with run and task. Git's name is the subcommand alone: paths and what a
    worker wrote never go into the log.
    """
    before = _report.set(report)
    try:
        yield
    finally:
        _report.reset(before)


def report_time(command: str, seconds: float) -> None:
    """Tell who has asked for it, if a git command of this thread was slow."""
    report = _report.get()
    if report is not None and seconds > _SLOW:
        report(command, seconds)


def find_git() -> str:
    """Return the absolute path of git on the caller's PATH, found once.

    Found again where PATH has changed. Raises `EnvironmentalError` where there is none.
    """
    return _find_git(os.environ.get("PATH", os.defpath))


def parse_version(line: str) -> tuple[int, ...]:
    """Return the numbers of `git version 2.39.5 (Apple Git-154)`."""
    found = re.search(r"\d+(?:\.\d+)+", line)
    return tuple(int(part) for part in found.group().split(".")) if found else ()


def require_version() -> tuple[int, ...]:
    """Return git's version; raise `EnvironmentalError` when there is no git or it is too old.

    Asked when a run, a demo or a report of `wf doctor` is made, and never again after that.
    """
    line = git("version").text
    version = parse_version(line)
    if version < MINIMUM_VERSION:
        wanted = ".".join(map(str, MINIMUM_VERSION))
        raise EnvironmentalError(
            f"git is too old: {clean(line)} at {find_git()}",
            f"install git {wanted} or newer, or put it first on PATH",
        )
    return version


@functools.cache
def _find_git(path: str) -> str:
    # A relative entry would find a `git` in the folder one happens to stand in.
    places = [Path(one, "git") for one in path.split(os.pathsep) if one.startswith(os.sep)]
    found = next((str(one) for one in places if one.is_file() and os.access(one, os.X_OK)), None)
    if found is None:
        wanted = ".".join(map(str, MINIMUM_VERSION))
        raise EnvironmentalError("there is no git on PATH", f"install git {wanted} or newer")
    return found


def isolated_environment(
    settings: Mapping[str, str] | None = None, global_config: Path | None = None
) -> dict[str, str]:
    """Return the whole environment in which git obeys nobody: built from empty, not from ours.

    `settings` is configuration at command scope; `global_config` stands in for the user's own. For
    GitPython, too, which runs git by itself.
    """
    home = os.path.dirname(find_git())  # noqa: PTH120 - a string is what PATH wants
    env = dict(_VARIABLES)
    env["PATH"] = os.pathsep.join(dict.fromkeys([home, "/usr/bin", "/bin"]))
    env["GIT_CONFIG_GLOBAL"] = str(global_config or os.devnull)
    every = _SETTINGS | dict(settings or {})
    env["GIT_CONFIG_COUNT"] = str(len(every))
    for number, (key, value) in enumerate(every.items()):
        env[f"GIT_CONFIG_KEY_{number}"] = key
        env[f"GIT_CONFIG_VALUE_{number}"] = value
    return env


def _run(
    command: list[str | bytes], env: dict[str, str], stdin: bytes, cwd: Path, umask: int
) -> Completed:
    try:
        started = subprocess.Popen(
            command,
            env=env,
            stdin=_PIPE,
            stdout=_PIPE,
            stderr=_PIPE,
            cwd=cwd,
            # An interrupt typed at the terminal must not stop half a write.
            process_group=0,
            umask=umask,
        )
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise GitError(f"git cannot start in {clean(str(cwd))}: {error.strerror}") from error
    limit = _limit.get()
    with started:
        try:
            stdout, stderr = started.communicate(stdin, timeout=limit)
        except subprocess.TimeoutExpired:
            end_group(started)
            what = clean(os.fsdecode(command[1]))
            text = f"git {what} took longer than {limit:g} s and was stopped"
            raise GitDeadlineError(text, "is its file system still there?") from None
        except BaseException:
            # Else leaving the block would wait for it, however long it takes.
            started.kill()
            raise
    return Completed(started.returncode, stdout, stderr)


def end_group(started: subprocess.Popen[bytes]) -> None:
    """End git with all that it has started; told politely first, it removes its locks."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.pid, number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            started.wait(_LAST_WORDS)
            return


def _failure(arguments: tuple[Argument, ...], done: Completed) -> GitError:
    shown = " ".join(os.fsdecode(argument) for argument in arguments[:4])
    return GitError(
        clean(f"git {shown} failed with {done.status}: {done.complaint or 'no reason given'}"),
        status=done.status,
        stderr=done.stderr.decode("utf-8", "replace"),
    )
