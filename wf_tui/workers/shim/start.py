"""The start of a program under its shim: by its arguments, or as a driver of wf's own in a fork.

Part of the shim parent, so stdlib only. A program gets the line as its descriptor 3, and hands it
on to what it starts, as a shell does. A driver keeps it: only it speaks for its agent.
"""

import os
import signal
import sys
import traceback
from importlib import import_module
from typing import Any, Final, NoReturn

__all__ = ["LINE", "Request", "start_program"]

Request = dict[str, Any]
"""What the launcher asks for, as JSON has it."""

LINE: Final = 3
"""The descriptor that is the line in a program."""
CRASHED: Final = 70
"""The exit status of a driver that raised; its trace is in the log."""

_CATCHABLE = signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}


def start_program(request: Request, output: int, line: int | None) -> int:
    """Start what is asked for, with its own session, environment and input; return its pid.

    Called by the shim, in the folder of the program. `output` is what it writes to. Raises
    `OSError` or `ValueError` where it cannot be started.
    """
    # By the shim and not on the way into the program: the error then names the right file.
    stdin = os.open(request.get("stdin") or os.devnull, os.O_RDONLY | os.O_NOFOLLOW)
    try:
        if request.get("call"):
            return fork_driver(request, stdin, output, line)
        return spawn(request["argv"], request["env"], stdin, output, line)
    finally:
        os.close(stdin)


def spawn(
    argv: list[str], environment: dict[str, str], stdin: int, output: int, line: int | None
) -> int:
    """Start a program by its arguments, where its own PATH has it."""
    # Past `os.environ`, which nobody reads here: a new shim pays for what it touches first.
    os.putenv("PATH", environment.get("PATH", os.defpath))
    actions = [
        (os.POSIX_SPAWN_DUP2, stdin, 0),
        (os.POSIX_SPAWN_DUP2, output, 1),
        (os.POSIX_SPAWN_DUP2, output, 2),
    ]
    # Last of all, for the others may themselves be number 3 here.
    if line is not None:
        actions.append((os.POSIX_SPAWN_DUP2, line, LINE))
    return os.posix_spawnp(
        argv[0],
        argv,
        environment,
        setsid=True,
        setsigmask=[],
        setsigdef=_CATCHABLE,
        file_actions=actions,
    )


def fork_driver(request: Request, stdin: int, output: int, line: int | None) -> int:
    """Start a driver, which needs no interpreter of its own."""
    pid = os.fork()
    if pid == 0:
        become_driver(request, stdin, output, line)
    return pid


def become_driver(request: Request, stdin: int, output: int, line: int | None) -> NoReturn:
    """Let go of all that is the shim's, call the driver, and do not come back."""
    code = CRASHED
    try:
        os.setsid()
        # Of the shim's: it would write into a pipe that is somebody else's file by then.
        signal.set_wakeup_fd(-1)
        for number in _CATCHABLE:
            signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        take_descriptors(stdin, output, line)
        os.environ.clear()
        os.environ.update(request["env"])
        module, _, name = request["call"].partition(":")
        code = getattr(import_module(module), name)(request["argv"]) or 0
    finally:
        # Whatever it raised ends here: above this stands the shim's own loop.
        if sys.exc_info()[0] is not None:
            traceback.print_exc()
        sys.stdout.flush()
        os._exit(code)


def take_descriptors(stdin: int, output: int, line: int | None) -> None:
    """Put a driver's descriptors in their places, and close all others."""
    os.dup2(stdin, 0)
    os.dup2(output, 1)
    os.dup2(output, 2)
    if line == LINE:
        os.set_inheritable(LINE, False)
    elif line is not None:
        os.dup2(line, LINE, inheritable=False)
    first = LINE if line is None else LINE + 1
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))
