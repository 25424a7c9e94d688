"""Seeds of random histories: a few in each run of the tests, the others in the slow ones."""

from __future__ import annotations

import pytest

__all__ = ["seeds"]


def seeds(count: int, *, quick: int, times: int = 1) -> list[object]:
    """Return so many seeds for `parametrize`, of which all but `quick` are slow.

    `times` is how many arguments get the same seed.
    """
    return [
        pytest.param(*[number] * times, marks=[pytest.mark.slow] if number >= quick else [])
        for number in range(count)
    ]
