"""The answer of a worker: what of it the ledger keeps, and what dependants are given."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.structured import last_block
from wf_tui.workers.shim.plain_file import write_plain
from wf_tui.workers.shim.redaction import Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.paths import RunPaths
    from wf_tui.prompts.facts import CriticWords, NeededResult
    from wf_tui.workers.protocol import Job, Success

__all__ = ["RESULT_CHARACTERS", "RESULT_FILE", "kept_result", "results_text", "short_result"]

RESULT_CHARACTERS: Final = 8000
"""The most of one result in the ledger and in a prompt."""
RESULT_FILE: Final = "result.md"
"""Holds, in the folder of an attempt, the whole of an answer that is longer than that."""

_LONGEST_BLOCK: Final = 6000
_MOST: Final = 1 << 20
"""Characters of an answer that are kept at all."""


def short_result(job: Job, outcome: Success) -> Success | None:
    """Return a success whose answer the ledger keeps as it is; None for `kept_result`.

    Like that without the secrets of the attempt; but nothing is written, so that it does not block.
    """
    if len(outcome.result) > RESULT_CHARACTERS:
        return None
    whole = Redactor(dict(job.secrets)).whole(outcome.result)
    return replace(outcome, result=whole) if len(whole) <= RESULT_CHARACTERS else None


def kept_result(job: Job, outcome: Success) -> Success:
    """Return a success with as much of its answer as the ledger keeps; blocks.

    The whole of a longer one is put into the attempt's folder, where `WF_RESULTS` of those that
    need it says it is. What it says in its structured part is kept of any. Raises `OSError` where
    that cannot be written.
    """
    whole = Redactor(dict(job.secrets)).whole(outcome.result)
    if len(whole) > RESULT_CHARACTERS:
        write_plain(job.folder / RESULT_FILE, whole[:_MOST])
        whole = _cut(whole)
    return replace(outcome, result=whole)


def _cut(whole: str) -> str:
    """Return the beginning of an answer, and its structured part, which comes last."""
    begin, block = whole[:RESULT_CHARACTERS], last_block(whole)
    if not block or len(block) > _LONGEST_BLOCK or block in begin:
        return begin
    return f"{begin[: RESULT_CHARACTERS - len(block) - 2]}\n\n{block}"


def results_text(
    needed: Iterable[NeededResult], paths: RunPaths, critics: Iterable[CriticWords] = ()
) -> str:
    """Return the file that `WF_RESULTS` names: by task, `status`, `result`, `commit` and more.

    Where the ledger has the beginning of a long answer, `file` names the whole. What critics have
    said of the task itself stands there, too: a command has no prompt to read that in.
    """
    found = {}
    for need in needed:
        whole = paths.attempt(need.id, need.epoch) / RESULT_FILE
        more = {
            "file": str(whole) if len(need.result or "") >= RESULT_CHARACTERS else None,
            "summary": need.summary,
            "verdict": need.verdict,
            "files": need.files,
            "missing": need.missing,
        }
        found[need.id] = {
            "status": need.status,
            "result": need.result,
            "commit": need.commit,
            **{name: value for name, value in more.items() if value},
        }
    for one in critics:
        found[one.id] = {"status": "answered", "result": one.text, "verdict": one.verdict}
    # With an indent the encoder is the slow one, and most tasks need nothing.
    return json.dumps(found, indent=1) if found else "{}"
