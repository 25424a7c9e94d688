"""What a parser makes of a stream: events of the line, and two signs that only the fold needs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from wf_tui.workers.agent.parsers.record import Record, read_record
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import LineEvent, Other

__all__ = ["ModelStep", "Parser", "Sign", "Trouble", "TurnEnded"]

_TEXT_SHOWN: Final = 2000
"""Characters of a line that is no JSON which are told."""


@dataclass(frozen=True)
class ModelStep:
    """The model was asked once; five of them in a row without text or tool are no work."""


@dataclass(frozen=True)
class Trouble:
    """What the agent says went wrong, with whatever its stream tells beside the words."""

    message: str
    status: int | None = None
    """The status of the provider's HTTP answer."""
    body: str = ""
    """The provider's own body, where the stream has it; it is judged before the message."""
    retry_after: float | None = None
    """Seconds, from a header."""
    reset_at: float | None = None
    """Seconds since 1970."""
    kind: FailureKind | None = None
    """What kind it is, where the stream says that itself."""


@dataclass(frozen=True)
class TurnEnded:
    """The terminal event of a stream: the second proof, where it is the last that comes."""

    ok: bool
    trouble: Trouble | None = None
    text: str = ""
    """The answer, where the terminal event repeats it."""


Sign = LineEvent | ModelStep | TurnEnded


class Parser:
    """Reads one stream, line by line; made anew for each start of an agent."""

    speaks_at_once: ClassVar = True
    """Whether its agent says something before the first answer of its model."""
    tells_session_late: ClassVar = False
    """Whether its session is told at its end only, so that `find_session` is asked meanwhile."""

    def line(self, line: bytes) -> Iterator[Sign]:
        """Iterate over what a line says. Never raises, whatever the line is."""
        record = read_record(line)
        if record is not None:
            yield from self.record(record)
        elif text := line.decode("utf-8", "replace").strip():
            yield Other("text", text[:_TEXT_SHOWN])

    def stderr(self, line: str) -> Iterator[Sign]:  # noqa: ARG002 - for those that need it
        """Iterate over what a line of standard error says; most agents say nothing of use there."""
        yield from ()

    def find_session(self, environ: Mapping[str, str], since: float) -> str | None:  # noqa: ARG002 - for those that need it
        """Return the session that an agent has begun by what it has left elsewhere."""
        return None

    def at_end(self, environ: Mapping[str, str], since: float) -> Iterator[Sign]:  # noqa: ARG002 - for those that need it
        """Iterate over what the agent has left elsewhere than on its stream, when it has ended.

        `environ` is its environment, `since` when it was started, in seconds since 1970. Blocks.
        """
        yield from ()

    def record(self, record: Record) -> Iterator[Sign]:
        """Iterate over what a JSON object of the stream says."""
        raise NotImplementedError
