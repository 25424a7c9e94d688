"""Each mechanism is needed: without it a test goes red. `-m slow -k G6` runs those of a promise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.faults.mutants import MUTANTS
from tests.faults.mutants.package_copy import ROOT, PackageCopy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.faults.mutants.mutant import Mutant

SHOWN = {
    "agents",
    "cockpit",
    "models",
    "plan",
    "planning",
    "review",
    "serve",
    "swarm",
    *(f"G{number}" for number in range(1, 16)),
}
FAILED, PASSED = 1, 0
BREAKDOWN = re.compile(
    r"^(ModuleNotFoundError|ImportError|NameError|SyntaxError|IndentationError)\b"
    r"|^Failed: Timeout \(>",
    re.MULTILINE,
)
"""How a test ends that did not find the promise broken, but could not even look."""


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_what_is_taken_out_is_there(mutant: Mutant) -> None:
    """The text of each mechanism is in its file, and so is the test that needs it."""
    source = (ROOT / "wf_tui" / mutant.file).read_text(encoding="utf-8")
    assert mutant.mutated(source) != source
    file, _, name = mutant.test.partition("::")
    tests = (ROOT / "tests" / file).read_text(encoding="utf-8")
    assert re.search(rf"^(async )?def {name}\(", tests, re.MULTILINE)


def test_each_promise_has_mutants() -> None:
    """No promise is left that nothing could break."""
    assert {mutant.promise for mutant in MUTANTS} == SHOWN


@pytest.fixture(scope="session")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PackageCopy]:
    """Give a copy of the package and its tests, one for all mutants of a process."""
    one = PackageCopy(tmp_path_factory.mktemp("copy"))
    yield one
    one.close()


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_without_it_the_test_goes_red(mutant: Mutant, copy: PackageCopy, tmp_path: Path) -> None:
    """Without the mechanism the test fails; it does not just break down."""
    with mutant.mutating(copy.package):
        run = copy.run_test(tmp_path, mutant.test)
    assert run.status == FAILED, run.output
    assert f"FAILED tests/{mutant.test}" in run.output
    assert not BREAKDOWN.search(run.output), run.output


@pytest.mark.slow
@pytest.mark.parametrize("promise", sorted(SHOWN))
def test_with_all_of_it_the_test_is_green(promise: str, copy: PackageCopy, tmp_path: Path) -> None:
    """In a copy that lacks nothing, a test of each promise passes: no mutant is red for the copy.

    All of these tests run with the others as well, outside of it.
    """
    one = next(mutant for mutant in MUTANTS if mutant.promise == promise)
    run = copy.run_test(tmp_path, one.test)
    assert run.status == PASSED, run.output
