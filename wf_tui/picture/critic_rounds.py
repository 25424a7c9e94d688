"""The rounds of a task with its critics, as views tell of them: who was asked, who said what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.ledger.model.states import DoneKind
from wf_tui.structured import last_block, read_structured
from wf_tui.text import plural
from wf_tui.values import frozen

if TYPE_CHECKING:
    from collections.abc import Iterable

    from wf_tui.ledger.model.rows import TaskRow

__all__ = ["CriticRound", "critic_mark", "critic_rounds", "critic_text"]


@frozen
class CriticRound:
    """One critic of a task."""

    task: str
    """The id of the critic, which is a task of its own."""
    commit: str
    """The work that it was asked about."""
    state: str
    """Where it is; of one that has answered its verdict."""
    text: str
    """Its answer, or why it has none."""

    @property
    def sentence(self) -> str:
        """Return it as a line or more; no word of it is cleaned yet."""
        return f"{self.task}: {self.state}" + (f", {self.text}" if self.text else "")

    def as_json(self) -> dict[str, object]:
        """Return one of the `critics` of `wf show TASK --json`."""
        return {
            "task": self.task,
            "commit": self.commit,
            "state": self.state,
            "text": self.text,
        }


def critic_rounds(critics: Iterable[TaskRow]) -> tuple[CriticRound, ...]:
    """Return what has come of each critic, in the order in which they were asked."""
    return tuple(_round(critic) for critic in critics)


def _round(critic: TaskRow) -> CriticRound:
    state, text = critic.kind or critic.state.value, critic.note
    if critic.kind is DoneKind.ANSWERED:
        answer = critic.result or ""
        said = read_structured(answer)
        # Its words without the block, or the sentence in that where there is nothing else.
        words = answer.replace(last_block(answer), "").strip()
        state, text = said.verdict, words or said.summary
    return CriticRound(critic.id, critic.spec.reads, state.replace("_", " "), text)


def critic_mark(task: TaskRow) -> str:
    """Return whose critic a task is, for its card and its line; "" of any other one."""
    return f"critic of {task.critic_of}" if task.critic_of else ""


def critic_text(task: TaskRow) -> str:
    """Return what a task asks its critic, and how often at the most; "" where it has none."""
    spec = task.spec
    if not spec.critic:
        return ""
    who = f", by {spec.critic_worker}" if spec.critic_worker else ""
    return f"{spec.critic.strip()}\nat most {plural(spec.critic_rounds or 1, 'round')}{who}"
