"""Which permissions wf gives by itself: rules, paths, commands, and what no rule may allow."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wf_tui.workers.permission import Ask, PermissionRules, ToolRequest, decide, is_protected

if TYPE_CHECKING:
    from pathlib import Path


def rules(tree: Path, ask: Ask = Ask.COMMANDS, *allow: str) -> PermissionRules:
    """Return the rules of a profile for a worktree with an agent's own settings."""
    return PermissionRules(str(tree), ask, allow, settings=(".agent", "agent.json"))


@pytest.mark.parametrize(
    ("request_", "answered"),
    [
        (ToolRequest("read", paths=("a.py",)), {"never", "commands"}),
        (ToolRequest("read"), {"never"}),
        (ToolRequest("search"), {"never", "commands"}),
        (ToolRequest("think"), {"never", "commands"}),
        (ToolRequest("edit", paths=("new/b.py",)), {"never", "commands"}),
        (ToolRequest("edit"), {"never"}),
        (ToolRequest("edit", paths=("a.py", "../b.py")), set()),
        (ToolRequest("move", paths=("a.py", "b.py")), {"never", "commands"}),
        (ToolRequest("move", paths=("a.py",)), {"never"}),
        (ToolRequest("move", paths=("a.py", "/etc/b.py")), set()),
        (ToolRequest("delete", paths=("a.py",)), {"never"}),
        (ToolRequest("fetch"), {"never"}),
        (ToolRequest("switch_mode"), {"never"}),
        (ToolRequest("other", paths=("a.py",)), {"never"}),
        (ToolRequest("execute", "make"), {"never"}),
        (ToolRequest("execute", "make 2>/dev/null", ("/dev/null",)), {"never"}),
        (ToolRequest("execute", "make >/dev/sda", ("/dev/null", "/dev/sda")), set()),
        (ToolRequest("read", "cat a.py", ("a.py",)), {"never"}),
        (ToolRequest("execute", "make", is_choice=True), set()),
    ],
)
def test_what_each_setting_answers(
    tmp_path: Path, request_: ToolRequest, answered: set[str]
) -> None:
    """`never` answers all that may be, `commands` looks and edits in the tree, `all` nothing."""
    found = {ask.value for ask in Ask if decide(request_, rules(tmp_path, ask)).allowed}
    assert found == answered


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "../other/a.py",
        "a/../../a.py",
        "~/.profile",
        ".git",
        ".git/config",
        ".GIT/config",
        "sub/.git/hooks/x",
        ".git/../a.py",
        "out/a.py",
        "innocent/config",
        ".agent/settings.json",
        "sub/Agent.json",
        "a\0b",
        "\ud800",
    ],
)
def test_what_no_rule_may_allow(tmp_path: Path, path: str) -> None:
    """Git data, settings of agents, and what is out of the tree, also by a symlink."""
    tree = tmp_path / "tree"
    (tree / ".git").mkdir(parents=True)
    (tree / "out").symlink_to(tmp_path)
    (tree / "innocent").symlink_to(".git")
    assert is_protected(path, rules(tree))
    request = ToolRequest("edit", paths=("fine.py", path))
    for ask in Ask:
        answer = decide(request, rules(tree, ask))
        assert not answer.allowed
        assert not answer.by_rule


@pytest.mark.parametrize("path", [".", "a.py", ".github/x.yml", "link", "sub/../a.py"])
def test_what_is_in_the_tree(tmp_path: Path, path: str) -> None:
    """Names that only resemble protected ones are none, nor is a symlink within the tree."""
    (tmp_path / "link").symlink_to("a.py")
    assert not is_protected(path, rules(tmp_path))
    assert not is_protected(str(tmp_path / path), rules(tmp_path))


def test_a_task_that_only_reads(tmp_path: Path) -> None:
    """It looks without a question, and changes nothing by rule."""
    given = PermissionRules(str(tmp_path), writes=False)
    assert decide(ToolRequest("read", paths=("a.py",)), given).allowed
    assert not decide(ToolRequest("edit", paths=("a.py",)), given).allowed
    assert not decide(ToolRequest("move", paths=("a.py", "b.py")), given).allowed


def test_a_tree_behind_a_symlink(tmp_path: Path) -> None:
    """Paths below either name of the tree are inside."""
    (tmp_path / "real").mkdir()
    (tmp_path / "named").symlink_to("real")
    for name in ("real", "named"):
        assert not is_protected(str(tmp_path / name / "a.py"), rules(tmp_path / "named"))


@pytest.mark.parametrize(
    ("command", "allowed"),
    [
        ("npm test", True),
        ("  npm test ", True),
        ("npm test --all", False),
        ("pytest -q tests/a.py", True),
        ("pytest tests/*.py", True),
        ("pytest --rootdir=.", True),
        ("pytest", False),
        ("pytest -q; rm -r x", False),
        ("pytest -q & rm -r x", False),
        ("pytest -q | tee x", False),
        ("pytest -q > x", False),
        ("pytest < x", False),
        ("pytest $HOME", False),
        ("pytest $(id)", False),
        ("pytest `id`", False),
        ("pytest -q\nrm -r x", False),
        ("pytest /etc/passwd", False),
        ("pytest --rootdir=/etc", False),
        ("pytest ../x", False),
        ("pytest ~/x", False),
        ("pytest .git/x", False),
        ("pytest .g*/x", False),
        ("pytest {/etc/passwd,x}", False),
        ("pytest 'x", False),
        ("pytest .agent/x", False),
    ],
)
@pytest.mark.parametrize("ask", [Ask.COMMANDS, Ask.ALL])
def test_allowed_commands(tmp_path: Path, ask: Ask, command: str, *, allowed: bool) -> None:
    """A pattern is for one whole command, which names no path that no rule may allow."""
    given = rules(tmp_path, ask, "pytest *", "npm test")
    assert decide(ToolRequest("execute", command), given).allowed == allowed


def test_a_command_in_a_folder_names_paths_of_it(tmp_path: Path) -> None:
    """A link in there is no way out of the tree, whatever has its name above."""
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "x").symlink_to("/etc")
    given = rules(tmp_path, Ask.COMMANDS, "cat *")
    for word, allowed in (("x/passwd", False), ("--file=x/passwd", False), ("y", True)):
        asked = ToolRequest("execute", f"cat {word}", ("sub",), folder="sub")
        assert decide(asked, given).allowed == allowed, word


def test_the_reason_names_the_rule(tmp_path: Path) -> None:
    """What the transcript says of an answer is the rule that gave it."""
    given = rules(tmp_path, Ask.ALL, "make *")
    assert decide(ToolRequest("execute", "make all"), given).reason == "allow = make *"
    assert decide(ToolRequest("execute", "ls"), given).reason == "ask = all"
    assert decide(ToolRequest("edit", paths=("/x",)), given).reason == "protected: /x"
