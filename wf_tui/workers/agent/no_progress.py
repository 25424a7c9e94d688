"""When an agent gets nowhere: answers and retries in a row that are counted as they come.

Standard library only, as all of the driver. The bounds are those of RULES 5.
"""

from typing import Final

__all__ = ["MOST_HOPELESS_RETRIES", "MOST_RETRIES", "MOST_STEPS", "NoProgress"]

MOST_STEPS: Final = 5
"""Steps of the model in a row without text or tool, after which an attempt is ended."""
MOST_TOOLLESS_STEPS: Final = 12
"""Steps in a row without a tool that did not end the turn: a model that only talks ends it."""
MOST_RETRIES: Final = 6
"""Retries in a row without text or tool, after which an attempt is ended.

Agents that bound their own give up sooner. For the others to wait is wf's: it knows the lane.
"""
MOST_HOPELESS_RETRIES: Final = 3
"""The same of what no waiting mends: an empty balance, a refused key."""


class NoProgress:
    """Counts what came since the model last said or did something."""

    def __init__(self) -> None:
        self.steps = 0
        self.toolless_steps = 0
        self.retries = 0
        self.hopeless_retries = 0

    def step(self) -> None:
        """Count a step of the model."""
        self.steps += 1
        self.toolless_steps += 1

    def retry(self, *, hopeless: bool) -> None:
        """Count a retry of a request."""
        self.retries += 1
        self.hopeless_retries += hopeless

    def text_came(self) -> None:
        """Count from here on, but for steps without a tool."""
        self.steps = self.retries = self.hopeless_retries = 0

    def tool_came(self) -> None:
        """Count all from here on."""
        self.text_came()
        self.toolless_steps = 0

    def turn_ended(self) -> None:
        """Take note that the model has come to an end: the next turn counts anew."""
        self.toolless_steps = 0

    @property
    def why(self) -> str:
        """Why the agent is to be ended; "" as long as it may go on."""
        if self.steps >= MOST_STEPS:
            return f"{self.steps} answers of the model in a row had neither text nor a tool"
        if self.toolless_steps >= MOST_TOOLLESS_STEPS:
            return f"{self.toolless_steps} answers of the model in a row used no tool, and went on"
        if self.retries >= MOST_RETRIES or self.hopeless_retries >= MOST_HOPELESS_RETRIES:
            return f"{self.retries} retries in a row"
        return ""
