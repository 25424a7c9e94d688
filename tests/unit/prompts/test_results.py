"""What is kept of the answer of a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.prompts.results import RESULT_CHARACTERS, RESULT_FILE, kept_result
from wf_tui.workers.protocol import Job, Limits, Success

if TYPE_CHECKING:
    from pathlib import Path


def job_in(folder: Path) -> Job:
    """Return a job whose folder is this one, with a key that nothing may hold."""
    return Job(
        run="r", task="t", epoch=1, worker="w", tree=folder, folder=folder, command=None,
        prompt="", environment={}, limits=Limits(), mark="m", secrets={"sesame-sesame": "KEY"},
    )  # fmt: skip


def test_a_short_answer_stays_as_it_is(tmp_path: Path) -> None:
    """And no file is made for it."""
    assert kept_result(job_in(tmp_path), Success("done")).result == "done"
    assert list(tmp_path.iterdir()) == []


def test_a_long_answer_is_whole_in_a_file(tmp_path: Path) -> None:
    """Who needs it finds there what the ledger does not have."""
    kept = kept_result(job_in(tmp_path), Success("é" * 9000))
    assert len(kept.result) == RESULT_CHARACTERS
    assert (tmp_path / RESULT_FILE).read_text() == "é" * 9000


def test_a_key_is_in_neither(tmp_path: Path) -> None:
    """Not even in part, where the answer is cut within it."""
    answer = "x" * (RESULT_CHARACTERS - 5) + "sesame-sesame"
    kept = kept_result(job_in(tmp_path), Success(answer))
    assert "sesame" not in kept.result + (tmp_path / RESULT_FILE).read_text()


def test_the_structured_part_of_a_long_answer_stays(tmp_path: Path) -> None:
    """It comes last, and a critic decides by it: the beginning is cut for it, to the same size."""
    block = '```json\n{"summary": "s", "verdict": "fail"}\n```'
    kept = kept_result(job_in(tmp_path), Success("x" * 9000 + f"\n{block}"))
    assert (len(kept.result), kept.result.endswith(f"x\n\n{block}")) == (RESULT_CHARACTERS, True)
    early = kept_result(job_in(tmp_path), Success(f"{block}\n" + "x" * 9000))
    assert early.result.startswith(block)
