"""The Diff tab: the files on top, and below them one file's hunks with comments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.board.diff.diff_lines import FileView, file_head
from wf_tui.board.diff.patch import FilePatch
from wf_tui.board.text_view.text_line import TextLine, plain, safe
from wf_tui.board.widgets.line import Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.board.detail.diff import DiffDocument
    from wf_tui.board.diff.changes import ChangedFile
    from wf_tui.board.diff.diff_view import DiffView

__all__ = ["FILE", "DiffText", "in_order"]

FILE: Final = "file:"
"""How the mark of a row of the list of files begins."""
_LISTED: Final = 11
"""Files that are listed at a time; around the open one where there are more."""


@dataclass
class DiffText:
    """Which file of a diff is open, and what is drawn of it; belongs to the event loop."""

    document: DiffDocument | None = None
    path: str = ""
    _views: dict[str, FileView] = field(default_factory=dict)
    """By the content that each is of: what was coloured stays so while the task goes on."""

    def forget(self) -> None:
        """Forget all of it, as for another task."""
        self.document, self.path = None, ""
        self._views.clear()

    def show(self, document: DiffDocument, view: DiffView, *, keep: bool) -> None:
        """Show a diff that was read; with `keep` the open file stays the open one."""
        self.document = document
        changes = document.changes
        files = self.files
        if changes is None or not files:
            view.show_text(document.lines)
            return
        if changes.file(self.path) is None:
            self.path, keep = document.path or files[0].path, False
        if changes.file(self.path) is None:
            self.path = files[0].path
        self._draw(view, keep=keep)

    @property
    def files(self) -> Sequence[ChangedFile]:
        """The files in the order of the list."""
        changes = self.document.changes if self.document else None
        return in_order(changes.files) if changes else ()

    @property
    def file(self) -> ChangedFile | None:
        """The open file."""
        return next((file for file in self.files if file.path == self.path), None)

    def open(self, path: str, view: DiffView) -> bool:
        """Open a file; False where its patch has to be read first."""
        self.path = path
        self._draw(view, keep=False)
        changes = self.document.changes if self.document else None
        file = self.file
        return changes is None or file is None or file.too_long or path in changes.patches

    def beside(self, step: int) -> str | None:
        """Return the path of the file that many after the open one, or before it."""
        paths = [file.path for file in self.files]
        if self.path not in paths:
            return None
        place = paths.index(self.path) + step
        return paths[place] if 0 <= place < len(paths) else None

    def _draw(self, view: DiffView, *, keep: bool) -> None:
        document, file = self.document, self.file
        if document is None or document.changes is None or file is None:
            return
        patch = document.changes.patches.get(self.path)
        if patch is None and not file.too_long:
            view.show_text([*self._list(), plain(""), plain("reading …", Role.MUTED)], cursor=0)
            return
        shown = self._views.get(file.blob + file.path)
        if shown is None or shown.patch != patch:
            shown = FileView(file, patch or FilePatch())
            self._views[file.blob + file.path] = shown
        shown.remarks = [one for one in document.remarks if one.path == file.path]
        shown.recipient = document.recipient
        before = [*self._list(), plain(""), file_head(file)]
        at = next((n for n, line in enumerate(before) if line.mark == FILE + self.path), 0)
        view.show_file(shown, before, keep=keep, cursor=at)

    def _list(self) -> Iterator[TextLine]:
        """Yield a row for each file, those around the open one where there are many."""
        files = self.files
        paths = [file.path for file in files]
        at = paths.index(self.path) if self.path in paths else 0
        first = max(0, min(at - _LISTED // 2, len(files) - _LISTED))
        if first:
            yield plain(f"  … {first} more above", Role.FAINT)
        for file in files[first : first + _LISTED]:
            yield self._row(file)
        if len(files) > first + _LISTED:
            yield plain(f"  … {len(files) - first - _LISTED} more below", Role.FAINT)

    def _row(self, file: ChangedFile) -> TextLine:
        is_open = file.path == self.path
        role = Role.TITLE if is_open else Role.TEXT
        if file.outside:
            spans = [Span("⚠ ", Role.ERROR), Span(safe(file.path), Role.ERROR)]
            spans.append(Span("  outside its scope", Role.ERROR))
        else:
            spans = [Span("▸ " if is_open else "  ", Role.FOCUS), Span(safe(file.path), role)]
        document = self.document
        said = sum(one.path == file.path for one in document.remarks) if document else 0
        if said:
            spans.append(Span(f" {said}", Role.NEED_WORD))
        right = Span(f"{file.counted} {file.words}".rstrip(), Role.MUTED)
        return TextLine(tuple(spans), right=(right,), mark=FILE + file.path)


def in_order(files: Sequence[ChangedFile]) -> Sequence[ChangedFile]:
    """Return the files with those outside of the scope first, each half by its path."""
    return sorted(files, key=lambda file: not file.outside)
