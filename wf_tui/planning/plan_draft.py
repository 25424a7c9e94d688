"""A plan that a person decides on: what they see of it, its file, and how it is changed."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.git.user.uncommitted import count_uncommitted, uncommitted_text
from wf_tui.ledger.stores import store_of
from wf_tui.planning.editing.outline import Outline, outline_of
from wf_tui.planning.given_limits import NONE_GIVEN, GivenLimits, write_limits
from wf_tui.planning.kept_drafts import KeptDraft, draft_of_run, drop_draft, keep_draft
from wf_tui.planning.plan_file import new_plan_path, write_plan
from wf_tui.planning.planning_run import Stage
from wf_tui.planning.preview import Preview, preview_lines
from wf_tui.planning.proposal import Proposal, of_answer, of_text
from wf_tui.profiles.choice import worker_facts
from wf_tui.project import open_reads
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from wf_tui.config import Config
    from wf_tui.plan.check_workers import WorkerFacts
    from wf_tui.planning.given_limits import LimitName
    from wf_tui.planning.planning_run import PlanningRun, Standing
    from wf_tui.project import Project

__all__ = ["PlanDraft", "Terms", "draft_of", "draft_of_kept", "draft_of_planning"]

_MOST_CHANGES: Final = 40
_LONGEST_LINE: Final = 400


@dataclass(frozen=True)
class Terms:
    """What one planning is about, beside its goal."""

    project: Project
    config: Config
    seats: Mapping[str, int]
    """What `--worker` says."""
    output: Path | None = None
    """What `-o` says."""
    force: bool = False
    """Whether a file that is there may go."""
    limits: GivenLimits = NONE_GIVEN
    """What `--jobs` and `--budget` say."""

    @property
    def workers(self) -> Mapping[str, WorkerFacts]:
        """The profiles that a plan may name."""
        return worker_facts(self.config)


def draft_of(terms: Terms, proposal: Proposal, goal: str) -> PlanDraft:
    """Return a plan to decide on that no model has made; it is in no file yet."""
    path = terms.output or new_plan_path(terms.project.paths, goal)
    draft = PlanDraft(terms, path, proposal, may_replace=terms.force, goal=goal)
    draft.write_limits()
    return draft


def draft_of_kept(terms: Terms, kept: KeptDraft) -> PlanDraft:
    """Return a plan that no model has made, as a person left it."""
    proposal = of_text(kept.text, terms.workers, edited=kept.edited)
    path = terms.output or Path(kept.path)
    draft = PlanDraft(terms, path, proposal, may_replace=kept.may_replace, goal=kept.goal)
    draft.write_limits()
    return draft


def draft_of_planning(terms: Terms, planning: PlanningRun, standing: Standing) -> PlanDraft:
    """Return the plan of a planning that is ready or has failed, as a person left it, if one has.

    One without errors is in its file then.
    """
    stored = planning.draft()
    kept = Path(stored.path) if stored.path else None
    newer = standing.stage is Stage.READY and stored.epoch != standing.epoch
    left = draft_of_run(terms.project.paths, planning.id)
    if left is not None and not newer:
        proposal = of_text(left.text, terms.workers, edited=left.edited)
    elif kept is not None and kept.is_file() and not newer:
        proposal = of_text(kept.read_text("utf-8", "replace"), terms.workers, edited=True)
    else:
        proposal = of_answer(standing.answer, terms.workers)
    path = terms.output or (Path(stored.output) if stored.output else None)
    path = path or kept or new_plan_path(terms.project.paths, stored.goal)
    may_replace = path == kept or terms.force or stored.force
    goal = left.goal if left is not None else stored.goal
    draft = PlanDraft(terms, path, proposal, planning, may_replace=may_replace, goal=goal)
    if standing.stage is Stage.READY and proposal.valid and not (proposal.edited and path == kept):
        draft.save(proposal, epoch=standing.epoch)
    draft.write_limits()
    return draft


@dataclass
class PlanDraft:
    """What is decided on: the newest plan, its file, and who can be asked for another one."""

    terms: Terms
    path: Path
    proposal: Proposal
    planning: PlanningRun | None = None
    """The run of the model that made it; None where none did."""
    may_replace: bool = False
    """Whether a file that is there may go: one of this plan's, or with --force."""
    goal: str = ""
    """What was asked for."""
    beside: GivenLimits = field(init=False)
    """What was given for the run, and counts although the plan does not say it."""

    def __post_init__(self) -> None:
        """Have all to write that was given."""
        self.beside = self.terms.limits

    @property
    def outline(self) -> Outline:
        """What a person sees of it as a list, with what counts beside it."""
        outline = outline_of(self.proposal.report, self.proposal.text)
        return replace(outline, seats=self.beside.jobs or outline.seats)

    @property
    def is_blank(self) -> bool:
        """Whether nobody has put anything in it."""
        return self.planning is None and not (self.proposal.edited or self.proposal.valid)

    @property
    def copy(self) -> Path:
        """The file that is edited, beside the plan's own."""
        return self.path.with_name(f".{self.path.stem}.edit.yaml")

    def save(self, proposal: Proposal, *, epoch: int | None = None) -> None:
        """Make a plan without errors the one of the file; `epoch` is the attempt that made it."""
        private = self.path.is_relative_to(self.terms.project.paths.root)
        if private and not self.may_replace and self.path.exists():
            # Another planning of the same goal took the name meanwhile.
            self.path = new_plan_path(self.terms.project.paths, self.path.stem)
        write_plan(self.path, proposal.text, over=self.may_replace, private=private)
        self.proposal, self.may_replace = proposal, True
        if self.planning is not None:
            stored = self.planning.draft()
            kept = stored.epoch if epoch is None else epoch
            self.planning.keep(replace(stored, path=str(self.path), epoch=kept))

    def lines(self) -> list[str]:
        """Return the plan as waves with all that it would do, or what is wrong with it."""
        report = self.proposal.report
        if report.plan is None:
            return report.text().split("\n")
        project = self.terms.project
        repository = project.repository
        left_out = count_uncommitted(repository, project.environ)
        around = Preview(
            self.terms.config,
            project.environ,
            self.terms.seats,
            uncommitted_text(left_out, repository.head),
        )
        if not store_of(project.paths).exists():
            return [*preview_lines(report, around, None), *self.proposal.notes]
        with open_reads(project) as db:
            return [*preview_lines(report, around, db), *self.proposal.notes]

    def edited(self, text: str) -> Proposal:
        """Return what a person made of it, checked."""
        return of_text(text, self.terms.workers, edited=True, notes=self.proposal.notes)

    def write_limits(self) -> None:
        """Write what was given for the run into the plan; it is kept unless it is still blank."""
        text, self.beside = write_limits(self.proposal.text, self.beside)
        if text == self.proposal.text:
            return
        if self.is_blank:
            self.proposal = replace(self.edited(text), edited=False)
        else:
            self.change(text)

    def change(self, text: str, sets: LimitName | None = None) -> None:
        """Take what a person made of it, and keep it; it is in its file where it has no errors.

        `sets` names what counts no more as it was given: the change is about that.
        """
        if sets is not None:
            self.beside = self.beside.without(sets)
        text, self.beside = write_limits(text, self.beside)
        self.proposal = self.edited(text)
        self.keep()
        if self.proposal.valid:
            self.save(self.proposal)

    def keep(self) -> None:
        """Write it down as it is, so that it is there whatever ends this process."""
        keep_draft(self.terms.project.paths, self._kept())

    def forget(self) -> None:
        """Let nobody go on with it: it runs."""
        drop_draft(self.terms.project.paths, self._kept())

    def plan_anew(self, planning: PlanningRun) -> None:
        """Let another run make the next plan of it: the one before is over."""
        self.forget()
        self.planning = planning
        self.keep()

    def _kept(self) -> KeptDraft:
        return KeptDraft(
            self.goal,
            self.proposal.text,
            str(self.path),
            self.may_replace,
            self.proposal.edited,
            self.planning.id if self.planning else "",
        )

    def wish(self, words: str) -> str:
        """Return what the model is told: what a person wants, and what they changed themselves."""
        if not self.proposal.edited:
            return words
        return f"{words}\n\nThe plan was edited meanwhile. It is now:\n\n{self.proposal.text}"

    def take(self, standing: Standing) -> bool:
        """Take the plan that the model has made of a wish, where it is a new one without errors."""
        planning = self.planning
        if standing.stage is not Stage.READY or planning is None:
            return False
        if self.proposal.valid and planning.draft().epoch == standing.epoch:
            return False
        proposal = of_answer(standing.answer, self.terms.workers)
        if proposal.valid:
            self.save(proposal, epoch=standing.epoch)
            self.write_limits()
        return proposal.valid

    def changes(self, before: str) -> Iterator[str]:
        """Yield the lines that are others than in an earlier text, safe to show."""
        compared = difflib.unified_diff(
            before.splitlines(), self.proposal.text.splitlines(), n=0, lineterm=""
        )
        lines = [it for it in compared if not it.startswith(("---", "+++", "@@"))]
        for line in lines[:_MOST_CHANGES]:
            yield clean(line, limit=_LONGEST_LINE)
        if len(lines) > _MOST_CHANGES:
            yield f"and {plural(len(lines) - _MOST_CHANGES, 'more line')}"

    def finish(self) -> None:
        """Record that a person has decided; the planning is over with that."""
        if self.planning is not None and self.proposal.valid:
            self.planning.finish()
        elif self.planning is not None:
            self.planning.stop()
