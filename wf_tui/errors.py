"""Every error that wf raises on purpose; each knows its exit status and what to do about it.

WfError                        exit status
|- UsageError                  2   wrong words on the command line
|  |- UnknownNameError         2   no such run, task, worker, key: names the nearest right word
|  `- InvalidPlanError         2   the plan has faults, all listed
|- EnvironmentalError          3   the machine: no repository, old git, unusable ledger
|  |- RepositoryError          3   this repository cannot be worked on
|  |- GitError                 3   git itself failed
|  |  `- GitDeadlineError      3   it took too long, and was stopped
|  |- LocalFileError           3   a file cannot be brought into a worktree (git/worktrees)
|  `- LedgerError              3   the ledger's file is damaged, foreign or newer
|     `- LedgerWaitError       3   it cannot be written just now: locked, or the disk is full
|        `- LedgerLostError    3   the connection to it is gone; a new one may be had
`- RefusedError                5   not in this state; nothing changed
   |- HarvestRefusedError      5   a worktree is gone, or holds more than the caps (git/harvest)
   `- UndoRefusedError         5   an act cannot be taken back; it is named (ledger/rules/undo)

Statuses 0 and 1 are no errors (done; a run that ended with anything left), 4 is an aborted run, and
129, 130 and 143 are signals; `cli/errors.py` turns all of them into the exit of the process.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

from wf_tui.text import listed

__all__ = [
    "EnvironmentalError",
    "GitDeadlineError",
    "GitError",
    "InvalidPlanError",
    "LedgerError",
    "LedgerLostError",
    "LedgerWaitError",
    "RefusedError",
    "RepositoryError",
    "UnknownNameError",
    "UsageError",
    "WfError",
    "nearest",
]


_NAMED: Final = 8
"""Names in a hint."""
_MOST_EDITS: Final = 2
_SHORT: Final = 5
"""Letters of a word in which two wrong ones may make it another one."""


class WfError(Exception):
    """One line that says what is wrong, and a hint that says what to do."""

    exit_status: ClassVar[int] = 3

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(WfError):
    """What was asked for cannot be meant."""

    exit_status = 2


class UnknownNameError(UsageError):
    """No run, task, worker or key has this name; the hint names the nearest one that exists."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        choices = list(known)
        best = nearest(name, choices)
        hint = f"there are: {listed(choices, _NAMED)}" if choices else ""
        if best:
            hint = f"did you mean {best!r}?"
        super().__init__(f"unknown {kind} {name!r}", hint)
        self.kind = kind
        self.name = name


class InvalidPlanError(UsageError):
    """A plan has faults; the message lists them all."""


class EnvironmentalError(WfError):
    """This machine, folder or file cannot be worked with as it is."""


class RepositoryError(EnvironmentalError):
    """There is no git repository here, or not one that a run can start from."""


class GitError(EnvironmentalError):
    """A git command failed; carries its exit status and what it printed."""

    def __init__(self, message: str, hint: str = "", *, status: int = 1, stderr: str = "") -> None:
        super().__init__(message, hint)
        self.status = status
        self.stderr = stderr


class GitDeadlineError(GitError):
    """A git command took too long, and was killed."""


class LedgerError(EnvironmentalError):
    """The ledger's file cannot be used; it is named and left as it is."""


class LedgerWaitError(LedgerError):
    """The ledger cannot be written just now; nothing changed, and it can be tried again."""


class LedgerLostError(LedgerWaitError):
    """The connection to the ledger is gone, and with it all of a change that was not committed."""


class RefusedError(WfError):
    """Not possible in this state; nothing changed."""

    exit_status = 5


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice that `word` is a misspelling of, or None where it is of none.

    At most two letters are added, left out, changed or swapped; one in a word of three letters,
    none in a shorter one. A short word with another beginning is another word: `date` is not a
    misspelling of `gate`, nor `if` of `id`.
    """
    low = word.lower()
    folded = {choice.lower(): choice for choice in choices if _begins_alike(low, choice.lower())}
    for edits in range(min(_MOST_EDITS, max(len(low) - 2, 0)) + 1):
        for low_choice, choice in folded.items():
            if abs(len(low_choice) - len(low)) <= edits and _within(low, low_choice, edits):
                return choice
    return None


def _begins_alike(word: str, choice: str) -> bool:
    return len(word) > _SHORT or word[:1] in choice[:2] or choice[:1] in word[:2]


def _within(left: str, right: str, edits: int) -> bool:
    """Whether so many edits make one of the other; swapping two neighbours is one."""
    same = 0
    for a, b in zip(left, right, strict=False):
        if a != b:
            break
        same += 1
    left, right = left[same:], right[same:]
    if not left or not right or not edits:
        return max(len(left), len(right)) <= edits
    less = edits - 1
    return (
        _within(left[1:], right[1:], less)
        or _within(left[1:], right, less)
        or _within(left, right[1:], less)
        or (left[:2] == right[1::-1] and _within(left[2:], right[2:], less))
    )
