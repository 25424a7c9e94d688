"""Files that the user's git would send through a filter are held back, and never exported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.plans import WRITES, parallel_plan
from tests.support.run_harness import accept_and_lead, kept_tree
from wf_tui.commands import accept
from wf_tui.ledger.model.accept_choices import Choices
from wf_tui.ledger.rules.moves import ACCEPT, RETRY

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.model.rows import TaskRow

ROTATE = "echo NEW > secrets/one; echo NEW > secrets/two; echo x > plain"


@pytest.fixture(autouse=True)
def _encrypted(harness: RunHarness) -> None:
    """Have the user's git encrypt a folder."""
    for word in ("clean", "smudge"):
        harness.git("config", f"filter.crypt.{word}", "tr a-zA-Z n-za-mN-ZA-M")
    (harness.repo / "secrets").mkdir()
    harness.write(".gitattributes", "secrets/** filter=crypt\n")
    harness.write("secrets/one", "db=first\n")
    harness.git("add", "-A")
    harness.git("commit", "-qm", "secrets")


def plan(command: str = ROTATE, fields: str = "") -> str:
    """Return a plan of a task that runs a command."""
    return parallel_plan(f"id: t, run: '{command}', {WRITES}{fields}")


def accept_unfiltered(harness: RunHarness, *paths: str) -> TaskRow:
    """Accept with these paths as they lie there, and lead the run to its end."""

    def move(ledger: Ledger) -> None:
        ledger.move(harness.run, ACCEPT, ["t"], choices=Choices(unfiltered=paths))

    harness.act(move)
    harness.lead()
    return harness.task("t")


def test_they_are_held_back(harness: RunHarness) -> None:
    """At once, with the paths, and nothing of the work is on the branch."""
    harness.play(plan())
    task = harness.task("t")
    assert (task.kind, task.detail["why"], task.detail["paths"]) == (
        *("scope", "filter"),
        ["secrets/one", "secrets/two"],
    )
    assert task.note == (
        "2 files would be stored without the filter crypt: secrets/one, secrets/two"
    )
    assert harness.row().head == harness.row().base


def test_who_reads_them_is_not_held_back(harness: RunHarness) -> None:
    """They lie there as they are stored, and stay byte by byte as they were."""
    stored = harness.git("rev-parse", "HEAD:secrets/one")
    harness.play(plan("cat secrets/one > seen; touch secrets/one; chmod +x secrets/one"))
    assert harness.task("t").kind == "merged"
    assert harness.merged("seen") == "qo=svefg"
    assert harness.git("rev-parse", f"{harness.branch}:secrets/one") == stored


def test_a_file_that_moves_is_as_it_was_stored(harness: RunHarness) -> None:
    """What was encrypted is encrypted under its new name, too."""
    harness.play(plan("git mv secrets/one secrets/other"))
    assert harness.task("t").kind == "merged"


@pytest.mark.parametrize("command", ["rm .gitattributes", "echo > .gitattributes"])
def test_a_worker_that_takes_the_rule_away(harness: RunHarness, command: str) -> None:
    """The line that protects a file is asked of the base, too."""
    harness.play(plan(f"{command}; echo NEW > secrets/one"))
    assert harness.task("t").detail["paths"] == ["secrets/one"]


def test_the_users_own_attributes_count(harness: RunHarness) -> None:
    """A rule may stand in `info/attributes` alone."""
    harness.write(".git/info/attributes", "plain filter=crypt\n")
    harness.play(plan("echo x > plain"))
    assert harness.task("t").detail["paths"] == ["plain"]


def test_a_filter_that_stores_nothing_else(harness: RunHarness) -> None:
    """One that only changes what a checkout writes holds nothing back."""
    harness.git("config", "--unset", "filter.crypt.clean")
    harness.play(plan())
    assert harness.task("t").kind == "merged"


def test_all_reasons_are_told(harness: RunHarness) -> None:
    """What is outside of the scope, too, is named behind it."""
    harness.play(plan(fields=", file_scope: [secrets]"))
    detail = harness.task("t").detail
    every = detail["all"]
    assert isinstance(every, dict)
    assert (detail["why"], list(every)) == ("filter", ["filter", "outside"])


def test_accepting_without_a_word_changes_nothing(harness: RunHarness) -> None:
    """Else a habit would publish a secret."""
    harness.play(plan())
    task = accept_and_lead(harness)
    assert (task.kind, task.detail["why"]) == ("scope", "filter")


def test_each_file_has_to_be_named(harness: RunHarness) -> None:
    """The others stay held, and what was named before need not be named again."""
    harness.play(plan())
    task = accept_unfiltered(harness, "secrets/one")
    assert (task.kind, task.detail["paths"]) == ("scope", ["secrets/two"])
    assert accept_unfiltered(harness, "secrets/two").kind == "merged"
    assert harness.git("show", f"{harness.branch}:secrets/one") == "NEW"


def test_a_folder_is_all_below(harness: RunHarness) -> None:
    """A name is taken literally: a star is no pattern."""
    harness.play(plan())
    assert accept_unfiltered(harness, "*").kind == "scope"
    assert accept_unfiltered(harness, "secrets/").kind == "merged"


def test_a_retry_forgets_what_was_allowed(harness: RunHarness) -> None:
    """The next content of the file is another one."""
    harness.play(plan())
    accept_unfiltered(harness, "secrets/one")
    harness.act(lambda ledger: ledger.move(harness.run, RETRY, ["t"]))
    harness.lead()
    both = ["secrets/one", "secrets/two"]
    assert harness.task("t").detail["paths"] == both
    assert accept_and_lead(harness).detail["paths"] == both


def test_a_person_may_mend_it(harness: RunHarness) -> None:
    """What they take back in its tree is held back no more."""
    harness.play(plan("echo NEW > secrets/one; echo x > plain"))
    (kept_tree(harness) / "secrets/one").write_text("qo=svefg\n")
    assert accept_and_lead(harness).kind == "merged"
    assert harness.merged("plain") == "x"


def test_what_waits_for_no_filter_has_none_to_leave_out(harness: RunHarness) -> None:
    """The option is refused for other kinds of block."""
    harness.play(plan("echo x > plain", ", file_scope: [secrets]"))

    def move(ledger: Ledger) -> None:
        choices = Choices(unfiltered=("plain",))
        (made,) = accept(harness.project, ledger, harness.run, ["t"], choices)
        assert (made.changed, "no files that wait for a filter" in made.reason) == (False, True)

    harness.act(move)
