"""Writing comments on the lines of a diff: the same keys in the pane and in the review."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from textual import on
from textual.widget import Widget

from wf_tui import commands
from wf_tui.board.diff.comment_box import CommentBox
from wf_tui.board.diff.diff_view import DiffView

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
        """Return the comment under the cursor, where it is a draft of this person."""
        view = self.diff_view
        if view.file_view is None or not view.marked.startswith("comment:"):
            return None
        number = int(view.marked.removeprefix("comment:"))
        found = (one for one in view.file_view.remarks if one.id == number)
        return next((one for one in found if one.draft and one.own), None)

    def action_comment(self) -> None:
        """Write a comment on the line under the cursor; on no line of code, on the file."""
        view = self.diff_view
        if view.file_view is None:
            return
        line = view.line_in_view()
        path = view.file_view.file.path
        if line is None:
            self.comment_box.open(path, "new", None, "")
        else:
            side, number = line.place
            self.comment_box.open(path, side, number, line.text)

    def action_edit_comment(self) -> None:
        """Write the comment under the cursor anew."""
        draft = self.own_draft()
        if draft is None:
            self._host.show_toast("e works on a comment of yours that has not been sent")
            return
        self.comment_box.open(
            draft.path, draft.side, draft.line, draft.quote, text=draft.text, edits=draft.id
        )

    def action_drop_comment(self) -> None:
        """Take the comment under the cursor away."""
        draft = self.own_draft()
        if draft is None:
            self._host.show_toast("x works on a comment of yours that has not been sent")
            return
        run, task, number = self.run_id, self.commented, draft.id

        def drop(ledger: Ledger) -> str:
            commands.drop_comment(ledger, run, task or "", number)
            return "dropped the comment"

        self._do(drop, "dropped the comment")

    @on(CommentBox.Kept)
    def keep_comment(self, event: CommentBox.Kept) -> None:
        """Keep what was written, in the ledger, as a draft."""
        event.stop()
        run, task = self.run_id, self.commented or ""

        def keep(ledger: Ledger) -> str:
            if event.edits is not None:
                commands.edit_comment(ledger, run, task, event.edits, event.text)
            else:
                commands.comment(
                    *(ledger, run, task, event.path, event.line, event.text),
                    side=event.side,
                    quote=event.quote,
                )
            return "kept the comment: R sends it back"

        self._do(keep, "kept the comment")

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
