"""What keeps each promise, how it looks without that, and the test which then goes red.

A mutant is the package with one mechanism taken out: a text of one file is replaced. It is made in
a copy, and the test runs there. `test_mutants.py` runs all of them.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.support.audit import processes_of

__all__ = ["MUTANTS", "ROOT", "Mutant", "copy_package", "run_test"]

ROOT: Final = Path(__file__).parents[2]
_OPTIONS: Final = (
    "-qx", "--tb=native", "-o", "addopts=--import-mode=importlib", "-p", "no:cacheprovider",
    "-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "--timeout=60",
)  # fmt: skip
"""Without all the plug-ins that are installed a test starts in half the time."""
_READY: Final = '    f"WHERE run = :run AND {STARTABLE} AND (rank'
_PART_OF_READY: Final = "not_before IS NULL AND wait_queue IS NULL"
_FENCE: Final = "    if task.epoch == epoch and task.worker == worker:\n"


@dataclass(frozen=True)
class Mutant:
    """One mechanism that is taken out."""

    promise: str
    name: str
    file: str
    text: str
    """What is replaced; it is there once."""
    instead: str
    test: str
    """The test that goes red, below `tests`."""

    def __str__(self) -> str:
        return f"{self.promise}: {self.name}"

    def mutate(self, package: Path) -> None:
        """Take the mechanism out of a copy of the package."""
        path = package / self.file
        path.write_text(self.mutated(path.read_text(encoding="utf-8")), encoding="utf-8")

    def mutated(self, source: str) -> str:
        """Return the source without the mechanism; one that is not there any more is an error."""
        if source.count(self.text) != 1:
            raise LookupError(f"{self.file} does not have {self.text!r} once: adapt the mutant")
        # Beside a deeper line than it was written for, the replacement would say something else.
        if self.text.startswith("    ") and f"\n{self.text}" not in source:
            raise LookupError(f"{self.text!r} is indented deeper in {self.file}: adapt the mutant")
        return source.replace(self.text, self.instead)


def copy_package(folder: Path) -> Path:
    """Copy the package and its tests, compiled as they are; return where the package is."""
    for name in ("wf_tui", "tests"):
        shutil.copytree(ROOT / name, folder / name)
    shutil.copyfile(ROOT / "pyproject.toml", folder / "pyproject.toml")
    return folder / "wf_tui"


def run_test(folder: Path, *tests: str) -> subprocess.CompletedProcess[str]:
    """Run tests of a copy, each named below its `tests`; what a mutant leaves running is ended."""
    made = f"--basetemp={folder / 'made'}"
    named = [f"tests/{test}" for test in tests]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *_OPTIONS, made, *named],
        cwd=folder,
        env={
            **os.environ,
            "PYTHONPATH": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    for pid in processes_of(folder):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    return done


MUTANTS: Final = (
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
        "ledger/rules/claims.py",
        "    epoch = task.epoch + 1\n",
        "    epoch = task.epoch or 1\n",
        "unit/ledger/test_claims.py::test_epochs_grow",
    ),
    Mutant(
        "G1",
        "a stopped attempt does not hold its task",
        "ledger/rules/claims.py",
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
        "        ref = edited_ref(ref, commit)\n    control.create(ref, commit)\n",
        '        control.git("update-ref", ref, commit)\n    control.create(ref, commit)\n',
        "unit/git/control/test_attempt_commits.py::test_the_ref_is_made_once",
    ),
    Mutant(
        "G2",
        "what came late is not kept",
        "ledger/rules/attempts.py",
        "    tx.emit(ResultRejected(outcome=ending.outcome, text=ending.text), stale)\n",
        "",
        "unit/ledger/test_fence.py::test_an_old_result_is_rejected",
    ),
    # G3: what was acknowledged survives
    Mutant(
        "G3",
        "the answer before the commit",
        "ledger/writer.py",
        "                    request.apply(ledger, db, self.run)\n",
        "                    request.apply(ledger, db, self.run); request.answer()\n",
        "unit/ledger/test_writer.py::test_nobody_is_answered_before_the_commit",
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
        '        await self.threads.run(sweep_marked, attempt_mark(self.run, ""))\n',
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
    # G6: a merge is done or not done
    Mutant(
        "G6",
        "nobody asks whether it is in already",
        "git/merge/integrate.py",
        "    if control.contains(commit, head=head):\n",
        "    if not commit:\n",
        "unit/git/merge/test_integrate.py::test_a_commit_that_is_in_is_left",
    ),
    Mutant(
        "G6",
        "a move without a comparison",
        "git/control/control.py",
        '        words = ("update-ref", "--no-deref", "--end-of-options", ref, new, old)\n',
        '        words = ("update-ref", "--no-deref", "--end-of-options", ref, new)\n',
        "unit/git/merge/test_integrate.py::test_no_commit_is_lost_in_a_race",
    ),
    Mutant(
        "G6",
        "no loss check",
        "git/merge/integrate.py",
        "        if lost := find_losses(control, base, head, commit, tree):\n",
        "        if lost := ():\n",
        "unit/git/merge/test_merge_loss.py::test_a_merge_that_drops_work_is_a_conflict",
    ),
    Mutant(
        "G6",
        "a conflict without marks counts as settled",
        "git/merge/sides.py",
        "        left = [place for place in places if place not in changed]\n",
        "        left: list[str] = []\n",
        "unit/git/merge/test_conflicts.py::test_what_was_laid_out_is_not_resolved",
    ),
    Mutant(
        "G6",
        "marks that are left are merged",
        "git/merge/sides.py",
        "    marked = _still_marked(control, edited, changed)\n",
        "    marked: list[str] = []\n",
        "unit/git/merge/test_conflicts.py::test_what_a_person_did_settles_it",
    ),
    Mutant(
        "G6",
        "a stand-in of git comes onto the branch",
        "git/merge/sides.py",
        "        edits |= dict.fromkeys([*one.stand_ins, *one.stand_ins.values()])\n",
        "",
        "unit/git/merge/test_conflicts.py::test_a_side_is_taken_as_it_is",
    ),
    Mutant(
        "G6",
        "a side that was named is not taken",
        "scheduler/attempts/accepted.py",
        "                await self._take_sides(workspace)\n",
        "",
        "unit/scheduler/test_sides.py::test_a_side_is_merged",
    ),
    Mutant(
        "G6",
        "a choice counts for other versions",
        "scheduler/chosen_sides.py",
        "        if chosen.get(one.path) == one.versions\n",
        "        if one.path in chosen\n",
        "unit/scheduler/test_sides.py::test_another_version_is_another_conflict",
    ),
    Mutant(
        "G6",
        "a choice is not kept with the claim",
        "ledger/rules/accept.py",
        "        choices=_with_unfiltered(choices.after(task.choices), task),\n",
        "",
        "unit/ledger/test_accept_choices.py::test_they_are_kept_with_the_claim",
    ),
    Mutant(
        "G6",
        "the intent after the move",
        "git/merge/integrate.py",
        "        intent(merge.old, merge.new)\n"
        "        if _move_branch(control, merge.new, merge.old):\n",
        "        if _move_branch(control, merge.new, merge.old):\n"
        "            intent(merge.old, merge.new)\n",
        "unit/git/merge/test_integrate.py::test_the_intent_is_told_before_the_branch_moves",
    ),
    Mutant(
        "G6",
        "a merge with others without its gate",
        "scheduler/integrator.py",
        "        gate = passage.gated and made not in {None, passage.commit}",
        "        gate = passage.gated and made is None",
        "unit/scheduler/test_merge_gate.py::test_it_passes_on_the_merge",
    ),
    Mutant(
        "G6",
        "a merge that stays built on one that has left",
        "scheduler/merge_queue.py",
        "        stands = one.on is None or one.on == ground\n",
        "        stands = True\n",
        "unit/scheduler/test_merge_queue.py::test_a_failure_on_what_never_came_is_none",
    ),
    Mutant(
        "G6",
        "the checker asks for no gate on a merge",
        "verify/claims.py",
        "    if task.gated and old not in {base, new} and new != task.harvested:\n",
        "    if not run and old not in {base, new}:\n",
        "unit/verify/test_mutants.py::test_a_merge_without_its_gate",
    ),
    Mutant(
        "G5",
        "good work of a dead scheduler is thrown away",
        "scheduler/recovery.py",
        "        elif task.step in _DONE_WORKING and attempt.commit_id and attempt.base:\n",
        "        elif task.step == Step.INTEGRATING and attempt.commit_id and attempt.base:\n",
        "unit/scheduler/test_merge_gate.py::test_a_scheduler_that_dies_then",
    ),
    Mutant(
        "G6",
        "work below a submodule's folder is not looked for",
        "git/harvest/submodules.py",
        "        elif names := _work_below(worktree, path, commit):\n",
        '        elif names := [b""][1:]:\n',
        "unit/git/harvest/test_submodules.py::test_work_in_a_filled_submodule_is_named",
    ),
    Mutant(
        "G8",
        "a tree with work in a submodule is given back",
        "git/worktrees/tree.py",
        "tags or changed_submodules(self.worktree, tags)",
        "tags",
        "unit/git/harvest/test_submodules.py::test_work_in_a_filled_submodule_is_named",
    ),
    Mutant(
        "G6",
        "what differs beyond a sparse checkout is not laid out",
        "git/worktrees/tree.py",
        "        if not paths:\n            return\n        listed",
        "        if entries:\n            return\n        listed",
        "unit/git/worktrees/test_sparse.py::test_a_conflict_beyond_is_laid_out",
    ),
    Mutant(
        "G6",
        "a merge goes by no attributes of the branch",
        "git/merge/merge_tree.py",
        ", attributes=attributes_folder(control, ours)",
        "",
        "unit/git/test_attributes.py::test_attributes_of_folders_count",
    ),
    Mutant(
        "G6",
        "a worktree does not know the user's line ends",
        "git/harvest/worktree_files.py",
        "            settings={**self.control.settings, **self.control.filters},\n",
        "",
        "unit/git/test_attributes.py::test_files_are_stored_and_written_as_by_git",
    ),
    Mutant(
        "G6",
        "what nobody touched counts as changed",
        "git/harvest/worktree_files.py",
        "        for path in self._as_checked_out(tags):\n",
        "        for path in ():\n",
        "unit/git/test_attributes.py::test_what_nobody_touched_is_no_change",
    ),
    Mutant(
        "G6",
        "a tree is used again for other attributes",
        "git/worktrees/tree.py",
        "tree.attributes.read_text() != names.attributes",
        "not names",
        "unit/git/test_attributes.py::test_a_tree_is_made_anew_for_other_attributes",
    ),
    Mutant(
        "G6",
        "one file that git cannot store keeps all others back",
        "git/harvest/harvest.py",
        "        if not (done.status and _leave_out_unconvertible(found, done.stderr)):\n",
        "        if found.worktree:\n",
        "unit/git/test_attributes.py::test_what_git_would_not_add_is_refused_by_name",
    ),
    # G7: the user's repository stays as it is
    Mutant(
        "G7",
        "an export onto what the user moved",
        "git/user/export_branch.py",
        "        if current != expected:\n",
        "        if current is None and expected:\n",
        "unit/git/user/test_export.py::test_a_moved_branch_is_left",
    ),
    Mutant(
        "G7",
        "an export onto what is checked out",
        "git/user/export_branch.py",
        "        if is_checked_out(self.repository.common_dir, self.ref):\n",
        "        if not self.ref:\n",
        "unit/git/user/test_export.py::test_a_checked_out_branch_is_left",
    ),
    Mutant(
        "G7",
        "an export that goes back",
        "git/user/export.py",
        "not control.contains(expected, head=new):\n",
        "not expected:\n",
        "unit/git/user/test_export.py::test_an_exported_branch_never_goes_back",
    ),
    Mutant(
        "G7",
        "the user's hooks run",
        "git/runner.py",
        '    "core.hooksPath": "/dev/null",\n',
        "",
        "unit/git/user/test_export.py::test_the_users_repository_stays_as_it_is",
    ),
    # G8: no worktree with unsaved work is deleted
    Mutant(
        "G8",
        "a run goes with work that is in a worktree alone",
        "cli/clean_runs.py",
        "        removed = apply and not reason\n",
        "        removed = apply\n",
        "unit/cli/test_clean_runs.py::test_work_in_a_worktree_keeps_the_run",
    ),
    Mutant(
        "G8",
        "what is on no branch of the user is not named",
        "git/user/only_here.py",
        '        if kind not in {"commit", "tag"} or commit in missing\n',
        '        if kind not in {"commit", "tag"}\n',
        "unit/cli/test_clean_runs.py::test_what_is_on_no_branch_is_named_first",
    ),
    Mutant(
        "G8",
        "a tree is given back with what a harvest refused",
        "git/worktrees/tree.py",
        "        if not (left.unsaved or any(refused.keeps_tree for refused in found.refused)):\n",
        "        if not left.unsaved:\n",
        "unit/git/harvest/test_hostile.py::test_nothing_runs_and_the_next_worker_finds_the_base",
    ),
    Mutant(
        "G8",
        "a git directory is not looked into",
        "git/worktrees/left_work.py",
        "    if not names:\n        return _Found(inside=inside)\n",
        "    if names or not names:\n        return _Found(inside=inside)\n",
        "unit/git/worktrees/test_left_work.py::test_what_is_left_has_a_ref",
    ),
    Mutant(
        "G8",
        "a commit in a free tree is not seen",
        "git/worktrees/tree.py",
        '            return mark.read_text(encoding="ascii") == self.fingerprint()\n',
        '            return bool(mark.read_text(encoding="ascii"))\n',
        "unit/git/worktrees/test_left_work.py::test_a_commit_after_the_release_keeps_the_tree",
    ),
    Mutant(
        "G8",
        "objects that were brought without a ref count as kept",
        "git/worktrees/left_work.py",
        "            mark.touch()\n",
        "            mark.exists()\n",
        "unit/git/worktrees/test_left_work.py::test_a_crash_before_the_ref_loses_nothing",
    ),
    Mutant(
        "G8",
        "objects of a worker are read through links",
        "git/worktrees/worker_objects.py",
        "                    elif not entry.is_file(follow_symlinks=False):\n",
        "                    elif not entry.name:\n",
        "unit/git/worktrees/test_left_work.py::test_what_cannot_be_brought_keeps_the_tree",
    ),
    Mutant(
        "G8",
        "a number whose git directory is still there is given away",
        "git/worktrees/pool.py",
        "                for folder in (self.paths.trees, self.paths.gits)\n",
        "                for folder in (self.paths.trees,)\n",
        "unit/git/worktrees/test_left_work.py::test_a_tree_that_is_gone_leaves_its_git_directory",
    ),
    Mutant(
        "G14",
        "a few trees inside of each other are listed whole",
        "git/worktrees/worker_objects.py",
        "                    if seen > _MOST_PATHS:\n",
        "                    if seen < 0:\n",
        "unit/git/worktrees/test_left_work.py::test_too_much_is_not_read",
    ),
    Mutant(
        "G8",
        "what was left and did not pass is looked for in the tree of before",
        "scheduler/attempts/accepted.py",
        "            if str(tree.number) != self.accepted.row.tree:\n",
        "            if False:\n",
        "unit/scheduler/test_left.py::test_what_did_not_pass_is_taken_from_where_it_was_laid_out",
    ),
    Mutant(
        "G8",
        "files in a worktree that the worker made beside its own count for nothing",
        "git/worktrees/inner_repositories.py",
        "    return folder if leads_to.startswith(",
        "    return None if leads_to.startswith(",
        "unit/git/worktrees/test_left_work.py::test_what_cannot_be_brought_keeps_the_tree",
    ),
    Mutant(
        "G8",
        "a task that left only commits is done",
        "scheduler/attempts/check.py",
        "            nothing_but_left(claim, harvested),\n",
        "",
        "unit/scheduler/test_left.py::test_nothing_but_a_branch_is_not_done",
    ),
    Mutant(
        "G8",
        "a worktree is given back unsaved",
        "git/worktrees/pool.py",
        "        if not saved and tree.why_unsaved():\n",
        "        if not tree:\n",
        "unit/git/worktrees/test_pool.py::test_unharvested_work_is_not_given_back",
    ),
    Mutant(
        "G8",
        "a worktree is removed without evidence",
        "git/worktrees/remove.py",
        "    if tree_class not in _SAFE:\n",
        "    if tree_class is TreeClass.LIVE:\n",
        "unit/git/worktrees/test_remove.py::test_an_edit_after_the_harvest_keeps_the_tree",
    ),
    Mutant(
        "G8",
        "a worktree is taken that somebody works in",
        "git/worktrees/pool.py",
        "            if self._is_as_given_back(number):\n",
        "            if number:\n",
        "unit/git/worktrees/test_pool.py::test_what_a_person_wrote_in_a_free_tree_stays",
    ),
    Mutant(
        "G8",
        "what was stopped is not harvested",
        "scheduler/attempts/harvest.py",
        "        if not active.claim.task.writes:\n",
        "        if not active.claim.task.writes or active.stopped:\n",
        "unit/scheduler/test_scheduler.py::test_cancelled_work_is_harvested",
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
    # G6: no work is lost, and none comes that a worker took out of tracking
    Mutant(
        "G6",
        "what a worker added by force is ignored",
        "git/harvest/harvest.py",
        "            listed.setdefault(path, UNTRACKED)\n",
        "            continue\n",
        "unit/git/harvest/test_second_witness.py::test_an_ignored_file_that_was_added_by_force",
    ),
    Mutant(
        "G6",
        "what a worker tracks no more stays tracked",
        "git/harvest/harvest.py",
        "    found.gone += [path for path in listed.dropped if _is_covered(scopes, path)]\n",
        "",
        "unit/git/harvest/test_second_witness.py::test_a_file_that_is_tracked_no_more",
    ),
    Mutant(
        "G6",
        "an empty index untracks everything",
        "git/harvest/second_witness.py",
        "    if not theirs.places and ours.places:\n",
        "    if not ours.places:\n",
        "unit/git/harvest/test_second_witness.py::test_an_empty_index_untracks_nothing",
    ),
    Mutant(
        "G6",
        "modes that only the index has are lost",
        "git/harvest/second_witness.py",
        "                modes[path] = theirs[path].mode == _PROGRAM\n",
        "                pass\n",
        "unit/git/harvest/test_second_witness.py::test_modes_follow_the_index",
    ),
    Mutant(
        "G6",
        "a sparse checkout deletes what it leaves out",
        "git/harvest/harvest.py",
        "        del listed[path]\n        if not same:\n",
        "        if not same:\n",
        "unit/git/harvest/test_second_witness.py::test_a_sparse_checkout_deletes_nothing",
    ),
    Mutant(
        "G6",
        "a deliverable that git ignores counts as delivered",
        "scheduler/attempts/deliverables.py",
        "    missing = [name for name in names if name not in delivered]\n",
        "    there = [n for n in names if worktree.kind(encode_path(n))]\n"
        "    missing = [name for name in names if name not in {*delivered, *there}]\n",
        "unit/scheduler/test_deliverables.py::test_an_ignored_file_is_not_delivered",
    ),
    Mutant(
        "G14",
        "a harvest does not know the caps of its plan",
        "git/control/control.py",
        "        caps=read_caps(git_dir),\n",
        "",
        "unit/scheduler/test_attempt.py::test_the_caps_of_a_harvest_are_the_plans",
    ),
    Mutant(
        "G6",
        "what was committed around the index is ignored",
        "git/harvest/harvest.py",
        "    known = witness.added if witness.differs else {*filter(is_plain, committed())}\n",
        "    known = witness.added\n",
        "unit/git/harvest/test_second_witness.py::test_a_commit_around_the_index",
    ),
    # G10 and G12: what a filter of the user's hides is not made readable
    Mutant(
        "G12",
        "files that need a filter are merged without it",
        "scheduler/attempts/check.py",
        "            unfiltered(claim, harvested),\n",
        "",
        "unit/scheduler/test_filters.py::test_they_are_held_back",
    ),
    Mutant(
        "G12",
        "a worker takes out the rule that protects a file",
        "git/harvest/filters.py",
        '    if any(entry.path.rpartition("/")[2] == _ATTRIBUTES for entry in entries):\n',
        "    if not entries:\n",
        "unit/scheduler/test_filters.py::test_a_worker_that_takes_the_rule_away",
    ),
    Mutant(
        "G12",
        "what was allowed once is allowed for another content",
        "scheduler/attempts/check.py",
        "    allowed = task.choices if task.by_hand else NO_CHOICES\n",
        "    allowed = task.choices\n",
        "unit/scheduler/test_filters.py::test_a_retry_forgets_what_was_allowed",
    ),
    Mutant(
        "G6",
        "the content of an LFS file is committed in the place of a pointer",
        "git/lfs/storage.py",
        'return {"filter.lfs.process": command, "filter.lfs.required": "true"}',
        "return {}",
        "unit/git/lfs/test_lfs_files.py::test_a_new_content_becomes_a_pointer",
    ),
    Mutant(
        "G6",
        "a branch is exported without the contents of its LFS files",
        "git/user/export.py",
        "        bring_lfs_objects(control, repository.common_dir, new)\n",
        "",
        "unit/git/lfs/test_lfs_files.py::test_an_export_brings_the_contents",
    ),
    Mutant(
        "G6",
        "what lies under the name of an LFS content is believed",
        "git/lfs/lfs_filter.py",
        "            if digest == pointer.oid:\n",
        "            if digest:\n",
        "unit/git/lfs/test_lfs_files.py::test_a_content_is_believed_by_its_hash",
    ),
    # G10: nothing outside the scope is merged
    Mutant(
        "G10",
        "the scope is waived for what was left",
        "ledger/rules/accept.py",
        "        scope_waived=not (choices.left or (",
        "        scope_waived=not ((",
        "unit/scheduler/test_left.py::test_it_is_checked_as_other_work_is",
    ),
    Mutant(
        "G10",
        "the scope is not checked",
        "scheduler/attempts/check.py",
        "            out_of_scope(claim, harvested),\n",
        "",
        "unit/scheduler/test_attempt.py::test_outside_scope",
    ),
    Mutant(
        "G10",
        "of several reasons why work is held back any comes first",
        "ledger/model/held_work.py",
        "        parts.sort(key=lambda part: _ORDER.index(part.why))\n",
        "",
        "unit/ledger/test_held_work.py::test_the_first_reason_counts",
    ),
    Mutant(
        "G10",
        "links may leave the tree",
        "git/harvest/harvest.py",
        "stat.S_ISLNK(status.st_mode) and leaves_tree(path, os.readlink(full))",
        "stat.S_ISLNK(status.st_mode) and not full",
        "unit/git/harvest/test_harvest.py::test_links_that_leave_are_refused",
    ),
    # G12: a program gets the shell and the environment that its plan chooses
    Mutant(
        "G12",
        "a worker reads the passwords of the user's remotes",
        "git/control/user_view.py",
        "    address = strip_credentials(value, ssh_user=True)\n",
        "    address: str | None = value\n",
        "unit/git/worktrees/test_user_view.py::test_no_secret_reaches_a_worker",
    ),
    Mutant(
        "G12",
        "a shell that goes on behind a failure",
        "workers/script.py",
        'SHELL: Final = ("/bin/sh", "-e", "-c")',
        'SHELL: Final = ("/bin/sh", "-c")',
        "unit/workers/test_shell.py::test_the_first_failing_line_ends_a_command",
    ),
    Mutant(
        "G12",
        "bash without pipefail",
        "plan/models.py",
        '    "bash": ("-eo", "pipefail"),\n',
        '    "bash": ("-e",),\n',
        "unit/plan/test_shape.py::test_a_shell_that_is_named_stops_at_failures",
    ),
    Mutant(
        "G12",
        "long commands as arguments",
        "workers/script.py",
        "LONGEST_TEXT: Final = 100_000\n",
        "LONGEST_TEXT: Final = 1 << 30\n",
        "unit/workers/test_shell.py::test_a_long_command_runs",
    ),
    Mutant(
        "G12",
        "patterns that match secrets",
        "variables.py",
        "and not is_secret(name) and not is_reserved(name)",
        "and not is_reserved(name)",
        "unit/test_variables.py::test_a_pattern_leaves_secrets_and_reserved_names_out",
    ),
    Mutant(
        "G12",
        "patterns that match what wf decides about",
        "variables.py",
        "and not is_secret(name) and not is_reserved(name)",
        "and not is_secret(name)",
        "unit/test_variables.py::test_a_pattern_leaves_secrets_and_reserved_names_out",
    ),
    Mutant(
        "G12",
        "plans that set what wf decides about",
        "variables.py",
        "    if not is_reserved(name):\n",
        "    if name:\n",
        "unit/test_variables.py::test_what_wf_decides_about_is_refused",
    ),
    Mutant(
        "G12",
        "a gate with the variables of a profile",
        "scheduler/attempts/job.py",
        "            environment={**base, **values_of(checks), **own},\n",
        "            environment={**base, **values_of(given), **own},\n",
        "unit/scheduler/test_environment.py"
        "::test_commands_get_what_the_plan_gives_and_not_what_a_profile_does",
    ),
    Mutant(
        "G12",
        "secrets in logs",
        "workers/shell.py",
        "        secrets=job.secrets,\n",
        "        secrets={},\n",
        "unit/scheduler/test_environment.py::test_a_passed_value_is_written_nowhere",
    ),
    Mutant(
        "G12",
        "secrets in the end of an output",
        "workers/shim/log_writer.py",
        "self.redactor.whole(text, cut=self.total > TAIL_BYTES)[-TAIL_CHARACTERS:]",
        "text[-TAIL_CHARACTERS:]",
        "unit/workers/shim/test_redaction.py::test_the_tail_is_redacted",
    ),
    Mutant(
        "G12",
        "halves of a secret in two pieces",
        "workers/shim/redaction.py",
        "        self.held = text[hold:]\n",
        "        done.append(text[hold:])\n",
        "unit/workers/shim/test_redaction.py::test_a_secret_is_replaced_by_its_name",
    ),
    Mutant(
        "G12",
        "tasks without the variables that they were started with",
        "ledger/rules/claims.py",
        " or lacking(tx.run, task, worker.profile):\n",
        ":\n",
        "unit/scheduler/test_environment.py"
        "::test_a_scheduler_without_a_variable_keeps_what_needs_it",
    ),
    Mutant(
        "G12",
        "the PATH of whoever resumes a run",
        "workers/environment.py",
        "    if path:\n",
        "    if not path:\n",
        "unit/scheduler/test_environment.py::test_the_path_is_that_of_the_start",
    ),
    Mutant(
        "G12",
        "workers that move tasks by hand",
        "project.py",
        "        if worker and not by_worker:\n",
        "        if not project:\n",
        "unit/test_project.py::test_a_worker_is_refused_what_a_person_does",
    ),
    Mutant(
        "G12",
        "workers that add more than they have",
        "ledger/rules/load.py",
        "_too_many(tx, author) or _beyond(tx, author, seat.profile, task, phase)",
        "_too_many(tx, author)",
        "unit/ledger/test_worker_tasks.py::test_more_than_its_author_is_refused",
    ),
    Mutant(
        "G14",
        "workers that add without an end",
        "ledger/rules/load.py",
        "_too_many(tx, author) or _beyond(tx, author, seat.profile, task, phase)",
        "_beyond(tx, author, seat.profile, task, phase)",
        "unit/ledger/test_worker_tasks.py::test_workers_add_a_hundred_tasks_of_a_run",
    ),
    Mutant(
        "G12",
        "tasks of workers that do not wait for their author",
        "ledger/rules/load.py",
        "        needs=tuple(dict.fromkeys((*task.spec.needs, author.id))),\n",
        "        needs=task.spec.needs,\n",
        "unit/ledger/test_worker_tasks.py::test_it_waits_for_its_author",
    ),
    Mutant(
        "G12",
        "secrets in what comes up a line",
        "workers/line/connection.py",
        "        line = None if line is None else self._redaction.line(line)\n",
        "",
        "unit/workers/line/test_run_on_line.py::test_no_secret_comes_up",
    ),
    Mutant(
        "G12",
        "halves of a secret in two words",
        "workers/line/connection.py",
        "self._take_all(self._redaction.events(event))",
        "self._take_all([event])",
        "unit/workers/line/test_run_on_line.py::test_no_secret_comes_up",
    ),
    # G13: a damaged ledger is named, never overwritten
    Mutant(
        "G13",
        "any database is a ledger",
        "ledger/store/sqlite/migrations.py",
        "    elif header.application != APPLICATION_ID:\n",
        "    elif header.application < 0:\n",
        "unit/ledger/store/test_bad_files.py::test_they_are_named_and_left",
    ),
    Mutant(
        "G13",
        "an empty file is a new ledger",
        "ledger/store/sqlite/migrations.py",
        '        if any(db.path.parent.glob("runs/*")):\n',
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
    # G14: output, processes and retries are bounded
    Mutant(
        "G14",
        "a time limit that runs out while a person is asked",
        "workers/line/connection.py",
        "        with self._clock.stopped():\n",
        "        if question:\n",
        "unit/workers/line/test_run_on_line.py"
        "::test_the_time_limit_stands_still_while_a_person_is_asked",
    ),
    Mutant(
        "G14",
        "lines without an end",
        "workers/line/lines.py",
        "            if len(self.begun) > self.most:\n",
        "            if self.most < 0:\n",
        "unit/workers/line/test_lines.py::test_a_long_line_is_passed_over",
    ),
    Mutant(
        "G14",
        "a log without a cap",
        "workers/shim/log_writer.py",
        "        self.room = cap - cap // 2\n",
        "        self.room = 1 << 62\n",
        "unit/workers/shim/test_log_writer.py::test_head_and_tail_of_a_long_output",
    ),
    Mutant(
        "G14",
        "a harvest without a cap",
        "git/harvest/harvest.py",
        "        if self.files > self.caps.files:\n",
        "        if self.files < 0:\n",
        "unit/git/harvest/test_harvest.py::test_caps_refuse_the_whole_harvest",
    ),
    Mutant(
        "G14",
        "silence that a plan limits, without a limit",
        "scheduler/heartbeat.py",
        "        if limit and now - vitals.output > limit:\n",
        "        if limit and now < 0:\n",
        "unit/scheduler/test_scheduler.py::test_silence_is_a_stall",
    ),
    Mutant(
        "G14",
        "the limit of agents for commands",
        "scheduler/heartbeat.py",
        "    return of_agents if spec.command is None else 0.0\n",
        "    return of_agents\n",
        "unit/scheduler/test_scheduler.py::test_silence_of_a_command_is_no_stall",
    ),
    Mutant(
        "G14",
        "all states of a progress bar",
        "text.py",
        '    if "\\r" not in line:\n',
        "    if line:\n",
        "unit/test_text.py::test_a_line_that_writes_over_itself_has_its_last_state",
    ),
    Mutant(
        "G14",
        "no breaker",
        "ledger/rules/claims.py",
        "    if breaker.is_shut(tx, worker.profile):\n",
        "    if not worker.profile:\n",
        "unit/ledger/test_breaker.py::test_quick_failures_in_a_row_pause_the_profile",
    ),
    Mutant(
        "G14",
        "tries without an end",
        "ledger/rules/failures.py",
        "    if tries >= task.max_attempts or tx.run.intent == Intent.ABORT:\n",
        "    if tx.run.intent == Intent.ABORT:\n",
        "unit/ledger/test_failures.py::test_the_last_failure_blocks",
    ),
    # plan: a plan is what its writer meant
    Mutant(
        "plan",
        "unknown keys are only warnings",
        "plan/read.py",
        "    strict = () if lenient else unknown\n",
        "    strict = ()\n",
        "unit/plan/test_keys.py::test_an_unknown_key_is_an_error",
    ),
    Mutant(
        "plan",
        "what a task needs has one name",
        "plan/foreign/keys.py",
        "        for alias in [word for word in table if word in ALIASES]:\n",
        "        for alias in []:\n",
        "unit/plan/test_keys.py::test_what_a_task_needs_is_read_under_its_usual_names",
    ),
    Mutant(
        "plan",
        "the rules wait for the shape",
        "plan/shape.py",
        "    return Shaped(plan, errors)\n",
        "    return Shaped(None if errors else plan, errors)\n",
        "unit/plan/test_shape.py::test_faults_of_the_rules_are_told_beside_those_of_the_shape",
    ),
    Mutant(
        "plan",
        "a nearest word is any word",
        "errors.py",
        "    return len(word) > _SHORT or word[:1] in choice[:2] or choice[:1] in word[:2]\n",
        "    return True\n",
        "unit/test_errors.py::test_another_word_is_no_misspelling",
    ),
    Mutant(
        "plan",
        "a failure is passed over",
        "plan/models.py",
        "    on_failure: OnFailure = OnFailure.HOLD\n",
        "    on_failure: OnFailure = OnFailure.SKIP_CONTINUE\n",
        "integration/test_failures.py::test_a_failure_stops_what_comes_after",
    ),
    Mutant(
        "plan",
        "a blocked task settles its phase whatever the policy",
        "ledger/rules/transaction.py",
        " and self.phase(task.phase).on_failure is not OnFailure.HOLD",
        "",
        "unit/ledger/test_dependencies.py::test_the_hold_policy",
    ),
    Mutant(
        "plan",
        "nobody is named for whom the rest waits",
        "ledger/queries/reasons.py",
        "        if stopper := self._stopper(task):\n",
        "        if stopper := None:\n",
        "unit/ledger/test_reasons.py::test_waiting_for_a_person",
    ),
    Mutant(
        "plan",
        "a parser says what it stumbled over",
        "plan/read.py",
        "    named = explained(last, text, document.format)\n",
        "    named = last\n",
        "unit/plan/test_foreign.py::test_what_models_leave_in_a_plan",
    ),
    Mutant(
        "plan",
        "files of other tools are plans with faults",
        "plan/read.py",
        "    if foreign := _foreign_file(read, name, text):\n",
        "    if foreign := None:\n",
        "unit/plan/test_foreign.py::test_files_of_other_tools_are_recognised",
    ),
    Mutant(
        "plan",
        "a run of prompts begins, and stalls",
        "cli/run.py",
        "    _refuse_prompts(report.plan, config)\n",
        "",
        "unit/cli/test_plan.py::test_and_the_run_is_refused",
    ),
    # Keys that nobody pressed, and a terminal that is left broken
    Mutant(
        "G11",
        "the rest of a sequence that was cut is typed",
        "board/terminal/sequences.py",
        "        if self._late is not None and data:\n",
        "        if self._late is not None and not data:\n",
        "unit/board/terminal/test_sequences.py::test_a_rest_is_never_typed",
    ),
    Mutant(
        "G11",
        "an answer of the terminal is typed",
        "board/terminal/sequences.py",
        "        elif introducer in _STRINGS:\n",
        '        elif introducer == b"P":\n',
        "unit/board/terminal/test_sequences.py::test_a_slow_line_types_nothing",
    ),
    Mutant(
        "G11",
        "a paste is read as keys",
        "board/terminal/sequences.py",
        '        elif b"\\x1b[" + self._held == _PASTE_START:\n',
        "        elif not self._held:\n",
        "unit/board/terminal/test_sequences.py::test_a_slow_line_types_nothing",
    ),
    Mutant(
        "G11",
        "an end mark within a paste ends it",
        "board/terminal/sequences.py",
        "end = self._held.rfind(_PASTE_END, end, begins if begins > 0 else len(self._held))",
        "end = max(end, begins and end)",
        "unit/board/terminal/test_sequences.py::test_an_end_mark_within_a_paste_ends_nothing",
    ),
    Mutant(
        "G11",
        "the number of a sequence is a letter",
        "board/terminal/parser.py",
        "if isinstance(key, events.Key) and key.character is None]",
        "if isinstance(key, events.Key)]",
        "unit/board/terminal/test_parser.py::test_the_number_of_a_sequence_is_no_letter",
    ),
    Mutant(
        "G11",
        "keys from before the board are taken",
        "board/terminal/fence.py",
        "self.until is None or not isinstance(message, InputEvent | events.Paste)",
        "message is not None",
        "integration/test_terminal.py::test_what_was_typed_before_it_is_shown_is_dropped",
    ),
    Mutant(
        "G11",
        "keys typed ahead of a dialog pass it",
        "board/action_app.py",
        "        return self._dialogs > 0 or event.time < self._dialog_since\n",
        "        return False\n",
        "unit/board/test_actions.py::test_keys_typed_ahead_of_a_dialog_that_is_closed_act_on_nothing",
    ),
    Mutant(
        "G11",
        "what the terminal still sends is left to the shell",
        "board/terminal/driver.py",
        "            self._drain(_SLOWEST if answers else PATIENCE)\n"
        "        self.settings.restore()\n"
        "        self.settings.drop_input()\n",
        "        self.settings.restore()\n",
        "integration/test_terminal.py::test_no_answer_reaches_the_shell_after_it",
    ),
    Mutant(
        "G11",
        "a terminal that does not read is left as it is",
        "board/terminal/output.py",
        "                signal.pthread_kill(self._thread.ident, signal.SIGWINCH)\n",
        "                pass\n",
        "integration/test_terminal.py::test_a_terminal_that_does_not_read_is_left_as_it_was",
    ),
    Mutant(
        "G11",
        "frames that change nothing are written",
        "board/terminal/shown_lines.py",
        "    if shown is None or _width(shown) != _width(wanted):\n",
        "    if shown is None or wanted:\n",
        "unit/board/terminal/test_shown_lines.py::test_a_frame_that_changes_nothing_costs_nothing",
    ),
    Mutant(
        "plan",
        "what is not committed is left out in silence",
        "new_run.py",
        "            warn(left_out)\n",
        "            pass\n",
        "integration/test_uncommitted.py::test_it_is_said_wherever_it_matters",
    ),
    Mutant(
        "G7",
        "counting what is not committed runs the user's filters",
        "git/user/uncommitted.py",
        "                settings=settings,\n",
        "",
        "unit/git/user/test_uncommitted.py::test_nothing_is_run_or_written",
    ),
    Mutant(
        "agents",
        "what an agent says last needs not be that it is done",
        "workers/agent/fold.py",
        "            if self.done:\n",
        "            if self.session:\n",
        "unit/workers/agent/test_streams.py::test_the_same_exit_status_is_no_proof",
    ),
    Mutant(
        "agents",
        "work after the terminal event leaves it the last word",
        "workers/agent/fold.py",
        "        self.ended = None\n"
        "        self.empty_steps = self.toolless_steps = self.empty_retries = 0\n",
        "        self.empty_steps = self.toolless_steps = self.empty_retries = 0\n",
        "unit/workers/agent/test_fold.py::test_work_after_the_end_takes_the_end_back",
    ),
    Mutant(
        "agents",
        "a stop reaches the agent before its driver can be polite",
        "workers/agent/agent_process.py",
        "            process_group=0,\n",
        "",
        "unit/workers/agent/test_agent_worker.py::test_a_stop_is_an_interrupt_first",
    ),
    Mutant(
        "agents",
        "429 is judged by its number",
        "workers/agent/causes.py",
        "    by_code = kind_by_code(text)\n",
        "    by_code = None\n",
        "unit/workers/agent/test_causes.py::test_bodies_of_the_makers",
    ),
    # G15: nothing that a worker asks for is approved but by a person
    Mutant(
        "G15",
        "one permission allows all of its kind",
        "ledger/rules/conversation/allowances.py",
        "tool_kind = :tool_kind AND text = :text AND",
        "tool_kind = :tool_kind AND",
        "unit/ledger/test_questions.py::test_always_is_a_rule_of_the_run",
    ),
    Mutant(
        "G15",
        "an agent is told to allow for always",
        "ledger/rules/conversation/questions.py",
        "    once = asked.once(ALLOW_ONCE) if chosen.allows else chosen\n",
        "    once = chosen\n",
        "unit/ledger/test_questions.py::test_always_is_a_rule_of_the_run",
    ),
    Mutant(
        "G15",
        "what is allowed outlives the run",
        "ledger/rules/runs.py",
        "    end_all(tx)\n",
        "",
        "unit/ledger/test_questions.py::test_it_ends_with_the_run",
    ),
    Mutant(
        "G15",
        "a question outlives its attempt",
        "ledger/rules/task_guards.py",
        "    void_questions(tx, task)\n",
        "",
        "unit/ledger/test_questions.py::test_whatever_ends_it_makes_it_void",
    ),
    Mutant(
        "G15",
        "silence is a yes",
        "ledger/rules/conversation/questions.py",
        "        return _answered(tx, task, asked, _rejection(asked), None)\n",
        "        return _answered(tx, task, asked, asked.once(ALLOW_ONCE), None)\n",
        "unit/ledger/test_questions.py::test_time_out_rejects",
    ),
)
