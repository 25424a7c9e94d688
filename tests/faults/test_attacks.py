"""What a hostile plan, program or repository tries in a run of its own: nothing comes of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.support.cli_harness import CliHarness
from tests.support.plans import parallel_plan
from tests.support.post_mortem import control_of
from tests.unit.git.conftest import canary

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness

pytestmark = pytest.mark.slow

ODD = (
    *("../x", "..", "-rf", "--upload-pack=x", "CON", "a b", "A b", "$(touch pwned)", "`id`", ";ls"),
    *("\u00e4", "a\u0308", "x/../../y", "refs/heads/main", "HEAD.lock", "x" * 300, "[/]", "t~1^{}"),
)
HOOKS = (
    *("pre-commit", "post-checkout", "post-index-change", "reference-transaction", "pre-push"),
    *("post-merge", "pre-receive", "update", "post-update", "commit-msg", "prepare-commit-msg"),
)

HOSTILE = """
[core]
	fsmonitor = {command}
	pager = {command}
	editor = {command}
[filter "evil"]
	clean = {command}
	smudge = {command}
	required = true
[diff]
	external = {command}
[merge "evil"]
	driver = {command}
[credential]
	helper = {command}
[gpg]
	program = {command}
[commit]
	gpgSign = true
[tag]
	gpgSign = true
[include]
	path = {folder}/included
[submodule "sub"]
	url = ext::{command}
	active = true
	update = !{command}
[protocol]
	allow = always
"""


def refs(harness: RunHarness) -> str:
    """Return where the refs of the user are, but for the branch of the run."""
    lines = harness.git("for-each-ref", "--format=%(refname) %(objectname)").splitlines()
    return "\n".join(line for line in lines if not line.startswith("refs/heads/wf/"))


def test_odd_ids(harness: RunHarness) -> None:
    """An id is free text: never a path, an option, a ref or a shell's word."""
    tasks = [
        {"id": name, "run": f"echo x > {number}.txt", "mode": "read_write"}
        for number, name in enumerate(ODD)
    ]
    phase = {"name": "../p", "parallel": True, "tasks": tasks}
    assert harness.play(json.dumps({"goal": "-g", "phases": [phase]})) == "completed"
    made = harness.git("ls-tree", "--name-only", harness.branch).split()
    assert {f"{number}.txt" for number in range(len(ODD))} <= set(made)
    assert "pwned" not in made
    assert len(list((control_of(harness).git_dir / "refs" / "wf").iterdir())) == len(ODD) + 1


@pytest.mark.parametrize(
    "command",
    [
        "mkdir in; git mv shared.txt in/moved.txt",
        "rm shared.txt; mkdir in; echo x > in/x",
        "chmod +x shared.txt",
        "mkdir in; echo x > in/../beside.txt",
        "rm shared.txt; ln -s .gitignore shared.txt",
        "mkdir in; ln -s .. in/up; echo x > in/up/shared.txt",
        "mkdir IN; echo x > IN/x",
        "git rm -q shared.txt; git commit -qm gone; echo x > shared.txt; git add .",
        "rm .gitignore; echo x > hidden.log",
    ],
)
def test_outside_its_scope(harness: RunHarness, command: str) -> None:
    """Moved, removed, made a program or a link, or reached through one: none of it is merged."""
    task = {"id": "a", "run": command, "mode": "read_write", "file_scope": ["in/**"]}
    plan = {"goal": "g", "phases": [{"name": "p", "tasks": [task]}]}
    assert harness.play(json.dumps(plan)) == "partial"
    assert harness.task("a").kind == "scope"
    assert harness.git("diff", "--name-only", "main", harness.branch) == ""


def test_a_link_for_the_next_one(harness: RunHarness) -> None:
    """Who writes through a link of an earlier task changes what it points to, and is judged so."""
    scope = "mode: read_write, file_scope: ['in/**'], max_attempts: 1"
    harness.play(
        f"goal: g\nphases: [{{name: p, tasks: ["
        f"{{id: a, run: 'mkdir in; ln -s .. in/up', {scope}}},"
        f"{{id: b, run: 'echo x > in/up/shared.txt', {scope}}}]}}]\n"
    )
    assert (harness.task("a").state, harness.task("b").kind) == ("done", "scope")
    assert harness.merged("shared.txt") == "one\ntwo\nthree"


def test_a_worker_ruins_its_own_git(harness: RunHarness) -> None:
    """Whatever it does with its own git, no ref of the user's or of the run moves."""
    before = refs(harness)
    commands = (
        "set +e",
        "git update-ref refs/heads/main HEAD",
        "git branch -q -f wf-base HEAD; git branch -q -D wf-base",
        "git config core.fsmonitor /bin/false",
        "git symbolic-ref HEAD refs/heads/nowhere",
        "git gc -q --prune=now",
        "git push -q -f origin HEAD:main",
        "dir=$(git rev-parse --git-dir); rm -rf $dir/objects $dir/refs; echo junk > $dir/index",
        "echo x > x",
    )
    harness.play(parallel_plan(f"id: a, run: '{'; '.join(commands)}', mode: read_write"))
    assert harness.merged("x") == "x"
    assert refs(harness) == before
    assert harness.git("diff", "--name-only", "main", harness.branch) == "x"


@pytest.fixture
def mark(harness: RunHarness, tmp_path: Path) -> Path:
    """Make the repository hostile; the file is there as soon as anything that it names was run."""
    command, mark = canary(tmp_path)
    (tmp_path / "included").write_text(f"[core]\n\tsshCommand = {command}\n")
    harness.write(".gitattributes", "* diff=evil merge=evil\n*.secret filter=evil\n")
    harness.write("old.secret", "old\n")
    harness.write(".gitmodules", f'[submodule "sub"]\n\tpath = sub\n\turl = "ext::{command}"\n')
    harness.git("add", "-A")
    link = f"160000,{harness.git('rev-parse', 'HEAD')},sub"
    harness.git("update-index", "--add", "--cacheinfo", link)
    harness.git("commit", "-qm", "hostile")
    with (harness.repo / ".git" / "config").open("a") as config:
        config.write(HOSTILE.format(command=command, folder=tmp_path))
    for name in HOOKS:
        hook = harness.repo / ".git" / "hooks" / name
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\n{command}\nexit 1\n")
        hook.chmod(0o755)
    return mark


def test_a_run_on_a_hostile_repository(harness: RunHarness, mark: Path) -> None:
    """No hook, filter, signer, helper or submodule that it names is started by a run on it."""
    fields = "mode: read_write, max_attempts: 2"
    plan = parallel_plan(*(f'id: {n}, run: "echo {n} >> shared.txt", {fields}' for n in "ab"))
    assert harness.play(plan) == "completed"
    assert not mark.exists()


def test_work_that_a_hostile_filter_would_read(harness: RunHarness, mark: Path) -> None:
    """It is held back, so that nothing of it comes to a branch, and the filter never runs."""
    command = "echo x > new.secret; echo y >> old.secret"
    assert harness.play(parallel_plan(f'id: a, run: "{command}", mode: read_write')) == "partial"
    assert harness.task("a").detail["why"] == "filter"
    assert not mark.exists()


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (["doctor"], 0),
        (["status"], 0),
        (["diff", "a", "--stat"], 0),
        (["verify"], 0),
        (["clean", "--apply"], 0),
        (["land", "--dry-run"], 0),
        (["land"], 0),
    ],
)
def test_a_command_on_a_hostile_repository(
    harness: RunHarness, mark: Path, words: list[str], status: int
) -> None:
    """Nor by a command, a landing included."""
    harness.play(parallel_plan('id: a, run: "echo x > x; touch old.secret", mode: read_write'))
    done = CliHarness(harness.folder, harness.repo).here(*words)
    assert done.exit_code == status, done.output
    assert not mark.exists()


@pytest.mark.parametrize("name", [".git", ".GIT", "..", "git~1", ".gi\u200ct"])
def test_a_base_with_a_forbidden_name(harness: RunHarness, name: str) -> None:
    """A commit made to write into a `.git` or above its tree is not checked out at all."""
    blob = harness.git("hash-object", "-w", "shared.txt")
    raw = harness.folder / "raw"
    raw.write_bytes(b"100644 evil\0" + bytes.fromhex(blob))
    below = harness.git("hash-object", "-w", "-t", "tree", "--literally", str(raw))
    raw.write_bytes(b"40000 " + name.encode() + b"\0" + bytes.fromhex(below))
    tree = harness.git("hash-object", "-w", "-t", "tree", "--literally", str(raw))
    harness.git("update-ref", "refs/heads/main", harness.git("commit-tree", tree, "-m", "evil"))
    harness.start(parallel_plan("id: a, run: ls"))
    run = harness.project.paths.run(harness.run).root
    assert harness.lead() == "partial"
    assert "invalid path" in harness.attempts("a")[0].note
    assert not list(run.rglob("evil"))


def test_files_of_any_kind(harness: RunHarness) -> None:
    """Pipes and names of any bytes hinder nothing; hidden work is counted."""
    command = r"mkfifo pipe; printf x > \"$(printf 'n\\377\\033[2J\\nl')\"; echo x > x.log; touch X"
    harness.play(parallel_plan(f'id: a, run: "{command}", mode: read_write'))
    (event,) = harness.events("harvested")
    assert harness.task("a").state == "done"
    assert (event.data["ignored"], event.data["refused"]) == (1, ["pipe: special file"])
    control = control_of(harness)
    names = control.git("ls-tree", "-z", "--name-only", control.ref).records
    assert b"n\xff\x1b[2J\nl" in names


def test_a_repository_cannot_configure_wf(harness: RunHarness) -> None:
    """A `wf.toml` of the repository is a file like any other: it names no command, no rights."""
    harness.write("wf.toml", '[profiles.evil]\nkind = "agent"\ncommand = "rm -rf /"\n')
    harness.write(".wf.toml", "this is no TOML [")
    harness.git("add", "-A")
    harness.git("commit", "-qm", "configuration")
    assert harness.play(parallel_plan("id: a, run: ls")) == "completed"
