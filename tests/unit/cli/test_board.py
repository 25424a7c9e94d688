"""What `wf board` says when it is left, and what it sets before Textual is loaded."""

from __future__ import annotations

import os
from dataclasses import replace

import pytest

from wf_tui.cli.board import last_words, limit_frames
from wf_tui.ledger.model.states import RunState
from wf_tui.picture.header import NO_HEADER


@pytest.mark.parametrize(
    ("state", "alive", "words"),
    [
        (RunState.RUNNING, True, "run r1 goes on: wf opens it, wf status looks"),
        (RunState.STALLED, True, "run r1 goes on: wf opens it, wf status looks"),
        (RunState.RUNNING, False, "run r1 stands still: wf resume continues it, wf status looks"),
        (RunState.PAUSED, True, "run r1 stands still: wf resume continues it, wf status looks"),
        (RunState.COMPLETED, False, "run r1 is complete: wf land brings its work to your branch"),
        (RunState.ABORTED, False, "run r1 is aborted: wf status looks"),
    ],
)
def test_who_leaves_is_told_how_it_goes_on(state: RunState, words: str, *, alive: bool) -> None:
    """Whoever closes the board knows which command is next."""
    header = replace(NO_HEADER, run_id="r1", state=state, scheduler_alive=alive)
    assert last_words(header) == words


def test_frames_are_limited_unless_the_person_has_done_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual reads the variable when it is loaded; one that is set already counts."""
    monkeypatch.delenv("TEXTUAL_FPS", raising=False)
    limit_frames(60)
    assert "TEXTUAL_FPS" not in os.environ
    monkeypatch.setenv("TEXTUAL_FPS", "")
    monkeypatch.delenv("TEXTUAL_FPS")
    limit_frames(2)
    assert os.environ.pop("TEXTUAL_FPS") == "2"
    monkeypatch.setenv("TEXTUAL_FPS", "30")
    limit_frames(2)
    assert os.environ["TEXTUAL_FPS"] == "30"
