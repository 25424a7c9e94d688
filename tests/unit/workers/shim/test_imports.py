"""The shim parent stays small."""

import json
import subprocess
import sys
from pathlib import Path

import wf_tui

LOADED = "import json, sys; sys.path.append(sys.argv[1]); import {module}; \
print(json.dumps(sorted(sys.modules)))"


def _loaded(module: str) -> set[str]:
    root = Path(wf_tui.__file__).parent.parent
    command = [sys.executable, "-I", "-S", "-c", LOADED.format(module=module), str(root)]
    return set(json.loads(subprocess.check_output(command)))


def test_the_shim_parent_loads_nothing_big() -> None:
    """Of wf the shim parent loads its six modules, of the standard library nothing large."""
    loaded = _loaded("wf_tui.workers.shim.shim_parent")
    assert {name for name in loaded if name.startswith("wf_tui.workers.shim.")} == {
        "wf_tui.workers.shim.descendants",
        "wf_tui.workers.shim.log_writer",
        "wf_tui.workers.shim.redaction",
        "wf_tui.workers.shim.shim",
        "wf_tui.workers.shim.shim_parent",
        "wf_tui.workers.shim.start",
    }
    assert not loaded & {"asyncio", "pathlib", "subprocess", "logging", "dataclasses", "site"}


def test_the_grammar_loads_nothing_big() -> None:
    """A driver that speaks on the line has no more of wf than its grammar."""
    loaded = _loaded("wf_tui.workers.line.grammar")
    ours = {name for name in loaded if name.startswith("wf_tui.workers.")}
    assert all(name.startswith("wf_tui.workers.line") for name in ours)
    assert not loaded & {"asyncio", "pathlib", "subprocess", "logging", "site"}
