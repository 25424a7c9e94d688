"""The actions of the review: what is done with a diff, and how it ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.action import RUN_VIEWS, Action, Context, Group, Target
from wf_tui.picture.words.advice import advice_for

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost

__all__ = ["DIFF_ACTIONS", "REVIEW_ACTIONS"]

_REVIEW: Final = frozenset({Context.REVIEW})


def _act(
    name: str, key: str, title: str, text: str, calls: str, twin: str = "", *, footer: bool = False
) -> Action:
    return Action(
        name,
        (key,),
        title,
        text,
        Group.TASK,
        Target.VIEW,
        _REVIEW,
        twins=(twin,) if twin else (),
        calls=f"screen.{calls}",
        footer=footer,
    )


DIFF_ACTIONS: Final = (
    _act(
        *("diff.comment", "c", "Comment", "Comment on this line; it is a draft until it is sent"),
        *("comment", "wf comment TASK PLACE TEXT"),
        footer=True,
    ),
    _act(
        *("diff.edit_comment", "e", "Edit", "Other words for the comment under the cursor"),
        *("edit_comment", "wf comment TASK PLACE TEXT --edit N"),
    ),
    _act(
        *("diff.drop_comment", "x", "Drop", "Take the comment under the cursor away"),
        *("drop_comment", "wf comment TASK PLACE --drop N"),
    ),
    _act("diff.wrap", "w", "Wrap", "Break long lines, or cut them at the edge", "wrap"),
)
"""Also in the Diff tab of the pane, while that has the keys."""


def _what_it_is(app: ActionHost, ids: tuple[str, ...]) -> str:
    """Return what the card calls it: a person looks at what is out of scope, and reviews work."""
    cards = [app.picture.cards[task] for task in ids if task in app.picture.cards]
    words = [one.word for card in cards for one in advice_for(card) if one.action == "task.review"]
    return words[0].capitalize() if words else ""


def _open(app: ActionHost, ids: tuple[str, ...]) -> None:
    """Open the review of a task."""
    app.show_review(ids[0])


REVIEW_ACTIONS: Final = (
    Action(
        "task.review",
        ("R",),
        "Review",
        "All of its work on the whole screen: comment on lines, send back, accept",
        Group.TASK,
        Target.ONE,
        RUN_VIEWS,
        twins=("wf review TASK",),
        handler=_open,
        title_now=_what_it_is,
        widest="Review",
        footer=True,
    ),
    *DIFF_ACTIONS,
    _act("review.seen", "v", "Seen", "Mark this file as seen, or no longer", "seen", footer=True),
    _act("review.split", "s", "Split", "Old beside new, from 140 columns", "split"),
    _act(
        *("review.since", "d", "Since", "All, or only what changed since the last round", "since")
    ),
    _act(
        *("review.send", "R", "Send back", "Send the comments back to its worker; asks once"),
        *("send", "wf review TASK --send"),
        footer=True,
    ),
)
"""In the order of footer and help."""
