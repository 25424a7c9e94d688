"""What an answer says of the work of others: the ledger acts on it, and reads no answer itself."""

from wf_tui.values import frozen

__all__ = ["Judgement"]


@frozen
class Judgement:
    """The part of a structured answer that a critic or a judge decides by.

    Made by the scheduler, which has read the answer; the ledger takes it with the end of the task.
    """

    verdict: str = "unsure"
    """`pass`, `fail` or `unsure`."""
    pick: str | None = None
    """The task that it names; there may be none of that name."""
