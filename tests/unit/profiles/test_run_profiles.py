"""What a scheduler reads of the profiles of its run, and gives to each attempt."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from wf_tui.profiles.logins import Logins
from wf_tui.profiles.resolved import FileText, Key, Limits, LoginFile, Price, Resolved
from wf_tui.profiles.run_profiles import RunProfiles
from wf_tui.profiles.stored import profiles_of, profiles_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ONE = Resolved(
    "one",
    "agent",
    "maker",
    argv=("x", "{prompt}"),
    keys=(Key("A_KEY", "env", "A"),),
    files=(FileText("a", "b"),),
    price=Price(1.0, 2.0),
    limits=Limits(max_steps=3),
    modes={"write": "w"},
)
OTHER = Resolved("other", "agent", "another", keys=(Key("B_KEY", "env", "B"),))
COMMANDS = Resolved("shell", "shell", "local")
WITH_LOGIN = Resolved(
    "with", "acp", "maker", logins=(LoginFile("~/.x/auth.json", "", ".x/auth.json"),)
)
ENVIRON = {"A": "the value of a", "B": "the value of b"}


def read(tmp_path: Path, environ: Mapping[str, str], *profiles: Resolved) -> RunProfiles:
    """Return these profiles as a scheduler reads them."""
    text = profiles_text({profile.name: profile for profile in profiles})
    return RunProfiles.read(text, environ, tmp_path / "homes", Logins(tmp_path / "logins"))


def test_profiles_are_stored_whole_and_without_values() -> None:
    """What is read is what was written; a run of an older wf has none."""
    text = profiles_text({"one": ONE, "with": WITH_LOGIN})
    assert profiles_of(text) == {"one": ONE, "with": WITH_LOGIN}
    assert (profiles_of(""), profiles_of("{}")) == ({}, {})


def test_profiles_of_other_versions_are_read() -> None:
    """A newer wf may have stored more of each part, an older one less."""
    limits, key = {"max_steps": 3, "new": 1}, {"name": "A", "source": "env", "place": "A", "new": 1}
    stored = {"name": "one", "kind": "agent", "lane": "x", "new": [1], "argv": ["a", "b"]}
    more = {"limits": limits, "keys": [key], "price": {"input": 1.0, "output": 2.0}}
    assert profiles_of(json.dumps({"one": stored | more})) == {
        "one": Resolved(
            *("one", "agent", "x"),
            argv=("a", "b"),
            limits=Limits(max_steps=3),
            keys=(Key("A", "env", "A"),),
            price=Price(1.0, 2.0),
        )
    }


def test_the_key_of_a_model_goes_to_no_program(tmp_path: Path) -> None:
    """Its hands get what the profile sets, and neither its key nor another's, by no name."""
    model = Resolved(
        "m", "model", "maker", env={"X": "1"}, keys=(Key("M_KEY", "env", "A"),), model="x"
    )
    made = read(tmp_path, ENVIRON, model, OTHER).equip("m", "m-1")
    assert (made.home, made.environment, made.keys) == (None, {"X": "1"}, {"M_KEY": ENVIRON["A"]})
    assert made.withheld == {"A", "M_KEY", "B", "B_KEY"}
    assert ENVIRON["A"] in made.secrets
    assert ENVIRON["A"] not in repr(made)


def test_each_gets_the_keys_of_its_own_lane(tmp_path: Path) -> None:
    """Nothing of another maker: neither as a key, nor passed on as a variable of the user's."""
    run = read(tmp_path, ENVIRON, ONE, OTHER, COMMANDS)
    made = run.equip("one", "one-1")
    assert made.home == tmp_path / "homes" / "one-1"
    assert made.environment["A_KEY"] == ENVIRON["A"]
    assert not {"B", "B_KEY"} & made.environment.keys()
    assert made.withheld == {"B", "B_KEY"}
    assert set(made.secrets.values()) == {"A_KEY"}
    commands = run.equip("shell", "shell-1")
    assert (commands.home, commands.environment, commands.secrets) == (None, {}, {})
    assert set(run.secret_forms.values()) == {"A_KEY", "B_KEY"}
    assert not any(value in repr(run) + repr(made) for value in ENVIRON.values())


def test_a_missing_key_is_told_with_what_helps(tmp_path: Path) -> None:
    """Of each profile that needs it; the others can go on."""
    run = read(tmp_path, {"B": ENVIRON["B"]}, ONE, OTHER)
    assert set(run.missing) == {"one"}
    assert run.missing_sentence("one") == (
        "A is not in the environment of this scheduler: wf resume where it is,"
        ' or keys = {A_KEY = "file:..."}'
    )


def test_a_login_is_lent_and_taken_back(tmp_path: Path) -> None:
    """Its strings are secrets, as they were and as the agent has renewed them."""
    (tmp_path / ".x").mkdir()
    user = tmp_path / ".x/auth.json"
    user.write_text('["the first login of it"]')
    run = read(tmp_path, {"HOME": str(tmp_path)}, WITH_LOGIN)
    made = run.equip("with", "with-1")
    assert "the first login of it" in made.secrets
    (tmp_path / "homes/with-1/.x/auth.json").unlink()
    (tmp_path / "homes/with-1/.x/auth.json").write_text('["the second login of it"]')
    run.put_back("with", "with-1")
    assert {"the first login of it", "the second login of it"} <= run.secret_forms.keys()
    assert "second" in user.read_text()


def test_changed_profiles_are_taken_over(tmp_path: Path) -> None:
    """With their keys; those of before stay secrets, since what is at work still has them."""
    run = read(tmp_path, ENVIRON, ONE)
    changed = replace(ONE, model="another", keys=(Key("A_KEY", "env", "B"),))
    run.take_over(profiles_text({"one": changed}))
    assert run.profiles["one"].model == "another"
    assert run.equip("one", "one-1").environment["A_KEY"] == ENVIRON["B"]
    assert {ENVIRON["A"], ENVIRON["B"]} <= run.secret_forms.keys()


def test_a_file_that_was_missing_is_found_later(tmp_path: Path) -> None:
    """A person puts it there while the run waits, and need not start anything anew."""
    file = tmp_path / "x.key"
    profile = replace(ONE, keys=(Key("A_KEY", "file", str(file)),))
    run = read(tmp_path, {}, profile)
    assert set(run.missing) == {"one"}
    assert "is not there: mend that, then wf resume" in run.missing_sentence("one")
    file.write_text("the-value-of-it")
    file.chmod(0o600)
    run.refresh(run.stored)
    assert (run.missing, run.equip("one", "one-1").environment["A_KEY"]) == ({}, "the-value-of-it")


def test_what_the_settings_say_of_a_secret_is_one(tmp_path: Path) -> None:
    """A value that is written beside a name that looks secret is redacted like a key."""
    profile = replace(ONE, env={"MY_TOKEN": "a token of mine", "PLAIN": "a plain value of it"})
    run = read(tmp_path, ENVIRON, profile)
    for forms in (run.secret_forms, run.equip("one", "one-1").secrets):
        assert ("a token of mine" in forms, "a plain value of it" in forms) == (True, False)
