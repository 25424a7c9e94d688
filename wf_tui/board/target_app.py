"""The part of the application that knows what a key would work on, and whether it can."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.board.actions import refusals
from wf_tui.board.actions.registry import Context, Target, by_id
from wf_tui.board.status_app import StatusApp
from wf_tui.picture.words.advice import ON_SIMILAR

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wf_tui.board.acting.guard import Guard
    from wf_tui.board.actions.action import Action
    from wf_tui.picture.picture import Picture

__all__ = ["TargetApp"]


class TargetApp(StatusApp):
    """Answers which tasks an action would work on now, and why it cannot; on the event loop."""

    picture: Picture
    guard: Guard
    acts_off: str = ""
    """Why nothing of the run can be changed from here, as a sentence; "" where it can."""

    @property
    def selected(self) -> str | None:
        """The selected card of the topmost screen that shows the run."""
        screen = self.run_screen
        return None if screen is None else screen.selected

    @property
    def selected_lane(self) -> str | None:
        """The lane of what is selected; "" where it asks no provider, None where none is."""
        screen = self.run_screen
        return None if screen is None else screen.lane

    def targets(self, action: Action) -> tuple[str, ...]:
        """Return the tasks that an action would work on now; none for an action on the run.

        With marks it is the marked ones, in the order of the columns; else the selected one, or all
        that the selected card stands for.
        """
        selected = self.selected
        alone = () if selected is None else (selected,)
        if action.target is Target.ONE:
            return alone
        if action.target is not Target.TASKS:
            return ()
        screen = self.run_screen
        marks = self.picture.marks
        if screen is not None and screen.listed is not None:
            marks = marks.intersection(screen.listed)
        if marks:
            return self.picture.in_order(marks)
        alike = screen.similar_tasks if screen is not None and action.id in ON_SIMILAR else ()
        return alone or alike

    def watched_looks(self) -> dict[str, tuple[str, str | None]]:
        """Return state and kind of each task that a key would act on: selected and marked."""
        picture = self.picture
        if picture.run is None:
            return {}
        selected = self.selected
        watched = picture.marks if selected is None else {selected, *picture.marks}
        rows = [picture.row(task) for task in watched if task in picture.cards]
        return {row.id: (row.state.value, row.kind) for row in rows}

    def why_not(self, name: str) -> str | None:
        """Return why an action can do nothing now, or None where it can.

        An action on several tasks is possible where one of its moves is on one of them; those for
        which it is not are counted when it is done. The reason is that of the first.
        """
        action = by_id(name)
        if self.acts_off and action.target.changes_run:
            return self.acts_off
        # The runs of other repositories have ledgers of their own.
        if self.unreadable and action.target.changes_run and self.context is not Context.RUNS:
            return f"the ledger cannot be read since {self.as_of}"
        screen = self.run_screen
        if screen is not None and (reason := screen.why_not(name)) is not None:
            return reason or None
        # A move of the run is asked about with no task, as the picture has it.
        ids = self.targets(action) if action.target.needs_task else ("",)
        if not ids:
            return self.no_target()
        if not action.moves:
            return None
        return refusals.why_not(self.picture, action.moves, ids, self.keys_of)

    def no_target(self) -> str:
        """Return why there is no task for a key: none is selected, or a fold that `z` opens."""
        screen = self.run_screen
        return (screen.stop_sentence if screen is not None else "") or "no task is selected"

    def guard_changed(self, tasks: Sequence[str]) -> None:
        """Let no key act on these until a person can have seen what they are now."""
        self.call_after_refresh(self.guard.saw, self.guard.changed(tasks))
