"""What is left of a process that died, and how a run goes on without it."""

from __future__ import annotations

from typing import Final

from tests.faults.mutants.mutant import Mutant

__all__ = ["CRASHES"]

CRASHES: Final = (
    # G4: no process outlives its attempt
    Mutant(
        "G4",
        "a shim that goes on without its scheduler",
        "workers/shim/shim.py",
        '        self.stop("scheduler_gone", 0.0)\n',
        "",
        "unit/workers/shim/test_deaths.py::test_death_of_the_scheduler",
    ),
    Mutant(
        "G4",
        "a shim that ends the program alone",
        "workers/shim/shim.py",
        "        killed, clean = kill_tree(self.wake, self.note_death, group=group)\n",
        "        killed, clean = set[int](), group == 0\n",
        "unit/workers/shim/test_stopping.py::test_nothing_outlives_the_program",
    ),
    Mutant(
        "G4",
        "no sweep at the start",
        "scheduler/recovery.py",
        '        sweep_left(attempt_mark(self.run, ""), self.steps.harvest.control.git_dir)\n',
        "",
        "unit/scheduler/test_recovery.py::test_what_outlives_even_the_shims_is_ended",
    ),
    Mutant(
        "G4",
        "an agent that has the line of its driver",
        "workers/shim/start.py",
        "        os.dup2(line, LINE, inheritable=False)\n",
        "        os.dup2(line, LINE)\n",
        "unit/workers/line/test_run_on_line.py::test_what_a_driver_starts_has_no_line",
    ),
    # G5: after a crash the run goes on to the same end
    Mutant(
        "G5",
        "what was lost is not tried again",
        "scheduler/recovery.py",
        "            await record.failed(found.onto(LOST))\n",
        "            from wf_tui.ledger.rules.moves import CANCEL\n"
        "            await self.writer.submit(lambda one: one.move(self.run, CANCEL, [task.id]))\n"
        "            await record.closed(found.onto(LOST))\n",
        "unit/scheduler/test_recovery.py::test_killed_scheduler",
    ),
    Mutant(
        "G5",
        "a recovery without a harvest",
        "scheduler/recovery.py",
        "        found = await self._harvest(record, attempt)\n",
        "        found = NOTHING\n",
        "unit/scheduler/test_recovery.py::test_killed_scheduler",
    ),
    Mutant(
        "G5",
        "a wait that grows with a clock that is set back",
        "ledger/rules/failures.py",
        "    _cut_backoffs(tx)\n",
        "",
        "unit/ledger/test_clock.py::test_a_back_off_is_cut_when_the_clock_was_set_back",
    ),
    Mutant(
        "G5",
        "good work of a dead scheduler is thrown away",
        "scheduler/recovery.py",
        "        elif task.step in _DONE_WORKING and attempt.commit_id and attempt.base:\n",
        "        elif task.step == Step.INTEGRATING and attempt.commit_id and attempt.base:\n",
        "unit/scheduler/test_merge_gate.py::test_a_scheduler_that_dies_then",
    ),
)
