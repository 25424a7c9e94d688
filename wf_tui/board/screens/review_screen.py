"""The review: a task's work on the whole screen, with comments on its lines, and how it ends."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on
from textual._time import get_time
from textual.containers import Horizontal, Vertical

from wf_tui import commands
from wf_tui.board.actions.action import Context
from wf_tui.board.actions.registry import bindings
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.board.diff.comment_box import CommentBox
from wf_tui.board.diff.commenting import Commenting
from wf_tui.board.diff.diff_view import SPLIT_FROM, DiffView
from wf_tui.board.review.head import FileHead, ReviewHead
from wf_tui.board.review.reader import Review, read_file, read_review
from wf_tui.board.review.review_text import ReviewText
from wf_tui.board.review.side import ASKED
from wf_tui.board.review.trial import Trial, try_merge
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.board.text_view.find_bar import FindBar
from wf_tui.board.text_view.finding import Finding
from wf_tui.board.text_view.lines_view import LinesView
from wf_tui.errors import WfError
from wf_tui.ledger.model.states import TaskState
from wf_tui.project import user_name
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import MoveResult
    from wf_tui.picture.batch import Changes

__all__ = ["ReviewScreen"]

_BOTH_FROM: Final = 107
"""Columns from which on files and diff stand side by side."""
_STEPS: Final = {"previous": -1, "next": 1}


class ReviewScreen(Commenting, Finding, RunScreen):
    """Shows one task's work; what is decided here ends it, or gives it back to its worker.

    It reads on threads: all there is when it opens and when the task changes, a long diff file by
    file, and the trial merge when it opens and when the branch moves. Comments and what was seen
    are the person's own, in the ledger, and belong to the contents of the files.
    """

    context = Context.REVIEW
    BINDINGS: ClassVar = bindings(Context.REVIEW)
    DEFAULT_CSS = """
    ReviewScreen {
        #review { layout: horizontal; height: 1fr; }
        #files { width: 36; }
        #right { width: 1fr; height: 1fr; padding: 0 1; }
        &.-one #files { display: none; width: 1fr; }
        &.-one.-files #files { display: block; }
        &.-one.-files #right { display: none; }
    }
    """

    def __init__(self, task: str) -> None:
        super().__init__()
        self.task_id = task
        self._text = ReviewText()
        self._trial: Trial | None = None
        self._tried = ""
        """The head of the branch that was tried last, or is being tried."""
        self._opened: Review | None = None
        """The work as it was when the screen was opened."""
        self._over = ""
        """What was decided elsewhere meanwhile; then the keys that decide are off."""

    @property
    def run_id(self) -> str:  # type: ignore[override]
        """The run."""
        return self.host.run_id

    @property
    def commented(self) -> str | None:
        """The task whose work is commented on."""
        return self.task_id

    def selected_task(self) -> str | None:
        """Return the task under review: the keys for tasks that work here work on it."""
        return self.task_id

    # -- life

    def compose_second(self) -> Iterable[Widget]:
        """Put the task in the place of the tabs."""
        yield ReviewHead(self.host.glyphs)

    def compose_body(self) -> Iterable[Widget]:
        """Lay out files and diff."""
        host = self.host
        with Horizontal(id="review"):
            yield LinesView(ascii=host.ascii, id="files")
            with Vertical(id="right"):
                yield FileHead(host.glyphs)
                yield DiffView(ascii=host.ascii, id="diff")
                yield FindBar()
                yield CommentBox()

    def on_mount(self) -> None:
        """Begin to read; until a person can have seen it, no key decides."""
        self.diff_view.focus()
        self.host.guard_changed([self.task_id])
        self.read_again()

    def on_resize(self) -> None:
        """Show files or diff alone where there is no room for both."""
        self.set_class(self.size.width < _BOTH_FROM, "-one")

    def show_changes(self, changes: Changes) -> None:
        """Read again what has changed, and try the merge again where the branch has moved."""
        run = self.host.picture.run
        if self.task_id in changes.cards:
            self.read_again()
        elif run is not None and self._tried and run.head != self._tried:
            self.run_worker(self.try_again(run.head), group="trial", exclusive=True)

    def show_time(self, now: float) -> None:
        """Nothing here depends on the time alone."""
        del now

    def show_second(self) -> None:
        """Draw the line of the task."""
        card = self.host.picture.cards.get(self.task_id)
        head = self.query_one(ReviewHead)
        head.show(card, self._text.review, self._text.seen_count, self._over)

    # -- reading

    def read_remarks_again(self) -> None:
        """Read all of it with its comments again."""
        self.read_again()

    def read_again(self) -> None:
        """Read all of it on a thread."""
        self.run_worker(self._read(), group="review", exclusive=True, exit_on_error=False)

    async def _read(self) -> None:
        host = self.host
        try:
            review = await asyncio.to_thread(read_review, host.project, host.run_id, self.task_id)
        except WfError as error:
            host.show_toast(error.message, error.hint, severity="error")
            return
        first = self._opened is None
        self._opened = self._opened or review
        self._over = self._decided(review)
        self._text.take(review)
        await self._read_open_file()
        self.show_all(keep=not first)
        if review.head != self._tried:
            await self.try_again(review.head)

    async def _read_open_file(self) -> None:
        """Read the patch of the open file, where a diff is so long that it is read so."""
        changes = self._text.changes
        if changes is None or not self._text.lacks_patch:
            return
        host = self.host
        found = await asyncio.to_thread(
            read_file, host.project, host.run_id, changes, self._text.path
        )
        self._text.put(found)

    async def try_again(self, head: str) -> None:
        """Merge the work into the branch as it is now, on a thread, to say whether it still can."""
        review = self._text.review
        changes = review.changes if review else None
        if changes is None or review is None or review.state != TaskState.BLOCKED:
            return
        self._tried = head
        host = self.host
        self._trial = await asyncio.to_thread(
            try_merge, host.project, host.run_id, changes.base, head, changes.commit
        )
        self.show_side()

    def _decided(self, review: Review) -> str:
        """Return what became of the task since the review was opened; "" where nothing did."""
        before = self._opened
        if before is None:
            return ""
        then = (before.state, before.kind, before.epoch)
        if then == (review.state, review.kind, review.epoch):
            return ""
        by = f" meanwhile by {review.decided_by}" if review.decided_by else " meanwhile"
        if review.decided_by == user_name():
            by = ""
        state = "running" if review.state == TaskState.IN_PROGRESS else review.state
        return f"decided{by}: it is {review.kind or state} now, Esc goes back"

    # -- drawing

    def show_all(self, *, keep: bool = True) -> None:
        """Draw files, diff and the lines above."""
        self._text.show(self.diff_view, keep=keep)
        self.show_side()
        self.show_frame()

    def show_side(self) -> None:
        """Draw what stands beside the diff."""
        view = self.query_one("#files", LinesView)
        lines = list(self._text.side(self._trial))
        opened = f"file:{self._text.path}"
        at = next((at for at, line in enumerate(lines) if line.mark == opened), 0)
        # While one walks the files the cursor is theirs, else it says which one is open.
        view.show_lines(lines, keep=view.has_focus, cursor=at)
        self.show_file_head()

    @on(LinesView.Moved)
    def show_file_head(self) -> None:
        """Say in which file and hunk one is."""
        view = self.diff_view
        how = "unified" if not view.is_split else "split"
        wraps = "w cuts" if view.wrapping else "w wraps"
        found = view.found
        place = found.sentence(view.cursor or 0) if found.words else self._text.place(view)
        self.query_one(FileHead).show(self._text.file, place, f"{how} · {wraps}")

    # -- moving

    def action_move(self, where: str) -> None:
        """Move in the side that has the keys; sideways to the other one."""
        view = self._active_view
        match where:
            case "left" | "right":
                self._go_to_side(files=where == "left")
            case "down" | "up":
                view.move(1 if where == "down" else -1)
            case "page_down" | "page_up":
                view.move_pages(1 if where == "page_down" else -1)
            case "first" | "last":
                view.move_to_end(last=where == "last")

    def action_other_side(self) -> None:
        """Go from the diff to the files, where Enter opens the whole prompt at first; or back."""
        self._go_to_side(files=self._active_view is self.diff_view)

    def _go_to_side(self, *, files: bool) -> None:
        view = self.query_one("#files", LinesView)
        self.set_class(files, "-files")
        if files:
            asked = (at for at, line in enumerate(view.lines) if line.mark == ASKED)
            self.call_after_refresh(view.focus)
            view.go_to(next(asked, 0))
        else:
            self.call_after_refresh(self.diff_view.focus)

    @property
    def _active_view(self) -> LinesView:
        files = self.query_one("#files", LinesView)
        return files if files.has_focus else self.diff_view

    def action_open(self) -> None:
        """Open what is under the cursor: a file, the whole prompt."""
        self._open_mark(self._active_view.marked)

    @on(LinesView.Opened)
    def open_clicked(self, event: LinesView.Opened) -> None:
        """Open what was clicked twice."""
        event.stop()
        self._open_mark(event.mark)

    def _open_mark(self, mark: str) -> None:
        if mark.startswith("file:"):
            self._open_file(mark.removeprefix("file:"))
        elif mark == ASKED:
            self._text.show_prompt(self.diff_view)
            self.show_file_head()
            self._go_to_side(files=False)

    def _open_file(self, path: str) -> None:
        self._text.open(path)
        self.run_worker(self._show_file(), group="review-file", exclusive=True)
        self._go_to_side(files=False)

    async def _show_file(self) -> None:
        await self._read_open_file()
        self.show_all(keep=False)

    def action_hunk(self, way: str) -> None:
        """Go to the next hunk or the one before, or while words are looked for to such a line."""
        view = self.diff_view
        if view.found.words:
            view.go_to_found(_STEPS[way])
        elif not view.go_to_mark(_STEPS[way], "hunk:"):
            self.action_file(way)

    def action_file(self, way: str) -> None:
        """Open the next file, or the one before."""
        path = self._text.beside(_STEPS[way])
        if path is not None:
            self._open_file(path)

    def action_back(self) -> None:
        """Close what is open above the diff, then the review."""
        if self.has_class("-files"):
            self._go_to_side(files=False)
        elif self.diff_view.marked_from is not None:
            self.diff_view.mark_from_here(on=False)
        elif self._text.reads_prompt:
            self._text.reads_prompt = False
            self.show_all(keep=False)
        elif self.diff_view.found.words:
            self.diff_view.look_for("")
            self.show_file_head()
        else:
            self.dismiss()

    # -- finding

    def action_filter(self) -> None:
        """Look for words in the open file."""
        self.action_find()

    @property
    def searched(self) -> LinesView:
        """The diff."""
        return self.diff_view

    def show_found(self) -> None:
        """Say above the diff which hit one is at."""
        self.show_file_head()

    # -- what is done with it

    def action_wrap(self) -> None:
        """Break lines that are too long, or cut them at the edge."""
        self.diff_view.toggle_wrap()
        self.show_file_head()

    def action_split(self) -> None:
        """Put old and new side by side, where the terminal is wide enough."""
        if self.app.size.width < SPLIT_FROM:
            self.host.show_toast(f"old and new stand side by side from {SPLIT_FROM} columns")
            return
        self.diff_view.toggle_split()
        self.show_file_head()

    def action_since(self) -> None:
        """Show all that differs, or only what changed since comments were sent back."""
        if not self._text.toggle_since():
            self.host.show_toast("this is the first round: all of it is shown")
            return
        self.run_worker(self._show_file(), group="review-file", exclusive=True)

    def action_seen(self) -> None:
        """Mark the open file as seen and go to the next one that is not, or mark it as unseen."""
        marked = self._text.toggle_seen()
        if marked is None:
            return
        path, blob = marked
        run, task = self.run_id, self.task_id

        def keep(ledger: Ledger) -> list[MoveResult]:
            commands.mark_seen(ledger, run, task, path, blob)
            return []

        self.host.do(keep, "seen")
        unseen = self._text.next_unseen() if blob else None
        if unseen is not None:
            self._open_file(unseen)
        else:
            self.show_all()

    def action_send(self) -> None:
        """Send all comments back to the worker, after asking once."""
        review = self._text.review
        ignored = self.host.guard.ignored(self._key("review.send"), [self.task_id], get_time())
        if ignored:
            self.host.show_toast(ignored)
        elif self._over or review is None:
            self.host.show_toast(self._over or "it is not read yet")
        elif not review.drafts:
            self.host.show_toast(
                f"there is no comment to send back: {self._key('diff.comment')} writes one"
            )
        else:
            self.host.start_dialog(self._ask_and_send(review))

    async def _ask_and_send(self, review: Review) -> None:
        host, run, task = self.host, self.run_id, self.task_id
        count = plural(review.drafts, "comment")
        to = f" to {review.seat}" if review.seat else ""
        note = "It goes on in its own tree and session, where it still has them."
        if review.half_written:
            note += " What is half written stays here."
        asked = ConfirmDialog(f"Send {count} back{to}?", "send back", note=note)
        if not await host.push_screen_wait(asked):
            return

        def send(ledger: Ledger) -> list[MoveResult]:
            return [commands.send_review(host.project, ledger, run, task)]

        host.do(send, "sent back", after=f": {count}{to}")
        self.dismiss()

    def _key(self, name: str) -> str:
        return self.host.keys_of(name)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Grey what decides, once it is decided elsewhere."""
        del parameters
        if self._over and action in {"send", "comment", "edit_comment", "drop_comment"}:
            return None
        return True

    def why_not(self, action: str) -> str | None:
        """Take no work that is not the one that is shown here."""
        return self._over if self._over and action == "task.accept" else None
