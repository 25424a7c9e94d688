"""The commit of an attempt says who, what and when, the same each time it is made."""

import pytest

from tests.unit.git.conftest import Run, commit_files, commit_tree_of
from wf_tui.git.control.attempt_commits import (
    Message,
    commit_attempt,
    save_attempt_ref,
)
from wf_tui.git.harvest.harvest import Harvest
from wf_tui.git.refs import attempt_ref


def _commit(run: Run, **changed: str) -> str:
    words = {"task": "t", "run": "r", "title": "do it", "worker": "kimi-2"} | changed
    harvest = Harvest(run.control.tree_of(run.control.base), (), (), ())
    return commit_attempt(
        run.control,
        harvest.tree_oid,
        base=run.control.base,
        task=words["task"],
        run=words["run"],
        title=words["title"],
        worker=words["worker"],
        epoch=3,
        when=1_700_000_000.9,
    )


def _show(run: Run, commit: str, form: str) -> str:
    return run.control.git("log", "-1", f"--format={form}", commit).text.rstrip("\n")


def test_the_worker_is_author_and_wf_the_committer(run: Run) -> None:
    """Names, mail addresses and dates come from the ledger, not from the machine."""
    shown = _show(run, _commit(run), "%an|%ae|%at|%cn|%ce|%ct|%P")
    expected = "kimi-2|worker@wf.invalid|1700000000|wf|wf@wf.invalid|1700000000|"
    assert shown == expected + run.control.base


def test_the_same_attempt_is_the_same_commit(run: Run) -> None:
    """Doing it again after a crash gives the same commit."""
    assert _commit(run) == _commit(run)


def test_the_message_has_trailers(run: Run) -> None:
    """Run, task and attempt can be read back by git."""
    commit = _commit(run, task="add login")
    shown = _show(run, commit, "%(trailers:only,unfold)")
    assert shown.split("\n") == ["Wf-Run: r", "Wf-Task: add login", "Wf-Attempt: 3"]


@pytest.mark.parametrize(
    "text", ["a\nWf-Run: forged", "a\r\nb", "esc\x1b[2J", "nul\0", "\ud800", "\\n"]
)
def test_free_text_makes_no_lines(run: Run, text: str) -> None:
    """A task or title with newlines and control characters cannot forge a trailer."""
    body = _show(run, _commit(run, task=text, title=text), "%B")
    lines = body.split("\n")
    assert len(lines) == 5
    assert [line.partition(":")[0] for line in lines[2:]] == ["Wf-Run", "Wf-Task", "Wf-Attempt"]
    assert all(char.isprintable() or char == "\n" for char in body)


def test_different_tasks_have_different_trailers() -> None:
    """The escapes keep apart what is apart."""
    assert Message("t", "r", "a\nb", 1).encode() != Message("t", "r", "a\\nb", 1).encode()


@pytest.mark.parametrize("name", ["", "<>", "...", "\n", " ; ", "a<b>\nc", "\udcff"])
def test_odd_worker_names_make_a_commit(run: Run, name: str) -> None:
    """Git takes an author for every name of a worker."""
    assert _show(run, _commit(run, worker=name), "%an")


def test_an_empty_title_is_a_title(run: Run) -> None:
    """A commit without a title still has a first line."""
    assert _show(run, _commit(run, title=" \t"), "%s") == "(no title)"


def test_the_ref_is_made_once(run: Run) -> None:
    """An attempt's ref never moves; another commit of the same attempt gets one beside it."""
    commit = _commit(run)
    ref = save_attempt_ref(run.control, commit, task="../x -rf", epoch=3)
    assert ref == attempt_ref("../x -rf", 3)
    assert save_attempt_ref(run.control, commit, task="../x -rf", epoch=3) == ref
    other = _commit(run, title="other")
    beside = save_attempt_ref(run.control, other, task="../x -rf", epoch=3)
    assert (run.control.resolve(ref), run.control.resolve(beside)) == (commit, other)


def test_a_checkpoint_is_a_second_parent(run: Run) -> None:
    """More parents follow the base, each once."""
    first = commit_files(run, {"a": "a"})
    tree = run.pool.acquire(run.control.head())
    harvest = tree.harvest()
    commit = commit_attempt(
        run.control,
        harvest.tree_oid,
        base=tree.base,
        parents=(first, tree.base),
        task="t",
        run="r",
        epoch=2,
        title="t",
        worker="w",
        when=1,
    )
    assert _show(run, commit, "%P") == f"{tree.base} {first}"
    assert commit_tree_of(run, tree, epoch=9) != commit
