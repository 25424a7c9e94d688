"""Writing comments on the lines of a diff: the same keys in the pane and in the review."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual import on
from textual.widget import Widget

from wf_tui import commands
from wf_tui.board.diff.comment_box import CommentBox
from wf_tui.board.diff.comment_place import CommentPlace
from wf_tui.board.diff.diff_view import DiffView
from wf_tui.errors import WfError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.board.diff.remarks import Remark
    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger

__all__ = ["Commenting"]


class Commenting(Widget):
    """A part of the screen with a diff view and a comment box in it.

    What is written is kept in the ledger as a draft at once, and is drawn when it has been read
    from there: so all boards of a person show the same.
    """

    run_id: str

    @property
    def commented(self) -> str | None:
        """The task whose work is commented on."""
        raise NotImplementedError

    @property
    def diff_view(self) -> DiffView:
        """The view of the diff."""
        return self.query_one(DiffView)

    @property
    def comment_box(self) -> CommentBox:
        """The box that a comment is written in."""
        return self.query_one(CommentBox)

    def own_draft(self) -> Remark | None:
        """Return the comment under the cursor, where this person can change it."""
        view = self.diff_view
        if view.file_view is None or not view.marked.startswith("comment:"):
            return None
        number = int(view.marked.removeprefix("comment:"))
        found = (one for one in view.file_view.remarks if one.id == number)
        return next((one for one in found if one.can_be_changed), None)

    def action_mark_range(self) -> None:
        """Begin or end to mark lines; a comment is then on all of them."""
        view = self.diff_view
        if view.file_view is None or not view.has_cursor:
            return
        view.mark_from_here(on=view.marked_from is None)
        if view.marked_from is not None:
            self._host.show_toast("j and k mark lines, c comments on them, V lets them go")

    def action_comment(self) -> None:
        """Write a comment on the marked lines, or on that under the cursor; else on the file.

        Where one is half written at that place, it goes on.
        """
        view = self.diff_view
        if view.file_view is None:
            return
        path = view.file_view.file.path
        lines = view.chosen_lines()
        place = CommentPlace(path)
        if lines:
            side, number = lines[-1].place
            quote = "\n".join(line.text for line in lines)
            place = CommentPlace(path, side, number, quote)
        view.mark_from_here(on=False)
        new = (one for one in view.file_view.remarks if one.is_new and one.place == place)
        self._write(place, next(new, None))

    def action_edit_comment(self) -> None:
        """Write the comment under the cursor anew, or go on with it."""
        draft = self.own_draft()
        if draft is None:
            self._host.show_toast("e works on a comment of yours that has not been sent")
            return
        self._write(draft.place, draft)

    def _write(self, place: CommentPlace, draft: Remark | None) -> None:
        begun = draft.begun if draft is not None else None
        text = begun if begun is not None else draft.text if draft is not None else ""
        self.comment_box.open(self.commented or "", place, text, was_begun=begun is not None)

    def action_drop_comment(self) -> None:
        """Take the comment under the cursor away; other words for one that are half written first.

        What was kept stays then.
        """
        draft = self.own_draft()
        if draft is None:
            self._host.show_toast("x works on a comment of yours that has not been sent")
            return
        run, task = self.run_id, self.commented or ""

        def drop(ledger: Ledger) -> str:
            if draft.begun is not None:
                commands.keep_draft(ledger, run, task, draft.place.draft_name, "")
                return "dropped what was half written"
            commands.drop_comment(ledger, run, task, draft.id)
            return "dropped the comment"

        self._do(drop, "" if draft.begun is not None else "dropped the comment")

    @on(CommentBox.Kept)
    def keep_comment(self, event: CommentBox.Kept) -> None:
        """Keep what was written, in the ledger, as a draft."""
        event.stop()
        run, task, place = self.run_id, event.task, event.place

        def keep(ledger: Ledger) -> str:
            try:
                if place.number is not None:
                    commands.edit_comment(ledger, run, task, place.number, event.text)
                else:
                    where = (run, task, place.path, place.line, event.text)
                    commands.comment(ledger, *where, side=place.side, quote=place.quote)
            except WfError:
                # The work was decided on meanwhile; what a person wrote is not lost by that.
                commands.keep_draft(ledger, run, task, place.draft_name, event.text)
                raise
            if event.was_begun:
                commands.keep_draft(ledger, run, task, place.draft_name, "")
            return "kept the comment: R sends it back"

        self._do(keep, "kept the comment")

    @on(CommentBox.Left)
    def keep_half_written(self, event: CommentBox.Left) -> None:
        """Keep what was begun; nobody else sees it, and it is not sent."""
        event.stop()
        run, name = self.run_id, event.place.draft_name

        def keep(ledger: Ledger) -> str:
            commands.keep_draft(ledger, run, event.task, name, event.text)
            return "half written: e goes on with it" if event.text else "nothing is half written"

        self._do(keep, "")

    @on(CommentBox.Closed)
    def return_to_diff(self, event: CommentBox.Closed) -> None:
        """Give the keys back to the lines."""
        event.stop()
        self.diff_view.focus()

    def read_remarks_again(self) -> None:
        """Draw the comments as they are in the ledger now; called when one was kept or dropped."""
        raise NotImplementedError

    def _do(self, act: Callable[[Ledger], str], label: str) -> None:
        loop = asyncio.get_running_loop()

        def act_and_tell(ledger: Ledger) -> str:
            done = act(ledger)
            # No task changes by a comment, so that no batch tells of it.
            loop.call_soon_threadsafe(self._tell)
            return done

        self._host.do(act_and_tell, label)

    def _tell(self) -> None:
        if self.is_attached:
            self.read_remarks_again()

    @property
    def _host(self) -> ActionHost:
        return cast("ActionHost", self.app)
