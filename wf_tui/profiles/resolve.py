"""Putting a profile and its preset together; asked once, before a run exists."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal
from urllib.parse import urlsplit

from wf_tui.config.preset import Calling
from wf_tui.errors import UnknownNameError, UsageError
from wf_tui.profiles.presets import find_preset, preset_names
from wf_tui.profiles.quirks import Quirks, window_of
from wf_tui.profiles.resolved import (
    FileText,
    Key,
    Limits,
    LoginFile,
    Price,
    Resolved,
    filled_in,
    provider_of,
)
from wf_tui.text import listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from wf_tui.config import Config, Preset, Profile
    from wf_tui.config.preset import Option, Serving

__all__ = ["LOCAL_LANE", "resolve", "resolve_again", "resolve_all"]

LOCAL_LANE: Final = "local"
"""The lane of commands; no provider limits it."""
_OWN: Final = "jsonl"
"""The preset of a program of one's own, where a profile names none."""
_ANY_MODEL: Final = "openai-compatible"
"""The preset of a model of which a profile says only where it is."""
_OPTIONS: Final = "{options}"
_NAMED: Final = 10


def resolve(config: Config, name: str) -> Resolved:
    """Return the profile of this name, ready to be used.

    Raises `UnknownNameError` for a profile or preset that is not there, and `UsageError` where
    they do not fit each other.
    """
    profile = config.seats.get(name)
    if profile is None:
        raise _unknown(config, name)
    if profile.kind == "shell":
        return _by_profile(name, profile)
    preset_name = profile.preset or (_ANY_MODEL if profile.kind == "model" else _OWN)
    preset = find_preset(config, preset_name)
    served = {"agent": preset.agent, "acp": preset.acp, "model": preset.model}
    kinds = [kind for kind, how in served.items() if how is not None]
    kind = profile.kind or (kinds[0] if kinds else "agent")
    if kind not in kinds:
        others = [f'kind = "{other}"' for other in kinds]
        raise UsageError(
            f'profiles.{name}: preset {preset_name!r} is not for kind = "{kind}"',
            f"use {' or '.join([*others, 'another preset'])}",
        )
    if kind == "model" and preset.model is not None:
        return _of_model(name, profile, preset, preset.model, preset_name)
    if profile.effort:
        raise UsageError(f"profiles.{name}: only a model has an effort, and this is an agent")
    if kind == "acp" and preset.acp is not None:
        return _of_agent(name, profile, preset, preset.acp, preset_name, "acp")
    return _of_agent(name, profile, preset, preset.agent or Calling(), preset_name, "agent")


def resolve_all(config: Config) -> Mapping[str, Resolved]:
    """Return all profiles by name, the built-in one first; raises as `resolve`."""
    return {name: resolve(config, name) for name in config.seats}


def resolve_again(
    config: Config, stored: Mapping[str, Resolved]
) -> tuple[Mapping[str, Resolved], tuple[str, ...], tuple[str, ...]]:
    """Return the profiles of a run as they are configured now, which changed, and which are gone.

    Those that are configured no more stay as they are stored. Raises as `resolve`.
    """
    known = config.seats
    now = {name: resolve(config, name) if name in known else one for name, one in stored.items()}
    changed = tuple(name for name, one in now.items() if one != stored[name])
    return now, changed, tuple(name for name in stored if name not in known)


def _unknown(config: Config, name: str) -> UnknownNameError:
    error = UnknownNameError("profile", name, config.seats)
    if name in preset_names() and not error.hint.startswith("did you mean"):
        error.hint = f'add to your configuration: [profiles.{name}] with preset = "{name}"'
    return error


def _by_profile(name: str, profile: Profile) -> Resolved:
    """Return what the profile says by itself; all there is to know of one of commands."""
    price = profile.price
    return Resolved(
        name=name,
        kind=profile.kind or "agent",
        lane=profile.lane or (LOCAL_LANE if profile.kind == "shell" else name),
        model=profile.model,
        env=dict(profile.env),
        pass_env=profile.pass_env,
        keys=_keys(profile.keys or {}),
        seats=profile.seats,
        roles=profile.roles,
        limits=Limits(**profile.limits.model_dump()),
        price=price if isinstance(price, str) else Price(**price.model_dump()),
        fallback=profile.fallback,
        resume=profile.resume,
        sandbox=profile.sandbox,
        is_default=profile.default,
        question_timeout=profile.question_timeout,
        on_timeout=profile.on_timeout,
        limit_patience=profile.limit_patience,
        ask=profile.ask or "never",
        allow=profile.allow,
        breaker=profile.breaker,
    )


def _of_model(
    name: str, profile: Profile, preset: Preset, serving: Serving, preset_name: str
) -> Resolved:
    """Return a profile that talks to a model itself; the keys of its preset are for that URL."""
    if others := sorted(profile.model_fields_set & {"command", "agent_mode", "login"}):
        words = ", ".join(others)
        raise UsageError(f"profiles.{name}: a model starts no agent, so it has no {words}")
    known = _by_profile(name, profile)
    base_url = profile.base_url or preset.base_url
    is_foreign = base_url != preset.base_url
    by_preset = profile.keys is None and not is_foreign
    model = profile.model or ("" if is_foreign else serving.model)
    for what, value in (("base_url", base_url), ("model", model)):
        if not value:
            raise UsageError(f"profiles.{name}: preset {preset_name!r} needs a {what}")
    if not base_url.startswith(("http://", "https://")):
        raise UsageError(f"profiles.{name}: base_url has to begin with https:// or http://")
    quirks = serving.quirks.model_dump()
    if profile.effort and profile.effort not in quirks["efforts"]:
        words = listed(quirks["efforts"], _NAMED) or "no word at all"
        raise UsageError(f"profiles.{name}: effort {profile.effort!r} is none of its: {words}")
    return replace(
        known,
        kind="model",
        lane=profile.lane or _lane(preset, base_url, is_foreign=is_foreign) or name,
        preset=preset_name,
        maker="" if is_foreign else preset.maker,
        model=model,
        base_url=base_url,
        is_foreign=is_foreign,
        keys=_keys(preset.keys) if by_preset else known.keys,
        needs_all_keys=not by_preset,
        quirks=Quirks(**quirks),
        context_tokens=window_of(serving.context_tokens, model),
        effort=profile.effort,
        rss=serving.rss,
        ask=profile.ask or "commands",
    )


def _of_agent(
    name: str,
    profile: Profile,
    preset: Preset,
    calling: Calling,
    preset_name: str,
    kind: Literal["agent", "acp"],
) -> Resolved:
    known = _by_profile(name, profile)
    base_url = profile.base_url or preset.base_url
    is_foreign = base_url != preset.base_url
    # The preset's keys are its maker's: no other base_url gets them, and with a login none is used.
    by_preset = profile.keys is None and profile.login is None and not is_foreign
    keys = _keys(preset.keys) if by_preset else known.keys
    options = _chosen((*preset.options, *calling.options), profile, base_url, has_key=bool(keys))
    provider = provider_of(profile.model)
    slots = {"model": profile.model, "provider": provider, "base_url": base_url}
    words = [word for option in options for word in option.argv]
    argv = _argv(calling.argv, words, profile.command, slots)
    if not argv:
        raise UsageError(f"profiles.{name}: preset {preset_name!r} needs a command")
    if profile.login and not preset.logins:
        raise UsageError(f"profiles.{name}: preset {preset_name!r} has no login", "use keys")
    env = {**preset.env, **calling.env}
    for option in options:
        env.update(option.env)
    env.update(profile.env)
    files = {one.path: one.text for option in options for one in option.files}
    logins = preset.logins if profile.login else ()
    return replace(
        known,
        kind=kind,
        ask=profile.ask or ("commands" if kind == "acp" else "never"),
        lane=profile.lane or _lane(preset, base_url, is_foreign=is_foreign) or provider or name,
        preset=preset_name,
        maker=preset.maker,
        base_url=base_url,
        is_foreign=is_foreign,
        argv=argv,
        resume_argv=_argv(calling.resume_argv, words, profile.command, slots),
        version_argv=(argv[0], *preset.version) if preset.version else (),
        temporary_home=preset.temporary_home,
        prompt_by=calling.prompt_by,
        parser=calling.parser,
        env={key: filled_in(value, slots) for key, value in env.items()},
        files=tuple(FileText(path, text) for path, text in files.items()),
        keys=keys,
        needs_all_keys=not by_preset,
        logins=tuple(LoginFile(one.user, one.variable, one.home, one.copied) for one in logins),
        modes=_modes(profile, calling),
        rss=calling.rss,
        tools_at_end=calling.tools_at_end,
        names_messages=calling.names_messages,
        usage_of=calling.usage_of,
        settings=preset.settings,
    )


def _modes(profile: Profile, calling: Calling) -> Mapping[str, str]:
    if profile.agent_mode:
        return {"write": profile.agent_mode, "read": profile.agent_mode}
    return {str(use): mode for use, mode in calling.modes.items()}


def _keys(sources: Mapping[str, str]) -> tuple[Key, ...]:
    keys = []
    for name, source in sources.items():
        kind, _, place = source.partition(":")
        keys.append(Key(name, "file" if kind == "file" else "env", place))
    return tuple(keys)


def _chosen(
    options: Iterable[Option], profile: Profile, base_url: str, *, has_key: bool
) -> list[Option]:
    """Return the options whose conditions hold, in their order."""
    has = {
        "model": bool(profile.model),
        "provider": bool(provider_of(profile.model)),
        "base_url": bool(base_url),
        "key": has_key,
        "login": profile.login is not None,
    }
    return [
        option
        for option in options
        if all(has[word.removeprefix("!")] is not word.startswith("!") for word in option.given)
    ]


def _argv(
    argv: tuple[str, ...], options: list[str], command: tuple[str, ...], slots: Mapping[str, str]
) -> tuple[str, ...]:
    """Return a command line with its options; the profile's command stands for its first word."""
    words: list[str] = []
    for word in (*command, *argv[1:]) if command else argv:
        words += options if word == _OPTIONS else [word]
    return tuple(filled_in(word, slots) for word in words)


def _lane(preset: Preset, base_url: str, *, is_foreign: bool) -> str:
    """Return the name of who limits what is asked of the model: a maker, or a host."""
    host = urlsplit(base_url).hostname or ""
    return host if is_foreign or not preset.maker else preset.maker
