"""A small ACP agent of the tests' own: a program that does what its script says, over stdio.

`acp_agent.py SCRIPT` reads a JSON file: `{"load": bool, "modes": [...], "turns": [[step, ...]]}`.
Each session/prompt plays the next turn; the last step of one is how it is answered. A session that
is loaded is replayed first. Stdlib only: it shares no code with the client that it tests.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

Json = dict[str, Any]
SESSION = "session-1"


def send(message: Json) -> None:
    """Write one message."""
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **message}) + "\n")
    sys.stdout.flush()


def update(name: str, **fields: object) -> None:
    """Send one session/update."""
    content = {"sessionUpdate": name, **fields}
    send({"method": "session/update", "params": {"sessionId": SESSION, "update": content}})


class Agent:
    """One process of an agent, with at most one session."""

    def __init__(self, script: Json) -> None:
        self.script = script
        self.turns = list(script.get("turns", []))
        self.asked = 0
        self.cancelled = False
        self.heard: list[Json] = []

    def read(self) -> Json | None:
        """Return the next message; None at end-of-file."""
        line = sys.stdin.readline()
        if not line:
            return None
        message: Json = json.loads(line)
        self.heard.append(message)
        if "heard" in self.script:
            Path(self.script["heard"]).write_text(json.dumps(self.heard), "utf-8")
        return message

    def run(self) -> None:
        """Answer requests until end-of-file."""
        while (message := self.read()) is not None:
            method = message.get("method")
            if method == "session/prompt":
                self.prompt(message["id"])
            elif method in self.script.get("errors", {}):
                send({"id": message["id"], "error": self.script["errors"][method]})
            elif method is not None and "id" in message:
                send({"id": message["id"], "result": self.answer(method)})
        if self.script.get("outlives"):
            signal.pause()

    def answer(self, method: str) -> Json:
        """Return the result of a request that is no prompt."""
        if method == "initialize":
            load = self.script.get("load", True)
            return {"protocolVersion": 1, "agentCapabilities": {"loadSession": load}}
        if method == "session/load":
            update("agent_message_chunk", content={"type": "text", "text": "replayed"})
            update("tool_call", toolCallId="old", title="replayed", status="completed")
        modes = self.script.get("modes")
        found: Json = {"sessionId": SESSION} if method == "session/new" else {}
        if modes:
            available = [{"id": mode, "name": mode} for mode in modes]
            found["modes"] = {"currentModeId": modes[0], "availableModes": available}
        return found

    def prompt(self, number: int) -> None:
        """Play the next turn, and answer the prompt with its last step."""
        reply: Json = {"result": {"stopReason": "end_turn"}}
        for name, *rest in self.turns.pop(0) if self.turns else []:
            reply = self.step(name, *rest) or reply
            if self.cancelled:
                reply = {"result": {"stopReason": "cancelled"}}
                break
        send({"id": number, **reply})
        self.cancelled = False

    def step(self, name: str, *rest: Any) -> Json | None:
        """Do one step; what ends the turn is returned."""
        done: Json | None = getattr(self, f"do_{name}")(*rest)
        return done

    def do_say(self, text: str) -> None:
        """Say a piece of a message."""
        update("agent_message_chunk", content={"type": "text", "text": text})

    def do_think(self, text: str) -> None:
        """Think a piece of a thought."""
        update("agent_thought_chunk", content={"type": "text", "text": text})

    def do_update(self, name: str, fields: Json) -> None:
        """Send any session/update."""
        update(name, **fields)

    def do_edit(self, path: str, content: str) -> None:
        """Write a file of the tree itself."""
        Path(path).write_text(content, "utf-8")

    def do_end(self, reason: str, fields: Json | None = None) -> Json:
        """End the turn for a reason."""
        return {"result": {"stopReason": reason, **(fields or {})}}

    def do_fail(self, error: Json) -> Json:
        """End the turn with an error."""
        return {"error": error}

    def do_raw(self, text: str) -> None:
        """Write what is no message."""
        sys.stdout.write(text)
        sys.stdout.flush()

    def do_long(self, mebibytes: int) -> None:
        """Write one line of this size."""
        for _ in range(mebibytes):
            sys.stdout.write("x" * (1 << 20))
        sys.stdout.write("\n")

    def do_die(self) -> None:
        """Be killed."""
        os.kill(os.getpid(), signal.SIGKILL)

    def do_exit(self, status: int) -> None:
        """Say on standard error why, and end."""
        sys.stderr.write("provider.rate_limit: 429\n")
        sys.exit(status)

    def do_fork(self, file: str) -> None:
        """Start a child that keeps standard output open, and is deaf to TERM."""
        code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); signal.pause()"
        child = subprocess.Popen([sys.executable, "-I", "-S", "-c", code])
        Path(file).write_text(str(child.pid), "utf-8")

    def do_deaf(self, file: str) -> None:
        """Read nothing any more, and be deaf to TERM."""
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        Path(file).write_text(str(os.getpid()), "utf-8")
        self.do_say("I am deaf.")
        while True:
            signal.pause()

    def do_look(self, file: str) -> None:
        """Write down what it was given: sockets, variables, its group."""
        kinds = [os.path.realpath(f"/proc/self/fd/{one}") for one in range(3, 64)]
        sockets = [one for one in kinds if "socket:" in one]
        seen = {"sockets": sockets, "names": sorted(os.environ), "group": os.getpgrp()}
        Path(file).write_text(json.dumps(seen), "utf-8")

    def do_wait(self) -> None:
        """Read until the client cancels the turn."""
        while (message := self.read()) is not None:
            if message.get("method") == "session/cancel":
                self.cancelled = True
                return
        sys.exit(0)

    def do_ask(self, params: Json) -> None:
        """Ask for a permission, wait for the answer, and say which it was."""
        outcome = self.request("session/request_permission", params).get("result", {})
        said = outcome.get("outcome", {})
        text = said.get("optionId") or said.get("outcome")
        self.do_say(f"[{text}]")

    def do_stray(self, path: str, content: str) -> None:
        """Ask the client to write a file, and say what it answered."""
        params = {"path": path, "content": content}
        error = self.request("fs/write_text_file", params).get("error", {"code": "written"})
        self.do_say(f"[{error['code']}]")

    def request(self, method: str, params: Json) -> Json:
        """Send a request and return what is answered; a cancel in between is noted."""
        self.asked += 1
        number = f"own-{self.asked}"
        send({"id": number, "method": method, "params": {"sessionId": SESSION, **params}})
        while (message := self.read()) is not None:
            if message.get("method") == "session/cancel":
                self.cancelled = True
            if message.get("id") == number and "method" not in message:
                return message
        sys.exit(0)


if __name__ == "__main__":
    Agent(json.loads(Path(sys.argv[1]).read_text("utf-8"))).run()
