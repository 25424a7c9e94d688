"""What the tabs read, and how it is laid out."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from tests.support.detail_harness import LiveRun, played_run
from tests.support.ledger_harness import FixedClock
from wf_tui.board.detail.attempts import Column, Table, read_attempts
from wf_tui.board.detail.diff import DiffDocument, read_diff
from wf_tui.board.detail.diff_text import DiffText
from wf_tui.board.detail.document import AttemptChoice, Source
from wf_tui.board.detail.events import read_events
from wf_tui.board.detail.log.reader import read_log
from wf_tui.board.detail.plan import plan_spans
from wf_tui.board.detail.prompt import read_prompt
from wf_tui.ledger.rules.moves import SKIP
from wf_tui.project import open_ledger, open_reads

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.run_harness import RunHarness
    from wf_tui.board.detail.document import Document

PARALLEL = "goal: g\nphases:\n- name: p\n  tasks:\n  - {{id: t, mode: read_write, run: '{}'}}\n"


NEEDING = """
goal: g
phases:
- name: p
  tasks:
  - {id: a, prompt: p}
- name: q
  depends_on: [p]
  tasks:
  - id: b
    run: "true"
    depends_on_results: [a]
    timeout_secs: 9
    max_steps: 8
    budget: {max_tokens: 7, max_cost_usd: 6.5}
"""


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> RunHarness:
    """Give a run that is over."""
    return played_run(tmp_path_factory.mktemp("run"))


def source(harness: RunHarness, task: str, epoch: int | None = None) -> Source:
    """Return where a task's documents are read from."""
    return Source(harness.project, harness.run, task, epoch, FixedClock())


def texts(document: Document) -> list[str]:
    """Return the lines as text."""
    return [line.text for line in document.laid_out(80)]


def test_tasks_without_changes_say_why(played: RunHarness) -> None:
    """A reading task, one that changed nothing, and one without attempts each say so."""
    assert texts(read_diff(source(played, "reader"))) == ["this task only reads"]
    assert texts(read_diff(source(played, "twice", 1))) == ["attempt 1 has left no changes"]


def test_tasks_that_have_not_begun(tmp_path: Path) -> None:
    """Before the first attempt each tab says that there was none."""
    harness = LiveRun(tmp_path, claim=False).harness
    assert texts(read_diff(source(harness, "t"))) == ["no attempt yet, so no changes"]
    assert texts(read_attempts(source(harness, "t"))) == ["no attempt yet"]
    assert "added: t" in texts(read_events(source(harness, "t")))[0]
    assert "command" in texts(read_prompt(source(harness, "t")))


def played_plan(folder: Path, command: str) -> RunHarness:
    """Return a finished run of one writing task."""
    live = LiveRun(folder, PARALLEL.format(command), claim=False)
    assert live.harness.lead() == "completed"
    return live.harness


def test_many_files_are_listed_around_the_open_one(tmp_path: Path) -> None:
    """Of 200 files eleven rows are listed, and how many there are above and below them."""
    harness = played_plan(tmp_path, "for n in $(seq 100 304); do echo $n > f$n; done")
    document = read_diff(source(harness, "t"))
    assert isinstance(document, DiffDocument)
    text = DiffText(document, "f200")
    rows = [line.text for line in text._list()]
    assert (rows[0], rows[6], rows[-1]) == ("  … 95 more above", "▸ f200", "  … 99 more below")
    assert (text.beside(1), text.beside(-1)) == ("f201", "f199")


def test_an_attempt_that_changed_nothing(tmp_path: Path) -> None:
    """An attempt of a writing task without changes says so."""
    harness = played_plan(tmp_path, "true")
    assert texts(read_diff(source(harness, "t"))) == ["attempt 1 has left no changes"]


def test_limits_and_needs(tmp_path: Path) -> None:
    """Each limit is named; what is not there yet, and what has only a commit, says so."""
    harness = LiveRun(tmp_path, NEEDING, claim=False).harness
    lines = texts(read_prompt(source(harness, "b")))
    assert "  0 of 3 tries used, 9 s, 8 steps, 7 tokens, $6.5" in lines
    assert lines[lines.index("needs a (pending)") + 1] == "  no result yet"
    harness.act(lambda ledger: ledger.move(harness.run, SKIP, ["a"]))
    harness.act(
        lambda ledger: ledger.db.execute("UPDATE task SET commit_id = 'abcdefabcdefabcdef'")
    )
    lines = texts(read_prompt(source(harness, "b")))
    assert lines[lines.index("needs a (done, skipped)") + 1] == "  commit abcdefabcdef"


def test_a_running_task_says_what_it_holds(tmp_path: Path) -> None:
    """Its paths, and the tasks that they keep waiting; nothing once it has ended."""
    busy = [f"{{id: w{n}, mode: read_write, file_scope: [src/x], run: 'true'}}" for n in range(22)]
    first = "{id: t, mode: read_write, file_scope: ['src/**', lib], run: 'true', max_attempts: 1}"
    tasks = ", ".join([first, *busy])
    run = LiveRun(tmp_path, f"{{goal: g, phases: [{{name: p, parallel: true, tasks: [{tasks}]}}]}}")
    document = read_prompt(source(run.harness, "t"))
    lines = texts(document)
    project = lines.index("holds now")
    assert lines[project : project + 5] == [
        "holds now",
        "  src/**",
        "  lib",
        "keeps waiting",
        "  w0",
    ]
    assert (lines[-1], len(lines) - lines.index("keeps waiting")) == ("  ...", 22)
    assert document.live
    run.fail()
    assert "holds now" not in texts(read_prompt(source(run.harness, "t")))


def test_odd_ends_of_attempts(tmp_path: Path) -> None:
    """A signal is named; a commit that is gone does not hide what the ledger has counted."""
    harness = played_plan(tmp_path, "echo x > x")
    harness.act(
        lambda ledger: ledger.db.execute("UPDATE attempt SET signal = 9, ref = 'refs/wf/gone'")
    )
    lines = texts(read_attempts(source(harness, "t")))
    assert "exit        signal 9" in [line.rstrip() for line in lines]
    assert "diff        +1 −0" in [line.rstrip() for line in lines]
    harness.act(lambda ledger: ledger.db.execute("UPDATE attempt SET files = NULL, added = NULL"))
    uncounted = texts(read_attempts(source(harness, "t")))
    assert "diff        unreadable" in [line.rstrip() for line in uncounted]


def test_only_the_newest_events(tmp_path: Path) -> None:
    """After 1,000 events it says where the earlier ones are."""
    live = LiveRun(tmp_path)
    with open_ledger(live.harness.project) as ledger, ledger.db.transaction("r1"):
        for number in range(1001):
            assert ledger.progress(live.fence, f"step {number}")
    lines = texts(read_events(source(live.harness, "t")))
    assert lines[0] == "… earlier ones are in: wf events"
    assert len(lines) == 1001
    assert "● step 1000" in lines[-1]


def test_attempts_stand_side_by_side(played: RunHarness) -> None:
    """Oldest first; where the width has no room for two columns the newer one goes below."""
    table = read_attempts(source(played, "twice"))
    assert table.note == "2 attempts"
    wide = {line.text[:11].strip(): line.text[11:].split() for line in table.laid_out(80)}
    assert wide["try"] == ["1", "2"]
    assert wide["ended"] == ["failed:", "exit", "succeeded"]
    assert wide["exit"] == ["3", "0"]
    narrow = [line.text.rstrip() for line in table.laid_out(30)]
    assert [row for row in narrow if row.startswith("ended")] == [
        "ended       failed: exit",
        "ended       succeeded",
    ]
    assert "attempt 1: exit 3" in texts(table)
    assert "used by all attempts" in texts(table)


def test_an_open_attempt_has_no_end(tmp_path: Path) -> None:
    """What still runs says so, and for how long."""
    table = read_attempts(source(LiveRun(tmp_path).harness, "t"))
    text = "\n".join(texts(table))
    assert table.live
    assert "so far" in text
    assert "ended       runs" in text


def test_wide_names_keep_the_columns() -> None:
    """Cells are measured, not characters."""
    cells = tuple("abcdefghijk")
    columns = (Column(1, ("日本語" * 9, *cells), bad=False), Column(2, ("x", *cells), bad=True))
    first, second, *_ = (line.text for line in Table((), columns=columns).laid_out(80))
    assert cell_len(first) == cell_len(second) == 11 + 28 + 3
    assert first.split() == ["try", f"{'日本語' * 4}日…", "x"]
    # Below the log stand the newest, as many as fit.
    newest = Table((), columns=columns).newest(30)
    assert [line.text.split()[1:] for line in newest[:2]] == [["x"], ["a"]]


def test_the_plan_of_a_worker_is_a_line_in_the_head() -> None:
    """It begins with how far it is, and the last step that is done."""
    steps = [("scan", "completed"), ("model", "completed"), ("build", "in_progress"), ("test", "")]
    text = "".join(span.text for span in plan_spans(steps))
    assert text == "plan 2 of 4  ✓ model  ● build  ○ test"


def test_events_leave_out_the_name(played: RunHarness) -> None:
    """Each event has its time; the name stands above all of them."""
    document = read_events(source(played, "twice"))
    assert document.at_end
    assert not document.live
    assert any("again in 0:00: exit 3" in line for line in texts(document))
    assert not any("twice goes to" in line for line in texts(document))


def test_a_choice_of_attempts() -> None:
    """The newest attempt is no choice, so that its successors are shown; ends are ends."""
    choice = AttemptChoice(shown=3, epochs=(1, 3))
    assert choice.beside(1) is None
    assert choice.move(-1)
    assert choice == AttemptChoice(1, 3, (1, 3))
    older = AttemptChoice(1, 1, (1, 3))
    assert not older.move(-1)
    assert older.move(1)
    assert older.epoch is None
    assert AttemptChoice().beside(1) is None


def test_what_there_was_at_a_moment(played: RunHarness) -> None:
    """Looking back, a log is cut at that time, and an attempt that had not ended has no diff."""
    now = source(played, "twice")
    with open_reads(played.project) as db:
        attempt = now.attempts(db)[0]
        begun = replace(now, until=attempt.started_at)
        before = replace(now, until=attempt.started_at - 1)
        assert [one.epoch for one in begun.attempts(db)] == [attempt.epoch]
        assert before.attempts(db) == []
    assert "no attempt yet" in texts(read_diff(begun))[0]
    assert len(texts(read_events(begun))) < len(texts(read_events(now)))
    cut = read_log(begun, None)
    assert (cut.outcome, cut.epochs, cut.entries) == ("running", (1,), ())
