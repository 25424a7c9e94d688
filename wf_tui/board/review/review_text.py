"""What a review shows: which file is open, which were seen, all of it or what changed since."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from wf_tui.board.diff.diff_lines import FileView
from wf_tui.board.diff.patch import FilePatch
from wf_tui.board.review.side import by_folder, prompt_lines, side_lines
from wf_tui.board.text_view.text_line import TextLine, plain, safe
from wf_tui.board.widgets.line import Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.board.diff.changes import ChangedFile, ChangeSet
    from wf_tui.board.diff.diff_view import DiffView
    from wf_tui.board.review.reader import Review
    from wf_tui.board.review.trial import Trial

__all__ = ["ReviewText"]


@dataclass
class ReviewText:
    """Belongs to the event loop; the screen hands it what was read."""

    review: Review | None = None
    path: str = ""
    """The open file."""
    since: bool = False
    """Whether only what changed since the last round is shown."""
    reads_prompt: bool = False
    _changes: ChangeSet | None = None
    _seen: dict[str, str] = field(default_factory=dict)
    _views: dict[str, FileView] = field(default_factory=dict)

    def take(self, review: Review) -> None:
        """Take what was read; a round after the first begins with what has changed since."""
        before = self.review
        self.review = review
        self._seen = dict(review.seen)
        if before is None or before.attempt != review.attempt:
            self.since = bool(review.since and review.since.files)
        self._changes = review.since if self.since else review.changes
        files = self.files
        if files and all(file.path != self.path for file in files):
            unseen = self.next_unseen()
            self.path = unseen or files[0].path

    @property
    def changes(self) -> ChangeSet | None:
        """What is shown: all of the work, or what changed since the last round."""
        return self._changes

    @property
    def files(self) -> Sequence[ChangedFile]:
        """The files that are listed, in their order."""
        return by_folder(self._changes.files) if self._changes else ()

    @property
    def file(self) -> ChangedFile | None:
        """The open file; None where a prompt is read instead."""
        if self.reads_prompt:
            return None
        return next((file for file in self.files if file.path == self.path), None)

    @property
    def lacks_patch(self) -> bool:
        """Whether the patch of the open file has to be read first."""
        file, changes = self.file, self._changes
        if file is None or changes is None:
            return False
        return not file.too_long and file.path not in changes.patches

    def put(self, changes: ChangeSet) -> None:
        """Take a diff with one more patch."""
        self._changes = changes

    def open(self, path: str) -> None:
        """Open a file."""
        self.path, self.reads_prompt = path, False

    def beside(self, step: int) -> str | None:
        """Return the path of the file that many after the open one, or before it."""
        paths = [file.path for file in self.files]
        place = paths.index(self.path) + step if self.path in paths else 0
        return paths[place] if 0 <= place < len(paths) else None

    def toggle_since(self) -> bool:
        """Show all, or only what changed since the last round; False where there was none."""
        if self.review is None or self.review.since is None:
            return False
        self.since = not self.since
        self._changes = self.review.since if self.since else self.review.changes
        if self.file is None and self.files:
            self.path = self.files[0].path
        return True

    # -- what was seen

    @property
    def seen_count(self) -> int:
        """How many files were seen as they are now."""
        review = self.review
        if review is None or review.changes is None:
            return 0
        return sum(self._seen.get(file.path) == file.blob for file in review.changes.files)

    def toggle_seen(self) -> tuple[str, str] | None:
        """Mark the open file as seen, or no longer; its path and content, "" for no longer."""
        file = self.file
        if file is None:
            return None
        blob = "" if self._seen.get(file.path) == file.blob else file.blob
        self._seen[file.path] = blob
        return file.path, blob

    def next_unseen(self) -> str | None:
        """Return the first file after the open one that was not seen, from the end on the first."""
        files = self.files
        paths = [file.path for file in files]
        at = paths.index(self.path) + 1 if self.path in paths else 0
        order = (*files[at:], *files[:at])
        unseen = (file.path for file in order if self._seen.get(file.path) != file.blob)
        return next(unseen, None)

    # -- drawing

    def side(self, trial: Trial | None) -> Iterator[TextLine]:
        """Yield what stands beside the diff."""
        if self.review is None:
            yield plain("reading …", Role.MUTED)
            return
        files, path = self.files, self.path
        yield from side_lines(self.review, files, path, self._seen, trial, since=self.since)

    def show(self, view: DiffView, *, keep: bool) -> None:
        """Draw the open file with its comments, or say why there is none."""
        review, file, changes = self.review, self.file, self._changes
        if self.reads_prompt:
            return
        if review is None or file is None or changes is None:
            view.show_text((plain(self._nothing(), Role.MUTED),))
            return
        patch = changes.patches.get(file.path) or FilePatch()
        name = f"{self.since}{file.blob}{file.path}"
        shown = self._views.get(name)
        if shown is None or shown.patch != patch:
            shown = self._views[name] = FileView(file, patch)
        shown.remarks = [one for one in review.remarks if one.path == file.path]
        shown.recipient = review.seat
        after = tuple(self._next_line())
        view.show_file(shown, keep=keep, cursor=shown.first_code, after=after)

    def show_prompt(self, view: DiffView) -> None:
        """Show the whole prompt in the place of the diff."""
        if self.review is not None:
            self.reads_prompt = True
            view.show_text(prompt_lines(self.review))

    def place(self, view: DiffView) -> str:
        """Return in which hunk one is: `hunk 2 of 3`."""
        if self.reads_prompt:
            return "what was asked for; Esc goes back to the diff"
        patch = view.file_view.patch if view.file_view else FilePatch()
        many = len(patch.hunks)
        if many <= 1:
            return ""
        at = view.cursor or 0
        before = sum(line.mark.startswith("hunk:") for line in view.lines[: at + 1])
        return f"hunk {max(1, before)} of {many}"

    def _next_line(self) -> Iterator[TextLine]:
        """Yield a line below the file that leads to the next one."""
        path = self.beside(1)
        file = next((one for one in self.files if one.path == path), None)
        if file is not None:
            words = (Span("next  ", Role.MUTED), Span(safe(file.path)))
            yield plain("")
            yield TextLine((*words, Span(f" {file.counted}", Role.MUTED)), mark=f"file:{file.path}")

    def _nothing(self) -> str:
        if self.review is None:
            return "reading …"
        return "it has left no changes" if self.review.attempt else "no attempt has left work yet"
