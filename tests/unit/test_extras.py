"""The extra for models: the command that installs it fits the way in which wf was installed."""

from __future__ import annotations

import sys
from importlib import metadata
from typing import TYPE_CHECKING

import pytest

from wf_tui import extras
from wf_tui.extras import Extra, how_to_install, is_installed
from wf_tui.profiles.resolved import Resolved
from wf_tui.profiles.usable import ReasonKind, usable

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MODEL = Resolved("m", "model", "l", base_url="http://127.0.0.1:9/v1", model="x")
NEEDS = [
    "click>=8.2",
    "pydantic-ai-slim[openai]>=2.68; extra == 'models'",
]


class Distribution:
    """An installation as its metadata tell of it."""

    def __init__(self, url: str = "") -> None:
        self.url = url

    def read_text(self, _: str) -> str | None:
        """Return where it was installed from."""
        return self.url or None


def installed(monkeypatch: pytest.MonkeyPatch, url: str = "") -> None:
    """Let wf be installed so."""
    monkeypatch.setattr(metadata, "distribution", lambda _: Distribution(url))
    monkeypatch.setattr(metadata, "requires", lambda _: NEEDS)


FOLDER: Mapping[str, str] = {
    "": "wf-tui[models]",
    '{"url": "file:///src/my%20wf", "dir_info": {}}': "'/src/my wf[models]'",
}


@pytest.mark.parametrize(("url", "what"), FOLDER.items())
def test_each_way_of_installing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str, what: str
) -> None:
    """Of pipx, of uv, of pip, and of a virtual environment without pip."""
    installed(monkeypatch, url)
    quoted = what if what.startswith("'") else f"'{what}'"
    assert how_to_install(Extra.MODELS, tmp_path, "/py") == f"/py -m pip install {quoted}"
    (tmp_path / "pyvenv.cfg").touch()
    monkeypatch.setattr(extras, "has_pip", lambda: False)
    assert how_to_install(Extra.MODELS, tmp_path, "/py") == f"uv pip install --python /py {quoted}"
    (tmp_path / "uv-receipt.toml").touch()
    assert how_to_install(Extra.MODELS, tmp_path, "/py") == f"uv tool install --force {quoted}"
    (tmp_path / "pipx_metadata.json").touch()
    pipx = "pipx inject wf-tui 'pydantic-ai-slim[openai]>=2.68'"
    assert how_to_install(Extra.MODELS, tmp_path, "/py") == pipx


def test_a_clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the environment of a clone the extra of that clone is installed."""
    url = f'{{"url": "file://{tmp_path}", "dir_info": {{"editable": true}}}}'
    installed(monkeypatch, url)
    assert (
        how_to_install(Extra.MODELS, tmp_path / ".venv", "/py")
        == f"/py -m pip install -e '{tmp_path}[models]'"
    )
    (tmp_path / "uv.lock").touch()
    monkeypatch.setattr(extras, "has_pip", lambda: False)
    sync = f"uv sync --project {tmp_path} --inexact --no-dev --extra models"
    assert how_to_install(Extra.MODELS, tmp_path / ".venv", "/py") == sync
    # Elsewhere than in its own environment uv would install it into another one.
    other = tmp_path / "other"
    other.mkdir()
    assert (
        how_to_install(Extra.MODELS, other, "/py") == f"/py -m pip install -e '{tmp_path}[models]'"
    )


def test_without_it_a_model_cannot_be_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason has the command; a profile of anything else needs nothing of it."""
    assert is_installed(Extra.MODELS)
    assert usable(MODEL, {}) == []
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    assert not is_installed(Extra.MODELS)
    (reason,) = usable(MODEL, {})
    assert reason.kind is ReasonKind.EXTRA
    assert how_to_install(Extra.MODELS) in reason.text
    assert usable(Resolved("s", "shell", "local"), {}) == []
