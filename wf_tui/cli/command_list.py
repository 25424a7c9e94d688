"""All commands, as `wf --help` lists them; none of them is imported for it."""

from __future__ import annotations

from typing import Final

from wf_tui.values import frozen

__all__ = ["SECTIONS", "Entry", "Section", "help_page"]


@frozen
class Entry:
    """A command that is imported when it is used: a module, and the name it has there too.

    `help` is its line in the list.
    """

    name: str
    module: str
    help: str


@frozen
class Section:
    """Commands that belong together in the help."""

    title: str
    entries: tuple[Entry, ...]


SECTIONS: Final = (
    Section(
        "Start",
        (
            Entry("demo", "wf_tui.cli.demo", "Run a sample swarm in a sample repository."),
            Entry("run", "wf_tui.cli.run", "Run a plan in this repository."),
            Entry("swarm", "wf_tui.cli.swarm", "Run one prompt for each of many items."),
            Entry("plan", "wf_tui.cli.plan", "Check a plan, draw it, or have it made."),
        ),
    ),
    Section(
        "Look",
        (
            Entry("board", "wf_tui.cli.board_command", "Watch a run, and operate it."),
            Entry("serve", "wf_tui.cli.serve", "The board in a browser on this machine."),
            Entry("replay", "wf_tui.cli.replay", "Watch what has happened in a run."),
            Entry("runs", "wf_tui.cli.status", "The runs of this repository."),
            Entry("status", "wf_tui.cli.status", "A run at a glance."),
            Entry("show", "wf_tui.cli.show", "Everything of one task."),
            Entry("prompt", "wf_tui.cli.prompt", "What the worker of a task is sent."),
            Entry("inbox", "wf_tui.cli.inbox", "What needs you, and what ends it."),
            Entry("events", "wf_tui.cli.events", "The event log of a run."),
            Entry("logs", "wf_tui.cli.logs", "What an attempt has printed."),
            Entry("diff", "wf_tui.cli.logs", "What an attempt has changed."),
            Entry("workers", "wf_tui.cli.status", "The seats of a run and what they hold."),
            Entry("graph", "wf_tui.cli.views", "What waits for what, and the critical path."),
            Entry("timeline", "wf_tui.cli.views", "When each seat worked on what."),
            Entry("lanes", "wf_tui.cli.lanes", "What providers let the runs of this host do."),
            Entry("profiles", "wf_tui.cli.profiles", "The agents that are configured."),
            Entry("report", "wf_tui.cli.report", "What a run did, for people who were not there."),
            Entry("verify", "wf_tui.cli.verify", "Check the event log of a run."),
        ),
    ),
    Section(
        "Tasks",
        (
            Entry("add", "wf_tui.cli.add", "Add a task to a run."),
            Entry("edit", "wf_tui.cli.add", "Change what a task asks for."),
            Entry("retry", "wf_tui.cli.tasks", "Give blocked tasks another chance."),
            Entry("reassign", "wf_tui.cli.tasks", "Give tasks to another worker."),
            Entry("release", "wf_tui.cli.tasks", "Take tasks from their workers."),
            Entry("hold", "wf_tui.cli.tasks", "Keep tasks from running."),
            Entry("unhold", "wf_tui.cli.tasks", "Take tasks off hold."),
            Entry("cancel", "wf_tui.cli.tasks", "Give tasks up."),
            Entry("skip", "wf_tui.cli.tasks", "Count tasks as done without their work."),
            Entry(
                "accept", "wf_tui.cli.accept", "Take work held back by review, scope or conflict."
            ),
            Entry("answer", "wf_tui.cli.answer", "Answer what a worker asks."),
            Entry("message", "wf_tui.cli.answer", "Write to the worker of a task."),
            Entry("review", "wf_tui.cli.review", "The work of a task; --send gives it back."),
            Entry("comment", "wf_tui.cli.review", "Say something to a line of its work."),
            Entry("snooze", "wf_tui.cli.snooze", "Put off what needs you."),
            Entry("shell", "wf_tui.cli.shell", "Your shell in the worktree of a task."),
            Entry("priority", "wf_tui.cli.tasks", "Move a task in the queue."),
            Entry("undo", "wf_tui.cli.tasks", "Undo your last action."),
        ),
    ),
    Section(
        "Run",
        (
            Entry("pause", "wf_tui.cli.control", "Start nothing new."),
            Entry("resume", "wf_tui.cli.control", "Resume the run, with a scheduler."),
            Entry("stop", "wf_tui.cli.control", "Pause and let the scheduler exit."),
            Entry("abort", "wf_tui.cli.control", "Cancel all that is not done."),
            Entry("jobs", "wf_tui.cli.control", "Change how many tasks run at once."),
            Entry("budget", "wf_tui.cli.budget", "What a run may cost, and has cost."),
            Entry("lane", "wf_tui.cli.lanes", "Pause or open a provider, for all runs."),
            Entry("land", "wf_tui.cli.land", "Merge what a run has done into your branch."),
            Entry("clean", "wf_tui.cli.clean", "The worktrees of all runs; removes the safe ones."),
            Entry("doctor", "wf_tui.cli.doctor", "Whether wf can work here, and what it found."),
            Entry("scheduler", "wf_tui.cli.scheduler", "The scheduler itself (started for you)."),
        ),
    ),
)
_BEGINNING: Final = """\
Usage: wf [OPTIONS] [COMMAND] [ARGS]...

  Run a swarm of workers on one task list, each in a git worktree of its own.

  Without a command it opens the board on the newest run of this repository.

Options:
  --version   Show the version and exit.
  -h, --help  Show this message and exit.
"""
_END: Final = """
  Exit status
    0    done as asked; a run in the foreground with all tasks done or skipped
    1    a run in the foreground ended with anything not done; status while a task is blocked;
         verify found a violation; profiles: the one that is named cannot be used, or a probe
         failed; plan new: no valid plan after all tries
    2    wrong usage, an invalid plan, an unknown run, task or worker
    3    the environment: no repository, an unusable ledger, a missing program
    4    the run is aborted
    5    refused in this state, nothing changed (of many tasks: at least one was refused)
    129, 130, 143    hang-up, interrupt, terminate

  RUN is an id, a unique beginning of one, or left out for the newest; TASK is an id in it.
"""


def help_page() -> str:
    """Return what `wf --help` prints; no line of it is longer than 100."""
    parts = [_BEGINNING]
    for section in SECTIONS:
        width = max(len(entry.name) for entry in section.entries)
        lines = [f"  {entry.name:<{width}}  {entry.help}\n" for entry in section.entries]
        parts.append(f"\n{section.title}:\n{''.join(lines)}")
    return "".join([*parts, _END])
