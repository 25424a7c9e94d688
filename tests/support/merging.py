"""Merging commits as the scheduler's integrator does, without its queue and its ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.git.merge.integrate import Integration, Merge, current_head, make_merge, move_branch

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.git.control.attempt_commits import Message
    from wf_tui.git.control.control import Control

__all__ = ["integrate"]


def integrate(
    control: Control,
    *,
    known: str,
    base: str,
    commit: str,
    message: Message,
    when: float,
    intent: Callable[[str, str], None],
) -> Integration:
    """Merge a commit into the branch; made again as long as somebody else is faster."""
    while True:
        head = current_head(control, known)
        merge = make_merge(control, head=head, base=base, commit=commit, message=message, when=when)
        if not isinstance(merge, Merge) or move_branch(control, merge, intent):
            return merge
