"""How the ledger gives out work, keeps what it was told, and says when its file is damaged."""

from __future__ import annotations

from typing import Final

from tests.faults.mutants.mutant import Mutant

__all__ = ["CLAIMS"]

_READY: Final = '    f"WHERE run = :run AND {STARTABLE} AND (rank'
_PART_OF_READY: Final = "not_before IS NULL AND wait_queue IS NULL"
_FENCE: Final = "    if task.epoch == epoch and task.worker == worker:\n"

CLAIMS: Final = (
    # G1: at most one live claim a task, each with a higher epoch
    Mutant(
        "G1",
        "a claim does not look at the state",
        "ledger/rules/claims.py",
        _READY,
        _READY.replace("{STARTABLE}", f"unmet = 0 AND {_PART_OF_READY}"),
        "unit/ledger/test_claims.py::test_only_what_waits_is_claimed",
    ),
    Mutant(
        "G1",
        "a claim does not raise the epoch",
        "ledger/model/task_moves.py",
        "    epoch = task.epoch + 1\n",
        "    epoch = task.epoch or 1\n",
        "unit/ledger/test_claims.py::test_epochs_grow",
    ),
    Mutant(
        "G1",
        "a stopped attempt does not hold its task",
        "ledger/model/task_moves.py",
        "        unmet=task.unmet + 1,\n",
        "        unmet=task.unmet,\n",
        "unit/ledger/test_claims.py::test_epochs_grow",
    ),
    Mutant(
        "G1",
        "two schedulers lead",
        "ledger/store/sqlite/store.py",
        "            locks.lock(handle)\n",
        "",
        "unit/ledger/store/test_store.py::test_a_led_run_is_not_without_a_leader",
    ),
    # G2: only the live claim's results count
    Mutant(
        "G2",
        "no fence",
        "ledger/rules/attempts.py",
        _FENCE,
        "    if task.worker:\n",
        "unit/ledger/test_fence.py::test_an_old_result_is_rejected",
    ),
    Mutant(
        "G2",
        "a fence of the epoch alone",
        "ledger/rules/attempts.py",
        _FENCE,
        "    if task.epoch == epoch:\n",
        "unit/ledger/test_fence.py::test_a_fenced_result_is_rejected",
    ),
    Mutant(
        "G2",
        "the ref of an attempt is moved",
        "git/control/attempt_commits.py",
        "        ref = edited_ref(ref, commit)\n        control.create(ref, commit)\n",
        '        control.git("update-ref", ref, commit)\n',
        "unit/git/control/test_attempt_commits.py::test_the_ref_is_made_once",
    ),
    Mutant(
        "G2",
        "what came late is not kept",
        "ledger/rules/attempts.py",
        "    tx.emit(ResultRejected(outcome=ending.outcome, text=ending.text), task, of)\n",
        "",
        "unit/ledger/test_fence.py::test_an_old_result_is_rejected",
    ),
    # G3: what was acknowledged survives
    Mutant(
        "G3",
        "the answer before the commit",
        "ledger/writer.py",
        "                        request.apply(sharing)\n",
        "                        request.apply(sharing); _answer([request])\n",
        "unit/ledger/test_writer.py::test_nobody_is_answered_before_the_commit",
    ),
    Mutant(
        "G3",
        "what a refused part has done is committed",
        "ledger/deferred_writes.py",
        "            self._refused = True\n",
        "            self._refused = False\n",
        "unit/ledger/test_writer.py::test_what_a_rule_has_caught_is_undone",
    ),
    Mutant(
        "G3",
        "what is put off is never written",
        "ledger/deferred_writes.py",
        "        deferred.flush()\n",
        "",
        "unit/ledger/test_deferred_writes.py::test_the_same_change_of_many_rows_is_one_statement",
    ),
    Mutant(
        "G3",
        "a statement does not see what is put off",
        "ledger/deferred_writes.py",
        "                if table in self._pending:\n                    self._write(table)\n",
        "                pass\n",
        "unit/ledger/test_deferred_writes.py::test_a_statement_sees_what_is_put_off",
    ),
    Mutant(
        "G3",
        "a commit that does not wait for the disk",
        "ledger/store/sqlite/driver.py",
        "PRAGMA synchronous = EXTRA",
        "PRAGMA synchronous = NORMAL",
        "unit/ledger/store/test_power.py::test_what_was_answered_survives_a_power_cut",
    ),
    Mutant(
        "G3",
        "a locked ledger is an answer",
        "ledger/store/write_retry.py",
        "                if time.monotonic() >= max(self._began, self._since) + self._most:\n",
        "                if True:\n",
        "unit/ledger/store/test_sqlite_writer.py::test_a_lock_is_outwaited",
    ),
    # G9: dependency order and scope exclusion
    Mutant(
        "G9",
        "scopes do not contend",
        "ledger/rules/claims.py",
        "        if contention(tx.run, task, holders):\n",
        "        if not task:\n",
        "unit/ledger/test_scopes.py::test_across_phases",
    ),
    Mutant(
        "G9",
        "nobody waits for a result",
        "ledger/rules/claims.py",
        _READY,
        _READY.replace("{STARTABLE}", f"state = 'pending' AND {_PART_OF_READY}"),
        "unit/ledger/test_dependencies.py::test_what_keeps_a_phase_open",
    ),
    Mutant(
        "G9",
        "a fenced attempt gives up its scope",
        "ledger/queries/scope_holders.py",
        "        if attempt.task == task.id or not attempt.writes:\n",
        "        if attempt.task == task.id or not attempt.writes or attempt.fenced:\n",
        "unit/ledger/test_scopes.py::test_a_stopped_attempt_holds_its_scope",
    ),
    Mutant(
        "G9",
        "a phase is over before its tasks",
        "ledger/rules/propagate.py",
        "            if phase.unsettled or phase.unmet or phase.settled_at is not None:\n",
        "            if phase.unmet or phase.settled_at is not None:\n",
        "unit/ledger/test_dependencies.py::test_a_phase_counts_as_one",
    ),
    Mutant(
        "G9",
        "what is behind a node does not wait for what that adds",
        "ledger/rules/decisions/added_phases.py",
        "            self.tx.write(row, evolve(row, unmet=row.unmet + len(ends)))\n",
        "            self.tx.write(row, evolve(row, unmet=row.unmet))\n",
        "unit/ledger/test_nodes.py::test_what_is_behind_cannot_be_claimed_before",
    ),
    Mutant(
        "G9",
        "a node decides again",
        "ledger/rules/decisions/nodes.py",
        "    if node is None or node.verdict:\n        return True, []\n",
        "    if node is None:\n        return True, []\n",
        "unit/ledger/test_nodes.py::test_a_decision_is_never_made_twice",
    ),
    Mutant(
        "G9",
        "a phase is over before its node has decided",
        "ledger/rules/propagate.py",
        "            if not settles:\n",
        "            if settles is None:\n",
        "unit/ledger/test_nodes.py::test_a_list_that_is_not_there_is_waited_for",
    ),
    # G13: a damaged ledger is named, never overwritten
    Mutant(
        "G13",
        "any database is a ledger",
        "ledger/store/sqlite/migrations.py",
        "    elif header.application != db.format.application:\n",
        "    elif header.application < 0:\n",
        "unit/ledger/store/test_bad_files.py::test_they_are_named_and_left",
    ),
    Mutant(
        "G13",
        "an empty file is a new ledger",
        "ledger/store/sqlite/migrations.py",
        "        if db.format.beside and any(db.path.parent.glob(db.format.beside)):\n",
        "        if not db.path.parent:\n",
        "unit/ledger/store/test_bad_files.py::test_they_are_named_and_left",
    ),
    Mutant(
        "G13",
        "no copy before a change of format",
        "ledger/store/sqlite/migrations.py",
        "    _back_up(db, version)\n",
        "",
        "unit/ledger/store/test_migrations.py::test_a_copy_is_kept",
    ),
    Mutant(
        "G13",
        "a ledger that was replaced is written",
        "ledger/store/sqlite/file_guard.py",
        '            return "was replaced by another file"\n',
        '            return ""\n',
        "unit/ledger/store/test_file_guard.py::test_nothing_is_written",
    ),
    Mutant(
        "G13",
        "a damaged file is brought up to date from its journal",
        "ledger/store/sqlite/driver.py",
        "SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, int(on))",
        "SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0)",
        "unit/ledger/store/test_bad_files.py::test_what_is_damaged_is_not_brought_up_to_date",
    ),
)
