"""A profile of a model: its preset alone is enough, and no key goes where it does not belong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wf_tui.config import load_config
from wf_tui.errors import UsageError
from wf_tui.profiles.resolve import resolve
from wf_tui.profiles.resolved import Key
from wf_tui.profiles.stored import profiles_of, profiles_text

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.profiles.resolved import Resolved

MAKERS = {
    "deepseek": "DEEPSEEK_API_KEY",
    "minimax": "MINIMAX_API_KEY",
    "moonshot": "MOONSHOT_API_KEY",
    "openai": "OPENAI_API_KEY",
    "zai": "ZAI_API_KEY",
}


def resolved(tmp_path: Path, text: str) -> Resolved:
    """Return the profile `p` of a configuration with these lines."""
    path = tmp_path / "config.toml"
    path.write_text(f"[profiles.p]\n{text}\n")
    return resolve(load_config({"WF_CONFIG": str(path)}), "p")


@pytest.mark.parametrize(("maker", "key"), MAKERS.items())
def test_a_preset_alone_is_enough(tmp_path: Path, maker: str, key: str) -> None:
    """The five makers: a model, its window, its URL and its key; the lane is the maker."""
    profile = resolved(tmp_path, f'preset = "{maker}"')
    assert (profile.kind, profile.takes, profile.lane, profile.maker) == (
        *("model", "prompt", maker, maker),
    )
    assert profile.keys == (Key(key, "env", key),)
    assert profile.model
    assert profile.base_url.startswith("https://")
    assert profile.context_tokens > 0
    assert (profile.ask, profile.hears, profile.program) == ("commands", True, "")
    assert profiles_of(profiles_text({"p": profile})) == {"p": profile}


def test_another_url_gets_no_key_of_the_maker(tmp_path: Path) -> None:
    """Neither its key nor its model: both are said, and the lane is that host."""
    text = 'preset = "zai"\nbase_url = "https://h.example/v1"'
    with pytest.raises(UsageError, match="needs a model"):
        resolved(tmp_path, text)
    profile = resolved(tmp_path, f'{text}\nmodel = "m"')
    assert (profile.keys, profile.lane, profile.is_foreign) == ((), "h.example", True)
    own = resolved(tmp_path, f'{text}\nmodel = "m"\nkeys = ["MINE"]')
    assert own.keys == (Key("MINE", "env", "MINE"),)


def test_a_server_without_a_key(tmp_path: Path) -> None:
    """A URL and a model are enough, with or without the words around them."""
    text = 'base_url = "http://127.0.0.1:8080/v1"\nmodel = "qwen"'
    profile = resolved(tmp_path, f'kind = "model"\n{text}')
    assert (profile.preset, profile.lane, profile.keys) == ("openai-compatible", "127.0.0.1", ())
    named = resolved(tmp_path, f'preset = "openai-compatible"\nkeys = []\n{text}')
    assert named == profile


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('preset = "openai-compatible"\nmodel = "m"', "needs a base_url"),
        ('preset = "openai-compatible"\nmodel = "m"\nbase_url = "h:80"', "has to begin with https"),
        ('preset = "zai"\nlogin = "user"', "a model starts no agent, so it has no login"),
        ('preset = "zai"\nkind = "agent"', 'is not for kind = "agent"'),
        ('preset = "codex"\nkind = "model"', 'is not for kind = "model"'),
        ('preset = "codex"\neffort = "high"', "only a model has an effort"),
        ('preset = "deepseek"\neffort = "hard"', "effort 'hard' is none of its: "),
    ],
)
def test_what_does_not_fit(tmp_path: Path, text: str, words: str) -> None:
    """It is told before a run exists, with what was meant."""
    with pytest.raises(UsageError) as caught:
        resolved(tmp_path, text)
    assert words in caught.value.message


def test_how_much_it_thinks(tmp_path: Path) -> None:
    """A word of its preset."""
    profile = resolved(tmp_path, 'preset = "deepseek"\neffort = "high"')
    assert profile.effort == "high"
    assert profile.quirks.body(profile.model, "high")
