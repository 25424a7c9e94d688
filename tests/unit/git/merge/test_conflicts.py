"""Conflicts of every kind: what meets, how it is laid out, what settles it, what a side gives."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from tests.unit.git.conftest import Run, commit_tree_of, merge
from wf_tui.errors import UsageError
from wf_tui.git.control.attempt_commits import commit_tree
from wf_tui.git.control.tree_edits import edit_tree
from wf_tui.git.merge.conflict import Conflict, Side
from wf_tui.git.merge.integrate import find_conflict
from wf_tui.git.merge.layout import lay_out
from wf_tui.git.merge.sides import choose, take_sides, unresolved

if TYPE_CHECKING:
    from collections.abc import Mapping

Files = dict[str, str]


@dataclass(frozen=True)
class Kind:
    """What the base has, what each side does to it, and what comes of taking either side."""

    base: str
    ours: str
    theirs: str
    named: list[str]
    taken_ours: Files
    taken_theirs: Files


LONG = "seq 20 > a"
KINDS = {
    "content": Kind(
        "echo 1 > f", "echo 2 > f", "echo 3 > f", ["f (content)"], {"f": "2\n"}, {"f": "3\n"}
    ),
    "add and add": Kind(
        "true", "echo 2 > f", "echo 3 > f", ["f (add/add)"], {"f": "2\n"}, {"f": "3\n"}
    ),
    "binary": Kind(
        *("printf 'a\\0' > f", "printf 'b\\0' > f", "printf 'c\\0' > f", ["f (binary)"]),
        *({"f": "b\0"}, {"f": "c\0"}),
    ),
    "files with -merge": Kind(
        *("echo 'f -merge' > .gitattributes; echo 1 > f", "echo 2 > f", "echo 3 > f"),
        *(["f (binary)"], {"f": "2\n"}, {"f": "3\n"}),
    ),
    "short marks": Kind(
        "echo 'f conflict-marker-size=3' > .gitattributes; echo 1 > f",
        *("echo 2 > f", "echo 3 > f", ["f (content)"], {"f": "2\n"}, {"f": "3\n"}),
    ),
    "symbolic link": Kind(
        *("ln -s README.md f", "ln -sf src f", "ln -sf docs f", ["f (content, symbolic link)"]),
        *({"f": "src"}, {"f": "docs"}),
    ),
    "link and file": Kind(
        *("echo 1 > f", "ln -sf src f", "echo 3 > f", ["f (distinct types, symbolic link)"]),
        *({"f": "src"}, {"f": "3\n"}),
    ),
    "changed and deleted": Kind(
        *("echo 1 > f", "echo 2 > f", "rm f", ["f (modify/delete)"], {"f": "2\n"}, {}),
    ),
    "deleted and changed": Kind(
        *("echo 1 > f", "rm f", "echo 3 > f", ["f (modify/delete)"], {}, {"f": "3\n"}),
    ),
    "file and folder": Kind(
        *("echo 1 > f", "echo 2 > f", "rm f; mkdir f; echo in > f/in"),
        ["f (file/directory, modify/delete)"],
        *({"f": "2\n"}, {"f/in": "in\n"}),
    ),
    "folder and file": Kind(
        *("echo 1 > f", "rm f; mkdir f; echo in > f/in", "echo 3 > f"),
        ["f (file/directory, modify/delete)"],
        *({"f/in": "in\n"}, {"f": "3\n"}),
    ),
    "new file and new folder": Kind(
        *("true", "echo 2 > f", "mkdir f; echo in > f/in", ["f (file/directory)"]),
        *({"f": "2\n"}, {"f/in": "in\n"}),
    ),
    "a folder that became a file": Kind(
        *("mkdir f; echo 1 > f/x", "rm -r f; echo 2 > f", "echo 3 >> f/x"),
        ["f/x (modify/delete)", "f (file/directory)"],
        *({"f": "2\n"}, {"f/x": "1\n3\n"}),
    ),
    "renamed twice": Kind(
        *(LONG, "mv a b; echo 2 >> b", "mv a c; echo 3 >> c"),
        [f"{name} (rename/rename)" for name in "abc"],
        *({"b": "…2\n"}, {"c": "…3\n"}),
    ),
    "renamed and deleted": Kind(
        *(LONG, "mv a b", "rm a", ["b (rename/delete)"], {"b": "…"}, {}),
    ),
    "deleted and renamed": Kind(
        *(LONG, "rm a", "mv a b", ["b (rename/delete)"], {}, {"b": "…"}),
    ),
    "renamed and changed": Kind(
        *(LONG, "mv a b; sed -i s/^7$/ours/ b", "sed -i s/^7$/theirs/ a", ["b (content)"]),
        *({"b": "ours"}, {"b": "theirs"}),
    ),
    "two files of one new name": Kind(
        *("seq 20 > a; seq 50 70 > b", "mv a c", "mv b c", ["c (add/add)"]),
        *({"c": "…"}, {"c": "50"}),
    ),
    "modes of a new file": Kind(
        *("true", "echo 1 > f; chmod 755 f", "echo 1 > f", ["f (add/add)"]),
        *({"f": "1\n"}, {"f": "1\n"}),
    ),
    "a folder with more below": Kind(
        "mkdir -p f/s; echo 1 > f/x; echo 1 > f/s/y",
        "rm -r f; echo 2 > f",
        "echo 3 >> f/x; echo 3 >> f/s/y; echo 3 > f/new",
        ["f/s/y (modify/delete)", "f/x (modify/delete)", "f (file/directory)"],
        *({"f": "2\n"}, {"f/x": "1\n3\n", "f/s/y": "1\n3\n", "f/new": "3\n"}),
    ),
    "mode": Kind(
        *("echo 1 > f; chmod 755 f", "chmod 644 f; echo 2 > f", "echo 3 > f", ["f (content)"]),
        *({"f": "2\n"}, {"f": "3\n"}),
    ),
}


@pytest.fixture
def conflict(run: Run, request: pytest.FixtureRequest) -> Conflict:
    """Return what the two sides of a kind do not merge in."""
    return met(run, KINDS[request.param])


def met(run: Run, kind: Kind) -> Conflict:
    """Let both sides of a kind work on its base, merge one, and return what the other meets."""
    merge(run, made(run, kind.base, 1))
    base = run.control.head()
    ours, theirs = made(run, kind.ours, 2), made(run, kind.theirs, 3)
    merge(run, ours, base=base)
    found = merge(run, theirs, base=base)
    assert isinstance(found, Conflict)
    return found


def made(run: Run, script: str, epoch: int) -> str:
    """Return the commit of what a script does in a tree on the head."""
    tree = run.pool.acquire(run.control.head())
    # Something of its own, so that each side has a commit.
    script = f"echo {epoch} > of-{epoch}; {script}"
    subprocess.run(["sh", "-ec", script], cwd=tree.path, check=True)
    return commit_tree_of(run, tree, epoch=epoch)


def files(run: Run, tree: str) -> Files:
    """Return the files that a tree has beyond those of the template."""
    found = {}
    for name in run.control.git("ls-tree", "-r", "-z", "--name-only", tree).records:
        path = name.decode()
        if path.partition("/")[0] in {"a", "b", "c", "f"} or "~" in path:
            content = run.control.git("cat-file", "blob", f"{tree}:{path}").stdout.decode()
            found[path] = content
    return found


def like(found: Files, wanted: Files) -> bool:
    """Whether the files are these; of a long one its beginning is left out, or a word is enough."""
    return found.keys() == wanted.keys() and all(
        text.endswith(wanted[name].removeprefix("…")) or wanted[name] in text
        for name, text in found.items()
    )


ALL = pytest.mark.parametrize(("kind", "conflict"), [(k, k) for k in KINDS], indirect=["conflict"])


@ALL
def test_each_conflict_is_named_by_git(kind: str, conflict: Conflict) -> None:
    """The path is the one that both sides know, with git's own word for what is wrong."""
    assert conflict.named() == KINDS[kind].named
    words = "\n".join(conflict.sentences("wf/run-1", "slow"))
    assert conflict.head not in words
    assert conflict.commit not in words
    assert "CONFLICT" in words or "Cannot merge binary" in words


@ALL
def test_what_was_laid_out_is_not_resolved(run: Run, kind: str, conflict: Conflict) -> None:
    """Nobody has settled anything in a tree that is as it was given; in none is a hash."""
    laid_out = lay_out(run.control, conflict, "slow")
    left = {one.path for one in unresolved(run.control, conflict, laid_out, laid_out, {})}
    assert left == {name.partition(" ")[0] for name in KINDS[kind].named} - {"a"}
    for path, text in files(run, laid_out).items():
        assert conflict.head[:8] not in path + text
        assert conflict.commit[:8] not in path + text


@ALL
@pytest.mark.parametrize("side", Side)
def test_a_side_is_taken_as_it_is(run: Run, kind: str, conflict: Conflict, side: Side) -> None:
    """Exactly the files of that side are there; what it deleted is not, nor any stand-in."""
    laid_out = lay_out(run.control, conflict, "slow")
    sides = choose(conflict, **{"ours": [], "theirs": [], side: ["."]})
    for tree in (laid_out, conflict.tree):
        taken = take_sides(run.control, tree, conflict, sides)
        wanted = KINDS[kind].taken_ours if side is Side.OURS else KINDS[kind].taken_theirs
        assert like(files(run, taken), wanted), files(run, taken)
        assert unresolved(run.control, conflict, laid_out, taken, sides) == ()


@ALL
def test_a_conflict_is_found_again(run: Run, kind: str, conflict: Conflict) -> None:
    """The same three commits give the same one, after a crash and for whoever looks at it."""
    assert kind
    again = find_conflict(run.control, conflict.base, conflict.head, conflict.commit)
    assert again == conflict


def edited(run: Run, tree: str, script: str) -> str:
    """Return a tree as a script has changed it."""
    worktree = run.pool.acquire(run.control.head())
    worktree.fill_with_changes(tree)
    subprocess.run(["sh", "-ec", script], cwd=worktree.path, check=True)
    return worktree.harvest().tree_oid


@pytest.mark.parametrize(
    ("kind", "script", "left"),
    [
        ("content", "sed -i '/^[<=]/d' f", {"f": "conflict markers"}),
        ("content", "sed -i '/^[<>]/d' f", {"f": "conflict markers"}),
        ("content", "echo both > f", {}),
        ("short marks", "echo more >> f", {"f": "conflict markers"}),
        ("short marks", "sed -i '/^[<=>]/d' f", {}),
        ("content", "rm f", {}),
        ("content", "mv f g", {"g": "conflict markers"}),
        ("binary", "printf 'd\\0' > f", {}),
        ("symbolic link", "ln -sfn . f", {}),
        ("changed and deleted", "rm f", {}),
        ("changed and deleted", "echo other > f", {}),
        ("file and folder", "echo more >> f/in", {"f": ""}),
        ("file and folder", "rm f~ours", {}),
        ("file and folder", "mv f~ours g", {}),
        ("file and folder", "rm -r f; mv f~ours f", {}),
        ("link and file", "rm f", {"f": ""}),
        ("link and file", "mv f~theirs f", {}),
        ("renamed twice", "rm b", {"c": ""}),
        ("renamed twice", "rm b; seq 30 > c", {}),
    ],
)
def test_what_a_person_did_settles_it(
    run: Run, kind: str, script: str, left: Mapping[str, str]
) -> None:
    """Each path by itself: changed, without a mark, and nothing beside it as git laid it out."""
    conflict = met(run, KINDS[kind])
    laid_out = lay_out(run.control, conflict, "slow")
    resolved = edited(run, laid_out, script)
    found = {one.path: one.why for one in unresolved(run.control, conflict, laid_out, resolved, {})}
    assert found.keys() == left.keys()
    assert all(left[path] in why for path, why in found.items())


def test_marks_say_whose_each_part_is(run: Run) -> None:
    """The branch with the task that last changed the file there, and the task by its id."""
    conflict = met(run, KINDS["content"])
    text = files(run, lay_out(run.control, conflict, "slow"))["f"]
    assert text == "<<<<<<< wf/run-1 (do t)\n2\n=======\n3\n>>>>>>> slow\n"


def test_a_text_about_marks_is_a_text(run: Run) -> None:
    """Lines that both sides have themselves are none of the merge's."""
    text = "<<<<<<< HEAD\\na\\n=======\\nb\\n>>>>>>> topic\\n"
    one, two, three = (f"printf '{text}{n}\\n' > f" for n in (1, 2, 3))
    kind = Kind(one, two, three, [], {}, {})
    conflict = met(run, kind)
    laid_out = lay_out(run.control, conflict, "slow")
    resolved = edited(run, laid_out, f"printf '{text}both\\n' > f")
    assert unresolved(run.control, conflict, laid_out, resolved, {}) == ()


TWO = Kind(
    "mkdir d; for f in x y z; do echo 1 > d/$f; done; echo 1 > f",
    "for f in d/x d/y d/z f; do echo 2 > $f; done",
    "for f in d/x d/y d/z f; do echo 3 > $f; done",
    [],
    {},
    {},
)


@pytest.mark.parametrize(
    ("ours", "theirs", "chosen"),
    [
        (["f"], [], {"f": "ours"}),
        (["./d/"], [], {"d/x": "ours", "d/y": "ours", "d/z": "ours"}),
        (["d"], ["d/y", "f"], {"d/x": "ours", "d/y": "theirs", "d/z": "ours", "f": "theirs"}),
        (["d/x"], ["."], {"d/x": "ours", "d/y": "theirs", "d/z": "theirs", "f": "theirs"}),
    ],
)
def test_paths_are_named_one_by_one_or_by_folder(
    run: Run, ours: list[str], theirs: list[str], chosen: Files
) -> None:
    """A folder is all below it, a dot is all, and the closer name counts."""
    assert choose(met(run, TWO), ours, theirs) == chosen


@pytest.mark.parametrize(
    ("ours", "theirs", "told"),
    [
        (["README.md"], [], "'README.md' is not in conflict"),
        (["d/"], ["nowhere"], "'nowhere' is not in conflict"),
        (["f"], ["f"], "'f' is named for both sides"),
        (["d"], ["d/"], "'d/x' is named for both sides"),
    ],
)
def test_a_wrong_name_is_told(run: Run, ours: list[str], theirs: list[str], told: str) -> None:
    """A path that is in no conflict, or on both sides, is an error of usage."""
    with pytest.raises(UsageError, match=told):
        choose(met(run, TWO), ours, theirs)


def test_an_old_name_means_what_became_of_it(run: Run) -> None:
    """A file that both sides renamed is named by what it was called before, too."""
    conflict = met(run, KINDS["renamed twice"])
    sides = choose(conflict, [], ["a"])
    assert like(files(run, take_sides(run.control, conflict.tree, conflict, sides)), {"c": "…3\n"})
    assert set(choose(conflict, ["b"], ["c"])) == {"b", "c"}


def test_a_folder_that_both_sides_renamed(run: Run) -> None:
    """Its old name means all that was in it, under the names that it has now."""
    base = "mkdir a; seq 20 > a/x; seq 30 60 > a/y"
    kind = Kind(base, "mv a b; echo 2 >> b/x", "mv a c; echo 3 >> c/x", [], {}, {})
    conflict = met(run, kind)
    taken = take_sides(run.control, conflict.tree, conflict, choose(conflict, ["a"], []))
    assert set(files(run, taken)) == {"b/x", "b/y"}


def test_a_choice_keeps_the_mode(run: Run) -> None:
    """The version of a side is its content and its right to be run."""
    conflict = met(run, KINDS["mode"])
    taken = take_sides(run.control, conflict.tree, conflict, {"f": Side.THEIRS})
    assert run.control.git("ls-tree", taken, "f").text.startswith("100755 ")


def test_a_conflict_over_a_submodule(run: Run) -> None:
    """A submodule is named as one, and its commit is that of the side that is taken."""

    def linked(oid: str, epoch: int) -> str:
        tree = run.pool.acquire(run.control.base)
        (tree.path / f"of-{epoch}").write_text("x")
        commit = commit_tree_of(run, tree, epoch=epoch)
        content = edit_tree(run.control, commit, {"sub": ("160000", oid)})
        return commit_tree(run.control, content, (run.control.base,), b"s", when=1)

    merge(run, linked("1" * 40, 2))
    conflict = merge(run, linked("2" * 40, 3), base=run.control.base)
    assert isinstance(conflict, Conflict)
    assert conflict.paths == ("sub",)
    assert "submodule" in conflict.named()[0]
    taken = take_sides(run.control, conflict.tree, conflict, choose(conflict, [], ["sub"]))
    assert run.control.git("ls-tree", taken, "sub").text.split()[2] == "2" * 40
