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


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_without_it_the_test_goes_red(mutant: Mutant, tmp_path: Path) -> None:
    """Without the mechanism the test fails; it does not just break down."""
    mutant.mutate(copy_package(tmp_path))
    done = run_test(tmp_path, mutant.test)
    assert done.returncode == FAILED, done.stdout + done.stderr
    assert f"FAILED tests/{mutant.test}" in done.stdout


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_with_all_of_it_all_are_green(tmp_path: Path) -> None:
    """In a copy that lacks nothing, the same tests pass."""
    copy_package(tmp_path)
    done = run_test(tmp_path, *sorted({mutant.test for mutant in MUTANTS}))
    assert done.returncode == PASSED, done.stdout
