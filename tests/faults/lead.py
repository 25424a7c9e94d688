"""`python -m tests.faults.lead RUN`: a scheduler as `wf run --headless` has it, for a run there is.

What goes wrong becomes one line and an exit status, as on the command line.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from wf_tui.cli.context import print_line
from wf_tui.cli.errors import report_errors
from wf_tui.cli.foreground import log_to_file
from wf_tui.clock import SystemClock
from wf_tui.config import Timing
from wf_tui.project import find_project
from wf_tui.scheduler.process import Lead


def main(repository: str, run: str) -> None:
    """Lead the run until it is over, and print its state."""
    project = find_project(Path(repository), os.environ)
    log_to_file(project.paths.run(run).scheduler_log)
    lead = Lead(
        project.paths,
        project.common_dir,
        run,
        SystemClock(),
        os.environ,
        Timing(grace=0.2),
        foreground=True,
    )
    print_line(lead.run())


if __name__ == "__main__":
    sys.exit(report_errors(lambda: main(*sys.argv[1:])))
