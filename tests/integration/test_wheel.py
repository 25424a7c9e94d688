"""The wheel, as users install it: `pipx` and `uv tool` make a `wf` of it that works."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
_ROOT = Path(__file__).parents[2]


@pytest.fixture(name="wheel", scope="module")
def _wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(["uv", "build", "--quiet", "--wheel", "-o", folder, _ROOT], check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.mark.parametrize("command", ["uv tool install --quiet", "pipx install --quiet"])
def test_an_installed_wf_works(wheel: Path, tmp_path: Path, command: str) -> None:
    """Installed into an empty home, it runs the demo to its end."""
    programs = tmp_path / "bin"
    environment = {
        **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        "HOME": str(tmp_path),
        "UV_TOOL_DIR": str(tmp_path / "tools"),
        "UV_TOOL_BIN_DIR": str(programs),
        "PIPX_HOME": str(tmp_path / "pipx"),
        "PIPX_BIN_DIR": str(programs),
        "PIPX_DEFAULT_PYTHON": sys.executable,
    }
    subprocess.run([*command.split(), str(wheel)], env=environment, check=True)
    demo = [str(programs / "wf"), "demo", "--headless"]
    done = subprocess.run(demo, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
