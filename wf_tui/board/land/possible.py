"""What the keys of the land screen can do now, and why not: footer, palette and refusals say it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.git.user.land import LandingKind
from wf_tui.text import clean

if TYPE_CHECKING:
    from wf_tui.board.land.land_facts import LandFacts

__all__ = ["why_not"]


def why_not(facts: LandFacts | None, action: str) -> str:
    """Return why an action of the land screen can do nothing now; "" where it can."""
    if not action.startswith("land.") or action == "land.branch":
        return ""
    if facts is None:
        return "it is not planned yet"
    plan, landing = facts.plan, facts.plan.trial.landing
    if action == "land.resolve":
        return _nothing_to_resolve(facts)
    if landing is None:
        words = clean(plan.refusal)
        return "" if action in {"land.copy", "land.squash"} else f"it does not merge: {words}"
    if landing.kind is LandingKind.NOTHING:
        return f"{clean(plan.into)} has all of it already"
    match action:
        case "land.do":
            return clean(plan.refusal)
        case "land.gate" if not facts.command:
            return "the plan has no gate"
        case "land.message" if not landing.commits_anew:
            return "a fast-forward makes no commit; s makes one of all"
        case _:
            return ""


def _nothing_to_resolve(facts: LandFacts) -> str:
    if facts.plan.trial.landing is not None:
        return "it merges as it is"
    if facts.merge_task is not None:
        return f"“{clean(facts.merge_task.title)}” is there already"
    return "" if facts.plan.trial.conflicts else clean(facts.plan.refusal)
