"""`wf` alone: what it opens, by where one stands and what runs there are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from tests.support.cli_harness import CliHarness, make_repository
from wf_tui.board.start.beginning import Beginning, What
from wf_tui.cli import board_command, no_command
from wf_tui.cli.root import wf

if TYPE_CHECKING:
    from pathlib import Path

PLAN = "goal: Greet\nphases: [{name: a, tasks: [{id: t, run: 'true'}]}]\n"


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Note what would be on the screen; one stands in a folder of no repository."""
    seen: list[str] = []

    def show_board(project: Any, _run: str, *, screen: str = "board", **_: Any) -> int:
        seen.append(f"{screen} of {project.start.name}")
        return 0

    def start_screen(*, in_repository: bool, **_: Any) -> int:
        seen.append(f"start, in a repository: {in_repository}")
        return 0

    monkeypatch.setattr(no_command, "show_board", show_board)
    monkeypatch.setattr(no_command, "_start_screen", start_screen)
    monkeypatch.setattr(board_command, "on_terminal", lambda: True)
    monkeypatch.setenv("WF_STATE_DIR", str(tmp_path / "state"))
    (tmp_path / "nowhere").mkdir()
    monkeypatch.chdir(tmp_path / "nowhere")
    return seen


def test_outside_a_repository_it_is_the_runs_of_all(opened: list[str], tmp_path: Path) -> None:
    """Without any it is the start screen; with one, the list, above the board of that run."""
    no_command.open_newest_run()
    cli = CliHarness(tmp_path, make_repository(tmp_path / "shop"))
    cli.paused_run(PLAN)
    no_command.open_newest_run()
    assert opened == ["start, in a repository: False", "runs of shop"]


def test_in_a_repository_it_is_the_newest_run(
    opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one it is the start screen; `wf board` is the same where no run is named."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / "shop"))
    monkeypatch.chdir(cli.repo)
    no_command.open_newest_run()
    CliRunner().invoke(wf, ["board"], catch_exceptions=False)
    cli.paused_run(PLAN)
    CliRunner().invoke(wf, ["board"], catch_exceptions=False)
    assert opened == [*["start, in a repository: True"] * 2, "board of shop"]


def test_what_was_chosen_is_done_by_its_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the seats and the budget that were set; a file is never an option."""
    told: list[list[str]] = []

    class Command:
        def main(self, words: list[str], **_: Any) -> int:
            told.append(words)
            return 3

    for name in ("run", "demo", "doctor"):
        monkeypatch.setattr(no_command, name, Command())
    plan = Beginning(What.PLAN, "--yes.yaml", jobs=7, budget="9usd")
    assert no_command._begin(plan, ascii_only=True) == 3
    assert no_command._begin(Beginning(What.DEMO, jobs=7), ascii_only=False) == 3
    no_command._begin(Beginning(What.COMMAND, "ls", jobs=2), ascii_only=False)
    assert told[:2] == [["--jobs=7", "--budget=9usd", "--ascii", "--", "--yes.yaml"], []]
    assert told[2][0] == "--jobs=2"
