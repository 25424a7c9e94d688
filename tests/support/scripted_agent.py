"""An agent without a model: it does what its prompt says, and prints the events of the line.

Run as a program of a profile with the preset `scripted`. Each line of its prompt that begins with
`DO ` is a step; what a session was asked to do is kept in its home, as agents do, so that one that
goes on knows it. Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import uuid
from pathlib import Path

__all__ = ["main"]


def say(**event: object) -> None:
    """Print an event."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Do the steps of the prompt, and end well, unless one of them says otherwise."""
    prompt = sys.stdin.read()
    session = sys.argv[1] if len(sys.argv) > 1 else ""
    kept = Path(os.environ["HOME"]) / f"session-{session}"
    if session and not kept.exists():
        sys.stderr.write(f"session not found: {session}\n")
        return 1
    if session:
        prompt = kept.read_text() + prompt
    else:
        session = f"s-{uuid.uuid4().hex[:8]}"
        kept = Path(os.environ["HOME"]) / f"session-{session}"
    kept.write_text(prompt)
    (Path(os.environ["SCRIPT_STATE"]) / f"prompt-{time.time_ns()}").write_text(prompt)
    say(ev="session", id=session, model="script-1")
    steps = [line[3:] for line in prompt.splitlines() if line.startswith("DO ")]
    for step in steps:
        if ended := do(step):
            say(**ended)
            return 0 if ended["ok"] else 1
    say(ev="verdict", ok=True, text="All done.")
    return 0


def do(step: str) -> dict[str, object] | None:
    """Do a step; return the verdict that ends it, if this step does."""
    word, _, rest = step.partition(" ")
    match word:
        case "write":
            name, _, text = rest.partition(" ")
            say(ev="tool_start", id=name, name="Write", kind="edit", paths=[name])
            Path(name).write_text(f"{text}\n")
            say(ev="tool_end", id=name)
        case "say":
            say(ev="message", text=rest)
        case "event":
            say(**json.loads(rest))
        case "end":
            return dict(json.loads(rest), ev="verdict")
        case "retry":
            for _ in range(int(rest)):
                say(ev="retry", reason="overloaded")
                time.sleep(0.4)
        case "once":
            return once(*rest.split(" ", 1))
        case "tool":
            say(ev="tool_start", id="t", name="Bash", kind="execute", input={"command": rest})
            subprocess.run(["sh", "-c", rest], check=False)
            say(ev="tool_end", id="t")
    return None


def once(mark: str, step: str) -> dict[str, object] | None:
    """Do a step the first time that anybody gets to it."""
    with contextlib.suppress(FileExistsError):
        (Path(os.environ["SCRIPT_STATE"]) / mark).touch(exist_ok=False)
        return do(step)
    return None


if __name__ == "__main__":
    sys.exit(main())
