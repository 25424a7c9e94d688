"""Values of keys come from the environment of who asks, or from a file that is theirs alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wf_tui.profiles.keys import KeyFileError, find_keys, key_value
from wf_tui.profiles.resolved import Key, Resolved

if TYPE_CHECKING:
    from pathlib import Path


def profile(*keys: Key, all_of_them: bool = True) -> Resolved:
    """Return a profile with these keys."""
    return Resolved("p", "agent", "l", keys=keys, needs_all_keys=all_of_them)


def test_any_key_of_the_preset_is_enough() -> None:
    """The first that is set is the only one that is passed; none is a fault that names all."""
    keys = (Key("A", "env", "A"), Key("B", "env", "C"), Key("D", "env", "D"))
    found = find_keys(profile(*keys, all_of_them=False), {"C": "value", "D": "other"})
    assert (found.values, found.missing, found.first) == ({"B": "value"}, (), "value")
    assert find_keys(profile(*keys, all_of_them=False), {}).missing == (
        "A is not set",
        "C is not set",
        "D is not set",
    )


def test_all_keys_of_a_profile_are_needed() -> None:
    """Each that is missing is named by the user's variable, not by the agent's."""
    found = find_keys(profile(Key("A", "env", "X"), Key("B", "env", "Y")), {"X": "value"})
    assert (found.values, found.missing) == ({"A": "value"}, ("Y is not set",))


def test_the_file_of_a_key_is_its_owners_alone(tmp_path: Path) -> None:
    """Read without its line end; others' eyes, links, folders and several lines are refused."""
    file = tmp_path / "x.key"
    file.write_text("the-value\n")
    file.chmod(0o600)
    key = Key("A", "file", "~/x.key")
    environ = {"HOME": str(tmp_path)}
    assert key_value(key, environ) == "the-value"
    file.chmod(0o640)
    with pytest.raises(KeyFileError, match="can be read by others: chmod 600"):
        key_value(key, environ)
    file.chmod(0o600)
    link = tmp_path / "link"
    link.symlink_to(file)
    for place, why in (
        (link, "is a link"),
        (tmp_path, "is no file"),
        (tmp_path / "z", "not there"),
    ):
        with pytest.raises(KeyFileError, match=why):
            key_value(Key("A", "file", str(place)), environ)
    file.write_text("two\nlines")
    with pytest.raises(KeyFileError, match="more than one line"):
        key_value(key, environ)
