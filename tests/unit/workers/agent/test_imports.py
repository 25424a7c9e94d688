"""The driver stays small: it runs in a fork of the shim parent."""

import json
import subprocess
import sys
from pathlib import Path

import wf_tui

LOADED = "import json, sys; sys.path.append(sys.argv[1]); import wf_tui.workers.agent.driver; \
print(json.dumps(sorted(sys.modules)))"


def test_the_driver_loads_nothing_big() -> None:
    """Of wf it loads itself and the grammar, of the standard library nothing large."""
    root = Path(wf_tui.__file__).parent.parent
    command = [sys.executable, "-I", "-S", "-c", LOADED, str(root)]
    loaded = set(json.loads(subprocess.check_output(command)))
    ours = {name for name in loaded if name.startswith("wf_tui.workers.")}
    rooms = ("wf_tui.workers.agent", "wf_tui.workers.line")
    assert all(name.startswith(rooms) for name in ours)
    assert not loaded & {"asyncio", "pathlib", "logging", "site", "typing_extensions"}
