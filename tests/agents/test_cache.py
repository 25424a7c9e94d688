"""What is said where the agents cannot be installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.agents.cache import NODE, Package, install

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = [pytest.mark.agents, pytest.mark.agents_ci]


def test_without_a_registry_a_test_is_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody answers at that address: it is said so, and what uses it is skipped."""
    monkeypatch.setenv("WF_AGENT_CACHE", str(tmp_path))
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    with pytest.raises(pytest.skip.Exception, match="the npm registry does not answer"):
        install(NODE)
    assert not (NODE.folder / "installed").exists()


def test_a_package_that_is_not_there_is_a_fault() -> None:
    """A version that the registry does not have is no reason to skip."""
    package = Package("node", "0.0.1-no-such-version", "node")
    with pytest.raises(AssertionError, match="cannot install"):
        install(package)
    assert not (package.folder / "installed").exists()
