"""A run on a real repository in which whatever a plan, a worker or a file may say is hostile."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import yaml

from tests.support.ledger_harness import PERMISSION
from tests.support.run_harness import RunHarness
from wf_tui.ledger.ledger import Fence
from wf_tui.ledger.model.new_tasks import NewTask
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.rows.options import Option, QuestionDetail
from wf_tui.ledger.model.states import Step
from wf_tui.ledger.rules.moves import MESSAGE

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.ledger.ledger import Ledger

__all__ = ["HOSTILE", "HOSTILE_NAME", "hostile_run", "what_acts"]

HOSTILE: Final = (
    "\x1b]52;c;ZXZpbA==\x07\x1b]0;owned\x07\x1b]8;;http://evil\x07link\x1bc\x1b[2J\x1b[3J\x1b[31m"
    "\x1bPq\x1b\\\x1b_Gevil\x1b\\\x9b2J\x9d52;c;ZXZpbA==\x9c[/][bold][@click=app.quit]go[link=x]"
    "\u202eevil\u2066\u200b\r\x08\x0b\x7f\U000e0041"
)
"""Clipboard, title, link, reset, clearing, DCS, APC, C1, markup, bidi, controls, tags."""
HOSTILE_NAME: Final = "e\x1b]0;owned\x07v\x1b[2J\u202ei\x9b2Jl [red]\r.txt"
"""The name of a file; git itself takes any byte but two."""
_ACTS: Final = re.compile(
    "\x1b\\](?!22;)"  # clipboard, title, link, notice; 22 is Textual's shape of the pointer
    "|\x1b[cPX^_]"
    "|\x1b\\[[23]?J"
    "|[\x00\x07\x08\x0b\x7f-\x9f\u200b\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]"
)
_TITLE: Final = re.compile("\x1b\\]2;[^\x00-\x1f\x7f-\x9f]*\x1b\\\\|\x1b\\]22;default\x07")
"""What the board itself tells the terminal: its title, and Textual the shape of the pointer."""
_EVERY: Final = 'for f in e*; do cp says "$f"; done'
_TASKS: Final = (
    {"id": "reads", "run": "cat says", "mode": "read_only"},
    {"id": "fails", "run": "cat says; cat says >&2; exit 3", "mode": "read_only"},
    {"id": "writes", "run": f"cat says; {_EVERY}; cp says more.txt", "review": True},
    {"id": "strays", "run": _EVERY, "file_scope": ["other.txt"]},
    {"id": "gated", "run": "echo x > gated.txt", "gate": "cat says; exit 1"},
    {"id": "merged", "run": "cp says merged.txt; cp says m-evil.txt"},
)
_CHOICES: Final = (*PERMISSION, Option("more", f"more {HOSTILE}", "allow_always"))


def hostile_run(folder: Path) -> RunHarness:
    """Play a run of shell workers that print and write it; one task more asks a person."""
    harness = RunHarness(folder)
    for name in ("says", HOSTILE_NAME):
        harness.write(name, "one\n")
    harness.git("add", "-A")
    harness.git("commit", "-q", "-m", "names that nobody wants")
    (harness.repo / "says").write_bytes(f"line {HOSTILE} end\n".encode())
    harness.git("commit", "-q", "-a", "-m", f"first {HOSTILE}")
    stock = {"mode": "read_write", "max_attempts": 1}
    tasks = [{**stock, **task, "title": f"{task['id']} {HOSTILE}"} for task in _TASKS]
    phase = {"name": "first", "parallel": True, "on_failure": "skip_continue", "tasks": tasks}
    harness.play(yaml.safe_dump({"goal": f"goal {HOSTILE}", "phases": [phase]}))
    harness.act(lambda ledger: _ask(ledger, harness.run))
    return harness


def _ask(ledger: Ledger, run: str) -> None:
    """Let a task of the run ask, with all parts that a question has, and be written to."""
    spec = Spec(prompt=f"prompt {HOSTILE}", command="true")
    ledger.add(run, NewTask("asks", title=f"asks {HOSTILE}", spec=spec))
    claim = ledger.claim(run, "shell-1")
    assert claim is not None
    fence = Fence(run, claim.task.id, claim.epoch, claim.worker)
    ledger.step(fence, Step.RUNNING)
    ledger.progress(fence, f"evidence {HOSTILE}")
    about = QuestionDetail(f"command {HOSTILE}", f"reason {HOSTILE}", f"rule {HOSTILE}")
    ledger.ask(fence, "1", f"may I {HOSTILE}?", options=_CHOICES, detail=about)
    person = replace(ledger, actor=f"user:{HOSTILE}")
    person.comment(run, "writes", "more.txt", 1, f"comment {HOSTILE}", quote=HOSTILE)
    person.move(run, MESSAGE, ["asks"], text=f"message {HOSTILE}")


def what_acts(written: bytes) -> list[str]:
    """Return what in these bytes would act on a terminal, beside the board's own title."""
    return _ACTS.findall(_TITLE.sub("", written.decode("utf-8", "replace")))
