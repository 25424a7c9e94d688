"""The shim parent stays small."""

import json
import subprocess
import sys
from pathlib import Path

import wf_tui

LOADED = "import json, sys; sys.path.append(sys.argv[1]); import wf_tui.workers.shim_parent; \
print(json.dumps(sorted(sys.modules)))"


def _loaded() -> set[str]:
    root = Path(wf_tui.__file__).parent.parent
    command = [sys.executable, "-I", "-S", "-c", LOADED, str(root)]
    return set(json.loads(subprocess.check_output(command)))


def test_the_shim_parent_loads_nothing_big() -> None:
    """Of wf the shim parent loads its five modules, of the standard library nothing large."""
    loaded = _loaded()
    assert {name for name in loaded if name.startswith("wf_tui.workers.")} == {
        "wf_tui.workers.descendants",
        "wf_tui.workers.log_writer",
        "wf_tui.workers.redaction",
        "wf_tui.workers.shim",
        "wf_tui.workers.shim_parent",
    }
    assert not loaded & {"asyncio", "pathlib", "subprocess", "logging", "dataclasses", "site"}
