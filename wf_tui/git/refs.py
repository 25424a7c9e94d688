"""The names of refs: which there are in `control.git` and in the user's repository, in one place.

refs/heads/<branch>           the run's integration branch; exported under the same name
refs/wf/base                  the commit that the run started from
refs/wf/<task>/<epoch>        the work of an attempt, made once; <task> is a slug of its id
refs/wf/<task>/<epoch>-<oid>  what a person went on to make of it
refs/wf/brought/<oid>         a commit of the user that a task merges
refs/wf/left/<tree>           what lay in a shared tree outside of all harvests
refs/wf/left/<task>/<epoch>/  what the git directory of an attempt held beside its harvest
"""

from typing import Final

from wf_tui.paths import slug

__all__ = [
    "BASE",
    "BRANCHES",
    "OWN",
    "attempt_ref",
    "branch_ref",
    "brought_ref",
    "edited_ref",
    "left_refs",
    "leftover_ref",
    "short_branch",
]

BRANCHES: Final = "refs/heads/"
OWN: Final = "refs/wf/"
"""All that wf keeps beside the integration branch; none of it is ever exported."""
BASE: Final = f"{OWN}base"
_ENOUGH: Final = 12
"""Digits of a commit that tell it from others."""


def branch_ref(branch: str) -> str:
    """Return the whole name of a branch."""
    return BRANCHES + branch


def short_branch(ref: str) -> str:
    """Return the name of a branch as people write it."""
    return ref.removeprefix(BRANCHES)


def attempt_ref(task: str, epoch: int) -> str:
    """Return the name of the ref that keeps an attempt's commit."""
    return f"{OWN}{slug(task)}/{epoch}"


def edited_ref(ref: str, commit: str) -> str:
    """Return the name beside an attempt's ref for what a person went on to make of its work.

    By the commit, so that keeping the same work again makes the same ref.
    """
    return f"{ref}-{commit[:_ENOUGH]}"


def brought_ref(commit: str) -> str:
    """Return the name of the ref that keeps a commit of the user which a task merges."""
    return f"{OWN}brought/{commit}"


def leftover_ref(tree: str) -> str:
    """Return the name of the ref that keeps what lay in a shared tree, by its content."""
    return f"{OWN}left/{tree}"


def left_refs(task: str, epoch: int) -> str:
    """Return the beginning of the names of what an attempt left in its git directory."""
    return f"{OWN}left/{slug(task)}/{epoch}/"
