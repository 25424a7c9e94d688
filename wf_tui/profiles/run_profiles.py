"""The profiles of a run within one of its schedulers: their keys, read once, and what seats get."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.profiles.environment import agent_environment, keys_in_environment, toolchains
from wf_tui.profiles.homes import furnish
from wf_tui.profiles.keys import find_keys, missing_sentence
from wf_tui.profiles.logins import Logins, lent_homes
from wf_tui.profiles.secrets import secret_forms
from wf_tui.profiles.stored import profiles_of
from wf_tui.variables import is_secret

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from wf_tui.profiles.keys import FoundKeys
    from wf_tui.profiles.resolved import Resolved

__all__ = ["NO_EQUIPMENT", "Equipment", "RunProfiles"]


@dataclass(frozen=True)
class Equipment:
    """What the program of one attempt gets of its profile."""

    profile: Resolved | None = None
    """None for a profile of a run of an older wf."""
    home: Path | None = None
    """Of agents alone; the commands of a task keep the home of the user."""
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What it gets, whatever its plan says."""
    toolchains: Mapping[str, str] = field(default_factory=dict)
    """Where it finds what the user has installed, unless its plan says otherwise."""
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What nothing may hold that is written of it: keys and strings of logins, by name."""
    withheld: frozenset[str] = frozenset()
    """Variables that hold keys of other profiles: not passed on, whoever names them."""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """Of a model: no program gets them, so its own are withheld, too."""


NO_EQUIPMENT: Final = Equipment()


@dataclass
class RunProfiles:
    """Made when a scheduler begins; its threads read it."""

    stored: str
    """The column of the run that it was read from."""
    profiles: Mapping[str, Resolved]
    keys: Mapping[str, FoundKeys] = field(repr=False)
    """As this scheduler finds them; for each profile."""
    environ: Mapping[str, str] = field(repr=False)
    """That of the scheduler."""
    homes: Path
    logins: Logins
    _of_logins: dict[str, str] = field(default_factory=dict, repr=False)
    """What counts as keys in the logins of seats, with its name; grows as agents renew them."""
    _older: dict[str, str] = field(default_factory=dict, repr=False)
    """The forms of keys that the run had before: what is at work may still print them."""

    @classmethod
    def read(
        cls, stored: str, environ: Mapping[str, str], homes: Path, logins: Logins
    ) -> RunProfiles:
        """Read the profiles of a run, and the keys of each; blocks for as long as files take."""
        profiles = profiles_of(stored)
        return cls(stored, profiles, _find_all(profiles, environ), environ, homes, logins)

    def take_over(self, stored: str) -> None:
        """Take over the profiles of the run as they are now, with their keys; blocks.

        Called before each attempt, on any thread: where nothing has changed it does nothing.
        """
        if stored == self.stored:
            return
        self._older.update(self.secret_forms)
        profiles = profiles_of(stored)
        # Keys of a profile before the profile itself: whoever reads both finds a key for each.
        self.keys = {**self.keys, **_find_all(profiles, self.environ)}
        self.profiles, self.stored = profiles, stored

    def refresh(self, stored: str) -> None:
        """Do as `take_over`, and read the keys again that were missing: a file may be there now."""
        self.take_over(stored)
        again = {name: self.profiles[name] for name in self.missing}
        self.keys = {**self.keys, **_find_all(again, self.environ)}

    @property
    def missing(self) -> Mapping[str, tuple[str, ...]]:
        """The profiles whose keys are not here, with a clause for each key."""
        keys = self.keys
        return {name: keys[name].missing for name in self.profiles if keys[name].missing}

    def missing_sentence(self, name: str) -> str:
        """Return what a person is told of a profile whose keys are not here, and what helps."""
        return missing_sentence(self.profiles[name], self.missing[name])

    @property
    def secret_forms(self) -> Mapping[str, str]:
        """What no work of this run may hold, with its name: the keys of all of its profiles."""
        values = {
            name: value for found in self.keys.values() for name, value in found.values.items()
        }
        for profile in self.profiles.values():
            values |= _written_secrets(profile)
        return {**self._older, **secret_forms(values), **self._of_logins}

    def equip(self, name: str, seat: str) -> Equipment:
        """Make ready what an attempt of this seat gets of its profile; blocks, in a thread.

        Its home is furnished and its logins are lent, until `put_back`. Raises `OSError` and
        `EnvironmentalError`.
        """
        profile = self.profiles.get(name)
        if profile is None:
            return NO_EQUIPMENT
        keys = self.keys[name]
        withheld = self._of_others(name)
        if profile.kind == "shell":
            given = keys_in_environment(profile, keys)
            return Equipment(
                profile, None, given, secrets=secret_forms(keys.values), withheld=withheld
            )
        if profile.kind == "model":
            return Equipment(
                profile,
                environment=profile.env,
                secrets=self._secrets_of(name, self.homes / seat),
                withheld=withheld
                | {word for key in profile.keys for word in (key.place, key.name)},
                keys=keys.values,
            )
        home = self.homes / seat
        furnish(home, profile, keys)
        if profile.logins:
            self.logins.lend(profile, home, self.environ)
        return Equipment(
            profile,
            home,
            agent_environment(profile, home, keys),
            toolchains(self.environ),
            self._secrets_of(name, home),
            withheld,
        )

    def lends(self, name: str) -> bool:
        """Whether seats of a profile are lent logins, which `put_back` takes back."""
        profile = self.profiles.get(name)
        return profile is not None and bool(profile.logins)

    def put_back(self, name: str, seat: str) -> None:
        """Take the logins of a seat back when its program has ended; blocks, in a thread.

        What an agent has renewed meanwhile counts as a key, too, from here on.
        """
        if self.lends(name):
            self._secrets_of(name, self.homes / seat)
            self.logins.give_back(self.homes / seat)

    def recover(self) -> None:
        """Take back what a dead scheduler had lent; its programs are gone. Blocks."""
        for seat in lent_homes(self.homes):
            self.logins.give_back(self.homes / seat)

    def _secrets_of(self, name: str, home: Path) -> Mapping[str, str]:
        values = {**_written_secrets(self.profiles[name]), **self.keys[name].values}
        forms = secret_forms(values)
        if self.profiles[name].logins:
            of_login = secret_forms(self.logins.strings(home))
            self._of_logins.update(of_login)
            forms |= of_login
        return forms

    def _of_others(self, name: str) -> frozenset[str]:
        """Return the variables of the user's that hold keys of other lanes, and not this one's."""
        lane = self.profiles[name].lane
        places = {True: set[str](), False: set[str]()}
        for profile in self.profiles.values():
            for key in profile.keys:
                if key.source == "env":
                    places[profile.lane == lane] |= {key.place, key.name}
        return frozenset(places[False] - places[True])


def _find_all(
    profiles: Mapping[str, Resolved], environ: Mapping[str, str]
) -> Mapping[str, FoundKeys]:
    return {name: find_keys(profile, environ) for name, profile in profiles.items()}


def _written_secrets(profile: Resolved) -> dict[str, str]:
    """Return what the settings say of variables that look secret; better would be a key."""
    return {
        name: value for name, value in profile.env.items() if is_secret(name) and "{" not in value
    }
