"""Writing changed values into YAML, so that whatever did not change stays as it was written.

Comments, order, quotes and blank lines of a plan are its author's. The text is cut where a value
differs, and what comes of it is read again: where it does not mean the new values, as with anchors,
the whole is written anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import yaml

from wf_tui.planning.plain_yaml import as_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

__all__ = ["patched"]

_LATE: Final = ("prompt", "run", "gate", "tasks", "phases")
"""Keys that stand last: a new one is written above them."""
_Cut: TypeAlias = tuple[int, int, str]
"""From, to, and what stands there then."""


class _CannotCutError(Exception):
    """This part is not written so that it could be changed alone."""


def patched(
    text: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    read: Callable[[str], object],
) -> str:
    """Return YAML that means `after`; `text` means `before`, and `read` tells what a text means."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
        cuts = sorted(_Cutter(text).table(root, before, after))
    except (yaml.YAMLError, _CannotCutError):
        return as_yaml(after)
    pieces, at = [], 0
    for start, end, new in cuts:
        if start < at:
            return as_yaml(after)
        pieces += [text[at:start], new]
        at = end
    changed = "".join([*pieces, text[at:]])
    return changed if read(changed) == after else as_yaml(after)


class _Cutter:
    """Finds where a text has to be cut; each method yields the cuts of one node."""

    def __init__(self, text: str) -> None:
        self._text = text

    def table(self, node: object, before: object, after: object) -> Iterator[_Cut]:
        """Yield what brings a table from one value to another."""
        if not (isinstance(node, yaml.MappingNode) and not node.flow_style and node.value):
            raise _CannotCutError
        if not (isinstance(before, dict) and isinstance(after, dict)):
            raise _CannotCutError
        pairs = {str(key.value): (key, value) for key, value in node.value}
        if len(pairs) != len(node.value) or pairs.keys() != before.keys():
            raise _CannotCutError  # a key twice, or one that was renamed
        places = list(pairs)
        for place, (name, (key, value)) in enumerate(pairs.items()):
            if name not in after:
                following = pairs[places[place + 1]][0] if name != places[-1] else None
                yield self._without(key, value, following)
            elif not _same(before[name], after[name]):
                yield from self._changed(key, value, before[name], after[name])
        new = {name: value for name, value in after.items() if name not in before}
        if new:
            yield self._with(node, new)

    def _changed(
        self, key: yaml.Node, node: yaml.Node, before: object, after: object
    ) -> Iterator[_Cut]:
        try:
            if isinstance(after, dict) and after:
                yield from [*self.table(node, before, after)]
                return
            if isinstance(node, yaml.SequenceNode):
                yield from [*self._list(node, before, after)]
                return
        except _CannotCutError:
            pass  # then the value is written as a whole
        column = key.start_mark.column
        yield key.start_mark.index, self._end(node), _dumped({str(key.value): after}, column)

    def _list(self, node: yaml.SequenceNode, before: object, after: object) -> Iterator[_Cut]:
        """Yield what brings a list of tables to another one: one kind of change in one place."""
        if not (isinstance(before, list) and isinstance(after, list) and before and after):
            raise _CannotCutError
        if node.flow_style or not all(isinstance(item, dict) for item in (*before, *after)):
            raise _CannotCutError
        items = node.value
        if len(before) == len(after):
            for item, old, new in zip(items, before, after, strict=True):
                if not _same(old, new):
                    yield from self._item(item, old, new)
            return
        first, last = _unchanged(before, after)
        gone, new = range(first, len(before) - last), after[first : len(after) - last]
        for place in gone:
            yield self._item_start(items[place]), self._item_end(items, place), ""
        if new:
            column = items[0].start_mark.column
            dash = self._dash(items[0]) - self._line_start(items[0].start_mark.index)
            lead = " " * dash + "-" + " " * (column - dash - 1)
            text = "".join(f"{lead}{_dumped(item, column)}\n" for item in new)
            at = self._item_start(items[first]) if first < len(items) else self._last_line(items)
            yield at, at, text if at == 0 or self._text[at - 1] == "\n" else f"\n{text}"

    def _item(self, item: yaml.Node, before: object, after: Mapping[str, object]) -> list[_Cut]:
        try:
            return [*self.table(item, before, after)]
        except _CannotCutError:  # one on a single line, say: written anew, and no other
            column = item.start_mark.column
            return [(item.start_mark.index, self._end(item), _dumped(after, column))]

    # -- pairs of a table

    def _without(self, key: yaml.Node, value: yaml.Node, following: yaml.Node | None) -> _Cut:
        start = key.start_mark.index
        if following is not None:
            return start, following.start_mark.index, ""
        line = self._line_start(start)
        if self._text[line:start].strip():
            raise _CannotCutError  # the only pair of an item
        return line, self._after_line(self._end(value)), ""

    def _with(self, node: yaml.MappingNode, new: Mapping[str, object]) -> _Cut:
        column = node.value[0][0].start_mark.column
        text = _dumped(new, column)
        for key, _ in node.value[1:]:
            if key.value in _LATE:
                at = key.start_mark.index
                return at, at, f"{text}\n{' ' * column}"
        at = self._after_line(self._end(node))
        lead = "" if at and self._text[at - 1] == "\n" else "\n"
        return at, at, f"{lead}{' ' * column}{text}\n"

    # -- places in the text

    def _item_start(self, item: yaml.Node) -> int:
        return self._line_start(self._dash(item))

    def _item_end(self, items: Sequence[yaml.Node], place: int) -> int:
        if place + 1 < len(items):
            return self._item_start(items[place + 1])
        return self._last_line(items)

    def _last_line(self, items: Sequence[yaml.Node]) -> int:
        return self._after_line(self._end(items[-1]))

    def _dash(self, item: yaml.Node) -> int:
        at = self._text.rfind("-", 0, item.start_mark.index)
        if at < 0 or self._text[at + 1 : item.start_mark.index].strip(" "):
            raise _CannotCutError
        return at

    def _line_start(self, at: int) -> int:
        return self._text.rfind("\n", 0, at) + 1

    def _after_line(self, at: int) -> int:
        end = self._text.find("\n", at)
        return len(self._text) if end < 0 else end + 1

    def _end(self, node: yaml.Node) -> int:
        """Return where a value ends: a collection's own mark is where the next token begins."""
        end = int(node.end_mark.index)
        if isinstance(node, yaml.ScalarNode):
            return len(self._text[:end].rstrip()) if node.style in {"|", ">"} else end
        if not isinstance(node, yaml.CollectionNode) or node.flow_style or not node.value:
            return end
        last = node.value[-1]
        return self._end(last[1] if isinstance(last, tuple) else last)


def _unchanged(before: Sequence[object], after: Sequence[object]) -> tuple[int, int]:
    """Return how many items are the same at the start, and how many of the others at the end."""
    most = min(len(before), len(after))
    first = next((at for at in range(most) if not _same(before[at], after[at])), most)
    last = 0
    while last < most - first and _same(before[-1 - last], after[-1 - last]):
        last += 1
    return first, last


def _same(one: object, other: object) -> bool:
    # By the type, too: True equals 1, and 1 equals 1.0.
    return type(one) is type(other) and repr(one) == repr(other)


def _dumped(values: Mapping[str, object], column: int) -> str:
    """Return pairs as lines; those after the first are set in by `column`."""
    lines = as_yaml(values).rstrip("\n").split("\n")
    return "\n".join([lines[0], *(" " * column + line if line else "" for line in lines[1:])])
