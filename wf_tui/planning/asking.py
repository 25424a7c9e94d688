"""Beginning a planning by a model: what it is asked, from what lies in the repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.planning.planner import choose_planner, default_worker, usable_workers
from wf_tui.planning.planning_run import Draft, PlanningRun, begin_planning
from wf_tui.planning.repository_map import file_map, repository_facts, tracked_files
from wf_tui.planning.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable

    from wf_tui.planning.plan_draft import Terms
    from wf_tui.planning.source import Source

__all__ = ["ask_model"]


def ask_model(
    terms: Terms,
    goal: str,
    profile: str,
    source: Source | None,
    *,
    wait_for_person: bool,
    warn: Callable[[str], None],
) -> tuple[PlanningRun, str]:
    """Start a planning; return its run and the profile that plans.

    `profile` is the person's choice, "" where they made none. Raises what `choose_planner` and
    `wf run` raise.
    """
    project, environ = terms.project, terms.project.environ
    planner = choose_planner(terms.config, profile, environ)
    paths = tracked_files(project.repository)
    request = Request(
        goal=goal or f"Do the work that {source.name if source else 'it'} describes.",
        workers=usable_workers(terms.config, environ),
        files=file_map(paths),
        facts=repository_facts(project.repository, paths),
        source=source.text if source else "",
        source_name=source.name if source else "",
        default_worker=default_worker(terms.config, environ),
    )
    output = str(terms.output.absolute()) if terms.output else ""
    planning = begin_planning(
        project,
        terms.config,
        request,
        planner,
        Draft(request.goal, output=output, force=terms.force),
        wait_for_person=wait_for_person,
        warn=warn,
    )
    return planning, planner
