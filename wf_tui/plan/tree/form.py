"""The way into this room: a document in the tree form becomes one in the phase form."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from wf_tui.plan.document import Document, Path, Table, screen
from wf_tui.plan.models import Plan
from wf_tui.plan.report import Problem
from wf_tui.plan.tree.check import tree_faults
from wf_tui.plan.tree.compiler import Compiler
from wf_tui.plan.tree.decided import Decided
from wf_tui.plan.tree.keys import ROOT_KEYS, tree_unknown_keys, tree_unused_keys
from wf_tui.plan.tree.reading import read_tree
from wf_tui.plan.tree.specs import NodeBudget
from wf_tui.plan.tree.tasks import profile_warnings

__all__ = ["Form", "compile_tree", "is_tree"]

_NODES: Final = "nodes"
_FOLLOWS: Final = frozenset(
    {
        "duplicate_task",
        "duplicate_phase",
        "empty_phase",
        "empty_workflow",
        "invalid_phase_dependency",
        "phase_dependency_cycle",
        "invalid_task_result_dependency",
        "unavailable_task_result_dependency",
        "invalid_pick",
        "invalid_judge",
        "rival_result",
    }
)
"""What may be wrong with a compiled plan only because something is wrong with its tree."""


@dataclass(frozen=True)
class Form:
    """A document in the phase form, and what was found as it came to be."""

    document: Document
    unknown: tuple[Problem, ...]
    """Of keys that nobody knows: errors, or warnings where that is asked for."""
    warnings: tuple[Problem, ...]
    decided: tuple[Decided, ...] = ()
    faulty: bool = False
    """Whether it was compiled of a tree that has faults of its own."""

    def told(self, faults: Iterable[Problem]) -> Iterator[Problem]:
        """Yield of the faults of the phase form those that say something new, each once."""
        seen: set[tuple[str, str, str]] = set()
        for fault in faults:
            key = (fault.code, fault.path, fault.message if not self.document.places else "")
            of_tree = fault.code == "empty_field" and fault.detail.get("field") != "workflow goal"
            if self.faulty and (of_tree or fault.code in _FOLLOWS):
                continue
            if key in seen and self.document.places:
                continue
            seen.add(key)
            yield fault


def is_tree(document: Document) -> bool:
    """Tell whether a document is in the tree form."""
    root = document.value
    return isinstance(root, dict) and _NODES in root and "phases" not in root


def compile_tree(document: Document, workers: Mapping[str, object] | None) -> Form:
    """Return the phase form of a tree; `workers` are the profiles there are, None: who knows.

    Called by `read.parse_plan`. The faults of the tree are among those of the document.
    """
    root = document.value if isinstance(document.value, dict) else {}
    tree = read_tree(document, root)
    compiled = Compiler(document, root, workers).compile(tree)
    faults = [*tree.faults, *tree_faults(document, root, tree), *compiled.faults]
    if not tree.nodes and not tree.faults:
        message, hint = "the plan has no nodes", "add `nodes`, each with a `kind` and a `spec`"
        faults.append(document.problem("empty_workflow", (_NODES,), message, hint))
    places: dict[Path, Path] = {**compiled.places, ("phases",): (_NODES,)}
    value = _top(root, places)
    value["phases"] = compiled.phases
    form = replace(
        document,
        value=value,
        places=places,
        faults=(*document.faults, *screen(document), *_each_once(faults)),
    )
    warnings = (*tree_unused_keys(document, root, tree), *profile_warnings(document, tree, workers))
    unknown = tuple(tree_unknown_keys(document, root, tree))
    return Form(form, unknown, warnings, compiled.decided, faulty=bool(faults))


def _each_once(faults: Iterable[Problem]) -> list[Problem]:
    """Return the faults without those of further copies of a template."""
    return list({(fault.code, fault.path): fault for fault in faults}.values())


def _top(root: Table, places: dict[Path, Path]) -> dict[str, object]:
    """Return what a tree has beside its nodes, as the phase form calls it."""
    value = {key: part for key, part in root.items() if key not in ROOT_KEYS}
    budget = root.get("budget")
    if not isinstance(budget, dict):
        return value
    value["budget"] = {
        key: part
        for key, part in budget.items()
        if key == "max_tokens" or key not in NodeBudget.model_fields
    }
    most = budget.get("max_parallel")
    if most is not None and "max_concurrent" not in root:
        # It is an upper limit, and so is that of plans, which is lower.
        whole = isinstance(most, int) and not isinstance(most, bool)
        value["max_concurrent"] = min(most, Plan.MOST_CONCURRENT) if whole else most
        places["max_concurrent",] = ("budget", "max_parallel")
    return value
