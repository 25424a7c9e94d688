"""All runs of all repositories; a key opens the board of any of them in this process."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work
from textual.css.query import NoMatches

from wf_tui.board.actions.handlers.run_acts import pause_or_resume_run
from wf_tui.board.actions.registry import Context, bindings
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.board.forms.goal_form import GoalForm
from wf_tui.board.frame.notices import Notice
from wf_tui.board.planners import planners_of
from wf_tui.board.runs.clean_process import clean_in_process
from wf_tui.board.runs.plan_command import plan_command
from wf_tui.board.runs.runs_header import RunsHeader
from wf_tui.board.runs.runs_view import RunsView
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.board.widgets.entry_view import EntryView
from wf_tui.board.widgets.filter_bar import FilterBar, FilterChanged, FilterClosed
from wf_tui.board.widgets.line import Role, Span
from wf_tui.errors import WfError
from wf_tui.git.known_repositories import known_repositories
from wf_tui.picture.runs.hidden import hide_run, read_hidden
from wf_tui.picture.runs.projects import project_of
from wf_tui.picture.runs.reading import needs_of, read_again, read_runs
from wf_tui.picture.runs.tree_sizes import tree_sizes
from wf_tui.project import open_ledger
from wf_tui.text import clean
from wf_tui.user_program import run_command

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from textual.widget import Widget

    from wf_tui.picture.batch import Changes
    from wf_tui.picture.runs.listed_run import ListedRepository, ListedRun, Need
    from wf_tui.project import Project

__all__ = ["RunsScreen"]

_EVERY: Final = 1.0
"""Seconds between two readings of runs that are not over."""
_ALL_EVERY: Final = 10
"""Of so many readings one is of all, to find what has begun meanwhile."""
_PROBLEM: Final = 200
_HIDDEN: Final = "hidden"
"""The word of the filter that shows hidden runs."""


class RunsScreen(RunScreen):
    """Lists runs by repository, and opens one; it stays the same when another run is opened.

    The ledgers are read on one thread at a time: all at each showing, then those with runs that are
    not over, once a second while the screen is seen. What worktrees take is counted after a showing
    and a removal alone.
    """

    context: ClassVar = Context.RUNS
    BINDINGS: ClassVar = bindings(Context.RUNS)
    go = "go.runs"

    def __init__(self) -> None:
        super().__init__()
        self._all: tuple[ListedRepository, ...] = ()
        self._shown: list[ListedRepository] = []
        self._hidden: frozenset[str] = frozenset()
        self._folded: set[str] = set()
        self._text = ""
        self._walked: Need | None = None
        """What `N` went to last."""
        self._reading = False
        self._readings = 0
        self._all_due = False
        self._problem = ""
        """Why the state directory could not be read."""
        self._sizes: Mapping[str, int] = {}
        self._over = threading.Event()
        self._walks_first = False
        """Whether `N` was pressed before anything was read."""

    # -- the frame

    def compose_header(self) -> Iterable[Widget]:
        """Lay out the line at the top: of all runs."""
        yield RunsHeader(self.host.glyphs)

    def show_header(self) -> None:
        """Draw it."""
        self.query_one(RunsHeader).show(self._all)

    def compose_body(self) -> Iterable[Widget]:
        """Lay out the list."""
        yield RunsView(self.host.glyphs, self._enter)

    def compose_prompt(self) -> Iterable[Widget]:
        """Lay out the line in which a filter is typed."""
        yield FilterBar(self._enter, words=_HIDDEN)

    @property
    def _enter(self) -> str:
        return "Enter" if self.host.ascii else "⏎"

    @property
    def view(self) -> RunsView:
        """The list."""
        return self.query_one(RunsView)

    def standing_notice(self) -> Notice | None:
        """Return what waits for the person for longest, in whichever run."""
        if self._problem:
            return Notice(f"the runs cannot be read: {self._problem}", "it is tried again")
        for need in needs_of(self._all):
            sign = self.host.glyphs.needs_you
            where = next(one for one in self._all if one.folder == need.folder)
            name = where.place.name if where.place is not None else where.folder
            text = f"{sign} {need.title}: {need.kind} in {name}"
            return Notice(text, f"{self.host.keys_of('view.next_need')} goes there", warns=False)
        return None

    def facts(self) -> tuple[Span, ...]:
        """Return the keys that are not for one run."""
        keys = self.host.keys_for("view.filter", "runs.new")
        return tuple(Span(f" {key.key} {key.title}", Role.MUTED, key.action) for key in keys)

    def place(self) -> str:
        """Return nothing: no task is selected."""
        return ""

    def selected_task(self) -> str | None:
        """Return no task: keys for tasks do not work here."""
        return None

    def show_changes(self, changes: Changes) -> None:
        """Draw nothing: what is listed is read from the ledgers."""

    def show_time(self, now: float) -> None:  # noqa: ARG002 - of all runs, and so of now
        """Let the ages grow; the frame has none."""
        self.view.show_time(self.host.clock.now())

    def tick(self, now: float) -> None:
        """Let a second pass: what is around the list changes with that alone."""
        with suppress(NoMatches):
            self.show_time(now)

    # -- reading

    def on_mount(self) -> None:
        """Read what changes; all at each showing, and so at once."""
        self.view.focus()
        self.count_trees()
        self.set_interval(_EVERY, self.read)

    def on_unmount(self) -> None:
        """Let the counting end."""
        self._over.set()

    def on_screen_resume(self) -> None:
        """Read all again: other runs may have begun."""
        with suppress(NoMatches):
            self.view.focus()
            self.read(everything=True)

    @property
    def state(self) -> Path:
        """The state directory."""
        return self.host.project.paths.root.parent

    def read(self, *, everything: bool = False) -> None:
        """Read in a thread, unless one is reading or nobody looks."""
        self._all_due |= everything
        if self.is_current and not self._reading:
            self._readings += 1
            is_due = self._all_due or not self._all or self._readings % _ALL_EVERY == 0
            if not is_due and all(one.is_over for one in self._all):
                return
            self._reading, self._all_due = True, False
            self.read_in_thread(everything=is_due)

    @work(group="runs")
    async def read_in_thread(self, *, everything: bool) -> None:
        """Read the ledgers and show what is in them."""
        before, host, state = self._all, self.host, self.state

        def in_thread() -> tuple[tuple[ListedRepository, ...], frozenset[str]]:
            if everything:
                found = read_runs(state, host.clock, host.environ, before)
            else:
                found = read_again(before, host.clock)
            return found, read_hidden(state)

        shown = (self._all, self._hidden, self._problem)
        try:
            self._all, self._hidden = await asyncio.to_thread(in_thread)
            self._problem = ""
        except (OSError, WfError) as error:
            self._problem = clean(str(error), limit=_PROBLEM)
        finally:
            self._reading = False
        # Ages are drawn at each second anyway.
        if everything or shown != (self._all, self._hidden, self._problem):
            self.redraw()
        if self._walks_first:
            self._walks_first = False
            self.action_next_need()

    @work(group="trees", exclusive=True)
    async def count_trees(self) -> None:
        """Count what the worktrees take, in a thread, and show it."""
        state, over = self.state, self._over

        def in_thread() -> Mapping[str, int]:
            return tree_sizes((known.paths for known in known_repositories(state)), over)

        with suppress(OSError):
            self._sizes = await asyncio.to_thread(in_thread)
            self.redraw()

    def redraw(self) -> None:
        """Show what the filter lets through."""
        self._shown = [one for one in map(self._filtered, self._all) if one is not None]
        left_out = 0 if self._text else sum(one.left_out for one in self._all)
        with suppress(NoMatches):
            now = self.host.clock.now()
            sizes = self._sizes
            self.view.show(self._shown, self._folded, now, sizes=sizes, left_out=left_out)
        self.show_frame()

    def _filtered(self, one: ListedRepository) -> ListedRepository | None:
        """Return a repository with the runs that are shown; None where none is."""
        words = self._text.lower().split()
        with_hidden = _HIDDEN in words
        words = [word for word in words if word != _HIDDEN]
        place = str(one.place or one.folder).lower()
        runs = tuple(
            run
            for run in one.runs
            if (with_hidden or run.name not in self._hidden)
            and all(word in f"{place} {run.id} {run.goal} {run.standing}".lower() for word in words)
        )
        if runs:
            return replace(one, runs=runs)
        return one if one.problem and all(word in place for word in words) else None

    # -- moving, folding and filtering

    def action_move(self, where: str) -> None:
        """Move over the runs."""
        self.view.move(where)

    @on(EntryView.Selected)
    def show_selected(self) -> None:
        """Draw the keys for the run that is selected now."""
        self.show_frame()

    @on(EntryView.HeaderClicked)
    def fold_clicked(self, message: EntryView.HeaderClicked) -> None:
        """Fold the repository that was clicked."""
        if any(message.entry.name == one.folder for one in self._all):
            self._folded ^= {message.entry.name}
            self.redraw()

    def action_fold(self) -> None:
        """Fold the repository under the cursor, or open it; the cursor stays in it."""
        one = self.view.repository
        if one is not None:
            self._folded ^= {one.folder}
            self.redraw()
            name = one.runs[0].name if one.runs and one.folder not in self._folded else one.folder
            self.go_to(name)

    def action_fold_all(self) -> None:
        """Fold all repositories, or open them."""
        folders = {one.folder for one in self._all}
        self._folded = set() if self._folded >= folders else folders
        self.redraw()

    def go_to(self, name: str) -> None:
        """Put the cursor on a run or a repository that is shown."""
        self.view.put_cursor((0.0, 0.0, 0.0, 0.0, name))
        self.show_frame()

    def action_filter(self) -> None:
        """Type a filter."""
        self.query_one(FilterBar).open(self._text)

    @on(FilterChanged)
    def apply_filter(self, message: FilterChanged) -> None:
        """Show at each key what passes."""
        self._text = message.text
        self.redraw()
        shown = sum(len(one.runs) for one in self._shown)
        self.query_one(FilterBar).say(shown, sum(len(one.runs) for one in self._all))

    @on(FilterClosed)
    def return_to_runs(self) -> None:
        """Give the keys back to the list."""
        self.view.focus()

    def action_back(self) -> None:
        """Forget the filter; else go back to the board."""
        if self._text:
            self._text = ""
            self.redraw()
        else:
            self.host.action_go("board")

    # -- opening

    @on(EntryView.Opened)
    def action_open(self) -> None:
        """Show the board of the selected run; open a folded repository."""
        run, one = self.view.run, self.view.repository
        if run is not None and one is not None:
            self.host.open_run(project_of(one, self.host.environ), run.id)
        elif one is not None:
            self.action_fold()

    def action_next_need(self) -> None:
        """Open the next task that needs the person, of whichever run; after the last the first."""
        if not self._all and self._reading:
            self._walks_first = True
            return
        needs = needs_of(self._all)
        if not needs:
            self.host.show_toast("nothing needs you in any run", severity="information")
            return
        place = needs.index(self._walked) + 1 if self._walked in needs else 0
        need = self._walked = needs[place % len(needs)]
        one = next(one for one in self._all if one.folder == need.folder)
        self.go_to(f"{need.folder}/{need.run}")
        self.host.open_run(project_of(one, self.host.environ), need.run, task=need.task)

    # -- acting on the selected run

    def why_not(self, action: str) -> str | None:
        """Return why an action can do nothing with the selected run."""
        run, one = self.view.run, self.view.repository
        if action not in {"run.pause", "run.land", "runs.new", "runs.clean", "runs.hide"}:
            return None
        if one is None or (run is None and action != "runs.new"):
            return "no run is selected"
        if not one.is_there and action != "runs.hide":
            return "its repository is not here any more"
        if run is None:
            return ""
        if action == "run.pause" and run.state.ended:
            return "it is over"
        if action in {"runs.clean", "runs.hide"} and not run.state.ended:
            return f"it is {run.state}; only what is over can go"
        return ""

    def act(self, action: str) -> bool:
        """Pause, resume or land the selected run, which need not be the one that is open."""
        run, one = self.view.run, self.view.repository
        if run is None or one is None:
            return False
        if action == "run.pause":
            self.pause(project_of(one, self.host.environ), run)
        elif action == "run.land":
            self.host.open_run(project_of(one, self.host.environ), run.id, land=True)
        return action in {"run.pause", "run.land"}

    @work(group="actions", exit_on_error=False)
    async def pause(self, project: Project, run: ListedRun) -> None:
        """Pause a run, resume it, or start a scheduler that leads it."""

        def in_thread() -> str:
            with open_ledger(project) as ledger:
                return pause_or_resume_run(project, ledger, run.id)

        try:
            done = await asyncio.to_thread(in_thread)
        except WfError as error:
            self.host.show_toast(error.message, error.hint, severity="error")
        else:
            self.host.show_toast(f"{run.goal or run.id}: {done}", severity="information")
            self.read()

    def _is_refused(self, action: str) -> bool:
        reason = self.host.why_not(action)
        if reason:
            self.host.show_toast(f"{self.host.keys_of(action)}: {reason}")
        return bool(reason)

    def action_new(self) -> None:
        """Ask for a goal and have it planned, and run, in the selected repository."""
        one = self.view.repository
        if one is not None and not self._is_refused("runs.new"):
            self.host.start_dialog(self.ask_for_goal(project_of(one, self.host.environ)))

    async def ask_for_goal(self, project: Project) -> None:
        """Ask what is to be done and by whom, and have it planned; only within `start_dialog`.

        The board stands aside meanwhile, as for any program that needs the terminal.
        """
        host = self.host
        ready = await asyncio.to_thread(planners_of, host.config, host.environ)
        goal = await host.push_screen_wait(GoalForm(ready))
        if goal is not None:
            command = plan_command(goal, project.start)
            where = f"wf plan new in {clean(str(project.start), limit=400)}"
            error = host.step_aside(where, partial(run_command, command, host.environ))
            if error is not None:
                raise error
            self.read(everything=True)

    def action_hide(self) -> None:
        """Leave an ended run out of the list, or show a hidden one again."""
        run = self.view.run
        if run is None or self._is_refused("runs.hide"):
            return
        hide = run.name not in self._hidden
        try:
            self._hidden = hide_run(self.state, run.name, hidden=hide)
        except (OSError, WfError) as error:
            self.host.show_toast(f"it stays here: {error}", severity="error")
            return
        told = "it is left out here, nothing is deleted" if hide else "it is listed again"
        self.host.show_toast(told, "/hidden shows it" if hide else "", severity="information")
        self.redraw()

    def action_clean(self) -> None:
        """Remove an ended run with its folder, once the person has seen what goes with it."""
        run, one = self.view.run, self.view.repository
        if run is not None and one is not None and not self._is_refused("runs.clean"):
            self.host.start_dialog(self.ask_and_clean(run, project_of(one, self.host.environ)))

    async def ask_and_clean(self, run: ListedRun, project: Project) -> None:
        """Show what would go, and remove it; only within `start_dialog`."""
        host = self.host
        look = await clean_in_process(run.id, project.start, host.environ, apply=False)
        if look.refusal:
            host.show_toast(f"it stays: {look.refusal}", severity="error")
            return
        note = f"its folder goes, {look.size}; "
        note += look.lost or "all of its work is on a branch of yours"
        title = f"Remove “{run.goal or run.id}”?"
        if not await host.push_screen_wait(ConfirmDialog(title, "remove it", note=note)):
            return
        done = await clean_in_process(run.id, project.start, host.environ, apply=True)
        said = f"it stays: {done.refusal}" if done.refusal else f"removed, {look.size} are free"
        host.show_toast(said, severity="error" if done.refusal else "information")
        self.read(everything=True)
        self.count_trees()
