"""What persons say to an attempt that runs: it comes once, in order, to who waits for it."""

from __future__ import annotations

from wf_tui.ledger.model.rows import MessageRow, QuestionRow
from wf_tui.ledger.model.states import MessageState, QuestionState
from wf_tui.scheduler.session.mailbox import Mail, Mailbox

KEY = ("a", 1)


def asked(state: QuestionState, name: str = "q") -> QuestionRow:
    """Return a question of the attempt."""
    return QuestionRow("r", "a", 1, name, 1, 0.0, "May I?", "", (), state)


def message(number: int) -> MessageRow:
    """Return a message to the task."""
    return MessageRow("r", number, "a", 0.0, "user:u", f"text {number}", MessageState.WAITING)


async def test_an_answer_comes_to_its_question() -> None:
    """An open question stays open; one that nobody will answer any more ends, too."""
    mailbox = Mailbox()
    assert mailbox.wanted(*KEY) is None
    with mailbox.expecting("q") as waiting, mailbox.expecting("void") as gone:
        wanted = mailbox.wanted(*KEY)
        assert wanted is not None
        assert wanted.questions == ("q", "void")
        mailbox.fill(Mail(KEY, (asked(QuestionState.OPEN),), ()))
        assert not waiting.done()
        rows = (asked(QuestionState.ANSWERED), asked(QuestionState.VOID, "void"))
        mailbox.fill(Mail(KEY, rows, ()))
        mailbox.fill(Mail(KEY, rows, ()))
        assert (await waiting, await gone) == (rows[0], None)
    assert mailbox.wanted(*KEY) is None


async def test_a_message_comes_once() -> None:
    """It waits in the ledger until its program says that it heard it; nobody gets it twice."""
    mailbox = Mailbox(hears=True)
    mailbox.fill(Mail(KEY, (), (message(3), message(4))))
    mailbox.fill(Mail(KEY, (), (message(3), message(4), message(7))))
    assert [(await mailbox.message()).id for _ in range(3)] == [3, 4, 7]
    wanted = mailbox.wanted(*KEY)
    assert wanted is not None
    assert wanted.newest == 7
