"""A seat's home is its own, and an agent that puts links there reaches nothing by them."""

from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

from wf_tui.profiles.environment import agent_environment, toolchains
from wf_tui.profiles.homes import furnish
from wf_tui.profiles.keys import FoundKeys
from wf_tui.profiles.logins import Logins
from wf_tui.profiles.resolved import FileText, LoginFile, Resolved

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

KEYS = FoundKeys({"KEY": 'a "key"\\'})
IN_FILE = Resolved(
    "p",
    "agent",
    "l",
    model="m",
    files=(FileText(".x/y/settings.json", '{"key": "{key}", "model": "{model}"}'),),
    env={"X_HOME": "{home}/.x"},
)
LOGIN = LoginFile("~/.agent/auth.json", "AGENT_HOME", ".agent/auth.json")
WITH_LOGIN = Resolved("p", "agent", "l", logins=(LOGIN,))


def test_settings_with_a_key_are_private(tmp_path: Path) -> None:
    """The file is JSON whatever the key is, for its user alone; its key is in no variable then."""
    home = tmp_path / "homes" / "p-1"
    furnish(home, IN_FILE, KEYS)
    file = home / ".x/y/settings.json"
    assert json.loads(file.read_text()) == {"key": 'a "key"\\', "model": "m"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(one.stat().st_mode) for one in (home, home / ".x")} == {0o700}
    environ = agent_environment(IN_FILE, home, KEYS)
    assert environ == {
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "X_HOME": f"{home}/.x",
    }


def test_links_that_an_agent_planted_are_not_followed(tmp_path: Path) -> None:
    """Neither a folder nor a file of the home leads wf to write outside of it."""
    home, outside = tmp_path / "homes" / "p-1", tmp_path / "outside"
    (outside / "y").mkdir(parents=True)
    home.mkdir(parents=True)
    (home / ".x").symlink_to(outside)
    (home / ".gitconfig").symlink_to(outside / "config")
    furnish(home, IN_FILE, KEYS)
    assert [path.name for path in outside.rglob("*")] == ["y"]
    assert (home / ".x/y/settings.json").is_file()


def test_what_toolchains_keep_stays_reachable(tmp_path: Path) -> None:
    """Only folders that exist are named, and the user's own variable goes first."""
    (tmp_path / ".cargo").mkdir()
    (tmp_path / "elsewhere").mkdir()
    environ = {"HOME": str(tmp_path), "GOPATH": str(tmp_path / "elsewhere"), "SECRET": "x"}
    assert toolchains(environ) == {
        "CARGO_HOME": str(tmp_path / ".cargo"),
        "GOPATH": str(tmp_path / "elsewhere"),
    }


def lend(tmp_path: Path) -> tuple[Logins, Path, Path, dict[str, str]]:
    """Lend the login of a user to a home; return where all of it is."""
    user = tmp_path / "user/.agent/auth.json"
    user.parent.mkdir(parents=True)
    user.write_text('{"token": "0123456789-old-token"}')
    home = tmp_path / "homes" / "p-1"
    furnish(home, WITH_LOGIN, KEYS)
    environ = {"HOME": str(tmp_path / "user")}
    logins = Logins(tmp_path / "logins")
    logins.lend(WITH_LOGIN, home, environ)
    return logins, home, user, environ


def renew(home: Path) -> None:
    """Do as agents do: put a new file in the place of the link."""
    new = home / ".agent/new"
    new.write_text('{"token": "0123456789-new-token"}')
    new.rename(home / ".agent/auth.json")


def test_a_renewed_login_goes_back(tmp_path: Path) -> None:
    """Over the user's file, for its user alone; both are keys; a second time nothing is left."""
    logins, home, user, environ = lend(tmp_path)
    assert (home / ".agent/auth.json").readlink() == user
    renew(home)
    assert set(logins.strings(home).values()) == {"0123456789-old-token", "0123456789-new-token"}
    logins.give_back(home)
    logins.give_back(home)
    assert "new-token" in user.read_text()
    assert stat.S_IMODE(user.stat().st_mode) == 0o600
    assert logins.problems([LOGIN], environ) == []


def test_a_login_that_changed_meanwhile_is_kept(tmp_path: Path) -> None:
    """The user's own stays, the agent's is kept beside, and the user is told to log in again."""
    logins, home, user, environ = lend(tmp_path)
    renew(home)
    user.write_text('{"token": "the user logged in again"}')
    logins.give_back(home)
    assert "logged in again" in user.read_text()
    assert "log in again" in logins.problems([LOGIN], environ)[0]
    assert len(list((tmp_path / "logins").glob("*.kept"))) == 1


def test_settings_that_a_login_needs_are_copied(tmp_path: Path) -> None:
    """The home has its own, for its user alone, and what the agent makes of it stays there."""
    (tmp_path / "user/.agent").mkdir(parents=True)
    user = tmp_path / "user/.agent/config.toml"
    user.write_text("model = 1")
    copied = LoginFile("~/.agent/config.toml", "AGENT_HOME", ".agent/config.toml", copied=True)
    profile = Resolved("p", "agent", "l", logins=(copied,))
    home = tmp_path / "homes" / "p-1"
    furnish(home, profile, KEYS)
    logins = Logins(tmp_path / "logins")
    logins.lend(profile, home, {"HOME": str(tmp_path / "user")})
    file = home / ".agent/config.toml"
    assert (file.is_symlink(), stat.S_IMODE(file.stat().st_mode)) == (False, 0o600)
    file.write_text("model = 2")
    logins.give_back(home)
    assert user.read_text() == "model = 1"


def test_a_login_where_the_user_keeps_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A variable names the folder; a login that the user does not have is left out."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own").mkdir()
    (tmp_path / "own/auth.json").write_text("{}")
    home = tmp_path / "homes" / "p-1"
    furnish(home, WITH_LOGIN, KEYS)
    logins = Logins(tmp_path / "logins")
    logins.lend(WITH_LOGIN, home, {"HOME": "/nowhere", "AGENT_HOME": str(tmp_path / "own")})
    assert (home / ".agent/auth.json").readlink() == tmp_path / "own/auth.json"
    logins.lend(WITH_LOGIN, home, {"HOME": "/nowhere"})
    assert logins.strings(home) == {}
