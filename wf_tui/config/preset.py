"""`[presets.NAME]`: how one agent is called; those that come with wf can be changed in part.

All text may hold `{home}` (the seat's folder), `{model}`, `{provider}` (of a model that is written
provider/model), `{base_url}`, `{mode}`, and that of a command line `{session}`, `{prompt}` and
`{max_cost_usd}`. `{key}` is the value of its key, and only
files and variables may hold it: a command line is there for everybody to read.
"""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from wf_tui.config.serving import Serving
from wf_tui.config.values import Count, Keys, Table, Variables, Words

__all__ = ["Calling", "Login", "Option", "Preset", "Serving", "SettingsFile"]

_Word = Literal["model", "provider", "base_url", "key", "login"]
_Not = Literal["!model", "!provider", "!base_url", "!key", "!login"]


class SettingsFile(Table):
    """A file of the agent's own settings; written anew into the home before each attempt."""

    path: str
    """Relative to the home. What stands in braces is escaped as its suffix (.json, .toml) asks."""
    text: str


class Option(Table):
    """What is added where a profile says something."""

    given: Annotated[tuple[_Word | _Not, ...], Field(strict=False)]
    """What profile and preset have to give between them; `!`: what neither may."""
    argv: Words = ()
    """Stands where the command line has `{options}`."""
    env: Variables = Field(default_factory=dict)
    files: Annotated[tuple[SettingsFile, ...], Field(strict=False)] = ()


class Login(Table):
    """A file that keeps the user logged in."""

    user: str
    """Where the user has it: `~/...`."""
    variable: str = ""
    """A variable that names the folder of that file, where the user has set it."""
    home: str
    """Where the agent looks for it, relative to its home."""
    copied: bool = False
    """Whether it is copied: settings that the login needs, of which nothing goes back."""


class Calling(Table):
    """How an agent is called, without a screen (`agent`) or over ACP (`acp`)."""

    argv: Words = ()
    """Its first word is the program. `{options}` stands for what options add."""
    resume_argv: Words = ()
    """How it goes on in `{session}`; none: it cannot, or (ACP) it is told so."""
    prompt_by: Literal["stdin", "argv", "stream"] = "stdin"
    parser: str = ""
    """Which language its output has; for `agent` alone."""
    modes: Mapping[Literal["write", "read"], str] = Field(default_factory=dict)
    """The agent's own mode for tasks that write, and for those that only read."""
    env: Variables = Field(default_factory=dict)
    options: Annotated[tuple[Option, ...], Field(strict=False)] = ()
    rss: Count = 256
    """MiB that one of it takes while it waits for its model."""
    tools_at_end: bool = False
    """Whether it tells of a tool only when that has ended: then silence means less."""
    names_messages: bool = False
    """ACP: whether each message of its model has an id. One without is of the agent itself then,
    and where it is the last one it says what went wrong."""
    usage_of: Literal["turn", "last_step", "kimi_home"] = "turn"
    """ACP: what the usage is of that it tells at the end of a turn.

    That of one step is no sum, so nothing is known; kimi-code tells none, but its home has it.
    """


class Preset(Table):
    """One agent."""

    extends: str = ""
    """The preset that says all that this one does not."""
    maker: str = ""
    """Whose models it uses, which is the name of its lane."""
    base_url: str = ""
    """Where its models are served, if that has to be told to it."""
    keys: Keys = Field(default_factory=dict)
    """The keys that it can use, any one of which is enough."""
    version: Words = ("--version",)
    """What makes the program print its version."""
    temporary_home: bool = True
    """Whether it works with a home in the folder for temporary files."""
    env: Variables = Field(default_factory=dict)
    settings: Words = ()
    """Names of files and folders in a repository that set it up: no rule lets it change them."""
    options: Annotated[tuple[Option, ...], Field(strict=False)] = ()
    logins: Annotated[tuple[Login, ...], Field(strict=False)] = ()
    agent: Calling | None = None
    acp: Calling | None = None
    model: Serving | None = None
    """How its maker serves models, for workers of wf's own (`kind = "model"`)."""
