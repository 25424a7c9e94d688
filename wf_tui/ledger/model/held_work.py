"""Work that may not be merged as it is: each reason with its paths, as a blocked task keeps them.

The checks of an attempt make the parts; the detail of the task (kind `scope`), its event and the
JSON of `wf status` have them under `why`, `paths` and `all`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import ScopeWhy
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import Detail

__all__ = ["HeldPart", "HeldWork", "held_part", "was_held"]

_MOST_PATHS: Final = 200
_ORDER: Final = tuple(ScopeWhy)


@frozen
class HeldPart:
    """One reason why work is held back."""

    why: ScopeWhy
    paths: tuple[str, ...]
    """What it is about; of `LEFT`, refs. The first 200 are stored."""
    text: str
    """A sentence for a person; names in it are cleaned."""


@frozen
class HeldWork:
    """All reasons why the work of an attempt is held back, the one that counts first."""

    parts: tuple[HeldPart, ...]

    @classmethod
    def of(cls, found: Iterable[HeldPart | None]) -> HeldWork | None:
        """Return the reasons that there are, at most one of each, in their order; None for none."""
        parts = [part for part in found if part is not None]
        parts.sort(key=lambda part: _ORDER.index(part.why))
        return cls(tuple(parts)) if parts else None

    @property
    def text(self) -> str:
        """Every reason, as one sentence."""
        return "; ".join(part.text for part in self.parts)

    @property
    def detail(self) -> Detail:
        """What the blocked task keeps of it: the first reason and its paths, then all by name."""
        first = self.parts[0]
        return {
            "why": first.why.value,
            "paths": list(first.paths[:_MOST_PATHS]),
            "all": {
                part.why.value: {"paths": list(part.paths[:_MOST_PATHS]), "text": part.text}
                for part in self.parts
            },
        }


def held_part(detail: Detail, why: ScopeWhy) -> HeldPart | None:
    """Return one of the reasons why the work of a task was held back, of its detail; or None."""
    every = detail.get("all")
    stored = every.get(why.value) if isinstance(every, Mapping) else None
    if stored is None:
        return None
    paths = stored.get("paths")
    named = tuple(map(str, paths)) if isinstance(paths, list | tuple) else ()
    return HeldPart(why, named, str(stored.get("text", "")))


def was_held(detail: Detail, why: ScopeWhy) -> bool:
    """Whether this was among the reasons why the work of a task was held back, by its detail."""
    return held_part(detail, why) is not None
