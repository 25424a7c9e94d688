"""The configuration names all its faults at once, and the nearest right words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from wf_tui.config import Board, Notifications, Timing, load_config
from wf_tui.errors import EnvironmentalError, UsageError
from wf_tui.ledger.rules.going_on import STEAL_AFTER


def test_looks_and_keys_are_read(tmp_path: Path) -> None:
    """The board's part has a default for each key."""
    path = tmp_path / "config.toml"
    path.write_text('[board]\nascii = true\n[keys]\n"task.skip" = "z"\n')
    config = load_config({"WF_CONFIG": str(path)})
    assert (config.board.ascii, config.board.theme, config.board.reduced_motion) == (
        True,
        "",
        False,
    )
    assert config.keys == {"task.skip": "z"}


def test_the_ledger_waits_as_long_as_the_settings_say() -> None:
    """What is sent back waits for its seat as long as what a plan has pinned."""
    assert Timing().steal_after == STEAL_AFTER


@pytest.mark.parametrize(
    "line",
    [
        'board.density = "dense"',
        "board.pane = true",
        "board.ambiguous_width = 3",
        "board.guard = 6",
        "board.guard = nan",
        "board.fps = 0",
        'notifications.via = "mail"',
        'notifications.command = "notify-send"',
    ],
)
def test_the_settings_of_the_board_are_strict(tmp_path: Path, line: str) -> None:
    """A value that a table does not know is a fault that names its place."""
    path = tmp_path / "config.toml"
    path.write_text(line)
    with pytest.raises(UsageError, match=line.split(" ", maxsplit=1)[0]):
        load_config({"WF_CONFIG": str(path)})


def test_the_readme_lists_the_settings_of_the_board() -> None:
    """Each of them, in the order of the tables, and no other."""
    text = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    listed = re.findall(r"^\| `((?:board|notifications)\.\w+)` \|", text, re.MULTILINE)
    board = [f"board.{key}" for key in Board.model_fields]
    assert listed == board + [f"notifications.{key}" for key in Notifications.model_fields]


def test_a_lane_may_have_a_budget_of_the_day(tmp_path: Path) -> None:
    """In dollars; a whole number is one, and a wrong key is a fault."""
    path = tmp_path / "config.toml"
    path.write_text("[lanes.openai]\nusd_per_day = 20\n")
    assert load_config({"WF_CONFIG": str(path)}).lanes["openai"].usd_per_day == 20.0
    path.write_text("[lanes.openai]\nusd_per_da = 20\n[lanes.x]\nusd_per_day = 0\n")
    with pytest.raises(UsageError, match=r"did you mean 'usd_per_day'.*lanes\.x\.usd_per_day"):
        load_config({"WF_CONFIG": str(path)})


def test_all_faults_are_named(tmp_path: Path) -> None:
    """Three wrong lines are three faults in one message."""
    path = tmp_path / "config.toml"
    path.write_text('[board]\nthem = "x"\nascii = "yes"\n[keys]\n"task.skip" = 1\n')
    with pytest.raises(UsageError) as caught:
        load_config({"WF_CONFIG": str(path)})
    message = caught.value.message
    assert "unknown key board.them (did you mean 'theme'?)" in message
    assert "board.ascii:" in message
    assert "keys.task.skip:" in message


def test_no_toml_is_named(tmp_path: Path) -> None:
    """A file that is no TOML, or cannot be read, is named with its path."""
    path = tmp_path / "config.toml"
    path.write_text("[board\n")
    with pytest.raises(UsageError, match=str(path)):
        load_config({"WF_CONFIG": str(path)})
    with pytest.raises(EnvironmentalError, match="cannot read"):
        load_config({"WF_CONFIG": str(tmp_path)})


def test_a_file_that_is_asked_for_has_to_be_there(tmp_path: Path) -> None:
    """Without `WF_CONFIG` a missing file is no fault."""
    with pytest.raises(EnvironmentalError, match="there is no configuration"):
        load_config({"WF_CONFIG": str(tmp_path / "none.toml")})


def test_variables_that_nobody_may_set_are_faults(tmp_path: Path) -> None:
    """The settings are held to the same as a plan: wf's own names are not theirs to give."""
    path = tmp_path / "config.toml"
    path.write_text(
        'pass_env = ["JAVA_HOME", "GIT_*"]\n[profiles.x]\n'
        'env = {WF_RUN = "x"}\npass_env = ["A B"]\n'
    )
    with pytest.raises(UsageError) as caught:
        load_config({"WF_CONFIG": str(path)})
    for place, name in (("pass_env", "GIT_*"), ("profiles.x.env", "WF_RUN"), ("x.pass_env", "A B")):
        assert place in caught.value.message
        assert repr(name) in caught.value.message


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('theme = "x"', "unknown key theme (it is a key of [board])"),
        ("[board]\nport_base = 1", "unknown key board.port_base (it stands above all tables)"),
        ('env = {A = "1"}', "(it is a key of [profiles])"),
        ('pass_env = ["GIT_X"]', "pass_env: 'GIT_X' is for wf alone"),
    ],
)
def test_a_key_of_another_table_is_no_misspelling(tmp_path: Path, text: str, words: str) -> None:
    """What is written at a wrong place is told its own; no word of the library is shown."""
    path = tmp_path / "config.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        load_config({"WF_CONFIG": str(path)})
    assert words in caught.value.message
