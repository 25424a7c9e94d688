"""The page of results, and the lines of it that the README has."""

from __future__ import annotations

from tests.bench.page import README, RESULTS, TABLE, readme, with_reasons

_RESULTS = RESULTS.read_text(encoding="utf-8")


def test_readme_shows_figures_of_the_page() -> None:
    """What the README says of speed are lines of the page; `tests.bench --write` writes both."""
    text = README.read_text(encoding="utf-8")
    found = TABLE.search(text)
    assert found is not None
    assert len(found.group().splitlines()) > 10
    assert readme(text, _RESULTS) == text


def test_page_has_the_reasons_of_today() -> None:
    """Why a goal is missed is said as in `goals.py`; `tests.bench --reasons` writes it there."""
    assert with_reasons(_RESULTS) == _RESULTS
