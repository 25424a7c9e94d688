"""What the land screen says of a landing, without the screen."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.support.picture_rows import a_row
from wf_tui.board.land.folders import Folder, by_folder
from wf_tui.board.land.git_commands import conflict_commands, pull_request_commands
from wf_tui.board.land.land_facts import LandFacts, Lines
from wf_tui.board.land.land_lines import land_lines, undo_text
from wf_tui.board.land.possible import why_not
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.board.widgets.line import width_of
from wf_tui.git.control.diffs import FileChange
from wf_tui.git.user.land import Landing, LandingKind
from wf_tui.landing.gate import LandingGate
from wf_tui.landing.trial import Conflict, LandingPlan, Trial
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import TaskState

if TYPE_CHECKING:
    from wf_tui.ledger.model.rows import TaskRow

OLD, HEAD = "a" * 40, "b" * 40


def changed(path: str, added: int | None = 1, removed: int | None = 0) -> FileChange:
    """Return a file that was changed."""
    return FileChange(path, path, added, removed)


def merge(*files: FileChange) -> Landing:
    """Return a landing that makes a merge."""
    return Landing(LandingKind.MERGE, OLD, HEAD, "t", (("c", "x"),), files)


def planned(landing: Landing | None, **values: Any) -> LandingPlan:
    """Return a plan."""
    trial = Trial(OLD, HEAD, squash=False, landing=landing, conflicts=values.pop("conflicts", ()))
    stock = {
        "branch": "wf/r",
        "into": "main",
        "trial": trial,
        "checkout": Path("/home/me/shop"),
        "refusal": "",
        "hint": "",
        "left": (),
    }
    return LandingPlan(**{**stock, **values})


def facts_of(plan: LandingPlan, **values: Any) -> LandFacts:
    """Return what the lines are made of."""
    stock = {"message": "Merge run r: Shop", "tasks": (), "phases": (), "merged": {}}
    return LandFacts(plan, **{**stock, "home": "/home/me", **values})


def task(merges: str) -> TaskRow:
    """Return the task that merges a commit."""
    return a_row(1, title="Merge main into wf/r", spec=Spec(merges=merges))


def text(plan: LandingPlan, **values: Any) -> str:
    """Return the lines as text."""
    glyphs = ASCII if values.pop("ascii", False) else UNICODE
    lines = [line for _, line in land_lines(facts_of(plan, **values), glyphs)]
    return "\n".join("".join(s.text for s in (*line.left, *line.right)) for line in lines)


def test_files_are_told_by_folder_and_what_stands_out_by_itself() -> None:
    """Lock files, migrations and what runs elsewhere are lines of their own, the last in red."""
    files = [
        changed("src/auth/a.py", 3, 1),
        changed("src/auth/deep/b.py", None, None),
        changed("README.md"),
        changed("web/package-lock.json"),
        changed("db/migrations/0042_oauth.sql"),
        changed(".github/workflows/ci.yml"),
    ]
    assert by_folder(files) == [
        Folder("README.md", 1, 1, 0),
        Folder("src/auth/", 2, 3, 1),
        Folder("db/migrations/0042_oauth.sql", 1, 1, 0, "a migration"),
        Folder("web/package-lock.json", 1, 1, 0, "a lock file"),
        Folder(".github/workflows/ci.yml", 1, 1, 0, "touches CI", is_risk=True),
    ]


def test_a_folder_says_how_much_of_it_is_outside_a_scope() -> None:
    """What a person has accepted although its task was not to touch it."""
    (folder,) = by_folder([changed("src/a.py"), changed("src/b.py")], {"src/b.py"})
    assert (folder.path, folder.remark, folder.is_risk) == ("src/", "1 outside its scope", False)


def test_a_merge_says_how_and_into_what() -> None:
    """With the merges, where the branch is checked out, the message, and the way back."""
    landing = merge(changed("a\x1b[31m"))
    plan = planned(landing, trial=Trial(OLD, HEAD, squash=False, landing=landing, ahead=2))
    found = text(plan, merged={"t": Lines(3, 1)}, workers=1)
    assert "1 merge by 1 worker, head bbbbbbb" in found
    assert "at aaaaaaa, checked out in ~/shop" in found
    assert (
        "one merge commit       s squash   no fast-forward: main has 2 commits of its own" in found
    )
    assert "Merge run r: Shop" in found
    assert "\x1b" not in found
    assert "v cleanly" in text(plan, ascii=True)
    assert undo_text(facts_of(plan)) == "nothing is pushed; undo: git reset --keep aaaaaaa"
    nowhere = undo_text(facts_of(planned(landing, checkout=None)))
    assert nowhere == "nothing is pushed; undo: git branch -f main aaaaaaa"


def test_a_conflict_names_paths_tasks_and_the_ways_out() -> None:
    """Nothing can land, so there are no files; where its task is there, how that stands."""
    conflicts = (Conflict("a.py", ("Token value types",)),)
    plan = planned(None, refusal="it conflicts in a.py", conflicts=conflicts)
    found = text(plan)
    assert "no: it conflicts in a.py" in found
    assert "a.py  Token value types" in found
    assert "n adds a task that merges main into wf/r" in found
    assert "Files" not in found
    there = text(plan, tasks=(task(merges=OLD),))
    assert "“Merge main into wf/r” settles it: pending" in there
    assert "n adds" not in there
    assert "n adds" in text(plan, tasks=(task(merges=HEAD),))


def test_what_stands_against_it_is_said_with_what_helps() -> None:
    """It is planned all the same, so that one sees what would come."""
    landing = Landing(LandingKind.FAST_FORWARD, OLD, HEAD, "t", (), (changed("a"),))
    found = text(planned(landing, refusal="b is not committed", hint="commit or stash it"))
    assert "b is not committed" in found
    assert "commit or stash it" in found
    assert "message" not in found


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "gate     the plan has none"),
        ({"command": "pytest"}, "gate     pytest                 g runs it on the merged tree"),
        ({"command": "pytest", "gating": True}, "● pytest               runs on the merged tree"),
        ({"command": "x", "gate": "passed"}, "✓ x                    7 passed · passed on the"),
        ({"command": "x", "gate": "failed"}, "failed on the merged tree: exit 1"),
    ],
)
def test_the_gate_is_told(values: dict[str, Any], said: str) -> None:
    """That there is none, what it is, that it runs, and what it has said, with its output."""
    if "gate" in values:
        passed = values["gate"] == "passed"
        words = ("7 passed", "") if passed else ("exit 1", "first\nE assert 7")
        gate = LandingGate(OLD, HEAD, "x", passed, words[0], 4.2, words[1])
        values = {**values, "gate": gate}
    found = text(planned(merge(changed("a"))), **values)
    assert said in found
    assert ("E assert 7" in found) is ("exit 1" in said)


@pytest.mark.parametrize("width", [58, 76, 108, 196])
def test_remarks_stay_where_it_is_narrow(width: int) -> None:
    """The bar gives way first, and no line of a folder needs more than there is."""
    landing = merge(changed("package-lock.json", 900, 20), changed("src/a.py", 3000, 1))
    facts = facts_of(planned(landing))
    lines = [line for name, line in land_lines(facts, UNICODE, width) if name.startswith("/")]
    assert max(width_of((*line.left, *line.right)) for line in lines) <= width
    assert any("━" in span.text for line in lines for span in line.left) is (width > 58)


def test_keys_say_why_they_can_do_nothing() -> None:
    """Each by what stands against it, and nothing else."""
    merged, nothing = merge(changed("a")), Landing(LandingKind.NOTHING, OLD, HEAD, "t")
    clean, conflict = planned(merged), planned(None, conflicts=(Conflict("a", ()),), refusal="no")
    cases = {
        "land.do": (facts_of(clean), ""),
        "land.gate": (facts_of(clean), "the plan has no gate"),
        "land.resolve": (facts_of(clean), "it merges as it is"),
    }
    for action, (facts, why) in cases.items():
        assert why_not(facts, action) == why
    assert why_not(facts_of(planned(merged, refusal="dirty")), "land.do") == "dirty"
    assert why_not(facts_of(conflict), "land.do") == "it does not merge: no"
    assert why_not(facts_of(conflict), "land.resolve") == ""
    assert why_not(facts_of(conflict), "land.copy") == ""
    assert "is there already" in why_not(
        facts_of(conflict, tasks=(task(merges=OLD),)), "land.resolve"
    )
    assert why_not(facts_of(planned(nothing)), "land.do") == "main has all of it already"
    assert why_not(None, "land.do") == "it is not planned yet"
    assert why_not(None, "land.branch") == ""


def test_copied_commands_are_safe_in_a_shell() -> None:
    """Names and words of others are quoted."""
    landing = merge(changed("a"))
    plan = planned(landing, into="it's $(x)")
    pull = pull_request_commands(plan, "r", "Fix 'it'; rm")
    assert shlex.split(pull.split("\n")[1]) == [
        *("wf", "report", "r", "|", "gh", "pr", "create", "--head", "wf/r"),
        *("--base", "it's $(x)", "--title", "Fix 'it'; rm", "--body-file", "-"),
    ]
    conflict = conflict_commands(planned(None, conflicts=(Conflict("a b", ()),)))
    assert conflict.split("\n")[:2] == ["git switch main", "git merge wf/r"]
    assert "git add 'a b'" in conflict


def test_a_phase_says_what_it_has_added_and_what_is_left() -> None:
    """One that has merged nothing has answered, or has done nothing at all yet."""
    done, left = a_row(1, "scan", state=TaskState.DONE), a_row(2, "ship")
    merged = a_row(3, "build", state=TaskState.DONE)
    found = text(
        planned(merge(changed("a"))),
        tasks=(done, left, merged),
        phases=("scan", "build", "ship"),
        merged={"t3": Lines(7, 2)},
    )
    by_phase = found.split("By phase\n")[1].split("\n")
    assert [line.split() for line in by_phase] == [
        ["✓", "scan", "1", "answers", "only"],
        ["✓", "build", "1", "+7", "−2"],
        ["○", "ship", "1", "1", "not", "done"],
    ]
