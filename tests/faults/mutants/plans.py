"""A plan is what its writer meant: as a file, by a model, made of items."""

from __future__ import annotations

from typing import Final

from tests.faults.mutants.mutant import Mutant

__all__ = ["PLANS"]

PLANS: Final = (
    # plan: a plan is what its writer meant
    Mutant(
        "plan",
        "unknown keys are only warnings",
        "plan/read.py",
        "    strict = () if lenient else form.unknown\n",
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
        "ledger/model/task_moves.py",
        " and on_failure() not in {None, OnFailure.HOLD}",
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
        "cli/start_run.py",
        "    choice = choose_profiles(plan, config, parse_seats(options.workers), os.environ)\n",
        "    choice = __import__('wf_tui.profiles.choice', fromlist=['x']).commands_only(\n"
        "        plan, config\n    )\n",
        "unit/cli/test_plan.py::test_and_the_run_is_refused",
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
        "planning",
        "a plan with errors is taken",
        "scheduler/attempts/check.py",
        "        if not active.claim.task.spec.plans:\n",
        "        if active.claim.task.spec.plans or True:\n",
        "unit/scheduler/test_plan_answer.py::test_a_plan_with_errors_goes_back_to_its_session",
    ),
    Mutant(
        "planning",
        "the newest run may only plan",
        "ledger/queries/reads.py",
        "WHERE removed_at IS NULL AND purpose = '' ORDER BY",
        "WHERE removed_at IS NULL ORDER BY",
        "unit/cli/test_status.py::test_a_run_that_only_plans_is_not_the_newest",
    ),
    Mutant(
        "planning",
        "a plan is written over a file",
        "planning/plan_file.py",
        "    if (path.exists() or path.is_symlink()) and not force:\n",
        "    if (path.exists() or path.is_symlink()) and not path.name:\n",
        "unit/cli/test_plan_new.py::test_a_file_that_is_there_stays",
    ),
    Mutant(
        "swarm",
        "an item is run as a command",
        "swarm/sh_quoting.py",
        "                return shlex.quote(value)\n",
        "                return value\n",
        "unit/swarm/test_sh_quoting.py::test_an_item_is_never_more_than_itself",
    ),
    Mutant(
        "swarm",
        "a join is held up by one item that failed",
        "ledger/model/spec.py",
        "        return () if self.partial else self.needs\n",
        "        return self.needs\n",
        "unit/ledger/test_partial_results.py::test_it_starts_when_all_have_settled",
    ),
    Mutant(
        "swarm",
        "what is there for failures begins with the others",
        "profiles/choice.py",
        "    if len(takers) == 1 and _others(spare, takers[0], config):\n",
        "    if len(takers) == 99 and _others(spare, takers[0], config):\n",
        "unit/profiles/test_choice.py::test_what_is_fallen_back_on_begins_with_nothing",
    ),
)
