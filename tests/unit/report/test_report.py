"""`wf report`: what it says of a run, in both of its forms, and what it lets nobody do."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from tests.support import busy_run
from tests.support.bare_project import project_in
from tests.support.cli_harness import git
from tests.support.ledger_harness import RUN, LedgerHarness, shell
from wf_tui.git.repository import find_repository
from wf_tui.ledger.model.states import DoneKind
from wf_tui.ledger.rules.moves import HOLD, SKIP
from wf_tui.ledger.store.sqlite.driver import SqliteDatabase
from wf_tui.paths import RunPaths
from wf_tui.report.commits import Commit, read_commits
from wf_tui.report.facts import Mark, RunReport, read_report
from wf_tui.report.markdown import markdown
from wf_tui.report.page import page
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.support.cli_harness import CliHarness

HOSTILE = "<script>x</script> | `a` \x1b]0;t\x07 @all ![i](http://e/) \u202e"


@pytest.fixture
def busy(tmp_path: Path) -> Iterator[RunReport]:
    """Read the report of a run in the middle of its life."""
    project = project_in(tmp_path)
    project.paths.root.mkdir(parents=True)
    db = SqliteDatabase(project.paths.ledger, create=True)
    drive = busy_run.busy_run(project, db)
    yield read_report(db, RUN, drive.clock.now())
    db.close()


def hostile(tmp_path: Path) -> RunReport:
    """Return the report of a run all of whose words want to do something."""
    db = SqliteDatabase(tmp_path / "ledger.db", create=True)
    drive = LedgerHarness(db).make(shell("a", title=HOSTILE), goal=HOSTILE)
    drive.mine.move(RUN, HOLD, ["a"])
    drive.mine.move(RUN, SKIP, ["a"])
    found = read_report(db, RUN, drive.clock.now())
    db.close()
    words = clean(HOSTILE)
    return replace(found, commits=(Commit("abc", 0.0, words, words),), result=words)


def test_all_tasks_and_attempts_are_in_it(busy: RunReport) -> None:
    """By phase, with how each ended, its proof, and what it came to."""
    assert busy.phases == ("survey", "build", "release")
    scan = next(task for task in busy.tasks if task.id == "scan-auth")
    assert (scan.mark, scan.state, scan.answer) == (Mark.DONE, "done: answered", "12")
    assert sum(busy.count(mark) for mark in Mark) == len(busy.tasks) == 12
    failed = [one for one in busy.attempts if one.mark is Mark.FAILED]
    assert failed
    assert all(one.ended != "at work" and one.ended_at for one in failed)


def test_what_people_did_is_told_and_not_what_followed(busy: RunReport) -> None:
    """The plan's own tasks, the seats that joined and what a block led to are none of it."""
    assert [(one.task, one.words) for one in busy.decisions] == [
        ("Ask the user for consent", "asks: May I run npm install?"),
        ("Move the sessions to the new store", "blocked, hold: held by ann"),
    ]


def test_markdown_lets_no_words_act(tmp_path: Path) -> None:
    """No markup, no table cell, no mention, no picture, no escape sequence comes out of them."""
    text = markdown(hostile(tmp_path))
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not re.search(r"(?<!\\)<", text)
    assert not re.search(r"(?<!\\)!?\[", text)
    assert "@" not in text
    row = next(line for line in text.splitlines() if line.startswith("| ✓"))
    assert len(re.findall(r"(?<!\\)\|", row)) == 9


class _Tags(HTMLParser):
    """What a page is made of."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.values: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep its name and its values."""
        self.tags.add(tag)
        self.values += [value or "" for name, value in attrs if name not in {"content", "title"}]


def test_the_page_is_whole_and_lets_no_words_act(tmp_path: Path) -> None:
    """No script, no address, no picture from elsewhere; hostile words are only read."""
    html = page(hostile(tmp_path))
    tags = _Tags()
    tags.feed(html)
    assert not tags.tags & {"script", "img", "link", "iframe", "a", "form", "object"}
    assert not [value for value in tags.values if ":" in value]
    assert "url(" not in html
    assert "default-src 'none'" in html
    assert "\x1b" not in html


def test_an_empty_run_has_a_report(tmp_path: Path) -> None:
    """Also before anything was begun."""
    db = SqliteDatabase(tmp_path / "ledger.db", create=True)
    drive = LedgerHarness(db).make("a")
    found = replace(read_report(db, RUN, drive.clock.now()), commits=())
    db.close()
    assert "0 of 1 task done, 1 not begun" in markdown(found)
    assert "Nothing was begun." in page(found)


def test_answers_and_skips_are_no_failures(busy: RunReport) -> None:
    """Only attempts that did not succeed are listed as failed."""
    text = markdown(busy)
    failed = text.partition("## Attempts that failed")[2].partition("##")[0]
    assert "Find all uses of tokens" not in failed
    assert DoneKind.ANSWERED in text


def test_commits_are_read_from_the_repository_or_from_nowhere(
    cli: CliHarness, tmp_path: Path
) -> None:
    """By GitPython from the person's; a run whose folder has gone has none that can be read."""
    base = git(cli.repo, "rev-parse", "HEAD").strip()
    git(cli.repo, "commit", "-q", "--allow-empty", "-m", "second \x1b[31m")
    head = git(cli.repo, "rev-parse", "HEAD").strip()
    nowhere = RunPaths(tmp_path / "gone")
    repository = find_repository(cli.repo)
    found = read_commits(repository, nowhere, base, head)
    assert found is not None
    assert [(one.name, one.author, one.subject) for one in found] == [(head[:12], "n", "second ")]
    assert read_commits(repository, nowhere, base, base) == ()
    assert read_commits(repository, nowhere, base, "f" * 40) is None


def test_the_command_writes_both_forms(cli: CliHarness) -> None:
    """Markdown on standard output, the page into a file; a folder that is not there is refused."""
    cli.paused_run(
        "{goal: Do it, max_concurrent: 1, phases: [{name: p, tasks: [{id: t, run: x}]}]}"
    )
    assert cli.here("report").stdout.startswith("# Do it\n")
    target = cli.repo.parent / "report.html"
    assert cli.here("report", "--html", str(target)).exit_code == 0
    assert "<h1>Do it</h1>" in target.read_text()
    refused = cli.here("report", "--html", str(cli.repo / "none" / "x.html"))
    assert refused.exit_code == 2
    assert not list(cli.repo.parent.glob(".*.wf"))
