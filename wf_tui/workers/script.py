"""A command of a plan as the program that runs it: by which shell, and as text or as a file."""

import re
from pathlib import Path, PurePath
from typing import Final

from wf_tui.workers.shim.plain_file import write_plain

__all__ = ["SHELL", "script_argv", "text_argv"]

SHELL: Final = ("/bin/sh", "-e", "-c")
"""What runs a command where the plan names no shell; its first failing line ends it."""
LONGEST_TEXT: Final = 100_000
"""Bytes of a command that is handed over as an argument; Linux takes 128 KB."""
_TEXT_FOLLOWS: Final = re.compile(r"-[A-Za-z]*c")
_TEXT_FOLLOWS_ELSEWHERE: Final = frozenset({"-e", "-r"})
_SHELLS: Final = frozenset({"sh", "bash", "dash", "ash", "zsh", "ksh"})
"""To whom `-e` means that a failure ends the script; to Perl, Ruby and Node that it follows."""


def text_argv(shell: tuple[str, ...], command: str) -> tuple[str, ...] | None:
    """Return what runs a command as the last argument of its shell; None where it needs a file."""
    # Plans from Windows have such line ends, and a shell takes the first half for a letter.
    text = command.replace("\r\n", "\n")
    short = len(text.encode("utf-8", "surrogatepass")) <= LONGEST_TEXT
    return (*shell, text) if short and _takes_text(shell) else None


def script_argv(shell: tuple[str, ...], command: str, file: Path) -> tuple[str, ...]:
    """Return what runs a command; blocks where it is long, since it is written to `file` then.

    A shell whose last word says that text follows (`-c`, `-lc`, the `-e` of Perl) gets the command
    as its last argument. One that ends otherwise, and each that would get too long an argument,
    gets the path of the file instead. Raises `OSError` where that cannot be written.
    """
    short = text_argv(shell, command)
    if short is not None:
        return short
    text = command.replace("\r\n", "\n")
    write_plain(file, text if text.endswith("\n") else text + "\n")
    if not _takes_text(shell):
        return (*shell, str(file))
    *words, option = shell
    # Of `-lc` the shell still has to see the `-l`.
    rest = [option[:-1]] if len(option) > len("-c") else []
    return (*words, *rest, str(file))


def _takes_text(shell: tuple[str, ...]) -> bool:
    option = shell[-1]
    if _TEXT_FOLLOWS.fullmatch(option):
        return True
    names = {PurePath(word).name for word in shell}
    return option in _TEXT_FOLLOWS_ELSEWHERE and not names & _SHELLS
