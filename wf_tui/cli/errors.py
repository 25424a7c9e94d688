"""What goes wrong becomes one line, a hint, and an exit status; never a trace-back."""

from __future__ import annotations

import codecs
import contextlib
import io
import os
import sys
from typing import TYPE_CHECKING, Final, TextIO

from wf_tui.errors import WfError
from wf_tui.text import clean, in_ascii

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["discard_output", "replace_unencodable", "report_errors", "warn"]

_ENVIRONMENT: Final = 3
_INTERRUPTED: Final = 130
_LONGEST: Final = 100_000


def report_errors(command: Callable[[], object]) -> int:
    """Run a command and return its exit status; what it raises becomes a line on stderr.

    This is the top of the command line and one of the places with a broad `except`: an error of
    wf's own tree carries its exit status, one of the system is the environment's, and anything else
    is a bug, whose trace is kept in a file that the line names.
    """
    try:
        status = command()
        # Flushed within the `try`: a closed pipe or a full disk shows only when it is written, and
        # Python's own flush at exit comes too late to say so. A process may have no output at all.
        if sys.stdout is not None:
            sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except BrokenPipeError:
        discard_output()
        return 0
    except WfError as error:
        return _warned(error.message, error.hint, error.exit_status)
    except KeyboardInterrupt:
        return _INTERRUPTED
    except OSError as error:
        # Asked before the message is written: what cannot be flushed is what the error was about.
        unwritable = _discard_if_unwritable(sys.stdout)
        where = "standard output" if unwritable else error.filename
        message = f"{where}: {error.strerror or error}" if where else str(error.strerror or error)
        return _warned(message, "", _ENVIRONMENT)
    except Exception as error:  # noqa: BLE001 - the top of the app; the trace is kept and named
        return _warned(f"internal error: {error!r}", _save_trace(), _ENVIRONMENT)


def replace_unencodable() -> None:
    """Print our signs in ASCII where the encoding lacks them, and all else as `?`.

    Called once, before anything is printed. A test may have put another stream in the place of one.
    """
    codecs.register_error("wf.in_ascii", in_ascii)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="wf.in_ascii")


def discard_output() -> None:
    """Let what is still buffered go nowhere, since nobody reads it any more.

    Python flushes both streams when it exits, and would fail once more on the closed pipe.
    """
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(OSError, ValueError):
            _let_go(stream)


def _let_go(stream: TextIO) -> None:
    """Have a stream lead nowhere: by its descriptor, since what is buffered is written at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(null, stream.fileno())
    finally:
        os.close(null)


def _discard_if_unwritable(stream: TextIO | None) -> bool:
    """Let go of what a full disk did not take, and return whether there was any.

    Said once, it is not said again at exit.
    """
    if stream is None:
        return False
    try:
        stream.flush()
    except OSError:
        _let_go(stream)
        return True
    return False


def warn(message: str, hint: str = "") -> None:
    """Tell a person something that is not what they asked for.

    On stderr, so that it mixes with no data; `hint` says what to do, on a line of its own.
    """
    lines = [f"wf: {clean(message, limit=_LONGEST, multiline=True)}"]
    if hint:
        lines.append(f"    {clean(hint, limit=_LONGEST)}")
    if sys.stderr is not None:
        sys.stderr.write("".join(f"{line}\n" for line in lines))
        sys.stderr.flush()


def _warned(message: str, hint: str, status: int) -> int:
    """Print a message on stderr, if anybody can read it, and return the exit status."""
    try:
        warn(message, hint)
    except OSError:  # a closed pipe, a terminal that has gone
        discard_output()
    return status


def _save_trace() -> str:
    """Write the trace beside the ledgers and say where."""
    import time  # noqa: PLC0415 - only where wf is at fault
    import traceback  # noqa: PLC0415 - same

    from wf_tui.paths import private_folder, private_opener, state_dir  # noqa: PLC0415 - same

    try:
        path = private_folder(state_dir(os.environ)) / "faults.log"
        with open(
            path, "a", encoding="utf-8", errors="backslashreplace", opener=private_opener
        ) as file:
            file.write(f"{time.strftime('%F %T')} {sys.argv}\n{traceback.format_exc()}\n")
    except (OSError, WfError):
        # No place for a file: it stands in the message then, since it must not be lost.
        return traceback.format_exc().strip().replace("\n", " | ")
    return f"please report it with its trace, which is in {path}"
