"""The tables of a tree plan as values: what each kind of node has of its own.

Field names, words and widths are those of the WorkflowSpec format of CodeWhale. What a leaf has of
a task beside that is checked as a task's, after the tree is compiled.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt, StrictStr

__all__ = [
    "ARMS",
    "SPECS",
    "WRAPPERS",
    "Branch",
    "Cond",
    "Expand",
    "Kind",
    "Leaf",
    "Loop",
    "NodeBudget",
    "NodeSpec",
    "Permissions",
    "Promotion",
    "Reduce",
    "Strategy",
    "TeacherReview",
]


class Kind(StrEnum):
    """What a node is."""

    BRANCH_SET = "branch_set"
    LEAF = "leaf"
    SEQUENCE = "sequence"
    REDUCE = "reduce"
    TEACHER_REVIEW = "teacher_review"
    LOOP_UNTIL = "loop_until"
    COND = "cond"
    EXPAND = "expand"


class Strategy(StrEnum):
    """Which of several candidates are kept."""

    ALL = "all"
    FIRST_SUCCESS = "first_success"
    BEST_SCORE = "best_score"
    TEACHER_SELECTED = "teacher_selected"


WRAPPERS: Final = {
    "agent": Kind.LEAF,
    "branch": Kind.BRANCH_SET,
    **{kind.value: kind for kind in Kind if kind not in {Kind.LEAF, Kind.BRANCH_SET}},
}
"""What a node is called where its kind is its only key, as in the scripted form."""

ARMS: Final[Mapping[Kind, tuple[str, ...]]] = {
    Kind.BRANCH_SET: ("children",),
    Kind.SEQUENCE: ("children",),
    Kind.LOOP_UNTIL: ("children",),
    Kind.COND: ("then_nodes", "else_nodes"),
}
"""The keys of each kind that hold lists of nodes; the `template` of an expand is a single one."""

_U8 = Annotated[StrictInt, Field(ge=0, le=2**8 - 1)]
_U32 = Annotated[StrictInt, Field(ge=0, le=2**32 - 1)]
_U64 = Annotated[StrictInt, Field(ge=0, le=2**64 - 1)]
_Texts = tuple[StrictStr, ...]
_Nodes = tuple[object, ...]
_Values = Mapping[str, object]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class NodeBudget(_Part):
    """Limits of one node; 0 tokens means that nothing is allowed."""

    max_steps: _U32 | None = None
    timeout_secs: _U64 | None = None
    max_parallel: _U8 | None = None
    max_tokens: _U64 | None = None


class Permissions(_Part):
    """What the agents of a node may do."""

    allow_write: StrictBool = False
    allow_network: StrictBool = False
    deny_all_tools: StrictBool = False
    allowed_tools: _Texts = ()
    """Empty: the set of the role."""
    file_scope: _Texts = ()


class Promotion(_Part):
    """Which of several candidates are kept."""

    strategy: Strategy = Strategy.ALL
    require_teacher_review: StrictBool = False


class NodeSpec(_Part):
    """What every node has."""

    id: StrictStr


class Leaf(NodeSpec):
    """One agent."""

    role: StrictStr | None = None
    profile: StrictStr | None = None
    budget: NodeBudget = NodeBudget()
    permissions: Permissions = Permissions()
    model_policy: _Values = {}


class Sequence(NodeSpec):
    """Nodes one after the other."""

    children: _Nodes = ()


class Branch(Sequence):
    """Nodes side by side, if it is parallel."""

    description: StrictStr | None = None
    parallel: StrictBool | None = None
    """None: false, but true where it is written as `branch`."""
    budget: NodeBudget = NodeBudget()
    permissions: Permissions = Permissions()
    model_policy: _Values = {}


class Reduce(NodeSpec):
    """An agent that joins what others have found."""

    inputs: _Texts = ()
    prompt: StrictStr = ""
    model_policy: _Values = {}


class TeacherReview(NodeSpec):
    """An agent that chooses among candidates."""

    candidates: _Texts = ()
    promotion_policy: Promotion = Promotion()


class Loop(Sequence):
    """Nodes again and again, until a condition holds."""

    condition: StrictStr
    max_iterations: _U32 | None = None


class Cond(NodeSpec):
    """One of two lists of nodes."""

    condition: StrictStr
    then_nodes: _Nodes = ()
    else_nodes: _Nodes = ()


class Expand(NodeSpec):
    """A node for each item of a list."""

    source: object
    """The id of a node, the name of one of the plan's `lists`, or a list."""
    max_children: _U64 | None = None
    template: _Values | None = None


SPECS: Final[Mapping[Kind, type[NodeSpec]]] = {
    Kind.BRANCH_SET: Branch,
    Kind.LEAF: Leaf,
    Kind.SEQUENCE: Sequence,
    Kind.REDUCE: Reduce,
    Kind.TEACHER_REVIEW: TeacherReview,
    Kind.LOOP_UNTIL: Loop,
    Kind.COND: Cond,
    Kind.EXPAND: Expand,
}
