"""The driver of one agent: runs it, and says on the line what its stream says.

The shim forks it from the shim parent and calls `main`; so it is standard library only, and costs
a few ms. Descriptor 3 is the line, which the agent does not get. What the agent writes goes through
its standard output and error as it is, into the capped raw log of the shim.
"""

import errno
import os
import socket
import time
from collections.abc import Sequence
from typing import Final

from wf_tui.workers.agent.agent_process import AgentProcess
from wf_tui.workers.agent.agent_run import AgentRun
from wf_tui.workers.agent.fold import Ending, Fold
from wf_tui.workers.agent.input_pipe import InputPipe
from wf_tui.workers.agent.line_end import LineEnd
from wf_tui.workers.agent.order import Call, Order
from wf_tui.workers.agent.parsers.table import PARSERS
from wf_tui.workers.agent.signals import Signals
from wf_tui.workers.agent.unknown_session import is_unknown_session
from wf_tui.workers.line.grammar import Other, Verdict

__all__ = ["main"]

LINE: Final = 3
_FAILED: Final = 1
_NOT_FOUND: Final = 127
_NO_PROGRAM: Final = (errno.ENOENT, errno.EACCES, errno.ENOEXEC, errno.ENOTDIR)
"""Why a program cannot be started that is not there, or is none."""


def main(argv: Sequence[str]) -> int:
    """Run the agent of an order to its end, and return the status to end with.

    That is 0 only where both proofs say that the work is done; else the agent's own, or 1 where the
    agent's is 0.
    """
    connection = socket.socket(fileno=LINE)
    connection.set_inheritable(False)
    line, signals = LineEnd(connection), Signals()
    verdict = drive(Order.read(argv[1]), line, signals)
    line.say_last(verdict)
    return 0 if verdict.ok else verdict.exit_code or _FAILED


def drive(order: Order, line: LineEnd, signals: Signals) -> Verdict:
    """Run the agent; once more with a fresh session where it does not know the one it had."""
    fold, ending = start(order, order.call, line, signals)
    verdict = fold.verdict(ending)
    if order.fresh is None or verdict.ok or fold.worked or signals.stop_asked:
        return verdict
    if not is_unknown_session(f"{ending.stderr}\n{fold.said}\n{verdict.why}"):
        return verdict
    line.say(
        Other("note", "it does not know its session any more, and is started with a fresh one")
    )
    fold, ending = start(order, order.fresh, line, signals)
    return fold.verdict(ending)


def start(order: Order, call: Call, line: LineEnd, signals: Signals) -> tuple[Fold, Ending]:
    """Start the agent and see it through; return what its stream says, and how it ended."""
    fold = Fold(PARSERS[order.parser](), time.time)
    with open(call.prompt, "rb") as prompt:  # noqa: PTH123 - no pathlib: the driver stays small
        try:
            agent = AgentProcess(call.argv, prompt, order.prompt_by)
        except (OSError, ValueError) as error:
            if isinstance(error, OSError) and error.errno not in _NO_PROGRAM:
                raise  # it is the machine's fault, and no other profile would do better
            fold.said = f"{' '.join(call.argv[:1])} could not be started: {error}"
            return fold, Ending(_NOT_FOUND)
        messages = None
        if order.prompt_by == "stream":
            messages = InputPipe(agent, prompt.read().decode("utf-8", "replace"))
    if not fold.parser.speaks_at_once:
        # Else an answer that takes a minute would look like an agent that did not start.
        name = os.path.basename(call.argv[0])  # noqa: PTH119 - no pathlib
        line.say(Other("started", f"{name} was started"))
    return fold, AgentRun(agent, fold, line, signals, messages).run()
