"""What keeps each promise, how it looks without that, and the test which then goes red.

A mutant is the package with one mechanism taken out: a text of one file is replaced. It is made in
a copy, the test runs there, and the file is put back. `test_mutants.py` runs all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.faults.mutants.agents import AGENTS
from tests.faults.mutants.claims import CLAIMS
from tests.faults.mutants.cockpit import COCKPIT
from tests.faults.mutants.crashes import CRASHES
from tests.faults.mutants.merging import MERGING
from tests.faults.mutants.persons import PERSONS
from tests.faults.mutants.plans import PLANS
from tests.faults.mutants.programs import PROGRAMS
from tests.faults.mutants.repositories import REPOSITORIES

if TYPE_CHECKING:
    from tests.faults.mutants.mutant import Mutant

__all__ = ["MUTANTS"]

MUTANTS: Final[tuple[Mutant, ...]] = (
    *CLAIMS,
    *CRASHES,
    *MERGING,
    *REPOSITORIES,
    *PROGRAMS,
    *PERSONS,
    *PLANS,
    *AGENTS,
    *COCKPIT,
)
