"""`python -m tests.faults.lead RUN`: a scheduler as `wf run --headless` has it, for a run there is.

What goes wrong becomes one line and an exit status, as on the command line.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from wf_tui.cli.faults import reported
from wf_tui.cli.foreground import log_to
from wf_tui.cli.session import say
from wf_tui.clock import SystemClock
from wf_tui.commands import find_place
from wf_tui.config import Timing
from wf_tui.scheduler.process import Lead


def main(repository: str, run: str) -> None:
    """Lead the run until it is over, and print its state."""
    place = find_place(Path(repository), os.environ)
    log_to(place.paths.run(run).scheduler_log)
    timing = Timing(grace=0.2)
    state = Lead(place.paths, run, SystemClock(), os.environ, timing, foreground=True).run()
    say(state)


if __name__ == "__main__":
    sys.exit(reported(lambda: main(*sys.argv[1:])))
