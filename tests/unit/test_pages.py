"""The pages for people who work on the code: what they name exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

_ROOT = Path(__file__).parents[2]
_PACKAGE = _ROOT / "wf_tui"
_PLACE = re.compile(r"^\| .* \| `([\w/]+\.py)`: `([\w.]+)` \|$", re.MULTILINE)
_PATH = re.compile(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:py|md|toml|yaml))`")
_PAGES = ("ARCHITECTURE.md", "CONTRIBUTING.md", "wf_tui/RULES.md", "tests/faults/README.md")
_NOT_OURS = frozenset(
    {
        "control.git",
        "trees/",
        "attempts/TASK-N",
        "runs/RUN",
        "runs/RUN/homes/SEAT",
        "wf/RUN",
        "./path",
        "config.toml",
    }
)
"""Paths of a run, of a repository or of a user that a page may name, too."""


def _page(name: str) -> str:
    return (_ROOT / name).read_text(encoding="utf-8")


_PLACES = _PLACE.findall(_page("ARCHITECTURE.md"))


def _names_in(body: list[ast.stmt], prefix: str = "") -> set[str]:
    """Return the functions and classes of a module, methods as `Class.method`."""
    names: set[str] = set()
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            names.add(prefix + node.name)
        elif isinstance(node, ast.ClassDef):
            names.add(node.name)
            names |= _names_in(node.body, f"{node.name}.")
    return names


@pytest.mark.parametrize(("path", "name"), _PLACES)
def test_every_place_exists(path: str, name: str) -> None:
    """Each row of a table names a file, and a function or class in it."""
    tree = ast.parse((_PACKAGE / path).read_text(encoding="utf-8"))
    assert name in _names_in(tree.body)


def test_no_row_is_overlooked() -> None:
    """The hops of a task are numbered, some twenty of them; each row names a place."""
    rows = re.findall(r"^\| (\d+) \|.*`: `", _page("ARCHITECTURE.md"), re.MULTILINE)
    assert rows == [str(number) for number in range(1, len(rows) + 1)]
    assert 20 <= len(rows) < len(_PLACES)
    assert len(_PLACES) == len(re.findall(r"`: `", _page("ARCHITECTURE.md")))


@pytest.mark.parametrize("page", _PAGES)
def test_every_path_exists(page: str) -> None:
    """A file or folder that a page names is there: at the top, in the package or in the tests."""
    named = set(_PATH.findall(_page(page))) - _NOT_OURS
    homes = (_ROOT, _PACKAGE, _ROOT / "tests")
    missing = {name for name in named if not any((home / name).exists() for home in homes)}
    assert missing == set()


def test_broad_excepts_stand_where_the_page_says() -> None:
    """CONTRIBUTING names each module with an `except Exception`, and no other."""
    bullet = re.compile(r"^\* A broad `except.*?(?=^\*)", re.MULTILINE | re.DOTALL)
    (rule,) = bullet.findall(_page("CONTRIBUTING.md"))
    broad = {
        path.relative_to(_PACKAGE).as_posix()
        for path in _PACKAGE.rglob("*.py")
        if re.search(r"^ +except Exception\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert set(re.findall(r"`([\w/]+\.py)`", rule)) == broad
