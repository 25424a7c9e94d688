"""`wf report`: what a run did, for people who were not there."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from wf_tui.cli.context import reading
from wf_tui.cli.options import run_argument
from wf_tui.clock import SystemClock
from wf_tui.errors import EnvironmentalError, UsageError

if TYPE_CHECKING:
    from wf_tui.report.facts import RunReport

__all__ = ["report"]


@click.command
@run_argument
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write it as one page that needs nothing else.",
)
def report(*, run: str | None, repo: Path | None, html: Path | None) -> None:
    """Say what a run did: its tasks, attempts, costs, commits, and what people decided.

    As Markdown on standard output, or with --html as a page in FILE.
    """
    # GitPython is behind these, and nothing else needs it.
    from wf_tui.report.markdown import markdown  # noqa: PLC0415 - see above

    facts = _read(run, repo)
    if html is None:
        click.echo(markdown(facts), nl=False)
        return
    from wf_tui.report.page import page  # noqa: PLC0415 - as the other form

    _write(html, page(facts))
    click.echo(f"the report is in {html}", err=True)


def _read(run: str | None, repo: Path | None) -> RunReport:
    from wf_tui.report.commits import read_commits  # noqa: PLC0415 - GitPython, 125 ms
    from wf_tui.report.facts import read_report  # noqa: PLC0415 - with the commits

    with reading(run, repo) as found:
        facts = read_report(found.db, found.run.id, SystemClock().now())
        project, paths = found.project, found.paths
    # Behind the ledger: while GitPython is asked, no other thread may look at the environment.
    commits = read_commits(project.repository, paths, facts.base, facts.head)
    return replace(facts, commits=commits)


def _write(path: Path, text: str) -> None:
    """Write the page whole or not at all: somebody may be looking at the one before."""
    if not path.parent.is_dir():
        raise UsageError(f"there is no folder {path.parent}", "make it, or name another file")
    beside = path.with_name(f".{path.name}.wf")
    try:
        beside.write_text(text, "utf-8")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise EnvironmentalError(f"cannot write {path}: {error.strerror}") from error
