"""What the tabs read, and how it is laid out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len

from tests.support.detail_harness import LiveRun, played_run
from tests.support.ledger_harness import FixedClock
from wf_tui.board.detail.attempts import Table, read_attempts
from wf_tui.board.detail.diff import MOST_LINES, read_diff
from wf_tui.board.detail.document import AttemptChoice, Source, block, safe
from wf_tui.board.detail.events import read_events
from wf_tui.board.detail.prompt import read_prompt
from wf_tui.board.detail.wrapped_lines import WrappedLines, wrap
from wf_tui.board.widgets.line import Role, Span
from wf_tui.git.control.diffs import FileChange
from wf_tui.ledger.rules.moves import SKIP
from wf_tui.project import open_ledger

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


def test_a_diff_has_looks(played: RunHarness) -> None:
    """Files, hunks, added and removed lines are told apart, by sign and by look."""
    looks = {line.text: line.role for line in read_diff(source(played, "write")).lines}
    assert looks["diff --git a/shared.txt b/shared.txt"] is Role.LABEL
    assert looks["--- a/shared.txt"] is Role.QUIET
    assert looks["@@ -1,3 +1,3 @@"] is Role.HUNK
    assert (looks["-two"], looks["+TWO"], looks[" one"]) == (Role.REMOVED, Role.ADDED, Role.TEXT)


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


def test_a_long_diff_is_cut(tmp_path: Path) -> None:
    """After 2,000 lines it says how to see all; a file that alone is too long is only named."""
    harness = played_plan(
        tmp_path, "seq 3000 > a; seq 30000 > b; seq 10 > c; mv shared.txt moved.txt"
    )
    lines = texts(read_diff(source(harness, "t")))
    assert MOST_LINES < len(lines) < MOST_LINES + 10
    assert lines[:3] == ["    +3000 -0  a", "   +30000 -0  b", "      +10 -0  c"]
    assert lines[3] == "       +0 -0  moved.txt  (was shared.txt)"
    assert "diff --git a/b b/b" not in lines
    assert lines[-1] == "… not all is shown; all of it: wf diff t"


def played_plan(folder: Path, command: str) -> RunHarness:
    """Return a finished run of one writing task."""
    live = LiveRun(folder, PARALLEL.format(command), claim=False)
    assert live.harness.lead() == "completed"
    return live.harness


def test_many_files_are_counted(tmp_path: Path) -> None:
    """After 200 files the list says how many more there are."""
    harness = played_plan(tmp_path, "for n in $(seq 100 304); do echo $n > f$n; done")
    lines = texts(read_diff(source(harness, "t")))
    assert lines[200] == "… 5 files more"
    assert lines[-1] == "… not all is shown; all of it: wf diff t"


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
    """A signal is named; a commit that is gone does not hide the rest of the table."""
    harness = played_plan(tmp_path, "echo x > x")
    harness.act(
        lambda ledger: ledger.db.execute("UPDATE attempt SET signal = 9, ref = 'refs/wf/gone'")
    )
    lines = texts(read_attempts(source(harness, "t")))
    assert "exit     signal 9" in lines
    assert "changes  unreadable" in lines


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
    """Newest first; where the width has no room for two columns the older one goes below."""
    table = read_attempts(source(played, "twice"))
    assert table.note == "2 attempts"
    wide = {line.text[:9].strip(): line.text[9:].split() for line in table.laid_out(80)}
    assert wide["attempt"] == ["2", "1"]
    assert wide["outcome"] == ["succeeded", "failed"]
    assert wide["exit"] == ["0", "3"]
    narrow = [line.text for line in table.laid_out(24)]
    assert [row for row in narrow if row.startswith("outcome")] == [
        "outcome  succeeded",
        "outcome  failed",
    ]
    assert texts(table)[-1] == "attempt 1: exit 3"


def test_an_open_attempt_has_no_end(tmp_path: Path) -> None:
    """What still runs says so, and for how long."""
    table = read_attempts(source(LiveRun(tmp_path).harness, "t"))
    text = "\n".join(texts(table))
    assert table.live
    assert "so far" in text
    assert "outcome  runs" in text


def test_wide_names_keep_the_columns() -> None:
    """Cells are measured, not characters."""
    table = Table((), columns=(("日本語" * 9, *"abcdefgh"), ("x", *"abcdefgh")))
    first, second, *_ = (line.text for line in table.laid_out(80))
    assert cell_len(first) - 1 == cell_len(second) - 1 == 9 + 26 + 2


def test_events_leave_out_the_name(played: RunHarness) -> None:
    """Each event has its time; the name stands above all of them."""
    document = read_events(source(played, "twice"))
    assert document.at_end
    assert not document.live
    assert any("again in 0.0 s: exit 3" in line for line in texts(document))
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


def test_lines_are_safe() -> None:
    """Plain text passes as it is, all else goes through the sanitizer; long lines are cut."""
    assert safe("plain [/b]") == "plain [/b]"
    assert safe("\x1b[31mred\t!") == "red    !"
    assert len(safe("x" * 9999)) == len(safe("ü" * 9999)) == 2000


def test_a_block_has_a_heading() -> None:
    """A text is put under its heading; without text there is no heading."""
    assert list(block("h", " \n")) == []
    assert [line.text for line in block("h", "a\r\nb\n")] == ["h", "  a", "  b"]


def test_folding_at_spaces() -> None:
    """A row ends at a space where one is near, and never cuts a wide character."""
    line = Span("some words and averyveryverylongword")
    rows = [row.text for row in wrap(line, 12)]
    assert rows == ["some words ", "and averyver", "yverylongwor", "d"]
    assert [row.text for row in wrap(Span("日本語"), 5)] == ["日本", "語"]
    assert [row.text for row in wrap(Span(""), 5)] == [""]
    assert [row.text for row in wrap(Span("日本"), 1)] == ["日", "本"]
    (rule,) = wrap(Span("── g", Role.RULE), 8)
    assert rule.text == "── g ───"


def test_rows_are_bounded_by_lines() -> None:
    """The oldest lines go with all their rows; an unfinished line is replaced."""
    rows = WrappedLines(2)
    rows.rewrap(3)
    assert rows.extend([Span("aaaabb")], Span("c")) == 0
    assert [row.text for row in rows.rows] == ["aaa", "abb", "c"]
    assert rows.extend([Span("cc"), Span("d")]) == 2
    assert ([row.text for row in rows.rows], rows.left_out) == (["cc", "d"], 1)
    rows.rewrap(1)
    assert [row.text for row in rows.rows] == ["c", "c", "d"]
    rows.clear()
    assert (rows.rows, rows.left_out) == ([], 0)


def test_a_binary_file_has_no_lines() -> None:
    """Its size in a patch counts as nothing."""
    assert FileChange("a", "a", None, None).lines == 0
