"""What the scheduler and `wf status` import stays cheap."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("module", ["scopes", "order"])
def test_order_and_scopes_load_no_models(module: str) -> None:
    """They work on protocols, so that pydantic and yaml stay unloaded."""
    program = (
        f"import sys, wf_tui.plan.{module}; print({{'pydantic', 'yaml'}} & sys.modules.keys())"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "set()\n"
