"""`[profiles.NAME]`: how to make the seats of one kind, and what their programs get."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from pydantic import Field, model_validator

from wf_tui.config.values import (
    Count,
    Keys,
    Passed,
    Seconds,
    Table,
    Variables,
    Words,
    WorkerKind,
)

__all__ = ["Limits", "Price", "Profile"]

_OF_AGENTS: Final = frozenset({
    "agent_mode",
    "allow",
    "ask",
    "base_url",
    "command",
    "default",
    "effort",
    "limit_patience",
    "login",
    "model",
    "preset",
    "price",
    "resume",
    "sandbox",
})  # fmt: skip
"""What a profile of commands cannot say: it is about a model, or how one is reached."""


_OF_PROGRAMS: Final = frozenset({"agent_mode", "command", "login"})
"""What a profile of models cannot say: it starts no program of anybody else's."""


class Limits(Table):
    """What one attempt may use; a task's own budget goes before it."""

    max_tokens: Count | None = None
    max_cost_usd: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    max_steps: Count | None = None
    """Requests to the model where the agent reports them, else uses of a tool."""
    max_seconds: Count | None = None


class Price(Table):
    """What a million tokens cost, in dollars; for a model whose price no table knows."""

    input: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    cached: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    """Of the input, what the maker had in its cache; None: as any input."""
    output: Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Profile(Table):
    """How to make the seats of one kind."""

    kind: WorkerKind | None = "shell"
    """`shell` runs commands, `agent` a coding agent without a screen, `acp` one over ACP, `model`
    talks to a model itself. None: what its preset is for, an agent before anything else."""
    preset: str = ""
    """Which agent, and how it is called: `codex`, `claude`, ...; see `[presets.NAME]`."""
    command: Words = ()
    """The agent's program where it is not on the PATH; without a preset, a program of one's own."""
    model: str = ""
    """The name of the model as its maker writes it; none: what the agent takes by itself."""
    base_url: str = ""
    """Where another maker serves the model; none: the agent's own maker."""
    effort: str = ""
    """How much a model thinks, in the word of its maker: low, high, ...; none: as that has it."""
    seats: Annotated[int, Field(ge=1, le=10_000)] | None = None
    """How many; None: as many as jobs."""
    roles: Words = ()
    """The roles it takes; none means all."""
    lane: str = ""
    """The provider limit that its seats share; none: that of its maker, or of its base_url."""
    env: Variables = Field(default_factory=dict)
    """Variables for its programs, and their values; no gate or setup sees them."""
    pass_env: Passed = ()
    """Variables of whoever starts a run that its programs get, too."""
    keys: Keys | None = None
    """Where its keys are: names of variables, or `{NAME = "env:OTHER"}`, `{NAME = "file:PATH"}`."""
    limits: Limits = Limits()
    price: Literal["plan", "table"] | Price = "table"
    """`plan`: a subscription, no token has a price; `table`: as published; or what it costs."""
    fallback: Words = ()
    """The profiles that go on where this one failed twice, in this order."""
    resume: bool = True
    """Whether an attempt may go on in the session of the one before it."""
    sandbox: Literal["auto", "none"] = "auto"
    agent_mode: str = ""
    """The agent's own mode (of permissions, of its sandbox), instead of the preset's."""
    login: Literal["user"] | None = None
    """`user`: the agent is logged in as this user is, by a link to the file of that login."""
    default: bool = False
    """Whether it takes the prompts of plans that name no profile."""
    question_timeout: Seconds = 3600.0
    """How long a question to a person stays open, in seconds; 0: for ever."""
    on_timeout: Literal["stop", "reject"] = "stop"
    """What then becomes of it: the attempt stops, or the answer is no and it goes on."""
    limit_patience: Seconds = 21_600.0
    """How long a task waits for a provider that limits it, before a person is asked."""
    ask: Literal["never", "commands", "all"] | None = None
    """Which permissions are asked of a person; None: `never` for agents, `commands` for others."""
    allow: Words = ()
    """Whole commands that are allowed without a question: `pytest *`, `npm test`."""
    breaker: Annotated[int, Field(ge=0, le=1_000_000)] = 50
    """After how many quick failures in a row its seats pause (RULES 5, Breaker); 0: never."""

    @model_validator(mode="before")
    @classmethod
    def with_kind(cls, table: object) -> object:
        """Take a profile for what it names, an agent or a model, also where it does not say so."""
        if not isinstance(table, Mapping) or "kind" in table:
            return table
        if "command" in table:
            return {**table, "kind": "agent"}
        return {**table, "kind": None} if "preset" in table else table

    @model_validator(mode="after")
    def is_whole(self) -> "Profile":
        """Refuse what contradicts itself, so that no run is started with half of a profile."""
        if self.kind == "shell":
            if others := sorted(self.model_fields_set & _OF_AGENTS):
                raise ValueError(
                    f'kind = "shell" runs the commands of tasks, so it has no {", ".join(others)}'
                )
        elif self.kind == "model":
            self._require_model()
        elif not (self.preset or self.command):
            raise ValueError(f'kind = "{self.kind}" needs a preset, or a command')
        if "/" in "".join(self.command[:1]) and not self.command[0].startswith("/"):
            # Each attempt has a folder of its own, so another path would mean another program.
            raise ValueError(f"the path of the command has to begin with /: {self.command[0]}")
        if self.login and self.base_url:
            raise ValueError("a login of the user is never sent to another base_url: use keys")
        return self

    def _require_model(self) -> None:
        if others := sorted(self.model_fields_set & _OF_PROGRAMS):
            raise ValueError(f'kind = "model" starts no agent, so it has no {", ".join(others)}')
        if not (self.preset or (self.base_url and self.model)):
            raise ValueError('kind = "model" needs a preset, or a base_url and a model')

    @property
    def takes(self) -> Literal["command", "prompt"]:
        """What kind of task its seats do (RULES 5)."""
        return "command" if self.kind == "shell" else "prompt"

    @property
    def takes_prompts(self) -> bool:
        """Whether its seats can do a task that has no command."""
        return self.takes == "prompt"
