"""What `wf demo` refuses before it makes anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.cli_harness import CliHarness

_PROFILE = """
[profiles.mine]
kind = "agent"
preset = "codex"
command = ["no-such-agent"]
"""


@pytest.mark.parametrize(
    ("worker", "status", "said"),
    [
        ("nobody=1", 2, "nobody"),
        ("mine", 2, "expected PROFILE=N"),
        ("mine=1", 3, "no-such-agent"),
    ],
)
def test_an_unusable_worker_leaves_no_folder(
    cli: CliHarness, tmp_path: Path, worker: str, status: int, said: str
) -> None:
    """It is said what is missing, and the folder is still free for the next try."""
    config = tmp_path / "config.toml"
    config.write_text(_PROFILE)
    folder = tmp_path / "demo"
    words = ("demo", "--headless", "--dir", folder, "--worker", worker)
    done = cli.wf(*words, WF_CONFIG=str(config))
    assert done.returncode == status
    assert said in done.stderr
    assert not folder.exists()
