"""Lists and searches: what is found, what is left out, and that each has an end."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.hands_process import HandsProcess
from wf_tui.workers.model.hands.files.tree import FOLDER
from wf_tui.workers.model.hands.looks.globs import Glob
from wf_tui.workers.model.hands.looks.walking import files_below, rules_for

if TYPE_CHECKING:
    from collections.abc import Iterator


def git(*words: str, cwd: Path) -> str:
    """Run git without anybody's settings."""
    done = subprocess.run(
        ["git", *words],
        cwd=cwd,
        env={"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": os.devnull},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


RIPGREP = shutil.which("rg")


@pytest.fixture
def tree(tree: Path) -> Path:
    """Return a tree with folders, ignored files, links, git data and a binary file."""
    for name, text in {
        ".gitignore": "*.log\n/build/\n!keep.log\nnode_modules\n",
        ".git/config": "needle\n",
        "a.py": "needle = 1\nx = 2\ny = 3\nNeedle\n",
        "b.log": "needle\n",
        "keep.log": "needle\n",
        "build/c.py": "needle\n",
        "src/build/d.ts": "no\n",
        "src/.gitignore": "secret.*\n",
        "src/secret.py": "needle\n",
        "src/e.py": "a needle (x)\n" + "z" * 5000 + "needle\n",
        "src/deep/er/still/f.py": "\u00e4 needle\r\n",
        "node_modules/g/h.js": "needle\n",
        "bin": "needle\0\n",
    }.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text, newline="")
    (tree / "link").symlink_to("src")
    return tree


@pytest.fixture(params=["own", "ripgrep"])
def searching(request: pytest.FixtureRequest, tree: Path) -> Iterator[HandsProcess]:
    """Give hands that search by themselves, and hands that have ripgrep for it."""
    if request.param == "ripgrep" and RIPGREP is None:
        pytest.skip("ripgrep is not installed")
    path = str(Path(RIPGREP).parent) if RIPGREP and request.param == "ripgrep" else "/nowhere"
    with HandsProcess(tree, env={"PATH": path}) as hands:
        yield hands


def test_a_folder_is_drawn_as_a_tree(hands: HandsProcess) -> None:
    """Folders come with what is in them to a depth; ignored names, git data are left out."""
    assert hands.do("list_files", depth=2).split("\n") == [
        ".gitignore",
        "a.py",
        "bin",
        "keep.log",
        "link@",
        "src/",
        "  .gitignore",
        "  build/",
        "  deep/",
        "  e.py",
    ]
    assert "node_modules/" in hands.do("list_files", ignored=True).split("\n")
    assert hands.do("list_files", path="src/deep", glob="*.py") == "src/deep/er/still/f.py"
    assert hands.do("list_files", glob="**/*.{ts,js}") == "src/build/d.ts"
    assert hands.do("list_files", glob="*.rs") == "[no file matches]"


def test_what_is_nearest_is_listed_first(tree: Path, hands: HandsProcess) -> None:
    """Of a large tree the upper levels are shown whole, and what is left out is counted."""
    for number in range(600):
        (tree / "src/deep" / f"{number}.txt").touch()
    listed = hands.do("list_files").split("\n")
    assert len(listed) < 510
    assert "  e.py" in listed
    assert listed[-1].startswith("[1")


def test_lines_are_found(searching: HandsProcess) -> None:
    """Lines that match come under the path of their file, with their numbers."""
    found = searching.do("search", pattern="needle").split("\n")
    assert found[:-1] == [
        "[5 matches in 4 files]",
        "a.py",
        "1: needle = 1",
        "keep.log",
        "1: needle",
        "src/deep/er/still/f.py",
        "1: \u00e4 needle",
        "src/e.py",
        "1: a needle (x)",
    ]
    assert found[-1].endswith("[the line goes on]")


@pytest.mark.parametrize(
    ("args", "lines"),
    [
        (
            {"pattern": "NEEDLE", "ignore_case": True, "glob": "a.*"},
            ["a.py", "1: needle = 1", "4: Needle"],
        ),
        ({"pattern": "needle (x)", "literal": True}, ["src/e.py", "1: a needle (x)"]),
        ({"pattern": "x =", "context": 1}, ["a.py", "1- needle = 1", "2: x = 2", "3- y = 3"]),
        ({"pattern": "(?<=a )needle", "path": "src"}, ["src/e.py", "1: a needle (x)"]),
        (
            {"pattern": "needle$", "path": "src/deep"},
            ["src/deep/er/still/f.py", "1: \u00e4 needle"],
        ),
        ({"pattern": "y", "path": "a.py"}, ["a.py", "3: y = 3"]),
        ({"pattern": "nobody"}, []),
        ({"pattern": "[[y] =(?#)"}, ["a.py", "3: y = 3"]),
    ],
)
def test_a_search_is_narrowed(
    searching: HandsProcess, args: dict[str, object], lines: list[str]
) -> None:
    """Case, plain text, lines around, a folder, a file and a glob narrow what is found."""
    assert searching.do("search", **args).split("\n")[1:] == lines


def test_a_search_has_an_end(searching: HandsProcess) -> None:
    """More matches than wanted are said to be there; a pattern that is none is refused."""
    assert searching.do("search", pattern="e", limit=1).startswith(
        "[1 match in 1 file; there are more"
    )
    assert "literal" in searching.refused("search", pattern="(x")
    assert searching.refused("search", pattern="a\nb")


def test_a_pattern_that_takes_for_ever_keeps_nobody_waiting(
    tree: Path, hands: HandsProcess
) -> None:
    """While a catastrophic pattern is tried other calls are answered, and a stop ends it."""
    (tree / "evil").write_text("a" * 60 + "!\n")
    number = hands.begin("search", {"pattern": "^(a|a)*(?=$)", "path": "evil"})
    assert hands.do("read_file", path="a.py")
    hands.send({"stop": number})
    assert hands.answer() == {"call": number, "error": "stopped before its end"}


_NAMES = ["a", "b", "c.log", "d.txt", "build", "x y"]
_PLAIN_RULES = [
    "a",
    "b/",
    "*.log",
    "!c.log",
    "/a",
    "a/",
    "build/",
    "!build",
    "*",
    "!*/",
    "d.*",
    "?",
]
_PATH_RULES = ["/b/a", "a/b", "**/a", "a/**", "a/*", "!a/b", "**/b/c.log", "/build/*.log", "b/**/a"]
_RULES = [*_PLAIN_RULES, *_PATH_RULES, "[ab]", "#a", r"\#a", "*.l?g", "x y", r"x\ y"]


@pytest.mark.parametrize("seed", range(6))
def test_what_git_ignores_is_left_out(tmp_path: Path, seed: int) -> None:
    """In any tree with any rules in any of its folders, exactly what git ignores is not found."""
    chance = random.Random(seed)  # noqa: S311 - the same tree each time
    for _ in range(20):
        file = tmp_path.joinpath(*chance.choices(_NAMES, k=chance.randint(1, 4)))
        if not any(one.is_file() for one in (file, *file.parents)) and not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
    for folder in (tmp_path, *filter(Path.is_dir, sorted(tmp_path.rglob("*")))):
        if folder == tmp_path or chance.random() < 0.3:
            rules = chance.choices(_RULES, k=chance.randint(1, 4))
            (folder / ".gitignore").write_text("\n".join(rules))
    git("init", "-q", cwd=tmp_path)
    known = git("ls-files", "-co", "-z", "--exclude-standard", cwd=tmp_path).split("\0")
    root = os.open(tmp_path, FOLDER)
    found = {one.path for one in files_below(root, rules_for(root, "", is_off=False))}
    os.close(root)
    assert found == set(known) - {""}


@pytest.mark.parametrize(
    ("pattern", "matching", "other"),
    [
        ("*.py", ["a.py", "x/y/a.py", ".py"], ["a.pyc", "a.py/x"]),
        ("src/**/*.ts", ["src/a.ts", "src/x/y/a.ts"], ["a.ts", "x/src/a.ts"]),
        ("**/test_*", ["test_a", "x/test_a"], ["x/atest_"]),
        ("src/**", ["src/a", "src/x/y"], ["src", "srcs/a"]),
        ("/a?[!b]", ["axc"], ["axb", "x/axc"]),
        ("{a,b/{c,d}}.x", ["a.x", "b/c.x", "b/d.x"], ["b.x"]),
        (r"\*", ["*", "x/*"], ["a"]),
    ],
)
def test_globs_mean_what_they_mean_in_a_shell(
    pattern: str, matching: list[str], other: list[str]
) -> None:
    """Stars, braces and classes match names, two stars any number of folders."""
    glob = Glob(pattern)
    assert [path for path in matching + other if glob.matches(path)] == matching


def test_no_glob_takes_for_ever() -> None:
    """A pattern that is made to be slow has an answer at once."""
    assert not Glob("*a" * 400).matches("a" * 250 + "b")
    assert not Glob("**/*/" * 150 + "b").matches("/".join("a" * 1000))
