"""What a board and a scheduler go by where there is no file of settings."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import asdict
from pathlib import Path

import pytest

from wf_tui.config import Config
from wf_tui.errors import EnvironmentalError
from wf_tui.settings import DefaultSettings, read_settings, with_lease

ROOT = Path(__file__).resolve().parents[2]


def test_the_defaults_are_those_of_the_tables() -> None:
    """Without a file all is as with an empty file."""
    mine, theirs = DefaultSettings(), Config()
    assert asdict(mine.board) == theirs.board.model_dump()
    assert asdict(mine.notifications) == theirs.notifications.model_dump()
    assert asdict(mine.timing) == theirs.timing.model_dump()
    assert (mine.keys, mine.lane_budgets) == (theirs.keys, theirs.lane_budgets)
    assert mine.port_base == theirs.port_base


def test_a_file_is_read(tmp_path: Path) -> None:
    """Where there is a file it counts; one that was asked for by name has to be there."""
    file = tmp_path / "config.toml"
    with pytest.raises(EnvironmentalError, match="there is no configuration at"):
        read_settings({"WF_CONFIG": str(file)})
    file.write_text("[board]\nfps = 7\n")
    assert read_settings({"WF_CONFIG": str(file)}).board.fps == 7


@pytest.mark.parametrize("module", ["board.app", "cli.scheduler"])
def test_without_a_file_nothing_loads_pydantic(tmp_path: Path, module: str) -> None:
    """It is a fifth of a board's start, and a third of what a scheduler loads."""
    code = (
        f"import sys\nimport wf_tui.{module}\nfrom wf_tui.settings import read_settings\n"
        "read_settings({})\nsys.exit('pydantic' in sys.modules)"
    )
    environ = {"HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code], env=environ, check=True, timeout=60)


def test_a_run_keeps_its_lease() -> None:
    """Whatever the settings are by now: all else of the timing is theirs."""
    mine, theirs = DefaultSettings().timing, Config().timing
    for timing in (with_lease(mine, 7.0), with_lease(theirs, 7.0)):
        assert (timing.lease, timing.grace) == (7.0, mine.grace)
