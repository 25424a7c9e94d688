"""Everything of one task as text: state, request, limits, attempts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.ledger.model.ignored_files import ignored_text
from wf_tui.ledger.model.states import BlockedKind, QuestionState
from wf_tui.picture import glyphs
from wf_tui.picture.age import offset, span
from wf_tui.picture.attempt_text import left_text
from wf_tui.picture.critic_rounds import critic_text
from wf_tui.picture.remedies import answer_commands
from wf_tui.picture.rival_text import rival_text
from wf_tui.picture.status_text import remedy, snoozed_text
from wf_tui.picture.task_environment import task_environment
from wf_tui.picture.usage_text import usage_text
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wf_tui.ledger.model.rows import AttemptRow, TaskRow
    from wf_tui.picture.task_picture import TaskPicture

__all__ = ["task_lines"]

_TEXT: Final = 2000
_LABEL: Final = 10


def task_lines(picture: TaskPicture, now: float) -> Iterator[str]:
    """Yield what `wf show` prints of a task, line by line, safe to draw.

    `now` is in UTC seconds, for ages. The newest attempt comes last, where a terminal ends.
    """
    task, reason = picture.task, picture.reason
    word = task.state.value.replace("_", " ")
    why = reason.kind.replace("_", " ")
    text = "" if reason.text == why else f": {clean(reason.text, limit=_TEXT)}"
    yield f"{glyphs.of(task)} {clean(task.id)}  {clean(task.title)}"
    yield _labelled("state", f"{word}, {why}{text}, since {span(now - task.since)}")
    yield from _conflict_lines(task)
    if picture.snooze is not None:
        yield _labelled("put off", snoozed_text(picture.snooze, now))
    if help_with := remedy(task):
        yield _labelled("helps", help_with)
    yield from _request_lines(task)
    yield from _environment_lines(picture)
    yield from _limit_lines(task)
    yield from _conversation_lines(picture, now)
    for one in picture.critics:
        yield from _labelled_block("round", one.sentence)
    if task.result:
        yield from _labelled_block("result", task.result)
    for attempt in picture.attempts:
        yield ""
        yield from _attempt_lines(picture, attempt, now)


def _conflict_lines(task: TaskRow) -> Iterator[str]:
    """Yield what git said of a conflict, a line for each."""
    words = task.detail.get("words") if task.kind is BlockedKind.CONFLICT else None
    for number, word in enumerate(words if isinstance(words, list) else ()):
        yield _labelled("" if number else "git says", str(word))


def _request_lines(task: TaskRow) -> Iterator[str]:
    spec = task.spec
    yield _labelled("phase", task.phase)
    if task.author:
        yield _labelled("added", f"by the worker of {task.author}")
    if spec.prompt:
        yield from _labelled_block("prompt", spec.prompt)
    if spec.command is not None:
        yield from _labelled_block("command", spec.command)
    access = f"{task.mode}, {task.isolation}"
    scope = f", scope {', '.join(task.scope)}" if task.scope else ""
    yield _labelled("access", access + scope)
    for label, names in (("needs", spec.needs), ("delivers", spec.deliverables)):
        if names:
            yield _labelled(label, ", ".join(names))
    if spec.gate:
        yield from _labelled_block("gate", spec.gate)
    yield from _judged_lines(task)
    if spec.review:
        yield _labelled("review", "a person accepts its work before it is merged")


def _judged_lines(task: TaskRow) -> Iterator[str]:
    """Yield who judges its work, or whose it judges."""
    spec = task.spec
    if critic := critic_text(task):
        yield from _labelled_block("critic", critic)
    if task.critic_of:
        yield _labelled("judges", f"{task.critic_of}, its work {spec.reads}")
    if rival := rival_text(task):
        yield _labelled("rivals", rival if not spec.judges else f"{rival} of phase {spec.judges}")
    if spec.judges and task.pick:
        yield _labelled("picked", task.pick)


def _environment_lines(picture: TaskPicture) -> Iterator[str]:
    spec = picture.task.spec
    written, passed = task_environment(picture.run, picture.task).lines()
    for label, text in (("env", written), ("pass_env", passed), ("shell", " ".join(spec.shell))):
        if text:
            yield _labelled(label, text)


def _limit_lines(task: TaskRow) -> Iterator[str]:
    spec = task.spec
    parts = [f"{task.tries} of {task.max_attempts} tries used", f"priority {task.priority}"]
    if spec.timeout_secs:
        parts.append(f"{spec.timeout_secs:g} s")
    if spec.max_seconds:
        parts.append(f"{spec.max_seconds:g} s of work")
    if spec.stall_after:
        parts.append(f"stall_after {spec.stall_after:g} s")
    if spec.max_tokens:
        parts.append(f"{spec.max_tokens:,} tokens")
    if spec.max_cost_usd:
        parts.append(f"${spec.max_cost_usd:g}")
    if spec.max_steps:
        parts.append(f"{spec.max_steps} steps")
    if task.pinned:
        parts.append(f"for {task.pinned}")
    yield _labelled("limits", ", ".join(parts))
    yield _labelled("role", task.role)
    if used := usage_text(task.usage):
        yield _labelled("used", used)


def _conversation_lines(picture: TaskPicture, now: float) -> Iterator[str]:
    """Yield what its workers asked, what people wrote to them, and what is allowed by itself."""
    for asked in picture.questions:
        said = f" -> {asked.said}" if asked.said else ""
        yield _labelled("asked", f"{asked.text} ({asked.id}, {asked.state}){said}")
        if asked.state is QuestionState.OPEN:
            for command in answer_commands(picture.task.id, asked):
                yield _labelled("", command)
    for message in picture.messages:
        where = f"attempt {message.epoch}" if message.epoch else message.state.value
        yield _labelled("message", f"{message.text} ({where}, {span(now - message.at)} ago)")
    for comment in picture.comments:
        where = f"{comment.state}, {span(now - comment.at)} ago"
        yield _labelled("comment", f"{comment.id} on {comment.place}: {comment.text} ({where})")
    for allowed in picture.allowances:
        if allowed.ended_at is None:
            who = allowed.profile or "this task"
            yield _labelled("allowed", f"{who}, {allowed.tool_kind or 'anything'}: {allowed.text}")


def _attempt_lines(picture: TaskPicture, attempt: AttemptRow, now: float) -> Iterator[str]:
    took = offset((attempt.ended_at or now) - attempt.started_at)
    outcome = (attempt.outcome or "runs").replace("_", " ")
    note = f": {attempt.note}" if attempt.note else ""
    yield clean(f"attempt {attempt.epoch}  {attempt.worker}  {outcome}{note}  {took}", limit=_TEXT)
    facts = {
        "commit": attempt.commit_id,
        "worktree": picture.worktree(attempt),
        "log": picture.log(attempt),
        "ignored": ignored_text(attempt),
        "model": attempt.model,
        "session": attempt.session,
        "said": attempt.said,
        "plan": plan_text(attempt),
        "used": usage_text(attempt.usage),
    }
    for label, value in facts.items():
        if value:
            yield _labelled(label, value)
    for gate in picture.gates:
        if gate.epoch == attempt.epoch:
            yield _labelled("gate", gate.sentence)
    for left in picture.left(attempt):
        yield _labelled("left", f"{left_text(left)}: {left.ref}")
    for event in picture.left_running(attempt):
        yield _labelled("ended", event.sentence())


def plan_text(attempt: AttemptRow) -> str:
    """Return how far the plan of an attempt is; "" where it has told none."""
    if attempt.plan_total is None:
        return ""
    return f"{attempt.plan_done} of {attempt.plan_total} done"


def _labelled(label: str, text: str) -> str:
    return f"  {label:<{_LABEL}}{clean(text, limit=_TEXT)}"


def _labelled_block(label: str, text: str) -> Iterator[str]:
    """Yield a text of several lines, all but the first under its beginning."""
    lines = text.strip().split("\n")
    yield _labelled(label, lines[0])
    for line in lines[1:]:
        yield _labelled("", line)
