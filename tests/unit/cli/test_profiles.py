"""`wf profiles` says what can be used here, and why the rest cannot."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from wf_tui.cli.root import wf
from wf_tui.config import load_config
from wf_tui.errors import EnvironmentalError
from wf_tui.extras import Extra, how_to_install
from wf_tui.ledger.stores import open_lanes
from wf_tui.plan.read import parse_plan
from wf_tui.profiles.choice import choose_profiles

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

    from wf_tui.plan.models import Plan

AGENT = r"""#!/bin/sh
[ "$1" = --version ] && { echo "agent 4.5.6 (x)"; exit 0; }
cat > /dev/null
echo '{"ev": "usage", "input": 7, "output": 1, "scope": "session"}'
printf '{"ev": "verdict", "ok": %s, "why": "so", "text": "ready %s"}\n' "${OK-true}" "$K"
"""
KEY = "sk-0123456789-canary"


@pytest.fixture
def agent(tmp_path: Path) -> Path:
    """Return an agent that is a script."""
    path = tmp_path / "agent"
    path.write_text(AGENT)
    path.chmod(0o755)
    return path


def run(tmp_path: Path, text: str, *words: str, **environ: str) -> Result:
    """Run the command with a configuration, in an environment that has little else."""
    config = tmp_path / "config.toml"
    config.write_text(text)
    env = {"WF_CONFIG": str(config), "WF_STATE_DIR": str(tmp_path / "state"), **environ}
    return CliRunner(env={"WF_LEDGER": None, "K": None, **env}).invoke(wf, ["profiles", *words])


def test_each_profile_says_whether_it_can_be_used(tmp_path: Path, agent: Path) -> None:
    """Program, version, keys by the user's names, lane; the object has all fields of the list."""
    text = (
        f'[profiles.good]\ncommand = ["{agent}"]\nlane = "mine"\n'
        '[profiles.bad]\npreset = "kimi"\ncommand = ["absent"]\nkeys = ["NO_SUCH_KEY"]\n'
    )
    result = run(tmp_path, text, "--json")
    shell, good, bad = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (shell["name"], shell["takes"], shell["usable"]) == ("shell", "command", True)
    assert (good["program"], good["version"], good["lane"]) == (str(agent), "4.5.6", "mine")
    assert bad["usable"] is False
    assert bad["reasons"] == ["the program absent is not on the PATH", "NO_SUCH_KEY is not set"]
    assert bad["keys"] == [{"name": "NO_SUCH_KEY", "from": "env", "present": False}]
    assert " ".join(bad) == (
        "name kind takes preset usable reasons program version model lane seats roles keys"
        " missing_extra notes probe"
    )


def test_one_by_its_name(tmp_path: Path, agent: Path) -> None:
    """The exit status says whether it can be used; an unknown name is a usage error."""
    text = f'[profiles.good]\ncommand = ["{agent}"]\n[profiles.bad]\ncommand = ["absent"]\n'
    assert run(tmp_path, text, "good").exit_code == 0
    result = run(tmp_path, text, "bad")
    assert (result.exit_code, "absent is not on the PATH" in result.stdout) == (1, True)
    assert run(tmp_path, text, "god").exit_code == 2


def test_a_model_without_the_extra(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is named, with the command that installs it, also by a run that needs it."""
    monkeypatch.setitem(sys.modules, "pydantic_ai", None)
    text = '[profiles.m]\nkind = "model"\nbase_url = "http://127.0.0.1:9/v1"\nmodel = "x"\n'
    (found,) = json.loads(run(tmp_path, text, "m", "--json").stdout)
    assert (found["kind"], found["usable"], found["missing_extra"]) == ("model", False, "models")
    (reason,) = found["reasons"]
    assert reason.endswith(how_to_install(Extra.MODELS))
    with pytest.raises(EnvironmentalError) as caught:
        choose_profiles(
            _prompted(), load_config({"WF_CONFIG": str(tmp_path / "config.toml")}), {}, {}
        )
    assert caught.value.message == f"profile m: {reason}"


def _prompted() -> Plan:
    plan = "goal: g\nphases: [{name: p, tasks: [{id: a, prompt: Do it.}]}]"
    report = parse_plan(plan, "yaml", "plan.yaml")
    assert report.plan is not None
    return report.plan


def test_a_value_that_is_not_redacted_is_told(tmp_path: Path, agent: Path) -> None:
    """By the name of the variable: it is short, or stands in any text."""
    text = f'[profiles.p]\ncommand = ["{agent}"]\nkeys = ["K"]\n'
    assert "K has under 8 characters, so it is not redacted" in run(tmp_path, text, K="x").stdout
    assert "redacted" not in run(tmp_path, text, K=KEY).stdout


def test_a_probe_asks_the_real_program(tmp_path: Path, agent: Path) -> None:
    """Its answer and what it took are shown, without the key; nothing is left of it."""
    text = f'[profiles.p]\ncommand = ["{agent}"]\nkeys = ["K"]\n'
    result = run(tmp_path, text, "p", "--probe", "--json", K=KEY)
    (shown,) = json.loads(result.stdout)
    assert result.exit_code == 0
    assert (shown["probe"]["ok"], shown["probe"]["text"]) == (True, "ready [redacted K]")
    assert (shown["probe"]["usage"]["input_tokens"], KEY in result.stdout) == (7, False)
    assert list((tmp_path / "state" / "probes").iterdir()) == []
    failed = run(tmp_path, text + 'env = {OK = "false"}\n', "p", "--probe", K=KEY)
    assert (failed.exit_code, "probe failed" in failed.stdout) == (1, True)


def test_a_shut_lane_is_told(tmp_path: Path, agent: Path) -> None:
    """A profile whose provider refuses everybody just now says why, and what opens it."""
    (tmp_path / "state").mkdir(mode=0o700)
    lanes = open_lanes(tmp_path / "state" / "lanes.db")
    lanes.refuse("mine", text="401")
    lanes.db.close()
    text = f'[profiles.p]\ncommand = ["{agent}"]\nlane = "mine"\n'
    assert "mine is shut: 401; wf lane mine --open" in run(tmp_path, text).stdout
