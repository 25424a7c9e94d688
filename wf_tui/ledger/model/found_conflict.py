"""A merge that was laid out for a person: what the detail of a task in conflict keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from wf_tui.values import frozen

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import Detail

__all__ = ["FoundConflict"]


@frozen
class FoundConflict:
    """The commits that meet, the tree that a person was given, and git's words for both.

    With the three commits git can be asked again for the versions of each path; `laid_out` tells
    what was resolved since. All are names of objects in `control.git`.
    """

    base: str
    """Where the work began."""
    head: str
    """What it did not merge with; the worktree shows what differs from it."""
    commit: str
    """The work."""
    laid_out: str
    """The tree that the worktree was filled with; "" where nothing was laid out."""
    kinds: tuple[str, ...] = ()
    """Of each path what keeps it from being merged: `content`, `modify/delete`, ..."""
    words: tuple[str, ...] = ()
    """Git's own sentences, with the names of the branch and the task for those of commits."""
    others: tuple[str, ...] = ()
    """The titles of those whose work has changed the same on the branch; safe to show."""

    @property
    def detail(self) -> Detail:
        """What is stored of it, beside its paths."""
        words: Detail = {"kinds": list(self.kinds), "words": list(self.words)}
        if self.others:
            words = {**words, "with": list(self.others)}
        if not self.laid_out:
            return words
        merge = {"base": self.base, "commit": self.commit, "laid_out": self.laid_out}
        return {**words, **merge, "head": self.head}

    @classmethod
    def of(cls, detail: Detail) -> Self | None:
        """Return the merge that lies in the worktree of a task; None where none was laid out.

        Nor of one that an earlier version of wf has laid out.
        """
        base, head, commit, laid_out = (
            str(detail.get(name) or "") for name in ("base", "head", "commit", "laid_out")
        )
        if not (base and head and commit and laid_out):
            return None
        kinds, words, others = (_list(detail, name) for name in ("kinds", "words", "with"))
        return cls(base, head, commit, laid_out, kinds, words, others)


def _list(detail: Detail, name: str) -> tuple[str, ...]:
    stored = detail.get(name)
    return tuple(map(str, stored)) if isinstance(stored, list | tuple) else ()
