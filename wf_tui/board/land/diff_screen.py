"""The whole diff of a landing in the screen of a review, to be read: nothing is decided here."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from wf_tui.board.diff.changes import ChangeSet, read_changes, read_patches
from wf_tui.board.review.head import ReviewHead
from wf_tui.board.review.reader import Review
from wf_tui.board.screens.review_screen import ReviewScreen
from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.errors import WfError
from wf_tui.git.control.control import open_control
from wf_tui.git.user.combined import combine
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from wf_tui.git.user.combined import Combined
    from wf_tui.landing.trial import LandingPlan
    from wf_tui.picture.batch import Changes

__all__ = ["LandDiffScreen"]

_OFF: Final = frozenset({"send", "comment", "edit_comment", "drop_comment", "since", "mark_range"})


class LandDiffHead(ReviewHead):
    """Says what would come into what, and how far one has read."""

    def show_landing(self, plan: LandingPlan, seen: int, files: int) -> None:
        """Show these words."""
        into = clean(plan.into, limit=80)
        title = Span(f" {plan.branch} into {into}", Role.TITLE)
        words = Span("  the whole diff, to read; Esc goes back", Role.MUTED)
        right = (Span(f"{seen} of {files} seen ", Role.MUTED),)
        self.show_line(Line((title, words), right))


class LandDiffScreen(ReviewScreen):
    """A review of no task: files and hunks as there, what was seen is forgotten with it.

    What it reads is in the repository of the run and in the user's, both looked at together.
    """

    def __init__(self, plan: LandingPlan) -> None:
        super().__init__("")
        self._plan = plan

    def selected_task(self) -> str | None:
        """Return no task: the keys for tasks do nothing here."""
        return None

    @property
    def commented(self) -> str | None:
        """No task: nothing is commented on."""
        return None

    def compose_second(self) -> Iterable[Widget]:
        """Put both branches in the place of the tabs."""
        yield LandDiffHead(self.host.glyphs)

    def show_second(self) -> None:
        """Draw them."""
        changes = self._text.changes
        files = len(changes.files) if changes is not None else 0
        self.query_one(LandDiffHead).show_landing(self._plan, self._text.seen_count, files)

    def show_changes(self, changes: Changes) -> None:
        """Stay with the two commits that were asked for."""
        del changes

    def read_again(self) -> None:
        """Read it on a thread; called as the screen opens."""
        self.run_worker(self._read(), group="review", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        landing = self._plan.trial.landing
        if landing is None:
            return

        def read() -> ChangeSet:
            return read_changes(self._combined(), landing.old, landing.tree, ())

        try:
            changes = await asyncio.to_thread(read)
        except WfError as error:
            self.host.show_toast(error.message, error.hint, severity="error")
            return
        self._text.take(Review("", "", "", 0, attempt=0, changes=changes))
        await self._read_open_file()
        self.show_all(keep=False)

    async def _read_open_file(self) -> None:
        changes, file = self._text.changes, self._text.file
        if changes is None or file is None or not self._text.lacks_patch:
            return
        patches = await asyncio.to_thread(lambda: read_patches(self._combined(), changes, [file]))
        self._text.put(replace(changes, patches={**changes.patches, **patches}))

    def _combined(self) -> Combined:
        project = self.host.project
        control = open_control(project.paths.run(self.host.run_id))
        return combine(control, project.common_dir, write=False)

    def action_seen(self) -> None:
        """Mark the open file as seen, for as long as this is open, and go to the next one."""
        marked = self._text.toggle_seen()
        unseen = self._text.next_unseen() if marked is not None and marked[1] else None
        if unseen is not None:
            self._open_file(unseen)
        else:
            self.show_all()

    def why_not(self, action: str) -> str | None:
        """Say that nothing is decided here."""
        decides = action.startswith(("task.", "diff.", "run.")) and action != "diff.wrap"
        off = decides or action in {"review.send", "review.since", "view.mark_range"}
        return "the whole diff is here to be read" if off else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Take away what decides or is kept: nobody gets a comment that is written here."""
        del parameters
        return None if action in _OFF else True
