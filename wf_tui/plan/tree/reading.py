"""From the tables of a tree plan to its nodes: kinds and types, all faults at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeVar

from pydantic import ValidationError

from wf_tui.errors import nearest
from wf_tui.plan.document import Document, Path, Table
from wf_tui.plan.report import PARSE_ERROR, Problem
from wf_tui.plan.tree.specs import ARMS, SPECS, WRAPPERS, Expand, Kind, NodeSpec
from wf_tui.plan.type_errors import parse_problem, show_value

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

__all__ = ["Node", "Tree", "read_tree"]

_Spec = TypeVar("_Spec", bound=NodeSpec)
_KINDS: Final = ", ".join(kind.value for kind in Kind)
_MOST_REPAIRS: Final = 3


@dataclass(frozen=True)
class Node:
    """A node of the right shape, with stand-ins for what of it is wrong."""

    kind: Kind
    spec: NodeSpec
    place: Path
    """Where its keys are written."""
    table: Table
    """Its keys, as they are written."""
    arms: Mapping[str, tuple["Node", ...]] = field(default_factory=dict)
    """What its keys `children`, `then_nodes`, `else_nodes` or `template` hold."""
    wrapped: bool = False
    """Whether its kind is its only key, as in the scripted form."""

    @property
    def id(self) -> str:
        """What others call it."""
        return self.spec.id

    def of(self, kind: type[_Spec]) -> _Spec:
        """Return what it has of its own, as the type that its kind has."""
        if not isinstance(self.spec, kind):
            raise TypeError(f"a {self.kind} has no {kind.__name__}")
        return self.spec

    def inner(self) -> Iterator["Node"]:
        """Yield all nodes below it, in the order of the text; those of a template are left out."""
        for key, nodes in self.arms.items():
            for node in nodes if key != "template" else ():
                yield node
                yield from node.inner()


@dataclass(frozen=True)
class Tree:
    """The nodes of a plan, and what is wrong with the shape of them."""

    nodes: tuple[Node, ...]
    faults: tuple[Problem, ...]

    def all(self) -> Iterator[Node]:
        """Yield every node but those of templates, in the order of the text."""
        for node in self.nodes:
            yield node
            yield from node.inner()

    def templates(self) -> Iterator[tuple[Node, Node]]:
        """Yield each node that copies a template, with that."""
        pending = list(self.nodes)
        while pending:
            node = pending.pop(0)
            yield from ((node, inner) for inner in node.arms.get("template", ()))
            pending[:0] = [inner for nodes in node.arms.values() for inner in nodes]


def read_tree(document: Document, root: Table) -> Tree:
    """Return the nodes of a plan whose `nodes` is there, with every fault of their shape."""
    reader = _Reader(document, [])
    nodes = reader.nodes(root.get("nodes"), ("nodes",))
    return Tree(nodes, tuple(reader.faults))


@dataclass(frozen=True)
class _Reader:
    document: Document
    faults: list[Problem]

    def nodes(self, written: object, place: Path) -> tuple[Node, ...]:
        """Return the nodes of a list; nesting is bounded by the readers of the text."""
        if not isinstance(written, list):
            message = f"`{place[-1]}` must be a list, not {show_value(written)}"
            self._fault(place, message, "write a list: `- kind: leaf` begins each node")
            return ()
        read = [self.node(item, (*place, number)) for number, item in enumerate(written)]
        return tuple(node for node in read if node is not None)

    def node(self, written: object, place: Path) -> Node | None:
        """Return one node, or None where nothing says what it is."""
        if not isinstance(written, dict):
            self._fault(place, f"a node must be a table of keys, not {show_value(written)}")
            return None
        wrapper = next((key for key in written if key in WRAPPERS), None)
        if "kind" not in written and wrapper is not None and len(written) == 1:
            return self._of_kind(
                WRAPPERS[wrapper], written[wrapper], (*place, wrapper), wrapped=True
            )
        kind = self._kind(written, place)
        if kind is None:
            return None
        if "spec" not in written:
            hint = "write what the node has below `spec`"
            self._fault((*place, "spec"), "the key `spec` is missing", hint)
            return None
        return self._of_kind(kind, written["spec"], (*place, "spec"), wrapped=False)

    def _kind(self, written: Table, place: Path) -> Kind | None:
        kind = written.get("kind")
        if isinstance(kind, str) and kind in set(Kind):
            return Kind(kind)
        place = (*place, "kind")
        if "kind" not in written:
            self._fault(place, "the key `kind` is missing", f"write one of {_KINDS}")
            return None
        message = f"`kind` must be one of {_KINDS}, not {show_value(kind)}"
        near = None
        if isinstance(kind, str):
            near = WRAPPERS.get(kind) or nearest(kind, list(Kind))
        self._fault(place, message, f"did you mean `{near}`?" if near else "")
        return None

    def _of_kind(self, kind: Kind, table: object, place: Path, *, wrapped: bool) -> Node | None:
        if not isinstance(table, dict):
            self._fault(place, f"`{place[-1]}` must be a table of keys, not {show_value(table)}")
            return None
        spec = self._spec(kind, table, place)
        if spec is None:
            return None
        arms = {
            key: self.nodes(table[key], (*place, key))
            for key in ARMS.get(kind, ())
            if isinstance(table.get(key), list)
        }
        if isinstance(spec, Expand) and isinstance(table.get("template"), dict):
            template = self.node(table["template"], (*place, "template"))
            arms["template"] = (template,) if template is not None else ()
        return Node(kind, spec, place, table, arms, wrapped)

    def _spec(self, kind: Kind, table: Table, place: Path) -> NodeSpec | None:
        """Return the values of a node, with stand-ins for those of the wrong type."""
        values = {key: value for key, value in table.items() if value is not None}
        for repair in range(_MOST_REPAIRS):
            try:
                return SPECS[kind].model_validate(values)
            except ValidationError as error:
                details = error.errors(include_url=False)
            for detail in details:
                if repair == 0:
                    self.faults.append(self._problem(detail, place))
                key = str(detail["loc"][0])
                values.pop(key, None)
                if key in {"id", "condition"}:
                    values[key] = "-".join(map(str, place))
        return None

    def _problem(self, detail: "ErrorDetails", place: Path) -> Problem:
        here = detail.copy()
        here["loc"] = (*place, *detail["loc"])
        return parse_problem(self.document, here)

    def _fault(self, place: Path, message: str, hint: str = "") -> None:
        self.faults.append(self.document.problem(PARSE_ERROR, place, message, hint))
