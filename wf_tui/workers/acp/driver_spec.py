"""What the driver of an ACP agent is told, as one argument of its command line."""

import json
from dataclasses import asdict

from wf_tui.values import frozen

__all__ = ["DriverSpec"]


@frozen
class DriverSpec:
    """All that the driver has to know.

    It stands in a command line that everybody can read, so it has no key; those are in the
    environment, which goes on to the agent.
    """

    argv: tuple[str, ...]
    """The agent's own command line."""
    prompt: str
    """The path of the file with the prompt."""
    session: str | None = None
    """The session to go on with; None: a new one."""
    fresh_prompt: str = ""
    """The path of what a new session is told where the agent cannot go on with the old one.

    "": then that is a failure.
    """
    mode: str = ""
    """The agent's own mode; "": as it comes."""
    ask: str = "commands"
    allow: tuple[str, ...] = ()
    writes: bool = True
    settings: tuple[str, ...] = ()
    """Names of files and folders that set the agent up, see `PermissionRules`."""
    names_messages: bool = False
    """Whether a message without an id is of the agent itself, as its preset says."""
    usage_of: str = "turn"
    """What the usage is of that it tells, as its preset says."""
    grace: float = 5.0
    """Seconds between a stop and the shim's kill."""
    hidden: tuple[str, ...] = ()
    """Variables of the driver that the agent does not get."""

    def to_json(self) -> str:
        """Return it as text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "DriverSpec":
        """Return what `to_json` has written."""
        fields = json.loads(text)
        for name in ("argv", "allow", "settings", "hidden"):
            fields[name] = tuple(fields[name])
        return cls(**fields)
