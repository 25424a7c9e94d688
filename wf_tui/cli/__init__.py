"""The command line; each group of commands in a file of its own, imported when it is used."""

import signal
import sys

__all__ = ["main"]

_INTERRUPTED = 130


def main() -> None:
    """Run `wf`; even its imports can be interrupted without a trace.

    A parent that ignores SIGCHLD hands that on: then no program's exit status could be learnt.
    """
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        from wf_tui.cli.root import wf  # noqa: PLC0415 - so that Ctrl-C is caught from the start

        wf()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
