"""`python -m wf_tui` is `wf`."""

from wf_tui.cli import main

main()
