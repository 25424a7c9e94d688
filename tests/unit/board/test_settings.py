"""What a board goes by where there is no file of settings."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from wf_tui.board.settings import DefaultSettings, read_settings
from wf_tui.config import Config
from wf_tui.errors import EnvironmentalError

ROOT = Path(__file__).resolve().parents[3]


def test_the_defaults_are_those_of_the_tables() -> None:
    """A board without a file is as one with an empty file."""
    mine, theirs = DefaultSettings(), Config()
    assert asdict(mine.board) == theirs.board.model_dump()
    assert asdict(mine.notifications) == theirs.notifications.model_dump()
    assert (mine.keys, mine.lane_budgets) == (theirs.keys, theirs.lane_budgets)


def test_a_file_is_read(tmp_path: Path) -> None:
    """Where there is a file it counts; one that was asked for by name has to be there."""
    file = tmp_path / "config.toml"
    with pytest.raises(EnvironmentalError, match="there is no configuration at"):
        read_settings({"WF_CONFIG": str(file)})
    file.write_text("[board]\nfps = 7\n")
    assert read_settings({"WF_CONFIG": str(file)}).board.fps == 7


def test_a_board_without_a_file_loads_no_pydantic(tmp_path: Path) -> None:
    """It is a fifth of the time until a board is there, and of its memory."""
    code = (
        "import sys\nimport wf_tui.board.app\nfrom wf_tui.board.settings import read_settings\n"
        "read_settings({})\nsys.exit('pydantic' in sys.modules)"
    )
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=environ, check=True, timeout=60)
