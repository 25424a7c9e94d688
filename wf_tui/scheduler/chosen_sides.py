"""What a person has chosen of a conflict, for the merge that is made now.

A choice is kept with the versions that met as it was made. It counts wherever the very same ones
meet again, after a crash or on a newer head, and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.git.merge.conflict import Side
from wf_tui.git.merge.integrate import find_conflict
from wf_tui.git.merge.sides import unresolved
from wf_tui.ledger.model.found_conflict import FoundConflict
from wf_tui.text import clean, listed
from wf_tui.values import frozen, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.git.control.control import Control
    from wf_tui.git.merge.conflict import Conflict
    from wf_tui.git.merge.sides import Unresolved
    from wf_tui.ledger.model.accept_choices import Choices
    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["LaidOutConflict", "chosen_sides", "decided", "laid_out_conflict", "with_sides"]

_BY_CASE: Final = "case"
_NAMED: Final = 20


def chosen_sides(choices: Choices, conflict: Conflict) -> dict[str, Side]:
    """Return the paths of a conflict for which a person has chosen, each with its side."""
    stored = ((choices.ours, Side.OURS), (choices.theirs, Side.THEIRS))
    return {
        one.path: side
        for one in conflict.conflicted
        for chosen, side in stored
        if chosen.get(one.path) == one.versions
    }


def with_sides(choices: Choices, conflict: Conflict, sides: Mapping[str, Side]) -> Choices:
    """Return the choices with these sides of a conflict, and no others."""
    met = {one.path: one.versions for one in conflict.conflicted if one.path in sides}
    ours = {path: key for path, key in met.items() if sides[path] is Side.OURS}
    theirs = {path: key for path, key in met.items() if sides[path] is Side.THEIRS}
    return replace(choices, ours=ours, theirs=theirs)


def decided(task: TaskRow, conflict: Conflict) -> Mapping[str, Side] | None:
    """Return how a conflict of accepted work is settled by what its person chose before, if it is.

    Called on a git thread, within the merge. Names that clash by case have been seen by who accepts
    them: they stay.
    """
    if not task.by_hand:
        return None
    sides = chosen_sides(task.choices, conflict)
    if conflict.by_case:
        seen = FoundConflict.of(task.detail)
        paths = task.detail.get("paths")
        known = isinstance(paths, list | tuple) and set(conflict.paths) <= set(paths)
        return sides if seen and _BY_CASE in seen.kinds and known else None
    needed = [one.path for one in conflict.conflicted if one.needs_person]
    return sides if needed and all(path in sides for path in needed) else None


@frozen
class LaidOutConflict:
    """The conflict that lies in the worktree of a task, and the tree that it was laid out as."""

    conflict: Conflict
    content: str

    def unresolved(
        self, control: Control, choices: Choices, resolved: str
    ) -> tuple[Unresolved, ...]:
        """Return what nobody has settled in `resolved`, a commit or tree: edited it, or chosen."""
        sides = chosen_sides(choices, self.conflict)
        return unresolved(control, self.conflict, self.content, resolved, sides)

    def left(self, control: Control, choices: Choices, resolved: str) -> str:
        """Return the same as a sentence; "" where all is settled."""
        left = self.unresolved(control, choices, resolved)
        names = listed([f"{clean(one.path, limit=200)} ({one.why})" for one in left], _NAMED)
        return f"nobody has resolved {names}" if left else ""


def laid_out_conflict(control: Control, task: TaskRow, work: str | None) -> LaidOutConflict | None:
    """Return the conflict that lies in the worktree of a task; None where there is none.

    `work` is the commit that was held back. Git merges once more: the same commits give the same
    conflict. Blocks, and belongs into a thread.
    """
    found = FoundConflict.of(task.detail)
    if found is not None:
        conflict = find_conflict(control, found.base, found.head, found.commit)
        return LaidOutConflict(conflict, found.laid_out) if conflict else None
    head = task.detail.get("head")
    if not (head and work) or "kinds" in task.detail:
        return None
    # An earlier version of wf has laid out git's own tree, and noted the head alone.
    conflict = find_conflict(control, control.base, str(head), work)
    return LaidOutConflict(conflict, conflict.tree) if conflict else None
