"""What a commit changed is shown as bytes, and its paths are held against scopes."""

from tests.unit.git.conftest import Run, commit_files
from wf_tui.git.control.changed_files import changed_files, outside_scopes
from wf_tui.git.control.diffs import FileChange, diff, file_changes


def test_a_patch_has_the_bytes_of_the_files(run: Run) -> None:
    """Text is shown as it is, also what is no UTF-8; binary files are named."""
    tree = run.pool.acquire(run.control.head())
    (tree.path / "latin").write_bytes(b"\xe9t\xe9\n")
    (tree.path / "bin").write_bytes(b"\0\1")
    found = tree.harvest()
    patch = diff(run.control, tree.base, found.tree_oid)
    assert b"+\xe9t\xe9\n" in patch
    assert b"Binary files /dev/null and b/bin differ" in patch


def test_a_table_has_a_line_for_each_file(run: Run) -> None:
    """With `stat` there is a line for each file and a sum."""
    commit = commit_files(run, {"a": "a\n", "README.md": "x\n"})
    table = diff(run.control, run.control.base, commit, stat=True)
    assert b"README.md" in table
    assert b"2 files changed" in table


def test_changed_files_have_modes_and_objects(run: Run) -> None:
    """Each path has both modes and both objects; a new one has zeros before."""
    commit = commit_files(run, {"a": "a\n", "docs/guide.md": None})
    new, gone = changed_files(run.control, run.control.base, commit)
    assert (new.path, new.status, new.added, new.deleted) == ("a", "A", True, False)
    assert (gone.path, gone.status, gone.added, gone.deleted) == ("docs/guide.md", "D", False, True)
    assert new.old == ("000000", run.control.zero)
    assert gone.new == ("000000", run.control.zero)


def test_paths_outside_the_scope_are_named(run: Run) -> None:
    """New, changed and deleted paths count; without a scope all is allowed."""
    commit = commit_files(run, {"a": "a\n", "docs/guide.md": None, "src/app.py": "x"})
    entries = changed_files(run.control, run.control.base, commit)
    assert outside_scopes(entries, ["src/**"]) == ("a", "docs/guide.md")
    assert outside_scopes(entries, ["src", "docs", "a"]) == ()
    assert outside_scopes(entries, []) == ()


def test_files_are_counted_by_lines(run: Run) -> None:
    """Each file has its added and removed lines; a renamed one knows where it was."""
    moved = {"src/app.py": None, "src/main.py": "one\ntwo\nthree\nfour\nfive\nsix\nseven\n"}
    commit = commit_files(run, {"a": "a\nb\n", "README.md": "x\n", **moved})
    assert file_changes(run.control, run.control.base, commit) == (
        FileChange("README.md", "README.md", 1, 1),
        FileChange("a", "a", 2, 0),
        FileChange("src/main.py", "src/app.py", 0, 0),
    )


def test_binary_files_and_odd_names_are_counted(run: Run) -> None:
    """A binary file has no lines; a name that is no UTF-8 survives, and finds its patch."""
    tree = run.pool.acquire(run.control.head())
    name = b"caf\xe9".decode("utf-8", "surrogateescape")
    (tree.path / name).write_bytes(b"\0\1")
    (tree.path / "*").write_text("a star\n")
    found = tree.harvest().tree_oid
    star, odd = file_changes(run.control, tree.base, found)
    assert odd == FileChange(name, name, None, None)
    assert odd.lines == 0
    assert b"Binary files" in diff(run.control, tree.base, found, paths=[odd.path])
    only = diff(run.control, tree.base, found, paths=[star.path])
    assert b"+a star" in only
    assert b"Binary" not in only
