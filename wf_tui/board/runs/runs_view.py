"""The list of all runs by repository."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from wf_tui.board.runs.run_lines import repository_line, run_line, run_times, title_line
from wf_tui.board.widgets.entry_view import EntryView, ListSource
from wf_tui.board.widgets.line import Line, Role, Row, Span
from wf_tui.text import plural

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.picture.entries import Entry
    from wf_tui.picture.orders import Order
    from wf_tui.picture.runs.listed_run import ListedRepository, ListedRun

__all__ = ["RunsView"]

_FOOT = "foot:"
_FOOT_WORDS = "opens the board of a run, also of another repository; p starts a missing scheduler"


class RunsView(EntryView):
    """A line for each repository, and below it one for each run; the cursor goes over runs.

    A repository that is folded is a stop, too: `z` opens it.
    """

    def __init__(self, glyphs: GlyphSet, enter: str) -> None:
        super().__init__(glyphs, id="runs")
        self._enter = enter
        self._repositories: dict[str, ListedRepository] = {}
        self._runs: dict[str, ListedRun] = {}
        self._folded: dict[str, int] = {}
        self._now = 0.0
        self._sizes: Mapping[str, int] = {}
        self._left_out = 0
        self._home = Path.home()
        self._drawn: dict[str, tuple[ListedRun, object, Line]] = {}
        """The line of each run that was seen, with what it was made of."""

    def show(
        self,
        shown: Sequence[ListedRepository],
        folded: Collection[str],
        now: float,
        *,
        sizes: Mapping[str, int],
        left_out: int = 0,
    ) -> None:
        """Show these from now on; of the repositories in `folded` no run.

        `sizes` are the bytes of their worktrees, as far as they are known; `left_out` are runs that
        are in no list.
        """
        self._now, self._sizes, self._left_out = now, sizes, left_out
        self._repositories = {one.folder: one for one in shown}
        self._runs = {run.name: run for one in shown for run in one.runs}
        self._drawn = {name: known for name, known in self._drawn.items() if name in self._runs}
        self._folded = {one.folder: len(one.runs) for one in shown if one.folder in folded}
        names: list[str] = []
        for one in shown:
            if names:
                names.append(f"gap:{one.folder}")
            names.append(one.folder)
            if one.folder not in folded:
                names += [run.name for run in one.runs]
        names += ["gap:", _FOOT]
        titles = [name for name in names if name not in self._runs and name not in self._folded]
        self.source = ListSource(names, titles)
        if self.current is None or not self.current.is_stop:
            # Scrolled to, it would stand on the first line, without its repository above it.
            self.viewport.put_cursor(self._first(), scroll=False)
            self.viewport.scroll_to_first()
        self.repaint()

    def show_time(self, now: float) -> None:
        """Let the ages grow."""
        self._now = now
        self.repaint()

    def _first(self) -> Order | None:
        """Return the place of the first stop."""
        entry = self.source.first()
        while entry is not None and not entry.is_stop:
            entry = self.source.after(entry)
        return None if entry is None else entry.at

    @property
    def run(self) -> ListedRun | None:
        """The run under the cursor."""
        return None if self.current is None else self._runs.get(self.current.name)

    @property
    def repository(self) -> ListedRepository | None:
        """The repository that the cursor is in."""
        if self.current is None:
            return None
        return self._repositories.get(self.current.name.partition("/")[0])

    def runs(self) -> Mapping[str, ListedRun]:
        """Return the runs that are shown, by name; also those of folded repositories."""
        return self._runs

    def head(self) -> Sequence[Row]:
        """Return the names of the columns."""
        line = title_line(self.room, self.glyphs)
        return (Row((Span(" "), *line.left)),)

    def lines_of(self, entry: Entry) -> Sequence[Line]:
        """Return the line of an entry."""
        name = entry.name
        if name in self._runs:
            return (self._run_line(self._runs[name]),)
        if name in self._repositories:
            one, folded = self._repositories[name], self._folded.get(name, 0)
            size = self._sizes.get(name)
            return (repository_line(one, self._home, self.glyphs, folded=folded, size=size),)
        if name == _FOOT:
            words = f"{self._enter} {_FOOT_WORDS}"
            if self._left_out:
                words = f"and {plural(self._left_out, 'run')} that changed before these"
            return (Line((Span(words, Role.MUTED),)),)
        return (Line(),)

    def _run_line(self, run: ListedRun) -> Line:
        """Return the line of a run; made anew only where something in it reads otherwise."""
        made_of = (self.room, run_times(run, self.room, self._now))
        known = self._drawn.get(run.name)
        if known is not None and known[0] is run and known[1] == made_of:
            return known[2]
        line = run_line(run, self.room, self.glyphs, self._now)
        self._drawn[run.name] = (run, made_of, line)
        return line
