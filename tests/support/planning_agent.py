"""An agent without a model that plans: it gives the answers of a folder, one after the other.

A program of a profile with the preset `jsonl`. `ANSWERS` names the folder: `1.md`, `2.md` ... are
what it answers to its first prompt, its second ..., the last one to all further ones; `prompt-N` is
what it was asked, `hold` lets it wait until that file is gone. Whatever asks for no plan it takes
for work, and writes the file that the prompt names. Standard library only.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

__all__ = ["main"]

_ASKS: tuple[str, ...] = ("# Task plan\n", "# Your plan has errors", "# Go on\n\nChange your plan")


def say(**event: object) -> None:
    """Print an event."""
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


def main() -> int:
    """Answer one prompt."""
    prompt, folder = sys.stdin.read(), Path(os.environ["ANSWERS"])
    session = sys.argv[1] if len(sys.argv) > 1 else f"s-{os.getpid()}"
    say(ev="session", id=session, model="script-1")
    if not any(words in prompt for words in _ASKS):
        say(ev="tool_start", id="w", name="Write", kind="edit")
        Path("work.txt").write_text("done\n")
        say(ev="tool_end", id="w")
        say(ev="verdict", ok=True, text="All done.")
        return 0
    number = len(list(folder.glob("prompt-*"))) + 1
    (folder / f"prompt-{number}").write_text(f"session {session}\n{prompt}")
    while (folder / "hold").exists():
        time.sleep(0.02)
    answers = sorted(folder.glob("*.md"), key=lambda path: int(path.stem))
    text = answers[min(number, len(answers)) - 1].read_text()
    say(ev="message", text=text[:200])
    say(ev="usage", input=900, output=100, cost_usd=0.01)
    say(ev="verdict", ok=True, text=text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
