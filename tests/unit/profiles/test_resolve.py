"""A profile and its preset make one value, which says how an agent is called."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from wf_tui.config import Config, load_config
from wf_tui.errors import UnknownNameError, UsageError
from wf_tui.profiles.presets import find_preset, preset_names
from wf_tui.profiles.resolve import resolve
from wf_tui.profiles.resolved import Key

if TYPE_CHECKING:
    from pathlib import Path

    from wf_tui.profiles.resolved import Resolved

AGENTS = {"claude", "codex", "gemini", "kimi", "opencode", "pi", "qwen"}
OVER_ACP = AGENTS - {"pi"}
MODELS = {"deepseek", "minimax", "moonshot", "openai", "openai-compatible", "zai"}
CLAUDE_AT = {"claude-deepseek", "claude-minimax", "claude-moonshot", "claude-zai"}


def config_of(tmp_path: Path, text: str) -> Config:
    """Return the configuration that a file with this text is."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    return load_config({"WF_CONFIG": str(path)})


def resolved(tmp_path: Path, text: str) -> Resolved:
    """Return the profile `p` of such a file."""
    return resolve(config_of(tmp_path, text), "p")


def test_which_presets_there_are() -> None:
    """Seven agents, six over ACP, claude with four others' models, makers, and one's own."""
    assert set(preset_names()) == AGENTS | CLAUDE_AT | MODELS | {"jsonl"}
    assert {name for name in preset_names() if find_preset(Config(), name).model} == MODELS
    presets = {name: find_preset(Config(), name) for name in AGENTS}
    assert {name for name, preset in presets.items() if preset.agent} == AGENTS
    assert {name for name, preset in presets.items() if preset.acp} == OVER_ACP


@pytest.mark.parametrize("name", sorted(AGENTS | CLAUDE_AT))
def test_a_preset_leaves_no_slot_open(tmp_path: Path, name: str) -> None:
    """Model and base_url are put in at once, the rest by `command`; what is not known is no slot.

    A command line never has the slot of a key: everybody may read it.
    """
    profile = resolved(
        tmp_path, f'[profiles.p]\npreset = "{name}"\nmodel = "m"\nbase_url = "http://h:1/v1"\n'
    )
    line = profile.command("/home", writes=True, session="s", prompt="what", max_cost_usd=1.5)
    for text in (*line, *profile.command("/home", writes=False)):
        assert not re.search(r"\{[a-z_]+\}", text)
    for text in profile.env.values():
        assert set(re.findall(r"\{([a-z_]+)\}", text)) <= {"home"}
    assert profile.lane == "h"


def test_what_a_user_changes_of_a_preset(tmp_path: Path) -> None:
    """Tables are merged with those that come with wf, lists and keys are replaced."""
    profile = resolved(
        tmp_path,
        '[presets.codex]\nkeys = ["MINE"]\nenv = {X = "1"}\n[presets.codex.agent]\nrss = 7\n'
        '[profiles.p]\npreset = "codex"\n',
    )
    assert profile.keys == (Key("MINE", "env", "MINE"),)
    assert profile.env == {"CODEX_HOME": "{home}/.codex", "X": "1"}
    assert (profile.rss, profile.parser, profile.program) == (7, "codex", "codex")


def test_a_preset_of_ones_own_extends_another(tmp_path: Path) -> None:
    """It has what it does not say from there; a circle is a fault, and so is a wrong name."""
    text = '[profiles.p]\npreset = "mine"\n[presets.mine]\nextends = "claude"\nmaker = "me"\n'
    profile = resolved(tmp_path, text)
    assert (profile.lane, profile.parser) == ("me", "claude")
    with pytest.raises(UsageError, match="extends itself"):
        resolved(tmp_path, text + '[presets.claude]\nextends = "mine"\n')
    with pytest.raises(UnknownNameError, match="unknown preset 'clawde'") as caught:
        resolved(tmp_path, '[profiles.p]\npreset = "clawde"\n')
    assert caught.value.hint == "did you mean 'claude'?"


def test_where_keys_are(tmp_path: Path) -> None:
    """A list names variables, a table says where each is; any of the preset's own is enough."""
    listed = resolved(tmp_path, '[profiles.p]\npreset = "claude"\nkeys = ["A", "B"]\n')
    assert (listed.keys, listed.needs_all_keys) == (
        (Key("A", "env", "A"), Key("B", "env", "B")),
        True,
    )
    table = resolved(
        tmp_path, '[profiles.p]\npreset = "claude"\nkeys = {A = "env:B", C = "file:~/x"}\n'
    )
    assert table.keys == (Key("A", "env", "B"), Key("C", "file", "~/x"))
    assert resolved(tmp_path, '[profiles.p]\npreset = "claude"\n').needs_all_keys is False
    with pytest.raises(UsageError) as caught:
        config_of(tmp_path, '[profiles.p]\npreset = "claude"\nkeys = {A = "sk-not-here"}\n')
    assert "never the key" in caught.value.message
    assert "sk-not-here" not in caught.value.message


def test_a_login_goes_to_its_own_maker(tmp_path: Path) -> None:
    """With one no key is wanted; without the word there is none, and never for another base_url."""
    plain = '[profiles.p]\npreset = "codex"\n'
    assert resolved(tmp_path, plain).logins == ()
    profile = resolved(tmp_path, plain + 'login = "user"\n')
    assert ([one.home for one in profile.logins], profile.keys) == ([".codex/auth.json"], ())
    with pytest.raises(UsageError, match="never sent to another base_url"):
        config_of(tmp_path, plain + 'login = "user"\nbase_url = "http://h"\n')
    with pytest.raises(UsageError, match="has no login"):
        resolved(tmp_path, '[profiles.p]\npreset = "claude-zai"\nlogin = "user"\n')


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('kind = "model"', 'kind = "model" needs a preset, or a base_url and a model'),
        (
            'kind = "model"\npreset = "zai"\ncommand = ["x"]',
            "starts no agent, so it has no command",
        ),
        ('kind = "acp"', 'kind = "acp" needs a preset, or a command'),
        ('kind = "shell"\nmodel = "m"', "has no model"),
        ('preset = "codex"\nmodle = "m"', "unknown key profiles.p.modle (did you mean 'model'?)"),
        ("limits = {max_token = 1}", "profiles.p.limits.max_token (did you mean 'max_tokens'?)"),
        ('preset = "codex"\nask = "always"', "profiles.p.ask: "),
        ('command = ["./mine"]', "the path of the command has to begin with /: ./mine"),
        ('preset = "codex"\nkeys = {A = "file:x"}', "A: the path of its file has to begin with /"),
    ],
)
def test_a_wrong_profile_is_told_at_once(tmp_path: Path, text: str, words: str) -> None:
    """Each fault names its place, and the word that was meant."""
    with pytest.raises(UsageError) as caught:
        config_of(tmp_path, f"[profiles.p]\n{text}\n")
    assert words in caught.value.message


def test_a_preset_of_another_kind(tmp_path: Path) -> None:
    """An agent that does not speak ACP is refused for it; so is a program that is none."""
    with pytest.raises(UsageError, match="not for kind"):
        resolved(tmp_path, '[profiles.p]\nkind = "acp"\npreset = "pi"\n')
    with pytest.raises(UsageError, match="needs a command"):
        resolved(tmp_path, '[profiles.p]\npreset = "jsonl"\n')
    own = resolved(tmp_path, '[profiles.p]\ncommand = ["/opt/mine", "-x"]\n')
    assert (own.argv, own.parser, own.kind, own.lane) == (
        ("/opt/mine", "-x"),
        "jsonl",
        "agent",
        "p",
    )


def test_an_unknown_profile_with_the_name_of_an_agent() -> None:
    """Whoever asks for `codex` before it is configured is told the lines that do it."""
    with pytest.raises(UnknownNameError) as caught:
        resolve(Config(), "codex")
    assert 'preset = "codex"' in caught.value.hint


def test_a_name_that_is_no_folder(tmp_path: Path) -> None:
    """The name of a profile becomes that of a folder, so it cannot leave its own."""
    with pytest.raises(UsageError, match="is no name"):
        config_of(tmp_path, '[profiles."../x"]\nseats = 1\n')


@pytest.mark.parametrize("name", ["opencode", "pi"])
def test_an_agent_of_many_providers(tmp_path: Path, name: str) -> None:
    """It has no key of its own; one that is given is that of the provider that its model names."""
    assert resolved(tmp_path, f'[profiles.p]\npreset = "{name}"\n').keys == ()
    text = f'[profiles.p]\npreset = "{name}"\nmodel = "anthropic/m"\nkeys = ["K"]\n'
    profile = resolved(tmp_path, text)
    assert (profile.provider, profile.lane) == ("anthropic", "anthropic")
    (file,) = [file for file in profile.files if file.path.endswith("auth.json")]
    assert "{provider}" in file.text
