"""Each mechanism is needed: without it a test goes red. `-m slow -k G6` runs those of a promise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.faults.mutants import MUTANTS, ROOT, Mutant, copy_package, run_test

if TYPE_CHECKING:
    from pathlib import Path

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
PARTS = 6
"""Into how many the tests are divided, which then run beside each other."""


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
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the package and its tests, one for all mutants of a process."""
    folder = tmp_path_factory.mktemp("copy")
    copy_package(folder)
    return folder


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_without_it_the_test_goes_red(mutant: Mutant, copy: Path, tmp_path: Path) -> None:
    """Without the mechanism the test fails; it does not just break down."""
    with mutant.mutating(copy / "wf_tui"):
        done = run_test(copy, tmp_path, mutant.test)
    assert done.returncode == FAILED, done.stdout + done.stderr
    assert f"FAILED tests/{mutant.test}" in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("part", range(PARTS))
def test_with_all_of_it_all_are_green(part: int, copy: Path, tmp_path: Path) -> None:
    """In a copy that lacks nothing, the same tests pass."""
    done = run_test(copy, tmp_path, *sorted({mutant.test for mutant in MUTANTS})[part::PARTS])
    assert done.returncode == PASSED, done.stdout
