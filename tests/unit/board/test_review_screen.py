"""The review: what it shows, which keys decide and when they do not."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from tests.support.board_harness import board
from tests.support.detail_harness import painted
from tests.support.diff_repository import (
    BEFORE,
    HOSTILE_AFTER,
    HOSTILE_BEFORE,
    commit_on,
    two_commits,
)
from tests.support.ledger_harness import RUN, LedgerHarness, shell
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.board.diff.changes import ChangeSet, read_changes
from wf_tui.board.diff.remarks import Remark
from wf_tui.board.review.reader import Review
from wf_tui.board.review.review_text import ReviewText
from wf_tui.board.review.trial import merged
from wf_tui.board.screens.review_screen import ReviewScreen
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import Outcome, Step
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.moves import SKIP
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path
    from typing import Any

    from tests.support.board_harness import BoardHarness

FINISHED = Ending(Outcome.SUCCEEDED, "review", "ready", commit="c1")
AFTER = {"src/a.py": "import sys\n", "docs/b.md": "# B\n", "top.txt": "x\n", "src/c.py": "c\n"}


def reviewed(drive: LedgerHarness) -> None:
    """Bring a task to its review, with a comment that has not been sent."""
    fence = drive.expect_claim("a")
    drive.bring(fence, Step.CHECKING)
    assert drive.ledger.hold_for_review(fence, FINISHED, {"paths": ["x"]}, tree="3")
    drive.mine.comment(RUN, "a", "src/a", 4, "why?", quote="x = 1")


@contextlib.asynccontextmanager
async def review(folder: Path, guard: float = 0.0) -> AsyncIterator[BoardHarness]:
    """Open a board on a task in review, and its review."""
    task = shell("a", spec=Spec(command="true", review=True))
    async with board(folder, task, before=reviewed, guard=guard) as hand:
        hand.app.show_review("a")
        await read(hand)
        yield hand


async def read(hand: BoardHarness) -> None:
    """Wait until all that was asked is read and drawn."""
    await hand.settle()
    groups = {"review", "trial", "review-file"}
    while busy := [w for w in hand.app.workers if w.group in groups and not w.is_finished]:
        await asyncio.wait([one._task for one in busy if one._task is not None])
    await hand.settle()


def screen(hand: BoardHarness) -> str:
    """Return what is on the screen."""
    app: Any = hand.app
    return painted(app)


async def test_keys_that_decide_are_dead_at_first(tmp_path: Path) -> None:
    """Nobody has read what has only just opened: neither R nor A does anything yet."""
    async with review(tmp_path, guard=60.0) as hand:
        await hand.press("R")
        assert hand.told[-1] == "R ignored: it has just changed"
        await hand.press("A")
        assert hand.told[-1] == "A ignored: it has just changed"
        assert hand.acts == []
        hand.app.show_review("a")
        await read(hand)
        assert sum(isinstance(one, ReviewScreen) for one in hand.app.screen_stack) == 1


async def test_comments_go_back_after_one_question(tmp_path: Path) -> None:
    """R asks, with no first; y sends all of them, and the review is over."""
    async with review(tmp_path) as hand:
        assert "1 comment" in screen(hand)
        await hand.press("R")
        assert isinstance(hand.app.screen, ConfirmDialog)
        await hand.press("enter")
        assert hand.acts == []
        await hand.press("R", "y")
        assert ("comments_sent", "a") in hand.acts
        assert not isinstance(hand.app.screen, ReviewScreen)


async def test_what_is_decided_elsewhere_turns_the_keys_off(tmp_path: Path) -> None:
    """It says what became of the task and by whom; Escape alone still does something."""
    async with review(tmp_path) as hand:
        hand.drive.mine.move(RUN, SKIP, ["a"])
        await read(hand)
        await read(hand)
        assert "decided meanwhile by ann: it is skipped now" in screen(hand)
        before = list(hand.acts)
        await hand.press("R", "c", "A")
        assert hand.acts == before
        assert hand.told[-1].startswith("A: decided meanwhile by ann: it is skipped now")
        await hand.press("escape")
        assert not isinstance(hand.app.screen, ReviewScreen)


@pytest.fixture(scope="module")
def changes(tmp_path_factory: pytest.TempPathFactory) -> ChangeSet:
    """Give four files that differ, of which one is out of scope."""
    control, base, commit = two_commits(tmp_path_factory.mktemp("git"), BEFORE, AFTER)
    return read_changes(control, base, commit, ("src/**", "top.txt"))


def test_files_are_walked_by_folder(changes: ChangeSet) -> None:
    """Folders by name, the top one last; `v` goes to the next that was not seen, and around."""
    text = ReviewText()
    text.take(Review("t", "blocked", "review", 1, attempt=1, changes=changes))
    assert [file.path for file in text.files] == ["docs/b.md", "src/a.py", "src/c.py", "top.txt"]
    assert text.path == "docs/b.md"
    text.open("top.txt")
    assert (text.beside(1), text.beside(-1)) == (None, "src/c.py")
    marked = text.toggle_seen()
    assert marked is not None
    assert marked[1] != ""
    assert (text.next_unseen(), text.seen_count) == ("docs/b.md", 1)
    assert text.toggle_seen() == ("top.txt", "")
    assert text.seen_count == 0


def test_what_was_seen_belongs_to_a_content(changes: ChangeSet) -> None:
    """A file of the next round is seen only where it is what it was."""
    (first, second, *_) = changes.files
    seen = {first.path: first.blob, second.path: "another"}
    text = ReviewText()
    text.take(Review("t", "blocked", "review", 1, attempt=1, changes=changes, seen=seen))
    assert text.seen_count == 1
    assert text.path == "src/a.py"


def test_a_round_begins_with_what_changed_since(changes: ChangeSet) -> None:
    """`d` shows all again; without an earlier round there is nothing else to show."""
    since = ChangeSet("x", "y", changes.files[:1], changes.patches)
    text = ReviewText()
    text.take(Review("t", "blocked", "review", 1, 2, changes=changes, since=since, since_attempt=1))
    assert [file.path for file in text.files] == [changes.files[0].path]
    assert "changed since try 1, of 4" in "\n".join(line.text for line in text.side(None))
    assert text.toggle_since()
    assert len(text.files) == 4
    alone = ReviewText()
    alone.take(Review("t", "blocked", "review", 1, 1, changes=changes))
    assert not alone.toggle_since()


def test_a_hostile_worker_reaches_no_terminal(tmp_path: Path) -> None:
    """Names of files, words, prompts, comments and scopes are literal beside the diff, too."""
    control, base, commit = two_commits(tmp_path, HOSTILE_BEFORE, HOSTILE_AFTER)
    found = read_changes(control, base, commit, ("none/**",))
    evil = "\x1b]0;owned\x07\u202e\n[/b]"
    text = ReviewText()
    remark = Remark(1, found.files[0].path, "new", 1, evil, evil, who=evil)
    text.take(Review("t", "blocked", "scope", 1, 1, changes=found, remarks=[remark], prompt=evil))
    for file in text.files:
        text.open(file.path)
        for line in text.side(None):
            assert clean(line.text) == line.text


def test_a_merge_is_tried_for_real(tmp_path: Path) -> None:
    """Beside other files it merges cleanly; against the same lines the conflict is named."""
    control, base, commit = two_commits(tmp_path, BEFORE, AFTER)
    beside = commit_on(control, base, {"other.txt": "1\n"})
    against = commit_on(control, base, {"src/a.py": "import re\n"})
    (control.git_dir / "info" / "attributes").write_text("")
    assert merged(control, base, beside, commit).sentence == "1 merge behind: merges cleanly"
    trial = merged(control, base, against, commit)
    assert trial.sentence == "1 merge behind: conflicts with “work”: src/a.py"
    assert not trial.clean
