"""Which keys the footer has, in their fixed places; what does not fit is left out from the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.action import Context
from wf_tui.board.actions.registry import ACTIONS, by_id
from wf_tui.board.actions.review_actions import DIFF_ACTIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.board.actions.action import Action

__all__ = ["FOOTERS", "footer_actions"]

_WIDE_FROM: Final = 107
"""Columns from which on the longer one is shown."""
_ENDS: Final = ("view.menu", "app.help")
"""What stands at the right end of each."""
_BOARD_NARROW: Final = (
    *("view.open", "task.answer", "task.retry", "task.reassign", "view.next_need", "task.cancel"),
    *("view.list", "task.hold", "task.skip", "task.shell", "task.accept"),
)
_BOARD_WIDE: Final = (
    *("view.open", "task.answer", "task.retry", "task.reassign", "task.accept", "task.review"),
    *("task.shell", "task.cancel", "task.hold", "view.next_need", "view.list", "task.skip"),
    *("task.edit", "view.filter"),
)
_WORKERS: Final = (
    *("view.open", "task.reassign", "task.hold", "task.message", "run.more_jobs"),
    *("run.fewer_jobs", "lane.pause", "view.next_need", "go.board"),
)
_INBOX: Final = (
    *("view.back", "go.board", "view.open", "task.answer", "task.retry", "task.reassign"),
    *("task.accept", "task.review", "task.skip", "task.snooze", "run.undo", "view.next_need"),
    *("task.shell", "view.pane"),
)
_BOX: Final = (
    *("view.back", "task.answer", "task.allow_always", "task.deny", "task.message"),
    *("task.retry", "task.reassign", "task.skip", "task.snooze", "run.undo", "view.next_need"),
)
_REVIEW: Final = (
    *("view.hunk_next", "view.file_next", "review.seen", "diff.comment", "task.accept"),
    *("review.send", "view.filter", "review.split", "task.shell", "view.pane"),
)
_REVIEW_NARROW: Final = (
    *("review.seen", "diff.comment", "task.accept", "review.send", "view.hunk_next"),
    *("view.file_next", "view.filter", "task.shell", "view.pane"),
)
_PLAN: Final = (
    *("plan.accept", "plan.edit", "plan.new", "plan.drop", "plan.worker", "plan.review"),
    *("plan.words", "plan.file", "plan.seats", "plan.budget", "plan.shape", "view.pane"),
)
_RUNS: Final = (
    *("view.open", "runs.new", "run.pause", "run.land", "runs.clean", "view.next_need"),
    *("runs.hide", "view.filter"),
)
_GRAPH: Final = (
    *("view.open", "view.file_previous", "view.file_next", "graph.path", "view.fold"),
    *("task.answer", "task.retry", "task.reassign", "task.accept", "task.hold", "task.shell"),
    *("view.next_need", "go.board"),
)
_LAND: Final = (
    *("land.do", "view.back", "land.diff", "land.squash", "land.branch", "land.gate"),
    *("land.message", "land.copy", "land.resolve"),
)
_START: Final = (
    *("start.goal", "start.plan", "start.task", "start.runs", "start.demo", "start.doctor"),
    "app.quit",
)
_TIMELINE: Final = (
    *("view.open", "view.attempt_previous", "view.log", "view.diff", "view.history"),
    *("timeline.zoom_in", "timeline.zoom_out", "timeline.now", "view.next_need"),
)
_DIFF: Final = (
    *("view.pane", "view.hunk_next", "view.file_next", "diff.comment", "diff.edit_comment"),
    *("diff.drop_comment", "diff.wrap", "view.filter", "task.review", "view.next_need"),
)
"""While they are for a diff in the pane."""
_PANE: Final = (
    *("view.pane", "view.attempt_next", "view.file_next"),
    *("view.filter", "view.follow", "task.retry", "task.reassign", "task.review", "task.shell"),
    *("task.skip", "view.next_need"),
)
"""While the keys are for the detail pane."""
FOOTERS: Final[Mapping[Context, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    Context.BOARD: (_BOARD_NARROW, _BOARD_WIDE),
    Context.INBOX: (_INBOX, _INBOX),
    Context.BOX: (_BOX, _BOX),
    Context.REVIEW: (_REVIEW_NARROW, _REVIEW),
    Context.WORKERS: (_WORKERS, _WORKERS),
    Context.RUNS: (_RUNS, _RUNS),
    Context.LAND: (_LAND, _LAND),
    Context.GRAPH: (_GRAPH, _GRAPH),
    Context.START: (_START, _START),
    Context.TIMELINE: (_TIMELINE, _TIMELINE),
    Context.PLAN: (_PLAN, _PLAN),
}
"""The ids of a context where it is narrow, and where it is wide; of one that is not here, all that
say so are shown, in the order of the registry."""


def footer_actions(
    context: Context, width: int, *, in_pane: bool = False, in_diff: bool = False
) -> list[Action]:
    """Return the actions of the footer of a context; those at the right end are the last two.

    `in_pane` says that the keys are for the detail pane, `in_diff` that they are for its diff.
    """
    found = (_PANE, _PANE) if in_pane else FOOTERS.get(context)
    if in_diff:
        found = (_DIFF, _DIFF)
    if found is None:
        names = [one.id for one in ACTIONS if one.footer and one.keys and one.id not in _ENDS]
    else:
        known = {action.id for action in ACTIONS}
        names = [name for name in found[width >= _WIDE_FROM] if name in known]
    every = [by_id(name) for name in (*names, *_ENDS)]
    # What is no key of the box comes to its screen.
    here = {context, Context.INBOX} if context is Context.BOX else {context}
    also = DIFF_ACTIONS if in_diff else ()
    return [action for action in every if here & action.contexts or action in also]
