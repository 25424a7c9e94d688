"""What becomes of one attempt: its work, its tree, its end in the ledger."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness


def one(fields: str, before: str = "") -> str:
    """Return a plan of one task."""
    return f"goal: g\n{before}\nphases:\n- name: p\n  tasks:\n  - {{id: t, {fields}}}\n"


WRITE = "mode: read_write, backoff_secs: 0, max_attempts: 1"


def test_work_is_merged(harness: RunHarness) -> None:
    """What a writing task leaves is on the exported branch, and nowhere in the checkout."""
    assert harness.play(one(f"run: echo hi > new.txt, {WRITE}")) == "completed"
    assert harness.merged("new.txt") == "hi"
    assert (harness.task("t").kind, harness.task("t").note) == ("merged", "+1 -0")
    assert not (harness.repo / "new.txt").exists()


def test_no_changes(harness: RunHarness) -> None:
    """A writing task that changes nothing is done, without a commit."""
    assert harness.play(one(f'run: "true", {WRITE}')) == "completed"
    assert harness.task("t").kind == "no_changes"


def test_answer(harness: RunHarness) -> None:
    """A read-only task is done with the last lines of its output as result."""
    assert harness.play(one("run: echo forty-two")) == "completed"
    task = harness.task("t")
    assert (task.kind, task.result) == ("answered", "forty-two")


def test_deletion_is_merged(harness: RunHarness) -> None:
    """A deleted file is gone on the branch."""
    harness.play(one(f"run: rm shared.txt, {WRITE}"))
    assert harness.git("ls-tree", "--name-only", harness.branch) == ".gitignore"


def test_worker_commits_count(harness: RunHarness) -> None:
    """Commits that a worker makes itself are merged, since the tree is what counts."""
    command = "echo a > a.txt && git add a.txt && git commit -qm mine"
    assert harness.play(one(f'run: "{command}", {WRITE}')) == "completed"
    assert harness.merged("a.txt") == "a"


def test_exit_status_blocks(harness: RunHarness) -> None:
    """A failed task is blocked with its exit status, and its work is kept under a ref."""
    assert (
        harness.play(
            one(f'run: "echo part > p.txt; echo fatal: no disk; echo bye; exit 3", {WRITE}')
        )
        == "partial"
    )
    task, (attempt,) = harness.task("t"), harness.attempts("t")
    assert (task.kind, task.note) == ("failed", "exit 3")
    assert (attempt.outcome, attempt.exit_code) == ("failed", 3)
    assert attempt.proof == "fatal: no disk"
    assert attempt.commit_id is not None


def test_missing_command(harness: RunHarness) -> None:
    """A command that does not exist is named."""
    harness.play(one(f"run: no-such-program, {WRITE}"))
    assert harness.task("t").note == "command not found: no-such-program"


def test_time_limit(harness: RunHarness) -> None:
    """A program past its time limit is killed, also when it ignores TERM."""
    command = "trap '' TERM; sleep 60 & wait"
    harness.play(one(f'run: "{command}", timeout_secs: 1, {WRITE}'))
    (attempt,) = harness.attempts("t")
    assert (attempt.outcome, attempt.note) == ("timed_out", "over its time limit of 1 s")


def test_outside_scope(harness: RunHarness) -> None:
    """Work outside the scope is not merged; its tree is kept for a person."""
    harness.play(one(f"run: echo x > other.txt, file_scope: [src], {WRITE}"))
    task = harness.task("t")
    assert (task.kind, task.detail["why"], task.detail["paths"]) == (
        *("scope", "outside"),
        ["other.txt"],
    )
    assert harness.row().head == harness.row().base
    (kept,) = (harness.project.paths.run(harness.run).trees).iterdir()
    assert (kept / "other.txt").read_text() == "x\n"


def test_symlink_out_of_the_tree(harness: RunHarness) -> None:
    """A link that leaves the tree is refused by name."""
    harness.play(one(f"run: ln -s /etc/passwd link, {WRITE}"))
    assert harness.task("t").note == (
        "it left what cannot be merged: link (symbolic link that leaves the tree)"
    )


def test_deliverable(harness: RunHarness) -> None:
    """Exit 0 without a declared file is not success."""
    harness.play(one(f'run: "touch empty", deliverables: [empty, gone], {WRITE}'))
    task = harness.task("t")
    assert (task.kind, task.note) == ("deliverable", "missing or empty: empty, gone")


def test_gate(harness: RunHarness) -> None:
    """A gate that fails keeps the work out and shows the tail of its output."""
    harness.play(one(f'run: "echo x > a.txt", gate: "cat a.txt; false", {WRITE}'))
    task = harness.task("t")
    assert (task.kind, task.detail["tail"]) == ("gate", "x")
    assert harness.attempts("t")[-1].proof == "x"
    assert task.note == "the gate failed: exit 1"


def test_a_gate_is_told_of(harness: RunHarness) -> None:
    """Its start and its end say what it was asked about, and with which exit status it ended."""
    harness.play(one(f'run: "echo x > a.txt", gate: "exit 3", {WRITE}'))
    (attempt,) = harness.attempts("t")
    asked = {"on": "attempt", "head": attempt.base, "commit": attempt.commit_id}
    (started,) = harness.events("gate_started")
    (ended,) = harness.events("gate_ended")
    assert started.data == asked
    assert ended.data == {**asked, "exit_code": 3, "text": "the gate failed: exit 3"}


def test_gate_passes(harness: RunHarness) -> None:
    """Work that passes its gate is merged; what the gate itself leaves is not."""
    plan = one(f'run: "echo x > a.txt", gate: "grep x a.txt; touch litter", {WRITE}')
    assert harness.play(plan) == "completed"
    assert harness.git("ls-tree", "--name-only", harness.branch).split() == [
        ".gitignore",
        "a.txt",
        "shared.txt",
    ]


def test_plan_gate_is_for_writers(harness: RunHarness) -> None:
    """The gate of the plan is the gate of each writing task."""
    harness.play(one(f'run: "echo x > a.txt", {WRITE}', 'gate: "false"'))
    assert harness.task("t").kind == "gate"


def test_large_output_is_capped(harness: RunHarness) -> None:
    """100 MB without a newline neither stop the attempt nor fill the disk."""
    assert harness.play(one("run: head -c 100000000 /dev/zero")) == "completed"
    folder = next((harness.project.paths.run(harness.run).root / "attempts").iterdir())
    assert (folder / "log.jsonl").stat().st_size < 70_000_000


@pytest.mark.parametrize("leftover", ["sleep 300 &", "setsid sleep 300 &"])
def test_background_children_die(harness: RunHarness, leftover: str) -> None:
    """What a program leaves running is gone when its attempt ends."""
    assert harness.play(one(f'run: "{leftover} echo done"')) == "completed"
    assert harness.task("t").result == "done"


def test_no_tree_and_no_worker_git_left(harness: RunHarness) -> None:
    """After a run no tree is left, and the user's repository knows of no worktree."""
    harness.play(one(f"run: echo hi > new.txt, {WRITE}"))
    assert list(harness.project.paths.run(harness.run).trees.iterdir()) == []
    assert len(harness.git("worktree", "list").splitlines()) == 1
    assert harness.git("status", "--porcelain") == ""


def test_checkpoint_is_kept_when_asked(harness: RunHarness) -> None:
    """With `checkpoint: keep` a retry finds what the attempt before left."""
    command = "test -e part || { echo half > part; exit 1; }; echo whole >> part"
    fields = f"run: '{command}', mode: read_write, backoff_secs: 0, checkpoint: keep"
    assert harness.play(one(fields)) == "completed"
    assert harness.merged("part") == "half\nwhole"


def test_retry_starts_fresh(harness: RunHarness) -> None:
    """A shell task starts each attempt from the clean head."""
    fields = "run: 'echo x >> part; test $(wc -l < part) = 2', mode: read_write, backoff_secs: 0"
    assert harness.play(one(fields)) == "partial"
    assert harness.task("t").attempts == 3


def test_results_are_handed_over(harness: RunHarness) -> None:
    """`WF_RESULTS` holds the status, result and commit of each task that is needed."""
    plan = """
goal: g
phases:
- {name: a, tasks: [{id: first, run: echo hello}]}
- {name: b, tasks: [{id: second, run: cat $WF_RESULTS, depends_on_results: [first]}]}
"""
    assert harness.play(plan) == "completed"
    assert '"result": "hello"' in str(harness.task("second").result)
    assert '"status": "answered"' in str(harness.task("second").result)


def test_a_command_reads_its_prompt(harness: RunHarness) -> None:
    """The prompt of a task with a command is its standard input; `WF_PROMPT` names all there is."""
    prompt = "read the manual"
    command = 'test "$(cat)" = "read the manual"; grep -q "read the manual" "$WF_PROMPT"'
    assert harness.play(one(f"run: '{command}', prompt: {prompt}")) == "completed"


def test_a_command_can_say_that_it_failed(harness: RunHarness) -> None:
    """A verdict on the line fails an attempt that ended well."""
    said = """printf '{"ev":"verdict","ok":false,"why":"two tests are red"}\\n' >&$WF_LINE"""
    plan = one(f"run: {json.dumps(said)}, max_attempts: 1")
    assert harness.play(plan) == "partial"
    assert "two tests are red" in str(harness.task("t").note)


def test_environment_is_built_from_empty(harness: RunHarness) -> None:
    """A worker sees only what it is given: no secret of the scheduler's environment."""
    harness.environ["MY_API_KEY"] = "sesame"
    harness.environ["OTHER"] = "thing"
    harness.play(one("run: env | sort"))
    result = str(harness.task("t").result)
    assert "WF_TASK=t" in result
    assert "sesame" not in result
    assert "OTHER" not in result


def test_bytes_that_are_no_text(harness: RunHarness) -> None:
    """Whatever a worker prints, the ledger takes its result and its failure, and shows them."""
    noise = r"printf 'a\\000b\\377\\n'; printf 'c\\000\\300\\n' >&2"
    says = r"printf 'd\\000e\\377'"
    plan = one(f'run: "{noise}; {says}"') + (
        f'  - {{id: u, run: "{noise}; {says} >&2; exit 3", max_attempts: 1}}\n'
    )
    assert harness.play(plan) == "partial"
    done, failed = harness.task("t"), harness.task("u")
    assert (done.kind, failed.kind) == ("answered", "failed")
    assert str(done.result).endswith("d\u2400e\ufffd")
    assert failed.note == "exit 3"


@pytest.mark.parametrize(("most", "kind"), [("", "merged"), ("harvest_files: 2", "failed")])
def test_the_caps_of_a_harvest_are_the_plans(harness: RunHarness, most: str, kind: str) -> None:
    """What one attempt may change is said by the plan, and a harvest beyond it names the key."""
    harness.play(one(f'run: "touch a b c", {WRITE}', most))
    task = harness.task("t")
    assert task.kind == kind
    assert most == "" or task.note == "more than 2 files changed (`harvest_files` of the plan)"


@pytest.mark.slow
def test_a_plan_may_raise_the_caps(harness: RunHarness) -> None:
    """A harvest of 300 MB is taken where the plan says so."""
    big = "truncate -s 300M big"
    harness.play(one(f'run: "{big}", {WRITE}', "harvest_mb: 400"))
    assert harness.task("t").kind == "merged"


def test_processes_that_were_left_running(harness: RunHarness) -> None:
    """How many and which ones wf has ended is told in an event, in the log and on the card."""
    is_there = "until grep -qa ^sleep /proc/$!/cmdline; do :; done"
    left = f"sleep 987 & {is_there}; sleep 986 & {is_there}"
    harness.play(one(f'run: "echo x > a.txt; {left}", {WRITE}'))
    (ended,) = harness.events("processes_ended")
    assert (ended.data["count"], ended.data["program"]) == (2, "command")
    assert "'sleep 986'" in str(ended.data["processes"])
    assert "2 processes were still running and were ended: sleep 98" in harness.task("t").note
