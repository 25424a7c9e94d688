"""Secrets in what a program says on its line."""

import json

from wf_tui.workers.line.grammar import LineEvent, Message, Usage, Verdict, decode, encode
from wf_tui.workers.line.line_redaction import LineRedaction

SECRET = 'top"secret-1234'  # noqa: S105 - it opens nothing
SECRETS = {SECRET: "KEY", json.dumps(SECRET)[1:-1]: "KEY"}


def deltas(*texts: str) -> list[Message]:
    """Return a message in these pieces."""
    return [Message(text, delta=True) for text in texts]


def taken(*events: LineEvent) -> list[LineEvent]:
    """Return what is taken of these events."""
    redaction = LineRedaction(SECRETS)
    return [done for event in events for done in redaction.events(event)] + redaction.end()


def test_a_line_has_no_secret() -> None:
    """Wherever it stands in an event, as JSON writes it."""
    (line,) = LineRedaction(SECRETS).lines([encode(Verdict(ok=False, why=f"no {SECRET}!"))])
    assert line is not None
    assert decode(line) == Verdict(ok=False, why="no [redacted KEY]!")


def test_each_of_many_lines_is_looked_at() -> None:
    """Of lines that come at once one may have a secret, be no text, or have been too long."""
    redaction = LineRedaction(SECRETS)
    bad = f"no {SECRET}!".encode()
    assert redaction.lines([b"a", b"", None, b"c"]) == [b"a", b"", None, b"c"]
    assert redaction.lines([b"a", None, bad, b"c"]) == [b"a", None, b"no [redacted KEY]!", b"c"]
    assert redaction.lines([b"a", b"\xff" + bad]) == [b"a", "\ufffdno [redacted KEY]!".encode()]
    assert redaction.lines([b"\xff", None]) == ["\ufffd".encode(), None]


def test_a_text_in_pieces_has_no_secret() -> None:
    """A secret across pieces is found; what only looked like one is kept, and in its order."""
    assert taken(*deltas('a top"sec', "ret-12", "34 b")) == deltas("a ", "[redacted KEY] b")
    assert taken(*deltas('a top"sec'), Usage(1)) == [*deltas("a ", 'top"sec'), Usage(1)]
    assert taken(*deltas("to"), Message("x", delta=True, thought=True)) == [
        *deltas("to"),
        Message("x", delta=True, thought=True),
    ]


def test_without_secrets_nothing_changes() -> None:
    """Where there is nothing to hide, events pass as they are."""
    redaction = LineRedaction({})
    assert redaction.lines([b"\xff"]) == [b"\xff"]
    assert redaction.events(Message("a", delta=True)) == [Message("a", delta=True)]
    assert redaction.end() == []
