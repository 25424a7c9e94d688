"""A profile with its preset put in: all that an attempt needs to know of how its agent is called.

It is stored with the run and read again by each of its schedulers, so it has names of keys and
where they are, and no value of one. Of the standard library alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping  # noqa: TC003 - the stored form is read by these types
from typing import Final, Literal

from wf_tui.profiles.quirks import Quirks
from wf_tui.values import field, frozen

__all__ = [
    "AT_ONCE",
    "FileText",
    "Key",
    "Limits",
    "LoginFile",
    "Price",
    "Resolved",
    "filled_in",
    "provider_of",
]

_SLOT: Final = re.compile(r"\{([a-z_]+)\}")


AT_ONCE: Final = -1.0
"""How long a run waits for an answer that nobody is to be asked for."""


@frozen
class Key:
    """A variable of an agent that holds a key, and where its value is."""

    name: str
    source: Literal["env", "file"]
    place: str
    """The name of a variable of the user's, or a path that may begin with `~/`."""


@frozen
class FileText:
    """A file of the agent's settings, relative to its home, before its slots are filled in."""

    path: str
    text: str


@frozen
class LoginFile:
    """A file with a login of the user's, and where the agent looks for it in its home."""

    user: str
    variable: str
    home: str
    copied: bool = False
    """Whether the home has a copy of its own, of which nothing goes back to the user."""


@frozen
class Limits:
    """What one attempt may use, by the profile; None: no limit."""

    max_tokens: int | None = None
    max_cost_usd: float | None = None
    max_steps: int | None = None
    max_seconds: float | None = None


@frozen
class Price:
    """Dollars for a million tokens."""

    input: float
    output: float
    cached: float | None = None


@frozen
class Resolved:
    """A profile that is ready to be used; see `[profiles.NAME]` and presets for what is meant."""

    name: str
    kind: Literal["shell", "agent", "acp", "model"]
    lane: str
    preset: str = ""
    maker: str = ""
    model: str = ""
    base_url: str = ""
    is_foreign: bool = False
    """Whether base_url is another one than the preset's, so that no login may go there."""
    argv: tuple[str, ...] = ()
    """With slots, which `command` fills in."""
    resume_argv: tuple[str, ...] = ()
    version_argv: tuple[str, ...] = ()
    """Prints the version of the program."""
    temporary_home: bool = True
    """Whether its home may lie in the folder for temporary files."""
    prompt_by: Literal["stdin", "argv", "stream"] = "stdin"
    """`stream`: as the first of the messages that it reads as it works, one JSON object a line."""
    parser: str = ""
    env: Mapping[str, str] = field(default_factory=dict)
    """What the agent's own variables are, with slots; the profile's `env` is in it."""
    pass_env: tuple[str, ...] = ()
    files: tuple[FileText, ...] = ()
    keys: tuple[Key, ...] = ()
    needs_all_keys: bool = True
    """False: any one of them is enough, since they are the preset's."""
    logins: tuple[LoginFile, ...] = ()
    """Empty unless the profile has `login = "user"`."""
    modes: Mapping[str, str] = field(default_factory=dict)
    """The agent's own mode, for `write` and for `read`."""
    rss: int = 0
    """MiB that it takes while it waits."""
    tools_at_end: bool = False
    names_messages: bool = False
    """Of an ACP agent, as `usage_of` and `settings`: see `[presets.NAME]`."""
    usage_of: Literal["turn", "last_step", "kimi_home"] = "turn"
    settings: tuple[str, ...] = ()
    effort: str = ""
    """How much a model thinks, a word of its quirks; as these, for a profile of a model alone."""
    quirks: Quirks = field(default_factory=Quirks)
    context_tokens: int = 0
    """How much fits into the window of the model; 0: not known."""
    seats: int | None = None
    roles: tuple[str, ...] = ()
    limits: Limits = Limits()
    price: Literal["plan", "table"] | Price = "table"
    fallback: tuple[str, ...] = ()
    resume: bool = True
    sandbox: Literal["auto", "none"] = "auto"
    is_default: bool = False
    question_timeout: float = 3600.0
    """Seconds that a person is waited for; 0 is for ever, `AT_ONCE` not at all."""
    on_timeout: Literal["stop", "reject"] = "stop"
    limit_patience: float = 21_600.0
    ask: Literal["never", "commands", "all"] = "never"
    allow: tuple[str, ...] = ()
    breaker: int = 50

    @property
    def takes(self) -> Literal["command", "prompt"]:
        """What kind of task its seats do (RULES 5)."""
        return "command" if self.kind == "shell" else "prompt"

    @property
    def hears(self) -> bool:
        """Whether its agent reads what a person writes while it works."""
        return self.kind in {"acp", "model"} or self.prompt_by == "stream"

    @property
    def program(self) -> str:
        """The program that is started, by name or path; "" for a shell profile."""
        return self.argv[0] if self.argv else ""

    @property
    def provider(self) -> str:
        """The maker that a model of the form provider/model names; "" for any other."""
        return provider_of(self.model)

    def mode(self, *, writes: bool) -> str:
        """Return the agent's own mode for a task, or "" where it has none."""
        return self.modes.get("write" if writes else "read", "")

    def command(
        self,
        home: str,
        *,
        writes: bool,
        session: str = "",
        prompt: str = "",
        max_cost_usd: float | None = None,
    ) -> tuple[str, ...]:
        """Return the command line of one attempt; with a `session`, one that goes on in it.

        `prompt` is only put in where `prompt_by` says `argv`. A word that asks for a budget that
        there is none for is left out, together with the option before it.
        """
        slots = {
            "home": home,
            "mode": self.mode(writes=writes),
            "session": session,
            "prompt": prompt,
        }
        words: list[str] = []
        for word in self.resume_argv if session and self.resume_argv else self.argv:
            if "{max_cost_usd}" in word:
                if max_cost_usd is None:
                    words.pop()
                    continue
                slots["max_cost_usd"] = f"{max_cost_usd:.4f}"
            words.append(filled_in(word, slots))
        return tuple(words)


def provider_of(model: str) -> str:
    """Return what stands before the slash in the name of a model, "" where it has none."""
    before, slash, _ = model.partition("/")
    return before if slash else ""


def filled_in(text: str, slots: Mapping[str, str]) -> str:
    """Return a text with its slots filled in; a name that is none of them stays as it is."""
    return _SLOT.sub(lambda match: slots.get(match[1], match[0]), text)
