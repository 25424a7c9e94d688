"""What the scheduler and a worker give each other: job, events, outcome.

A worker is driven by the scheduler and never touches the ledger.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from wf_tui.profiles.resolved import Resolved
from wf_tui.values import field, frozen
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import Verdict
from wf_tui.workers.script import SHELL

__all__ = [
    "Alive",
    "Failure",
    "Job",
    "Limits",
    "Lost",
    "Outcome",
    "Output",
    "ProgramExit",
    "Report",
    "Started",
    "Success",
    "WorkerEvent",
]


@frozen
class Limits:
    """What one program may use."""

    seconds: float | None = None
    """How long it may run; None: as long as it likes."""
    grace: float = 5.0
    """Seconds between TERM and the kill of the whole tree."""
    output_bytes: int = 10 * 1024 * 1024
    """How much of its output the log keeps: the first and the last half."""


@frozen
class Job:
    """One attempt of a task, ready for a worker: everything is made, only the work is missing."""

    run: str
    task: str
    epoch: int
    worker: str
    tree: Path
    """The worktree, the program's working directory."""
    folder: Path
    """The attempt's folder, which exists: log and exit file go there."""
    command: str | None
    prompt: str
    environment: Mapping[str, str] = field(repr=False)
    """The whole environment of its commands, see `environment.worker_environment`."""
    limits: Limits
    mark: str
    """The value of `WF_ATTEMPT`, by which stray processes are found."""
    shell: tuple[str, ...] = SHELL
    """What runs the command, as `script.script_argv` takes it."""
    gate_shell: tuple[str, ...] = SHELL
    """What runs the gate, which may be the plan's and then has the plan's shell."""
    program_environment: Mapping[str, str] | None = field(default=None, repr=False)
    """That of the worker's own program, with what its profile gives; None: the same.

    Gate, setup and teardown are the plan's, and see nothing of a profile.
    """
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    """What no log may hold, each with the name that stands in its place."""
    prompt_file: Path | None = None
    """The file with the whole text of the prompt, named by `WF_PROMPT`."""
    input_file: Path | None = None
    """The file with the task's own prompt, where a command is to read that; None: nothing."""
    home: Path | None = None
    """The home of its seat, for workers that have one."""
    resume: str | None = None
    """The session that is to be continued; `prompt_file` then has only what is new."""
    fresh_prompt_file: Path | None = None
    """The whole prompt, for where the agent does not know that session any more."""
    profile: Resolved | None = None
    """How its agent is called; None for workers that run commands."""
    writes: bool = True
    """Whether the task may change files, by which the mode of the agent is chosen."""
    max_cost_usd: float | None = None
    """What it may still cost, for agents that keep such a limit themselves."""
    max_steps: int | None = None
    """How many requests to its model it may make, for a worker that counts them before it asks."""
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The keys of its profile, for a worker that hands them to no program of the attempt."""


@frozen
class Started:
    """The program runs."""

    pid: int
    shim: int = 0
    """The process above it; a TERM to it stops the attempt."""


@frozen
class Output:
    """The program has written; at most four times a second."""

    total_bytes: int


@frozen
class Alive:
    """The shim has just seen that the program exists and is no zombie."""


WorkerEvent = Started | Output | Alive
Report = Callable[[WorkerEvent], None]


@frozen
class ProgramExit:
    """How a program ended; every process that it started is gone unless `clean` is false.

    All that the shim has recorded of it, without a judgement: `shell.failure` makes words of it.
    """

    code: int | None = None
    """Its exit status; None when a signal ended it or it never ran."""
    signal: int | None = None
    cause: str | None = None
    """Why wf ended it: `time_limit`, `stopped`, `scheduler_gone`; `spawn` if it never ran."""
    error: str | None = None
    """What went wrong around the program: why it could not start, why its log is short."""
    tail: str = ""
    """The last characters of its output, not cleaned for a terminal."""
    clean: bool = True
    """False when a process could not be killed."""
    left_running: int = 0
    """How many processes it left running, which were ended with it."""
    left_names: tuple[str, ...] = ()
    """The command lines of the first of them, not cleaned."""
    lost: bool = False
    """True when the shim was killed, so that nobody knows how the program ended."""
    started_at: float | None = None
    ended_at: float | None = None

    @property
    def succeeded(self) -> bool:
        """Whether it ended by itself, with exit status 0, and left no unkillable process."""
        return self.code == 0 and self.cause is None and self.clean and not self.lost


@frozen
class Success:
    """The work is done; `result` is what dependants are given."""

    result: str
    program: ProgramExit | None = None
    summary: str = ""
    """What the worker itself says that it did."""
    files: tuple[str, ...] = ()
    """The files that it says matter."""
    verdict: Verdict | None = None
    """What its line said of the end."""


@frozen
class Failure:
    """The work is not done, and it is known why."""

    cause: str
    """One word: `exit`, `signal`, `time_limit`, `stopped`, `spawn`, `unkillable`."""
    text: str
    """One sentence for a person."""
    program: ProgramExit | None = None
    kind: FailureKind = FailureKind.TASK
    """What decides what happens next."""
    retry_after: float | None = None
    """Seconds that the provider wants to be left alone."""
    reset_at: float | None = None
    """When a quota is there again, in seconds since 1970."""
    verdict: Verdict | None = None
    """What its line said of the end."""

    @property
    def exit_code(self) -> int | None:
        """The program's exit status, if it had one."""
        return self.program.code if self.program else None

    @property
    def signal(self) -> int | None:
        """The signal that ended the program, if one did."""
        return self.program.signal if self.program else None

    @property
    def tail(self) -> str:
        """The last of the program's output, not cleaned for a terminal."""
        return self.program.tail if self.program else ""


@frozen
class Lost:
    """Nobody knows how the work ended; all its processes are gone."""

    text: str
    program: ProgramExit | None = None


Outcome = Success | Failure | Lost
