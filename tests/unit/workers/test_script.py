"""A command as the program that runs it: its shell, and where a long one is."""

import stat
from pathlib import Path

import pytest

from wf_tui.workers.script import LONGEST_TEXT, SHELL, script_argv, text_argv


def test_a_command_is_text_for_its_shell(tmp_path: Path) -> None:
    """A command of the usual length is an argument, and no file is made."""
    assert script_argv(SHELL, "a\nb", tmp_path / "f") == ("/bin/sh", "-e", "-c", "a\nb")
    assert not (tmp_path / "f").exists()
    assert text_argv(SHELL, "a\nb") == ("/bin/sh", "-e", "-c", "a\nb")


def test_line_ends_of_windows_are_taken_out(tmp_path: Path) -> None:
    """A carriage return before a line end is none of the command's letters; another one is."""
    assert script_argv(SHELL, "a\r\nb\rc\r\n", tmp_path / "f")[-1] == "a\nb\rc\n"


@pytest.mark.parametrize(
    ("shell", "argv"),
    [
        (SHELL, ("/bin/sh", "-e")),
        (("bash", "-eo", "pipefail", "-c"), ("bash", "-eo", "pipefail")),
        (("bash", "-lc"), ("bash", "-l")),
        (("perl", "-e"), ("perl",)),
        (("python3", "-u"), ("python3", "-u")),
    ],
)
def test_a_long_command_is_a_file(
    tmp_path: Path, shell: tuple[str, ...], argv: tuple[str, ...]
) -> None:
    """What no argument can hold is a file for its owner alone, in the place of the text."""
    file = tmp_path / "run.script"
    assert text_argv(shell, "x" * (LONGEST_TEXT + 1)) is None
    assert script_argv(shell, "x" * (LONGEST_TEXT + 1), file) == (*argv, str(file))
    assert file.read_text() == "x" * (LONGEST_TEXT + 1) + "\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("shell", [("python3",), ("bash", "-e"), ("env", "bash", "-x")])
def test_a_shell_that_takes_no_text_gets_a_file(tmp_path: Path, shell: tuple[str, ...]) -> None:
    """Whatever its last word does not announce as text is the name of a file to a program."""
    assert script_argv(shell, "x", tmp_path / "f") == (*shell, str(tmp_path / "f"))


def test_the_file_replaces_what_a_worker_has_put_there(tmp_path: Path) -> None:
    """A link at its name would lead the command anywhere."""
    (tmp_path / "f").symlink_to(tmp_path / "theirs")
    script_argv(("python3",), "x", tmp_path / "f")
    assert not (tmp_path / "theirs").exists()
