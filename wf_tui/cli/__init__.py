"""The command line: what a person types, and what they get to read.

Each group of commands is a file of its own, which `command_list` names and `group` imports when it
is used; `wf --help` and `wf status` go by `short_way`, without click. A command parses, calls
`commands` or a reader, and prints; what it does to a run is decided in the ledger. Everything runs
on the main thread of one process, and whatever goes wrong ends in `errors.report_errors`, as one
line and an exit status.
"""

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
        from wf_tui.cli.streams import prepare_streams  # noqa: PLC0415 - so that Ctrl-C is caught

        prepare_streams()
        from wf_tui.cli.short_way import go_short_way  # noqa: PLC0415 - after the streams are open

        status = go_short_way(sys.argv[1:])
        if status is not None:
            sys.exit(status)
        from wf_tui.cli.root import wf  # noqa: PLC0415 - loads click

        wf()
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
