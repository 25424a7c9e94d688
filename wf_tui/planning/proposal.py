"""A plan that waits for a person's word: its text, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from wf_tui.plan.read import parse_plan
from wf_tui.planning.plain_yaml import plain_yaml, written_values
from wf_tui.prompts.plan_answer import read_plan_answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.plan.check_workers import WorkerFacts
    from wf_tui.plan.report import Report

__all__ = ["Proposal", "of_answer", "of_text"]


@dataclass(frozen=True)
class Proposal:
    """A plan as text, checked."""

    text: str
    """YAML as it is, or will be, in its file."""
    report: Report
    edited: bool = False
    """Whether a person has changed it since a model wrote it."""
    notes: tuple[str, ...] = ()
    """What of another tool's file is not in it."""

    @property
    def valid(self) -> bool:
        """Whether it can be run."""
        return self.report.plan is not None


def of_text(
    text: str,
    workers: Mapping[str, WorkerFacts],
    *,
    name: str = "plan",
    edited: bool = False,
    notes: tuple[str, ...] = (),
) -> Proposal:
    """Return a plan of YAML that a person, a shape or a conversion wrote; it stays as it is."""
    report = parse_plan(text, "yaml", name, workers=workers)
    return Proposal(text, report, edited=edited, notes=notes)


def of_answer(answer: str, workers: Mapping[str, WorkerFacts]) -> Proposal:
    """Return the plan in a model's answer, written plainly where it has no errors."""
    found = read_plan_answer(answer, workers=workers)
    if not found.report.valid:
        return Proposal(found.text, found.report)
    text = plain_yaml(written_values(found.text, found.format))
    written = parse_plan(text, "yaml", "plan", workers=workers)
    if written.plan == found.report.plan:
        return Proposal(text, written)
    # Never another plan than the model's; its own words are as good, if not as plain.
    report = parse_plan(found.text, "yaml", "plan", workers=workers)
    return Proposal(found.text, report)
