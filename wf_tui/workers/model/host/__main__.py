"""`python -P -m wf_tui.workers.model.host FD`: the host, on the control socket that it inherits."""

import sys

from wf_tui.workers.model.host.main import main

if __name__ == "__main__":
    main(sys.argv[1:])
