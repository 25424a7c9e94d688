"""`run_command`: a command of a shell, with an end to its time and to its output."""

import os
import stat
from dataclasses import dataclass
from typing import Final

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.child import Child
from wf_tui.workers.model.hands.files.tree import FOLDER, Tree
from wf_tui.workers.model.hands.kept_output import KeptOutput
from wf_tui.workers.model.hands.wire import Answer
from wf_tui.workers.model.tools import DEFAULT_SECONDS

__all__ = ["CommandCall"]

_HEAD: Final = 10_000
_TAIL: Final = 20_000
"""Bytes; most errors stand at the end, and what was done at the beginning."""
_HIDDEN: Final = "WF_LINE"
"""It would say that descriptor 3 is there."""


@dataclass(frozen=True)
class CommandCall:
    """A command that runs, and how its end is told."""

    child: Child
    seconds: int

    @classmethod
    def start(cls, tree: Tree, args: Arguments) -> "CommandCall":
        """Start the command of a call. Raises `CallError`."""
        command, seconds = args.text("command"), args.number("timeout", DEFAULT_SECONDS)
        if not command.strip():
            raise CallError("the command is empty")
        if "\0" in command:
            raise CallError("the command has a NUL character, which no command can have")
        try:
            words = [b"sh", b"-c", os.fsencode(command)]
        except UnicodeEncodeError:
            raise CallError("the command has half a character") from None
        env = {name: value for name, value in os.environ.items() if name != _HIDDEN}
        with tree.find(args.text("folder", ".")) as place:
            if place.found is None or not stat.S_ISDIR(place.found.st_mode):
                raise CallError(f"{place.path} is not a folder to run a command in")
            folder = os.open(place.name, FOLDER, dir_fd=place.folder)
            try:
                child = Child(
                    # The model is to be given a shell, and a person was asked.
                    lambda: os.execvpe("sh", words, env),  # noqa: S606, S607 - of the PATH of the task
                    folder,
                    seconds,
                    KeptOutput(_HEAD, _TAIL),
                )
            except OSError as error:
                raise CallError(f"no process can be started: {error.strerror}") from error
            finally:
                os.close(folder)
        return cls(child, seconds)

    def answer(self) -> Answer:
        """Return what the model is told, once it has ended."""
        child = self.child
        code = "it could not be ended" if child.code is None else f"exit code {child.code}"
        notes = [code]
        if child.cause == "time":
            notes.append(f"ended after {self.seconds} s, its time limit")
        elif child.cause == "stop":
            notes.append("stopped before its end")
        if child.left_running and child.cause is None:
            notes.append("what it left running in the background was ended, too")
        output = child.kept.text().rstrip("\n")
        return Answer(f"[{'; '.join(notes)}]\n{output or '[no output]'}", exit_code=child.code)
