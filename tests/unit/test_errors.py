"""The tree of errors: drawn once, and true."""

import importlib
import pkgutil
import re

import pytest

import wf_tui
from wf_tui import errors
from wf_tui.errors import UnknownNameError, WfError, nearest


def below(parent: type[WfError], depth: int = 0) -> dict[str, tuple[int, str, int]]:
    """Return each error with its depth, its parent's name and its exit status."""
    found = {}
    for child in parent.__subclasses__():
        found[child.__name__] = (depth + 1, parent.__name__, child.exit_status)
        found |= below(child, depth + 1)
    return found


def drawn() -> dict[str, tuple[int, str, int]]:
    """Return the same as the docstring draws it."""
    found: dict[str, tuple[int, str, int]] = {}
    above: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if match := re.match(r"^([|` -]*)(\w+Error) +(\d|exit status)", line):
            depth = len(match[1]) // 3
            above[depth:] = [match[2]]
            if depth:
                found[match[2]] = (depth, above[depth - 1], int(match[3]))
    return found


def test_the_tree_is_as_it_is_drawn() -> None:
    """Every error of every module, under its parent, with its exit status; and no other."""
    for module in pkgutil.walk_packages(wf_tui.__path__, "wf_tui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    assert drawn() == below(WfError)


def test_an_unknown_name_is_told_what_there_is() -> None:
    """The nearest name, or where none is near the first few of all."""
    assert UnknownNameError("run", "tast", ["task", "other"]).hint == "did you mean 'task'?"
    many = UnknownNameError("run", "x", [f"name-{number}" for number in range(10)])
    assert many.hint.startswith("there are: name-0, name-1")
    assert many.hint.endswith("name-7 and 2 more")
    assert UnknownNameError("run", "x", []).hint == ""


def test_nearest_reads_no_case() -> None:
    """What is given back is written as it is known."""
    assert nearest("TASK", ["Task"]) == "Task"
    assert nearest("zebra", ["Task"]) is None


@pytest.mark.parametrize(
    ("word", "choice"),
    [("gaol", "goal"), ("tusk", "tasks"), ("rnu", "run"), ("fileScope", "file_scope")],
)
def test_a_misspelling_has_at_most_two_edits(word: str, choice: str) -> None:
    """Added, left out, changed or swapped letters, in any case."""
    assert nearest(word, ["x", choice, "checkpoint"]) == choice


@pytest.mark.parametrize(
    ("word", "choice"),
    [("if", "id"), ("date", "gate"), ("needs", "tags"), ("cwd", "run"), ("requirements", "title")],
)
def test_another_word_is_no_misspelling(word: str, choice: str) -> None:
    """Short words that are near each other mean different things."""
    assert nearest(word, [choice]) is None
