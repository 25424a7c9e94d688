"""The program: calls come in, and are done; commands run beside it.

Called by the shim in a fork, in the worktree, with descriptor 3 to the host. One thread and one
poll: reading and editing is done at once and in order, and a command that runs keeps nothing from
being heard. What is done stands on standard output, which is the raw log of the attempt.
"""

import contextlib
import json
import os
import select
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from typing import Final

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.command import CommandCall
from wf_tui.workers.model.hands.files.editing import edit_file
from wf_tui.workers.model.hands.files.reading import read_file
from wf_tui.workers.model.hands.files.replacing import Scratch
from wf_tui.workers.model.hands.files.tree import Tree
from wf_tui.workers.model.hands.files.writing import write_file
from wf_tui.workers.model.hands.looks.listing import list_files
from wf_tui.workers.model.hands.looks.looking import LookCall
from wf_tui.workers.model.hands.looks.searching import search
from wf_tui.workers.model.hands.patch.apply_patch import apply_patch
from wf_tui.workers.model.hands.wire import Answer, Wire
from wf_tui.workers.model.tools import TOOLS
from wf_tui.workers.shim.shim import wake_on_signals

__all__ = ["file_tools", "main"]

_HOST: Final = 3
"""The descriptor of the socket to the host."""
_HOST_GONE: Final = 75
"""The exit status where the host was gone without a word: try again."""
_MOST_RUNNING: Final = 8
_LOGGED: Final = 300
"""Characters of a call and of its answer in the log."""
_CHUNK: Final = 4096

FileTool = Callable[[Arguments], str]
RunningCall = CommandCall | LookCall


def main(argv: Sequence[str]) -> int:
    """Serve calls until the host says how it ended, and return that status; 75 if it never says.

    `argv` is `hands`, then `write` or `read` (a session that only reads is refused every tool that
    writes), then a folder outside of the tree, on the same file system, for files on their way.
    """
    connection = socket.socket(fileno=_HOST)
    connection.set_inheritable(False)
    hands = Hands(Wire(connection), Tree("."), Scratch(argv[2]), writes=argv[1] == "write")
    return hands.serve()


def file_tools(tree: Tree, scratch: Scratch) -> dict[str, FileTool]:
    """Return what does the calls that are done at once; each raises `CallError`."""
    return {
        "read_file": lambda args: read_file(tree, args),
        "write_file": lambda args: write_file(tree, scratch, args),
        "edit_file": lambda args: edit_file(tree, scratch, args),
        "apply_patch": lambda args: apply_patch(tree, scratch, args),
    }


class Hands:
    """The calls of one attempt."""

    def __init__(self, wire: Wire, tree: Tree, scratch: Scratch, *, writes: bool) -> None:
        self._wire = wire
        self._writes = writes
        self._running: dict[int, RunningCall] = {}
        self._status: int | None = None
        self._file_tools = file_tools(tree, scratch)
        self._begun: dict[str, Callable[[Arguments], RunningCall]] = {
            "list_files": lambda args: list_files(tree, args),
            "search": lambda args: search(tree, args),
            "run_command": lambda args: CommandCall.start(tree, args),
        }

    def serve(self) -> int:
        """Do what comes until the end, and return the status to end with."""
        wake, _ = wake_on_signals()
        signal.signal(signal.SIGPIPE, signal.SIG_IGN)
        # A host that has closed its end already may have said before how it ended.
        with contextlib.suppress(OSError):
            self._wire.hello()
        try:
            while self._status is None:
                for handle in self._ready(wake):
                    self._attend(handle, wake)
                self._collect()
        except OSError:  # the host is gone, in the middle of an answer
            self._status = _HOST_GONE
        for call in self._running.values():
            call.child.kill()
        return self._status

    def _ready(self, wake: int) -> list[int]:
        """Wait until there is something to do, and return the descriptors that have something."""
        poller = select.poll()
        poller.register(wake, select.POLLIN)
        poller.register(self._wire.fileno(), select.POLLIN)
        for call in self._running.values():
            if call.child.output is not None:
                poller.register(call.child.output, select.POLLIN)
        due = min((call.child.due() for call in self._running.values()), default=None)
        wait = None if due is None else max(0, 1000 * (due - time.monotonic()))
        return [handle for handle, _ in poller.poll(wait)]

    def _attend(self, handle: int, wake: int) -> None:
        if handle == wake:
            os.read(wake, _CHUNK)
        elif handle == self._wire.fileno():
            messages = self._wire.receive()
            if messages is None:
                self._status = _HOST_GONE
            for message in messages or ():
                self._hear(message)
        for call in self._running.values():
            if handle == call.child.output:
                call.child.read()

    def _hear(self, message: dict[str, object]) -> None:
        """Do what one message says; what is not understood is left out."""
        if self._status is not None:
            return
        number, end = message.get("call"), message.get("end")
        if isinstance(number, int):
            self._call(number, message)
        elif isinstance(end, int):
            self._status = end & 0xFF
        elif isinstance(stop := message.get("stop"), int) and stop in self._running:
            self._running[stop].child.stop()

    def _call(self, number: int, message: dict[str, object]) -> None:
        try:
            answer = self._answer(number, message)
        except CallError as error:
            answer = Answer(str(error), is_error=True)
        except (OSError, ValueError, MemoryError) as error:
            # Of the disk, most of all; whatever it is, the next call may do better.
            answer = Answer(f"it could not be done: {error}", is_error=True)
        if answer is not None:
            self._say(number, answer)

    def _answer(self, number: int, message: dict[str, object]) -> Answer | None:
        """Do a call and return its answer; None for one that has only begun."""
        if number in self._running:
            raise CallError("a call with this number is running")
        if message.get("too_long"):
            raise CallError("the call is longer than 4 MiB; do it in several smaller ones")
        name = message.get("tool")
        tool = TOOLS.get(name) if isinstance(name, str) else None
        if tool is None:
            raise CallError(f"there is no such tool; there are {', '.join(TOOLS)}")
        args = Arguments(tool, message.get("args"))
        if tool.writes and not self._writes:
            raise CallError(f"this task only reads, so {tool.name} is not available")
        _log(call=number, tool=tool.name, args=json.dumps(message.get("args"))[:_LOGGED])
        if tool.name in self._begun:
            if len(self._running) >= _MOST_RUNNING:
                raise CallError("too many calls are running; wait until one has ended")
            self._running[number] = self._begun[tool.name](args)
            return None
        return Answer(self._file_tools[tool.name](args))

    def _collect(self) -> None:
        """Answer the calls whose processes have ended."""
        for number, call in list(self._running.items()):
            if call.child.check():
                del self._running[number]
                self._say(number, call.answer())

    def _say(self, number: int, answer: Answer) -> None:
        kind = "error" if answer.is_error else "ok"
        _log(call=number, **{kind: answer.text[:_LOGGED]}, exit_code=answer.exit_code)
        self._wire.answer(number, answer)


def _log(**said: object) -> None:
    """Write a line into the raw log of the attempt."""
    sys.stdout.write(json.dumps({"at": round(time.time(), 3), **said}) + "\n")
    sys.stdout.flush()
