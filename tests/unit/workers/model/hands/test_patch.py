"""Patches of both formats: what they change, and what is refused as a whole."""

from __future__ import annotations

import difflib
import stat
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.patch.located import patched
from wf_tui.workers.model.hands.patch.unified import read_unified

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.file_calls import FileCalls

A = "class A:\n    def f(self):\n        return 1\n"
PYTHON = "\n".join([A, A.replace("A", "B").replace("1", "2")])


def contents(tree: Path) -> dict[str, str]:
    """Return every file of the tree."""
    found = (one for one in tree.rglob("*") if one.is_file())
    return {str(one.relative_to(tree)): one.read_text() for one in found}


def own(*lines: str) -> str:
    """Return a patch of the format that has a beginning and an end."""
    return "\n".join(["*** Begin Patch", *lines, "*** End Patch"])


def test_one_patch_changes_several_files(tree: Path, files: FileCalls) -> None:
    """Files are added, changed, moved and deleted by one text, and the answer names each."""
    (tree / "f.py").write_text(PYTHON)
    (tree / "old").write_text("x\n")
    (tree / "gone").write_text("x\n")
    patch = own(
        "*** Add File: new/deep.txt",
        "+one",
        "+",
        "*** Update File: f.py",
        "@@ class B:",
        "@@ def f(self):",
        "-        return 2",
        "+        return 3",
        "*** Update File: old",
        "*** Move to: moved",
        "@@",
        " x",
        "+y",
        "*** End of File",
        "",
        "*** Delete File: gone",
    )
    assert files.do("apply_patch", patch=f"```\n{patch}\n```").split("\n") == [
        "added new/deep.txt",
        "changed f.py",
        "moved old to moved",
        "deleted gone",
    ]
    assert contents(tree) == {
        "new/deep.txt": "one\n\n",
        "f.py": PYTHON.replace("return 2", "return 3"),
        "moved": "x\ny\n",
    }


@pytest.mark.parametrize(
    ("lines", "why"),
    [
        (["*** Update File: f.py", "@@", "-        return 9", "+x"], "its lines are not there"),
        (["*** Update File: f.py", "@@", " def f(self):", "+x"], "fit at lines 2, 6"),
        (
            ["*** Update File: f.py", "@@ class C:", "+x"],
            "is not in the file: class C:",
        ),
        (["*** Update File: f.py", "@@", "return 1"], "must begin with a space"),
        (["*** Update File: f.py"], "says nothing about what changes"),
        (["*** Update File: nothing", "@@", "+x"], "there is no file nothing"),
        (["*** Add File: f.py", "+x"], "is there already"),
        (["*** Add File: g.py", "x"], "begins with `+`"),
        (["*** Update File: a", "*** Move to: f.py"], "is there already"),
        (["*** Delete File: nothing"], "there is no file"),
        (["*** Delete File: link"], "is a symbolic link"),
        (["*** Delete File: folder"], "is a folder"),
        (["*** Change File: f.py"], "line 5 of the patch must be"),
    ],
)
def test_what_does_not_fit_changes_nothing(
    tree: Path, files: FileCalls, lines: list[str], why: str
) -> None:
    """A patch with one part that does not fit leaves all files as they were."""
    (tree / "f.py").write_text(PYTHON)
    (tree / "a").write_text("x\n")
    (tree / "link").symlink_to("a")
    (tree / "folder").mkdir()
    before = contents(tree)
    patch = own("*** Update File: a", "@@", "-x", *lines)
    if not why.startswith("line 5"):
        patch = own("*** Add File: first", "+x", *lines)
    assert why in files.refused("apply_patch", patch=patch)
    assert contents(tree) == before


@pytest.mark.parametrize("patch", ["", "x", "*** Begin Patch\n*** Add File: a\n+x", own()])
def test_what_is_no_whole_patch_is_refused(files: FileCalls, patch: str) -> None:
    """A text that is no patch, or whose end was cut off, is refused."""
    assert files.refused("apply_patch", patch=patch)


def test_a_failed_write_takes_the_others_back(tree: Path, files: FileCalls) -> None:
    """Where the second of two files cannot be written, the first is again what it was."""
    (tree / "a").write_text("x\n")
    (tree / "file").write_text("x\n")
    patch = own("*** Update File: a", "@@", "-x", "+y", "*** Add File: file/b", "+x")
    before = contents(tree)
    files.refused("apply_patch", patch=patch)
    assert contents(tree) == before


def test_lines_that_stay_are_as_the_file_has_them(tree: Path, files: FileCalls) -> None:
    """What a patch copies without its blanks or with plain quotes is not written back like that."""
    (tree / "f").write_bytes("\ta  \r\n\t“b”\r\n\tc\r\n".encode())
    patch = own("*** Update File: f", "@@", " a", '-"b"', "+b", " c")
    assert "typographic signs" in files.do("apply_patch", patch=patch)
    assert (tree / "f").read_bytes() == b"\ta  \r\n\tb\r\n\tc\r\n"


DIFF = """\
From a mail
diff --git a/run.sh b/run.sh
old mode 100644
new mode 100755
--- a/run.sh
+++ b/run.sh
@@ -1,9 +1,9 @@ wrong counts
-echo 1
+echo 2
 -- x
diff --git a/new b/new
new file mode 100644
--- /dev/null
+++ b/new
@@ -0,0 +1 @@
+no end
\\ No newline at end of file
diff --git a/empty b/empty
new file mode 100644
index 0000000..e69de29
diff --git a/gone b/gone
deleted file mode 100644
--- a/gone
+++ /dev/null
@@ -1 +0,0 @@
-x
diff --git a/from b/to
similarity index 100%
rename from from
rename to to
"""


def test_a_diff_of_git_is_applied(tree: Path, files: FileCalls) -> None:
    """Modes, new, empty, deleted and renamed files, and counts that are wrong, are understood."""
    for name, text in [("run.sh", "echo 1\n-- x\n"), ("gone", "x\n"), ("from", "x\n")]:
        (tree / name).write_text(text)
    files.do("apply_patch", patch=DIFF)
    assert contents(tree) == {"run.sh": "echo 2\n-- x\n", "new": "no end", "empty": "", "to": "x\n"}
    assert stat.S_IMODE((tree / "run.sh").stat().st_mode) & 0o111


@pytest.mark.parametrize(
    "patch",
    [
        "diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n",
        "diff --git a/b b/b\nindex 1..2\nGIT binary patch\nliteral 1\n",
        "--- a/a\n+++ b/a\n@@ -1 +1 @@\n-y\n+z\n",
        "--- a/a\n+++ b/a\n@@ somewhere @@\n-x\n+z\n",
        "diff --git a/a b/a\n@@ -1 +1 @@\n-x\n+z\n",
        "--- a/a\n+++ b/../../a\n@@ -1 +1 @@\n-x\n+z\n",
    ],
)
def test_a_diff_that_cannot_be_applied_is_refused(tree: Path, files: FileCalls, patch: str) -> None:
    """Links, binary changes, lines that are not there and heads that say nothing change nothing."""
    (tree / "a").write_text("x\n")
    assert files.refused("apply_patch", patch=patch)
    assert contents(tree) == {"a": "x\n"}


_LINES = st.lists(
    st.sampled_from(["", "a", "b", "  a", "-- a", "++ b", "@@ -1 +1 @@"]), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(old=_LINES, new=_LINES, context=st.integers(0, 3), shift=st.integers(0, 2))
def test_a_diff_makes_the_new_file_or_is_refused(
    old: list[str], new: list[str], context: int, shift: int
) -> None:
    """A true diff gives the new file; one whose numbers are off gives it, too, or is refused."""
    before, after = [[f"{line}\n" for line in lines] for lines in (old, new)]
    diff = list(difflib.unified_diff(before, after, "a/f", "b/f", n=context))
    if not diff:
        return
    above = [f"above {n}\n" for n in range(shift)]
    (change,) = read_unified("".join(diff))
    try:
        text, notes = patched("".join(above + before), change.hunks, "f")
    except CallError:
        assert shift
        return
    if not shift or (context > 2 and old):
        assert text == "".join(above + after)
        assert notes == []
