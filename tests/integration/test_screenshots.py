"""The script that takes the pictures of the README."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
_ROOT = Path(__file__).parents[2]


def test_the_script_takes_all_pictures(tmp_path: Path) -> None:
    """It runs a demo of its own and leaves a picture of each kind, and no scheduler."""
    script = _ROOT / "scripts" / "screenshots"
    assert os.access(script, os.X_OK)
    done = subprocess.run(
        [sys.executable, script, tmp_path],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    made = {path.name: path.read_text(encoding="utf-8") for path in tmp_path.glob("*.svg")}
    assert sorted(made) == sorted(path.name for path in (_ROOT / "screenshots").glob("*.svg"))
    assert all(text.startswith("<svg") for text in made.values())
    assert "Add&#160;the&#160;licence" in made["board.svg"]
