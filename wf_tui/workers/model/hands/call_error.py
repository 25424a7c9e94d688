"""The one error of a tool call: what is said to the model, so that it can do it better."""

__all__ = ["CallError"]


class CallError(Exception):
    """The call is not done, and nothing was changed; the message is one sentence for the model."""
