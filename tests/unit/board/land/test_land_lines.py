"""What the land screen says of a landing, without the screen."""

from __future__ import annotations

from pathlib import Path

from wf_tui.board.land.folders import Folder, by_folder
from wf_tui.board.land.land_lines import LandFacts, land_lines
from wf_tui.board.widgets.glyph_sets import ASCII, UNICODE
from wf_tui.git.control.diffs import FileChange
from wf_tui.git.user.land import Landing, LandingKind
from wf_tui.landing import Conflict, LandingPlan, Trial

OLD, HEAD = "a" * 40, "b" * 40


def changed(path: str, added: int | None = 1, removed: int | None = 0) -> FileChange:
    """Return a file that was changed."""
    return FileChange(path, path, added, removed)


def planned(landing: Landing | None, **values: object) -> LandingPlan:
    """Return a plan."""
    conflicts = values.pop("conflicts", ())
    stock = {
        "branch": "wf/r",
        "into": "main",
        "trial": Trial(OLD, HEAD, False, landing, conflicts),  # type: ignore[arg-type]
        "checkout": Path("/home/me/shop"),
        "refusal": "",
        "hint": "",
        "left": (),
    }
    return LandingPlan(**{**stock, **values})  # type: ignore[arg-type]  # a dict


def text(plan: LandingPlan, **values: object) -> str:
    """Return the lines as text."""
    facts = LandFacts(plan, "Merge run r: Shop", (), ())
    glyphs = ASCII if values.get("ascii") else UNICODE
    lines = [line for _, line in land_lines(facts, glyphs)]
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


def test_a_merge_says_how_and_into_what() -> None:
    """With the commits, where the branch is checked out, and the message."""
    landing = Landing(LandingKind.MERGE, OLD, HEAD, "t", (("c", "x"),), (changed("a\x1b[31m"),))
    found = text(planned(landing))
    assert "1 commit, head bbbbbbb" in found
    assert "at aaaaaaa, checked out in /home/me/shop" in found
    assert "one merge commit" in found
    assert "Merge run r: Shop" in found
    assert "\x1b" not in found
    assert "v cleanly" in text(planned(landing), ascii=True)


def test_a_conflict_names_paths_and_tasks_and_no_files() -> None:
    """Nothing can land, so there is nothing else to see."""
    plan = planned(
        None,
        refusal="it conflicts in a.py",
        conflicts=(Conflict("a.py", ("Token value types",)),),
    )
    found = text(plan)
    assert "no: it conflicts in a.py" in found
    assert "a.py  Token value types" in found
    assert "Files" not in found


def test_what_stands_against_it_is_said_with_what_helps() -> None:
    """It is planned all the same, so that one sees what would come."""
    landing = Landing(LandingKind.FAST_FORWARD, OLD, HEAD, "t", (), (changed("a"),))
    found = text(planned(landing, refusal="b is not committed", hint="commit or stash it"))
    assert "b is not committed" in found
    assert "commit or stash it" in found
    assert "message" not in found
