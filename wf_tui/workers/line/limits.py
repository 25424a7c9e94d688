"""How much of a line is heard: lines in a second, questions, and how bad lines are told.

Plain values that decide; `connection` acts on them.
"""

from dataclasses import dataclass, field
from typing import Final

from wf_tui.workers.line.grammar import Question

__all__ = ["MOST_LINES", "MOST_OPEN", "MOST_QUESTIONS", "BadLines", "LinePace", "OpenQuestions"]

MOST_LINES: Final = 1000
"""Lines that are taken in a second; then the program has to wait."""
MOST_OPEN: Final = 8
"""Questions that may be open at a time."""
MOST_QUESTIONS: Final = 100
"""Questions of one attempt."""
_MOST_TOLD: Final = 10
"""Bad lines that are told one by one."""


@dataclass
class LinePace:
    """Says when the next line may be taken; times are seconds of any steady clock."""

    most: int = MOST_LINES
    began: float = float("-inf")
    """When the second began in which lines are being counted."""
    count: int = 0

    def wait(self, now: float) -> float:
        """Count a line that has come, and return for how many seconds it has to wait."""
        if now - self.began >= 1:
            self.began, self.count = now, 0
        self.count += 1
        return self.began + 1 - now if self.count > self.most else 0.0


@dataclass
class OpenQuestions:
    """The questions of one attempt: which are open, and how many there were."""

    asked: set[str] = field(default_factory=set)
    open: set[str] = field(default_factory=set)

    def refusal(self, question: Question) -> str | None:
        """Return why a question is not asked, or None and count it as open."""
        if question.id in self.asked:
            return f"question {question.id} was asked before"
        if len(self.open) >= MOST_OPEN:
            return f"question {question.id} is one more than {MOST_OPEN} open ones"
        if len(self.asked) >= MOST_QUESTIONS:
            return f"question {question.id} is one more than {MOST_QUESTIONS}"
        self.asked.add(question.id)
        self.open.add(question.id)
        return None


@dataclass
class BadLines:
    """Counts what could not be understood, so that a program of garbage fills no log."""

    count: int = 0

    def note(self, line: bytes | None, longest: int) -> str | None:
        """Count a bad line; return what is told of it, None once there are many.

        `line` is None for one of more than `longest` bytes, which was dropped unread.
        """
        self.count += 1
        if self.count > _MOST_TOLD:
            return None
        text = f"a line of more than {longest} bytes was dropped"
        if line is not None:
            text = f"a line was not understood: {line[:200].decode(errors='replace')}"
        if self.count == _MOST_TOLD:
            text += " (further ones are only counted)"
        return text
