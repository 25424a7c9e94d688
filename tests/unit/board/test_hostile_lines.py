"""What a worker, a plan, a file or git says, as lines of the pane and the review: only to be read.

Escape sequences, bidi and invisible characters, tabs, wide and combining ones, very long lines: no
line has a character that acts on a terminal, and each is as wide as its view at any width.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from tests.support.detail_harness import HOSTILE, LiveRun
from tests.support.ledger_harness import FixedClock
from wf_tui.board.detail.attempts import Table, read_attempts
from wf_tui.board.detail.diff import DiffDocument
from wf_tui.board.detail.diff_text import DiffText
from wf_tui.board.detail.document import Source
from wf_tui.board.detail.events import read_events
from wf_tui.board.detail.head_facts import read_head
from wf_tui.board.detail.log.entries import entries_of, streamed_entry
from wf_tui.board.detail.log.reader import read_log
from wf_tui.board.detail.log.text import LogText
from wf_tui.board.detail.plan import plan_spans, step_lines
from wf_tui.board.detail.prompt import read_prompt
from wf_tui.board.diff.changes import ChangedFile, ChangeSet
from wf_tui.board.diff.diff_lines import FileView, file_head
from wf_tui.board.diff.patch import parse_patch
from wf_tui.board.diff.remarks import Remark
from wf_tui.board.review.reader import Review
from wf_tui.board.review.side import prompt_lines, side_lines
from wf_tui.board.review.trial import Trial
from wf_tui.board.text_view.text_line import TextLine, safe
from wf_tui.board.text_view.wrapped_lines import wrap
from wf_tui.board.widgets.line import Line, fitted
from wf_tui.text import clean
from wf_tui.workers.transcript import EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

HARD = (
    f"{HOSTILE}\t\ttabs \u65e5\u672c\u8a9e e{chr(0x301) * 40} \u200d\ufeff\u2028\u2029\x85\r\x1b"
    f" {chr(0x1F468)}\u200d{chr(0x1F469)} {chr(0xE0041)} {'w' * 3000}"
)
WIDTHS = (1, 2, 7, 40, 200)
FILE = ChangedFile(f"src/{HARD[:300]}", f"old/{HARD[:200]}", 1, 1, "b", outside=True)


def check(lines: Iterable[TextLine]) -> None:
    """Say that lines do nothing to a terminal, and have the width of their view."""
    found = list(lines)
    assert found
    for line in found:
        shown = line.text + "".join(span.text for span in line.right)
        assert clean(shown, limit=10_000) == shown
        for width in WIDTHS:
            for row in wrap(line, width):
                cells = fitted(Line(row.spans, row.right), width, "…")
                assert sum(cell_len(span.text) for span in cells) == width


@pytest.mark.parametrize("kind", list(EntryKind))
def test_a_log(kind: EntryKind) -> None:
    """Whatever kind of entry it is, and whether it is open."""
    data = {
        "name": HARD,
        "kind": HARD,
        "id": "1",
        "input": {HARD: HARD, "n": [HARD]},
        "items": [{"text": HARD, "status": "in_progress"}],
        "begins": True,
    }
    text = LogText()
    entries = [
        streamed_entry(EntryKind.OUT, 1.0, HARD, first=True),
        *entries_of({"kind": kind, "at": 1.0, "text": HARD, "data": data}),
        *entries_of({"kind": kind, "at": 1.0, "text": HARD, "data": {**data, "status": HARD}}),
    ]
    lines, changed = text.add(entries)
    check(lines)
    for more in (*changed.values(), *(text.toggle(line.mark) or () for line in lines)):
        check([*more, TextLine()])


@pytest.mark.slow
@pytest.mark.parametrize("split", [False, True])
def test_a_diff(split: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Names of files, headings of hunks, lines, comments and who wrote them."""
    line = HARD.replace("\n", " ")
    patch = f"diff --git a/x b/x\n@@ -1,2 +1,2 @@ {line}\n-{line}\n+{line}\n {line}\n"
    (parsed,) = parse_patch(patch.encode("utf-8", "surrogatepass"), 100)
    remarks = [
        Remark(1, FILE.path, "new", 1, f"{HARD}\n{HARD}", safe(line), who=HARD),
        Remark(-1, FILE.path, "new", 9, "", HARD, begun=HARD),
    ]
    view = FileView(FILE, parsed, remarks, safe(HARD))
    for width in WIDTHS[2:]:
        check(view.lines(width, split=split))
    check([file_head(FILE)])
    changes = ChangeSet("a", "b", (FILE,), {FILE.path: parsed})
    check(DiffText(DiffDocument((), changes=changes, remarks=remarks), FILE.path)._list())


def test_what_stands_beside_a_diff() -> None:
    """Files, the scope, what the worker says, what was asked for, whether it merges."""
    changes = ChangeSet("a", "b", (FILE,))
    said = safe(" ".join(HARD.split()))
    review = Review(
        *("t", "blocked", "review", 1, 1),
        changes=changes,
        scope=(safe(HARD),),
        said=said,
        prompt=HARD,
    )
    trial = Trial("h", safe(HARD), clean=False)
    check(side_lines(review, changes.files, FILE.path, {}, trial, since=True))
    check(prompt_lines(review))


def test_the_plan_of_a_worker() -> None:
    """On one line in the head, and a line for each step."""
    steps = [(HARD, "completed"), (HARD, HARD)]
    check([TextLine(plan_spans(steps)), *step_lines(steps)])


def test_prompt_attempts_events_and_log_of_a_task(tmp_path: Path) -> None:
    """As they are read from a run: what a plan asks, how attempts ended, what they printed."""
    words = HARD.replace("\0", "")
    asked = "".join(char for char in words if char.isprintable())
    task = {"id": "t", "title": asked[:150], "prompt": asked, "run": "true", "max_attempts": 1}
    plan = {"goal": "g", "phases": [{"name": "p", "tasks": [task]}]}
    live = LiveRun(tmp_path, json.dumps(plan, ensure_ascii=False))
    live.prints(f"{HARD}\n")
    live.harness.act(lambda ledger: ledger.progress(live.fence, words))
    live.fail()
    live.harness.act(
        lambda ledger: ledger.db.execute(
            "UPDATE attempt SET said = :words, proof = :words, note = :words, model = :words",
            {"words": words},
        )
    )
    source = Source(live.harness.project, live.harness.run, "t", None, FixedClock())
    attempts = read_attempts(source)
    assert isinstance(attempts, Table)
    for width in WIDTHS[2:]:
        check((*attempts.laid_out(width), *attempts.newest(width)))
    check(read_prompt(source).lines)
    check(read_events(source).lines)
    lines, _ = LogText().add(read_log(source, None).entries)
    check(lines)
    facts = read_head(source)
    for text in (facts.seat, facts.model, facts.proof, facts.said, facts.result, *facts.figures):
        assert clean(text, limit=10_000) == text
