"""The keys of other tools, and what says the same here; the keys of CodeWhale that wf leaves alone.

To add a word, write it into the list whose hint is right for it. A word that becomes a key of a
plan needs nothing here: what the models in `plan.models` have is never looked up.
"""

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["ALIASES", "UNUSED", "meaning"]

ALIASES: Final = dict.fromkeys(("needs", "depends_on", "dependsOn"), "depends_on_results")
"""What a task may call a key otherwise: read as that key, with a warning."""

_MODEL_CHOICE: Final = "`worker` names the profile, which has the model"
_LABEL: Final = "`title` is what its card says"

UNUSED: Final[Mapping[str, Mapping[str, str]]] = {
    "plan": {
        "id": "a run gets an id of its own",
        "name": "`goal` is what the board shows",
        "labels": "",
        "permissions": "`mode` and `file_scope` of each task say what it may do",
        "security_policy": "`mode` and `file_scope` of each task say what it may do",
        "model_policy": _MODEL_CHOICE,
        "promotion_policy": "`review: true` on a task lets a person decide",
        "gates": "`gate` is a command that has to pass",
    },
    "phase": {"id": "`name` is what others depend on"},
    "task": {
        "description": "`prompt` says what is to be done, `title` what its card says",
        "name": _LABEL,
        "objective": "`prompt` says what is to be done",
        "instructions": "`prompt` says what is to be done",
        "role": "`agent_type` is the role",
        "profile": "`worker` names the profile",
        "cwd": "begin its command with `cd DIRECTORY`",
        "permissions": "`mode` and `file_scope` say what it may do",
        "model_policy": _MODEL_CHOICE,
        "metadata": "`tags` is a list of words",
        "retry_policy": "`max_attempts` and `backoff_secs` say it",
        "alert_policy": "",
        "scorer": "`gate` is a command that has to pass",
        "expected_artifacts": "`deliverables` lists the files that have to be there",
        "timeout_seconds": "`timeout_secs` is the limit",
    },
}
"""CodeWhale's own keys that wf does not use, by the kind of table, and what comes near them."""

_Words = Mapping[str, str]
"""Hints, each with the words that it is for; of a word that stands twice the first counts."""
_CONDITIONS: Final = """
    if unless when condition conditions rules only only_if except skip_if skip enabled
"""
_MATRIX: Final = "matrix strategy foreach for_each loop loops with_items repeat parameterize"
_TROUBLE: Final = """
    continue_on_error continueonerror allow_failure allow_failures ignore_error ignore_errors
    ignore_failure ignore_failures can_fail may_fail soft_fail optional
"""
_WAITS: Final = """
    needs depend depends dependson depends_on dependencies dependency deps requires require
    required requirements after wait run_after start_after waits_for wait_for waitfor blocked_by
    blockedby upstream upstreams predecessors prerequisites parents previous
"""
_OTHERS: Final = """
    before blocks blocking downstream next then followed_by on_success successors
"""
_STATES: Final = "status state done completed progress result created_at updated_at"
_NOTES: Final = """
    comment comments note notes _comment doc docs rationale reason why context remark
"""
_MORE_AT_ONCE: Final = """
    concurrency max_concurrency max_parallel maxparallel max_parallelism parallelism
    parallel_limit limit max_workers max_agents max_tasks num_workers workers pool max_jobs
    parallel_jobs
"""
_EVERYWHERE: Final[_Words] = {
    "wf has no conditions: let the command decide, or leave the task out": _CONDITIONS,
    "wf has no matrix: write a task for each": _MATRIX,
    "write it as a comment, or begin its name with `x-`": _NOTES,
    "`env` is a table of variables": """
        environment environ envs envvars env_vars variables vars
    """,
    "`pass_env` names the variables to hand on": """
        secrets pass_env_vars passenv env_file envfile
    """,
    "wf runs no actions: write what it does as a command, in `run`": """
        uses with action
    """,
    "wf starts no services: let a command start and end them": """
        services volumes ports networks
    """,
    "leave it out: the ledger of the run knows it": _STATES,
    "`teardown` of the plan is a command": """
        finally always post after_script on_exit cleanup
    """,
}

_TASK: Final[_Words] = {
    "`depends_on_results` lists the tasks of earlier phases that it needs": _WAITS,
    "say it from the other end: who waits names this one in `depends_on_results`": _OTHERS,
    "`run` is its command": """
        command commands cmd cmds script scripts exec execute shell_command sh bash do step code
        program entrypoint args argv action run_command
    """,
    "`prompt` says what is to be done": """
        instruction message messages goal ask text body content task query details detail brief
        spec user_prompt system_prompt prompts work
    """,
    "`title` is what its card says": """
        summary label display_name displayname heading subject caption
    """,
    "`id` is its name, for others to depend on": """
        key slug uid uuid task_id taskid identifier
    """,
    "tasks start at the top of the repository: begin the command with `cd DIRECTORY`": """
        cwd working_directory working_dir workdir work_dir workingdirectory dir directory chdir
        folder
    """,
    "`timeout_secs` is its limit, in seconds": """
        timeout time_out timeouts time_limit timelimit timeout_minutes timeout_in_minutes
        time timeoutinminutes timeout_s timeout_ms max_time max_duration duration deadline
        max_runtime
    """,
    "`max_attempts` counts the first one, too: two retries are `max_attempts: 3`": """
        retry retries max_retries maxretries retry_count retry_limit attempts max_tries tries
    """,
    "`backoff_secs` is the pause, in seconds": """
        retry_delay retry_backoff backoff delay retry_interval
    """,
    "`on_failure: skip_continue` of its phase lets what comes after go on": _TROUBLE,
    "`on_failure: abort` of its phase ends the run at a failure": """
        fail_fast failfast
    """,
    "a task has no parts: write more tasks, or more lines in `run`": """
        steps stages jobs subtasks sub_tasks children substeps items todos checklist pipeline
    """,
    "`worker` names the profile, which has the model": """
        model models provider agent agents assignee assigned_to assign_to owner runner executor
        engine backend adapter tool tools cli effort thinking temperature
    """,
    "commands run on this machine; `worker` names a profile": """
        runs_on image container docker os platform host node
    """,
    "`file_scope` lists what it may change": """
        file files path paths scope scopes write_scope writescope writes allowed_paths
        allowed_files owns owned_files target_files targets glob globs include touches modifies
    """,
    "`file_scope` lists what it may change, and no more": """
        exclude excludes forbidden ignore ignored
    """,
    "`mode` is read_only or read_write": """
        read_only readonly read_write readwrite read write writable access can_write rw
    """,
    "`deliverables` lists the files that have to be there": """
        output outputs artifact artifacts produces creates generates results expected_outputs
        expected_files products
    """,
    "`gate` is a command that has to pass": """
        acceptance acceptance_criteria verify verification verifier test tests test_command
        check checks validate validation validations done_when definition_of_done
        success_criteria completion_signals post_check assert asserts expect
    """,
    "`agent_type` is the role": """
        type kind agent_role persona category issue_type
    """,
    "`priority` is a number, lower goes first": """
        prio order weight importance urgency rank
    """,
    "`tags` is a list of words": "labels group groups topics",
    "`review: true` lets a person look before it is merged": """
        approve approval approvals manual requires_approval needs_review human_review
        require_review confirm
    """,
    "`max_steps` is its limit": """
        max_turns max_iterations iterations turns
    """,
    "`budget` has the limits: max_tokens, max_cost_usd, max_steps, max_seconds": """
        cost max_cost cost_limit tokens token_limit token_budget cost_budget usd
    """,
    "`isolation` is auto, shared or worktree": """
        worktree branch workspace sandbox
    """,
    "leave it out": """
        date data complexity size estimate estimated_minutes effort_estimate points
    """,
    "`shell` is what reads the command": "interpreter",
}

_PHASE: Final[_Words] = {
    "`depends_on` lists the phases that it waits for": _WAITS,
    "say it from the other end: who waits names this one in `depends_on`": _OTHERS,
    "`tasks` is the list of its tasks": """
        steps jobs task_list stages items todos children nodes subtasks units work
    """,
    "`name` is its name": """
        title label key slug stage phase phase_name heading display_name
    """,
    "`on_failure: skip_continue` lets what comes after go on": _TROUBLE,
    "`on_failure: abort` ends the run at a failure": """
        fail_fast failfast
    """,
    "`on_failure` is hold, skip_continue or abort": """
        onfailure on_error onerror on_fail failure_policy
    """,
    "`parallel` is true or false: one after the other": """
        sequential serial sequence ordered in_order concurrent async
    """,
    "`wip` is how many of its tasks run at once": f"{_MORE_AT_ONCE} max_concurrent jobs_limit",
    "`description` says what it is for": """
        goal objective summary purpose
    """,
}

_PLAN: Final[_Words] = {
    "`goal` says what the run is for": """
        title objective summary mission purpose task prompt aim target project request
    """,
    "`phases` is a list, each with a `name` and `tasks`": """
        stages stage jobs job steps step workflow workflows pipeline pipelines groups waves
        milestones sprints sections todos items plan phase epics
    """,
    "a plan has either `phases` or `nodes`: leave one out": "nodes",
    "`max_concurrent` is how many tasks run at once": (
        f"{_MORE_AT_ONCE} parallel max_jobs concurrent"
    ),
    "`on_failure: skip_continue` of a phase lets what comes after go on": _TROUBLE,
    "`on_failure: abort` of a phase ends the run at a failure": """
        fail_fast failfast
    """,
    "a run starts with `wf run`: leave it out": """
        on trigger triggers schedule cron workflow_dispatch push
    """,
    "leave it out, or begin its name with `x-`": """
        version schema $schema schema_version apiversion kind format spec_version author date
        created generated_by generator metadata meta
    """,
    "`defaults` has the keys that all tasks share": """
        default settings config configuration options defaults_task task_defaults common globals
    """,
    "`setup` is a command": """
        before_script install prepare bootstrap init prerequisites
    """,
    "`teardown` is a command": "after_script",
    "`link` and `copy` list what git does not track": """
        files copy_files symlinks links mounts
    """,
    "write it into the prompts": "constraints rules_list guidelines",
    "`wf run` starts from HEAD of the repository it is called in": """
        repo repository cwd working_directory base branch
    """,
    "`gate` is a command that has to pass": """
        verify check checks test tests validation test_command
    """,
}


def _table(*lists: _Words) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for hint, words in (entry for entries in lists for entry in entries.items()):
        for word in words.split():
            found.setdefault(word, hint)
    return found


_MEANINGS: Final[Mapping[str, Mapping[str, str]]] = {
    "plan": _table(_PLAN, _EVERYWHERE),
    "phase": _table(_PHASE, _EVERYWHERE),
    "task": _table(_TASK, _EVERYWHERE),
}
_HUMP: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def meaning(kind: str, key: str) -> str:
    """Return how a plan says what `key` says in another tool, or "" for a word of none.

    `kind` is plan, phase or task. `dependsOn`, `depends-on` and `Depends_On` are one word.
    """
    snake, words = snake_case(key), _MEANINGS[kind]
    return words.get(snake) or words.get(snake.replace("_", ""), "")


def snake_case(key: str) -> str:
    """Return a key in the spelling of a plan: `dependsOn` and `depends-on` are `depends_on`."""
    return _HUMP.sub("_", key.strip()).replace("-", "_").replace(" ", "_").lower()
