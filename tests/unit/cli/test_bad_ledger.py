"""Every command says in one line what is the matter with a ledger, and ends with status 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.ledger_files import BAD_FILES
from wf_tui.paths import private_folder
from wf_tui.project import find_project

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.cli_harness import CliHarness


@pytest.fixture(name="ledger")
def _ledger(cli: CliHarness) -> Path:
    """Give the place of the ledger of a repository."""
    path = find_project(cli.repo, cli.environ).paths.ledger
    private_folder(path.parent)
    return path


@pytest.mark.parametrize("bad", BAD_FILES)
@pytest.mark.parametrize("words", ["status", "retry a", "board", "scheduler --run r1"])
def test_one_line(cli: CliHarness, ledger: Path, bad: str, words: str) -> None:
    """What looks at it, changes it, shows it or leads a run refuses it alike; it stays as it is."""
    write, message = BAD_FILES[bad]
    write(ledger)
    before = ledger.read_bytes()
    done = cli.here(*words.split())
    assert (done.exit_code, done.stdout) == (3, "")
    assert message in done.stderr.splitlines()[0]
    assert len(done.stderr.splitlines()) == 2
    assert ledger.read_bytes() == before
