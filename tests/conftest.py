"""What holds for all tests."""

from __future__ import annotations

import pytest

pytest.register_assert_rewrite("tests.support")
pytest_plugins = ["tests.support.strict_skips", "tests.support.agents.results"]
