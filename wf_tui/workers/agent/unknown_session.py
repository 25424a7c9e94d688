"""How agents say that they do not know the session that they were to go on with."""

import re
from typing import Final

__all__ = ["is_unknown_session"]

_UNKNOWN: Final = re.compile(
    r"no (?:saved |previous )?(?:conversation|session|rollout|thread)s? (?:was )?(?:found|match)"
    r"|(?:session|conversation|thread|rollout)\b.{0,120}\b(?:not found|does not exist|not exist)"
    r"|(?:unknown|invalid|no such) (?:session|conversation|thread)"
    r"|(?:could not|cannot|failed to|unable to) (?:find|load|resume|open) (?:the |a )?"
    r"(?:session|conversation|thread|rollout)",
    re.IGNORECASE,
)


def is_unknown_session(text: str) -> bool:
    """Return whether a text of an agent that was to resume says that there is no such session."""
    return _UNKNOWN.search(text[-20_000:]) is not None
