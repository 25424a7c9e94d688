"""A person's own program in a worktree: what it is started with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wf_tui.errors import EnvironmentalError
from wf_tui.kept_worktree import KeptTree
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.user_program import editor_command, run_in_worktree, shell_command

if TYPE_CHECKING:
    from pathlib import Path


def kept(tree: Path, *paths: str) -> KeptTree:
    """Return a worktree with a conflict in some paths."""
    return KeptTree("r1", "t", tree, BlockedKind.CONFLICT, paths, "conflict in", "")


def test_the_editor_gets_what_does_not_merge(tmp_path: Path) -> None:
    """Its own options stay, and a file that looks like an option is a file."""
    for name in ("+!sh", "b c"):
        (tmp_path / name).touch()
    words = editor_command({"EDITOR": "code --wait", "VISUAL": ""}, kept(tmp_path, "+!sh", "b c"))
    assert words == ["code", "--wait", "./+!sh", "./b c"]


def test_only_files_of_the_worktree_are_opened(tmp_path: Path) -> None:
    """What is gone, is a folder, or leads out of it by a link or its name, is left out."""
    tree, outside = tmp_path / "tree", tmp_path / "secret"
    (tree / "folder").mkdir(parents=True)
    outside.touch()
    (tree / "link").symlink_to(outside)
    paths = ("gone", "folder", "link", "../secret", str(outside))
    assert editor_command({"VISUAL": "ed"}, kept(tree, *paths)) == ["ed", "."]


@pytest.mark.parametrize("asked", ["", " "])
def test_without_a_word_it_is_vi(tmp_path: Path, asked: str) -> None:
    """As git has it."""
    assert editor_command({"EDITOR": asked}, kept(tmp_path)) == ["vi", "."]


def test_an_editor_that_is_no_command_line_is_named(tmp_path: Path) -> None:
    """A quote that is not closed is told, not guessed."""
    with pytest.raises(EnvironmentalError, match=r"cannot read \$EDITOR"):
        editor_command({"EDITOR": "vi 'x"}, kept(tmp_path))


def test_the_shell_is_a_program_and_never_a_command_line() -> None:
    """`$SHELL` is taken as it stands; without one it is the system's."""
    assert shell_command({"SHELL": "/bin/sh -c reboot"}) == ["/bin/sh -c reboot"]
    assert shell_command({}) == shell_command({"SHELL": ""}) == ["/bin/sh"]


def test_a_program_that_fails_is_not_our_affair(tmp_path: Path) -> None:
    """Only one that does not start is."""
    run_in_worktree(kept(tmp_path), ["false"], {"PATH": "/usr/bin:/bin"})
    with pytest.raises(EnvironmentalError, match="cannot start"):
        run_in_worktree(kept(tmp_path), ["./none"], {})


def test_ctrl_c_is_for_the_program_alone(tmp_path: Path) -> None:
    """The program can be interrupted, and wf stays to take over the terminal again."""
    script = "kill -INT $PPID; kill -INT $$; touch survived"
    run_in_worktree(kept(tmp_path), ["sh", "-c", script], {"PATH": "/usr/bin:/bin"})
    assert not (tmp_path / "survived").exists()
