"""What a card that needs the person says: the word for its kind, a sentence, and the proof."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.states import BlockedKind, Outcome, ScopeWhy
from wf_tui.line_that_matters import line_that_matters
from wf_tui.picture.age import span
from wf_tui.text import clean, line_counts, plural
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.ledger.model.rows import QuestionRow, TaskRow
    from wf_tui.picture.last_attempt import LastAttempt

__all__ = ["Needs", "needs_words"]

_LONGEST: Final = 400
_NAME: Final = 200
_COMMAND: Final = 24
_LIMIT: Final = re.compile(r"over its time limit of ([\d.]+) s")
_SIGNAL: Final = re.compile(r"killed by signal (\d+)(?: \((\w+)\))?")
_COUNTED: Final = re.compile(r"\b\d+ (?:failed|failures?|errors?)\b")


@frozen
class Needs:
    """Line two and three of a card; clean."""

    word: str
    """The kind, in one word that the sentence goes on from."""
    sentence: str
    proof: str = ""
    is_error: bool = False
    """Whether the proof is the last line of something that failed."""


@frozen
class Facts:
    """What the words of one card are made of."""

    row: TaskRow
    attempt: LastAttempt | None
    question: QuestionRow | None

    @property
    def said(self) -> str:
        """What its worker said last, as a quotation: its result, else what it said at work."""
        return _quoted(self.row.result or "") or _quoted(self.attempt.said if self.attempt else "")

    @property
    def last_line(self) -> str:
        """The line of its end that matters; of what an older wf ran, found in the kept output."""
        proof = self.attempt.proof if self.attempt else ""
        tail = self.row.detail.get("tail")
        if isinstance(tail, str) and (not proof or proof == self.row.note):
            proof = line_that_matters(tail.splitlines()) or proof
        text = clean(proof, limit=_LONGEST).strip()
        return "" if text == self.note else text

    @property
    def note(self) -> str:
        """The sentence of the ledger."""
        return clean(self.row.note, limit=_LONGEST).strip()

    @property
    def paths(self) -> list[str]:
        """The paths behind its sentence."""
        found = self.row.detail.get("paths")
        return [clean(path, limit=_NAME) for path in found] if isinstance(found, list) else []

    @property
    def tries(self) -> str:
        """How many tries it has used, as a sentence ends with it; "" where there was only one."""
        most = self.row.max_attempts
        return f", {min(self.row.tries, most)} of {most} tries" if most > 1 else ""


def needs_words(
    row: TaskRow,
    attempt: LastAttempt | None,
    question: QuestionRow | None,
) -> Needs:
    """Return what a blocked task says of itself.

    `attempt` is its last one, `question` the first that is open. No word of theirs is cleaned yet.
    """
    kind = row.kind
    words = _WORDS.get(kind, _other) if isinstance(kind, BlockedKind) else _other
    return words(Facts(row, attempt, question))


def _question(facts: Facts) -> Needs:
    asked, count = facts.question, facts.row.questions
    if asked is None:
        return Needs("asks", facts.note)
    word = "asks" if count < 2 else f"asks {count}:"  # noqa: PLR2004 - one needs no number
    text, reason = _asked(asked)
    if not reason and not asked.permission:
        reason = " · ".join(clean(option.name, limit=_NAME) for option in asked.options)
    return Needs(word, text if text.endswith("?") else f"{text}?", reason or facts.said)


def _asked(asked: QuestionRow) -> tuple[str, str]:
    """Return what is asked, and the worker's reason for it; clean."""
    about = asked.about
    if about.command:
        command, _, more = clean(about.command, limit=_LONGEST, multiline=True).partition("\n")
        verb = _VERBS.get(asked.kind, asked.kind or "do")
        text = f"{verb} “{command.strip()}{' …' if more.strip() else ''}”"
        return text, _quoted(about.reason)
    text, _, more = clean(asked.text, limit=_LONGEST, multiline=True).strip().partition("\n")
    return text.strip(), _quoted(about.reason) or more.strip().partition("\n")[0]


def _quoted(text: str) -> str:
    line = next(filter(str.strip, clean(text, limit=_LONGEST, multiline=True).splitlines()), "")
    return f"“{line.strip()}”" if line else ""


_VERBS: Final = {"execute": "run", "edit": "change", "delete": "delete", "fetch": "fetch"}
"""What a worker wants to do, by the kind of the tool."""


def _review(facts: Facts) -> Needs:
    attempt, count = facts.attempt, len(facts.paths)
    words = []
    if attempt is not None and attempt.added is not None:
        words.append(line_counts(attempt.added, attempt.removed))
    files = attempt.files if attempt is not None and attempt.files is not None else count
    if files:
        words.append(f"in {plural(files, 'file')}")
    text = " ".join(words) or facts.note
    if facts.row.spec.gate is not None:
        text = f"{text}, gate passed"
    return Needs("review", text, facts.said)


def _conflict(facts: Facts) -> Needs:
    titles = facts.row.detail.get("with")
    names = [clean(title, limit=_NAME) for title in titles] if isinstance(titles, list) else []
    paths, count = ", ".join(facts.paths), len(facts.paths)
    if names:
        more = f" +{len(names) - 1}" if len(names) > 1 else ""
        return Needs("conflict", f"with “{names[0]}”{more}", paths or facts.note)
    return Needs("conflict", f"in {plural(count, 'file')}" if count else facts.note, paths)


def _gate(facts: Facts) -> Needs:
    # What came of it stands behind it, and must be seen where there is little room.
    command = clean((facts.row.spec.gate or "").strip().partition("\n")[0], limit=_COMMAND)
    how = facts.note.partition("failed: ")[2] or facts.note
    tail = facts.row.detail.get("tail")
    if isinstance(tail, str):
        # A runner that counts says more than its exit status.
        counted = _COUNTED.search(tail.strip().rpartition("\n")[2])
        how = counted[0] if counted else how
    merged = "on the merged tree " if "merged tree" in facts.note else ""
    sentence = f"{merged}{command}: {how}" if command else f"{merged}{how}"
    return Needs("gate", sentence, facts.last_line, is_error=True)


def _failed(facts: Facts) -> Needs:
    text = _SIGNAL.sub(lambda found: f"killed by {found[2] or f'signal {found[1]}'}", facts.note)
    text = _LIMIT.sub(lambda found: f"timed out {span(float(found[1]))}", text)
    if facts.attempt is not None and facts.attempt.outcome == Outcome.LOST:
        text = f"lost: {text}" if text else "lost"
    return Needs("failed", f"{text}{facts.tries}", facts.last_line or facts.said, is_error=True)


def _scope(facts: Facts) -> Needs:
    names, why = facts.paths, ScopeWhy.of(facts.row.detail)
    more = f", +{plural(len(names) - 1, 'file')}" if len(names) > 1 else ""
    sentence = f"{_SCOPE_WORDS[why]}{names[0]}{more}" if names else facts.note
    declared = ", ".join(clean(path, limit=_NAME) for path in facts.row.scope)
    return Needs("scope", sentence, f"its scope: {declared}" if declared else "it has no scope")


_SCOPE_WORDS: Final = {
    ScopeWhy.SECRET: "the value of a key in ",
    ScopeWhy.FILTER: "needs a filter of your git: ",
    ScopeWhy.REFUSED: "cannot be merged: ",
    ScopeWhy.OUTSIDE: "",
    ScopeWhy.LEFT: "left in its git directory: ",
}


def _deliverable(facts: Facts) -> Needs:
    names = facts.paths
    more = f" +{len(names) - 1}" if len(names) > 1 else ""
    sentence = f"{names[0]}{more}" if names else facts.note
    return Needs("missing", sentence, facts.last_line or facts.said, is_error=True)


def _budget(facts: Facts) -> Needs:
    text = facts.note.removeprefix("over its budget: ").removeprefix("used ")
    return Needs("budget", text, facts.said or "work so far is kept")


def _quota(facts: Facts) -> Needs:
    lane = facts.row.detail.get("lane")
    of_lane = f"of {clean(lane, limit=_NAME)} " if isinstance(lane, str) else ""
    return Needs("quota", f"{of_lane}is used up, nobody knows until when", facts.note)


def _other(facts: Facts) -> Needs:
    kind = (facts.row.kind or "").replace("_", " ")
    note = facts.note
    return Needs(kind, note.removeprefix(f"{kind}: "), facts.last_line or facts.said)


_WORDS: Final[Mapping[BlockedKind, Callable[[Facts], Needs]]] = {
    BlockedKind.QUESTION: _question,
    BlockedKind.REVIEW: _review,
    BlockedKind.CONFLICT: _conflict,
    BlockedKind.GATE: _gate,
    BlockedKind.FAILED: _failed,
    BlockedKind.SCOPE: _scope,
    BlockedKind.DELIVERABLE: _deliverable,
    BlockedKind.BUDGET: _budget,
    BlockedKind.QUOTA: _quota,
}
