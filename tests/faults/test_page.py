"""The page on faults and attacks names each of them, and tests that are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS / "faults" / "README.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| ([FA]\d\d) \| .* \| (.*) \|$", PAGE, re.MULTILINE))
REASON = re.compile(r"(needs|there is|a command) [\w ]+")


def test_each_has_one_row_in_its_order() -> None:
    """Forty-three faults, forty-two attacks."""
    faults = [f"F{number:02}" for number in range(1, 44)]
    assert list(ROWS) == faults + [f"A{number:02}" for number in range(1, 43)]
    assert len(re.findall(r"^\| [FA]\d", PAGE, re.MULTILINE)) == len(ROWS)


@pytest.mark.parametrize("number", ROWS)
def test_its_tests_are_there(number: str) -> None:
    """A row names tests, or what one would need."""
    named = re.findall(r"`([a-z_/]+\.py)::(test_\w+)`", ROWS[number])
    assert named or REASON.fullmatch(ROWS[number])
    for path, test in named:
        assert f"def {test}(" in (TESTS / path).read_text(encoding="utf-8")
