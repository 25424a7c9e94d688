"""What stands beside the diff: the files by folder, what the worker says, what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.diff.changes import counts
from wf_tui.board.text_view.text_line import TextLine, lines_of, plain, safe
from wf_tui.board.widgets.line import Role, Span
from wf_tui.text import cut, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.board.diff.changes import ChangedFile
    from wf_tui.board.review.reader import Review
    from wf_tui.board.review.trial import Trial

__all__ = ["ASKED", "by_folder", "prompt_lines", "side_lines"]

ASKED: Final = "asked"
"""The mark of what opens the whole prompt."""
_PROMPT: Final = 200
"""Characters of the prompt that stand there; all of it is opened."""


def by_folder(files: Sequence[ChangedFile]) -> list[ChangedFile]:
    """Return the files in the order in which they are listed and walked: the top folder last."""
    return sorted(files, key=lambda file: ("/" not in file.path, file.path.rpartition("/")))


def side_lines(
    review: Review,
    files: Sequence[ChangedFile],
    path: str,
    seen: dict[str, str],
    trial: Trial | None,
    *,
    since: bool,
) -> Iterator[TextLine]:
    """Yield all of the side; `files` are those that are listed, `path` the open one."""
    title = Span(f"Files {len(files)}", Role.TITLE)
    total = Span(counts(files).partition(" in ")[0], Role.MUTED)
    yield TextLine((title,), right=(total,))
    if since and review.changes is not None:
        of_all = f"changed since try {review.since_attempt}, of {len(review.changes.files)}   "
        yield TextLine((Span(of_all, Role.MUTED), Span("d", Role.KEY), Span(" all", Role.MUTED)))
    yield from _file_lines(review, files, path, seen)
    yield from _outside(review)
    if trial is not None:
        role = Role.TEXT if trial.clean else Role.ERROR
        yield from _part("The branch has moved", (TextLine((Span(trial.sentence, role),)),))
    if review.said:
        yield from _part("The worker says", (TextLine((Span(f"“{review.said}”"),)),))
    if not review.prompt:
        return
    yield plain("")
    yield TextLine((Span("Asked for", Role.TITLE),), mark=ASKED)
    asked = cut(" ".join(safe(review.prompt.replace("\n", " ")).split()), _PROMPT)
    yield TextLine((Span(asked, Role.MUTED),), mark=ASKED)
    key = Span("Enter", Role.KEY)
    yield TextLine((key, Span(" the whole prompt", Role.MUTED)), mark=ASKED)


def _file_lines(
    review: Review, files: Sequence[ChangedFile], path: str, seen: dict[str, str]
) -> Iterator[TextLine]:
    folder = None
    for file in files:
        parent, _, name = file.path.rpartition("/")
        if parent != folder:
            folder = parent
            yield plain(safe(f"{parent}/" if parent else "./"), Role.MUTED)
        said = sum(one.path == file.path for one in review.remarks)
        sign, role = Span("○ ", Role.MUTED), Role.TEXT
        if file.outside:
            sign, role = Span("⚠ ", Role.ERROR), Role.ERROR
        if seen.get(file.path) == file.blob:
            sign = Span("✓ ", Role.DONE)
        spans = [sign, Span(safe(name), Role.TITLE if file.path == path else role)]
        if said:
            spans.append(Span(f" {said}", Role.NEED_WORD))
        right = f"+{file.added}" if file.words == "new" else file.counted
        shown = Span(f"{right} {file.words}".rstrip(), Role.MUTED)
        yield TextLine(tuple(spans), right=(shown,), mark=f"file:{file.path}")


def _outside(review: Review) -> Iterator[TextLine]:
    if review.outside:
        what = f"{plural(review.outside, 'file')} outside the scope"
        lines = (plain(" ".join(review.scope), Role.MUTED), plain("A accepts it with the rest"))
        yield plain("")
        yield TextLine((Span("⚠ ", Role.ERROR), Span(what, Role.ERROR)))
        yield from lines


def _part(title: str, lines: Sequence[TextLine]) -> Iterator[TextLine]:
    yield plain("")
    yield plain(title, Role.TITLE)
    yield from lines


def prompt_lines(review: Review) -> list[TextLine]:
    """Return the whole prompt."""
    return [plain("Asked for", Role.TITLE), plain(""), *lines_of(review.prompt)]
