"""A real hands program, as the shim starts it but for the fork, and the host's end of its wire."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import wf_tui

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["HandsProcess"]

_BOOT = (
    "import os, sys; sys.path.append(sys.argv.pop(1)); os.dup2(int(sys.argv.pop(1)), 3)\n"
    "from wf_tui.workers.model.hands.main import main\n"
    "{before}\n"
    "sys.exit(main(['hands', *sys.argv[1:]]))"
)


class HandsProcess:
    """Hands in a folder; closing it is the death of the host."""

    def __init__(
        self,
        tree: Path,
        *,
        writes: bool = True,
        before: str = "",
        env: dict[str, str] | None = None,
    ) -> None:
        """Start it; `before` is Python that runs in it first."""
        self.scratch = Path(tempfile.mkdtemp(dir=tree.parent))
        self.socket, theirs = socket.socketpair()
        self.socket.settimeout(60)
        with theirs:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-I", "-S", "-c", _BOOT.format(before=before)),
                    *(str(Path(wf_tui.__file__).parent.parent), str(theirs.fileno())),
                    *("write" if writes else "read", str(self.scratch)),
                ],
                cwd=tree,
                pass_fds=[theirs.fileno()],
                stdout=subprocess.PIPE,
                env=env,
            )
        self._lines = self.socket.makefile("rb")
        self._number = 0
        assert self.answer() == {"hands": 1}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self._lines.close()
        self.socket.close()
        self.process.kill()
        self.process.communicate()

    def send(self, message: object) -> None:
        """Send one line."""
        self.socket.sendall(json.dumps(message).encode() + b"\n")

    def begin(self, tool: str, args: object) -> int:
        """Send a call, and return its number."""
        self._number += 1
        self.send({"call": self._number, "tool": tool, "args": args})
        return self._number

    def answer(self) -> dict[str, Any]:
        """Return the next line that it says; raises `EOFError` where there is none."""
        line = self._lines.readline()
        if not line:
            raise EOFError
        found: dict[str, Any] = json.loads(line)
        return found

    def call(self, tool: str, **args: object) -> dict[str, Any]:
        """Do one call."""
        number = self.begin(tool, args)
        answer = self.answer()
        assert answer.pop("call") == number
        return answer

    def do(self, tool: str, **args: object) -> str:
        """Return the text of a call that has to be done."""
        answer = self.call(tool, **args)
        assert "ok" in answer, answer
        return str(answer["ok"])

    def refused(self, tool: str, **args: object) -> str:
        """Return why a call is not done, as it must not be."""
        answer = self.call(tool, **args)
        assert "error" in answer, answer
        return str(answer["error"])

    def end(self, status: int) -> int:
        """Say how it ended, and return the exit status of the program."""
        self.send({"end": status})
        return self.process.wait(60)
