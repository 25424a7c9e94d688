"""Where `wf` is called: odd folders and repositories, each with one clear line."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness, git, make_repository
from tests.support.waiting import until

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

PLAN = """
goal: g
phases:
- name: p
  tasks: [{id: t, run: 'echo x > x.txt', mode: read_write, file_scope: [x.txt]}]
"""


@pytest.mark.parametrize(
    "words", [["status"], ["runs"], ["run", "plan.yaml"], ["retry", "t"], ["events"]]
)
def test_without_a_repository_everything_exits_with_3(tmp_path: Path, words: list[str]) -> None:
    """One line says where none is, a second one what to do."""
    cli = CliHarness(tmp_path, tmp_path)
    cli.plan(PLAN)
    done = cli.wf(*words)
    message, hint = [line for line in done.stderr.splitlines() if "plan.yaml" not in line]
    assert (done.returncode, done.stdout) == (3, "")
    assert message == f"wf: no git repository at {tmp_path}"
    assert "run wf inside a repository" in hint


def test_an_unborn_head_is_refused_in_one_line(tmp_path: Path) -> None:
    """A run needs a commit to start from; nothing is made."""
    cli = CliHarness(tmp_path, tmp_path / "repo")
    cli.repo.mkdir()
    git(cli.repo, "init", "-q")
    done = cli.wf("run", cli.plan(PLAN), "--headless")
    assert (done.returncode, done.stdout) == (3, "")
    assert "has no commit yet" in done.stderr
    assert cli.json("runs") == []


def test_a_bare_repository_works(cli: CliHarness) -> None:
    """The branch appears there, as in any other."""
    bare = cli.root / "bare.git"
    git(cli.root, "clone", "-q", "--bare", str(cli.repo), str(bare))
    done = cli.wf("run", cli.plan(PLAN), "--headless", cwd=bare)
    assert done.returncode == 0, done.stderr
    run = done.stdout.splitlines()[-2].split()[0]
    assert git(bare, "show", f"wf/{run}:x.txt") == "x\n"


@pytest.mark.parametrize("name", ["with space", "new\nline", "größe-日本", "-dash", "a'quote\"$x"])
def test_a_folder_of_any_name_works(tmp_path: Path, name: str) -> None:
    """The path of a repository may hold anything; so may that of the plan."""
    cli = CliHarness(tmp_path, make_repository(tmp_path / name))
    done = cli.wf("run", cli.plan(PLAN, f"{name}.yaml"), "--headless")
    assert done.returncode == 0, done.stderr
    assert cli.json("status")["run"]["state"] == "completed"


def test_subfolder_worktree_and_option_mean_the_same_runs(cli: CliHarness) -> None:
    """Runs belong to the repository, wherever in it one stands."""
    cli.wf("run", cli.plan(PLAN), "--headless")
    (cli.repo / "sub").mkdir()
    git(cli.repo, "worktree", "add", "-q", str(cli.root / "other"))
    expected = cli.json("runs")
    assert len(expected) == 1
    for place in (cli.repo / "sub", cli.repo / ".git", cli.root / "other"):
        assert cli.wf("runs", "--json", cwd=place).stdout == cli.wf("runs", "--json").stdout
    there = cli.wf("runs", "--json", "--repo", "repo", cwd=cli.root)
    assert there.stdout == cli.wf("runs", "--json").stdout


def test_a_repository_beside_its_git_folder_has_one_place(tmp_path: Path) -> None:
    """With a separate git folder, the detached scheduler finds the run that was made."""
    cli = CliHarness(tmp_path, tmp_path / "repo")
    make_repository(cli.repo)
    git(cli.repo, "init", "-q", "--separate-git-dir", str(tmp_path / "elsewhere"))
    cli.wf("run", cli.plan(PLAN), "--detach")
    assert cli.until_over()[-1]["data"]["state"] == "completed"


def test_a_relative_state_folder_is_the_same_for_the_scheduler(cli: CliHarness) -> None:
    """A detached scheduler works elsewhere, and still finds the ledger."""
    environ = {**cli.environ, "WF_STATE_DIR": "../state"}
    plan = cli.plan(PLAN)
    import subprocess  # noqa: PLC0415 - the harness's own way gives an absolute path
    import sys  # noqa: PLC0415

    subprocess.run(
        [sys.executable, "-m", "wf_tui", "run", str(plan), "--detach"],
        cwd=cli.repo,
        env=environ,
        check=True,
        capture_output=True,
    )
    assert cli.until_over()[-1]["data"]["state"] == "completed"


def test_a_state_folder_that_cannot_be_made_is_named(cli: CliHarness) -> None:
    """The environment is at fault: exit 3, one line."""
    (cli.root / "state").write_text("a file")
    done = cli.wf("run", cli.plan(PLAN), "--headless")
    assert done.returncode == 3
    assert done.stderr.startswith(f"wf: cannot use {cli.root / 'state'}")


def test_a_damaged_ledger_is_named_and_left(cli: CliHarness) -> None:
    """It is not overwritten: exit 3."""
    cli.wf("run", cli.plan(PLAN), "--headless")
    (ledger,) = cli.root.glob("state/*/ledger.db")
    for extra in ledger.parent.glob("ledger.db-*"):
        extra.unlink()
    ledger.write_bytes(b"not a database at all, but long enough to be looked at" * 100)
    before = ledger.read_bytes()
    for words in (["status"], ["retry", "t"], ["run", str(cli.root / "plan.yaml")]):
        done = cli.wf(*words)
        assert done.returncode == 3
        assert "Traceback" not in done.stderr
        assert str(ledger) in done.stderr
    assert ledger.read_bytes() == before


def test_a_run_whose_folder_is_gone_is_told(cli: CliHarness) -> None:
    """The ledger still knows it; what needs the folder says what is missing."""
    cli.wf("run", cli.plan(PLAN), "--headless")
    (folder,) = cli.root.glob("state/*/runs/*")
    shutil.rmtree(folder)
    assert cli.wf("status").returncode == 0
    done = cli.wf("diff", "t")
    assert done.returncode == 3
    assert "is gone" in done.stderr


def test_what_workers_will_not_see_is_said_before_the_start(cli: CliHarness) -> None:
    """A submodule stays empty: a line on stderr says so, and the run goes on."""
    git(cli.repo, "update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},lib")
    git(cli.repo, "commit", "-q", "-m", "a submodule")
    done = cli.wf("run", cli.plan(PLAN), "--headless")
    assert done.returncode == 0, done.stderr
    assert "wf: " in done.stderr
    assert "lib" in done.stderr


@pytest.mark.parametrize(("home", "said"), [("", "HOME is ''"), ("there", "HOME is 'there'")])
def test_a_home_that_is_no_place(cli: CliHarness, home: str, said: str) -> None:
    """No state comes to lie where a command was run: one sentence. With WF_STATE_DIR it works."""
    refused = cli.wf("run", cli.plan(PLAN), "--headless", HOME=home, WF_STATE_DIR="")
    assert (refused.returncode, refused.stdout) == (3, "")
    assert f"wf: {said}, which is no place: there is no folder for wf's state" in refused.stderr
    assert cli.wf("run", cli.plan(PLAN), "--headless", HOME=home).returncode == 0
    assert git(cli.repo, "status", "--porcelain") == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_user_that_the_machine_does_not_know() -> None:
    """Without HOME, and no entry in the table of users, it is the same."""
    program = "from wf_tui.paths import state_dir; from wf_tui.config import load_config; import os"
    become = f"{program}; os.setuid(4242); print(load_config({{}}).profiles); state_dir({{}})"
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", become], env=environment, capture_output=True, text=True, check=False
    )
    assert done.stdout == "{}\n"
    assert "HOME is not set: there is no folder for wf's state" in done.stderr


def test_files_are_for_their_user_alone(cli: CliHarness) -> None:
    """Whatever the umask says, nobody else can read or write what a run leaves."""
    words = ["sh", "-c", 'umask 0; exec "$@"', "sh", sys.executable, "-m", "wf_tui", "run"]
    for how in ("--headless", "--detach"):
        line = [*words, str(cli.plan(PLAN)), how]
        subprocess.run(line, cwd=cli.repo, env=cli.environ, check=True, capture_output=True)
        gone = "its scheduler is gone, and so is what it removes"
        until(lambda: not cli.json("status")["run"]["scheduler"]["alive"], gone)
    state = cli.root / "state"
    # Of objects the user's repository has the same files; in a tree and in the git of its worker
    # the modes are those that the worker set, below a folder of its own.
    others = {"objects", "trees"}
    every = [path for path in [state, *state.rglob("*")] if not others & {*path.parts}]
    found = [path for path in every if "gits" not in path.parts[:-2]]
    assert len(found) > 20
    assert [str(path) for path in found if path.lstat().st_mode & 0o077] == []
