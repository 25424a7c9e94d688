"""Reading YAML from PyYAML's event stream: no tags, no aliases, no recursion, every place kept.

The words of plain scalars (`yes`, `0x10`, `~`) are those of PyYAML's safe loader; dates stay text.
"""

import re
from typing import TYPE_CHECKING, Final

import yaml

from wf_tui.plan.document import (
    BEYOND_ANY_NUMBER,
    MOST_DIGITS,
    Builder,
    Document,
    Mark,
    UnreadableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_yaml"]

_PREFIX: Final = "tag:yaml.org,2002:"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN: Final = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HINTS: Final = {
    "cannot start any token": "indent with spaces, and put text that begins with a sign in quotes",
    "mapping values are not allowed": "put text that holds `: ` in quotes, and check the indents",
    "could not find expected ':'": "write `key: value`, and indent the lines of a long text",
    "expected <block end>": "check the indents of this line and of those above it",
}


def read_yaml(text: str) -> Document:
    """Return the document; where the text stops being YAML, one without values that says where."""
    builder = Builder()
    try:
        _read(text, builder)
    except UnreadableError as error:
        return builder.broken("yaml", error)
    return builder.document("yaml")


def _read(text: str, builder: Builder) -> None:
    if found := _FORBIDDEN.search(text):
        raise _forbidden(text, found.start())
    reader = _Reader(builder)
    try:
        for event in yaml.parse(text, Loader=_LOADER):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        raise _unreadable(error) from error


def _forbidden(text: str, at: int) -> UnreadableError:
    mark = Mark(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
    hint = "YAML takes no control characters: write an escape in double quotes"
    return UnreadableError(f"the character U+{ord(text[at]):04X}", mark, hint)


def _unreadable(error: yaml.MarkedYAMLError) -> UnreadableError:
    message = error.problem or error.context or "this is not YAML"
    mark = error.problem_mark or error.context_mark
    hint = next((hint for words, hint in _HINTS.items() if words in message), "")
    return UnreadableError(message, _mark(mark) if mark else None, hint)


def _mark(mark: object) -> Mark:
    # The two parsers of PyYAML, in C and in Python, have a class of marks each.
    return Mark(getattr(mark, "line", 0) + 1, getattr(mark, "column", 0) + 1)


class _Reader:
    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._plain = _PlainScalars()
        self._documents = 0
        self._turns: list[bool | None] = []
        """Of each open table, whether a key comes next; None for a list."""

    def take(self, event: yaml.Event) -> None:
        mark = _mark(event.start_mark)
        match event:
            case yaml.DocumentStartEvent():
                self._start_document(mark)
            case yaml.AliasEvent():
                hint = "write the value out: plans have no aliases"
                # Nine lines of aliases to aliases hold a billion values.
                self._builder.fault(f"an alias (*{event.anchor})", mark, hint)
                self._scalar("", None, mark)
            case yaml.ScalarEvent():
                self._refuse_extras(event, mark)
                plain = event.tag is None and event.implicit[0]
                value = self._plain.value(event.value) if plain else event.value
                self._scalar(event.value, value, mark)
            case yaml.CollectionStartEvent():
                self._refuse_extras(event, mark)
                self._start(mark, is_map=isinstance(event, yaml.MappingStartEvent))
            case yaml.CollectionEndEvent():
                self._turns.pop()
                self._builder.close()

    def _start_document(self, mark: Mark) -> None:
        self._documents += 1
        if self._documents > 1:
            raise UnreadableError(
                "a second document", mark, "one file holds one plan: remove `---`"
            )

    def _refuse_extras(
        self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, mark: Mark
    ) -> None:
        if event.anchor is not None:
            self._builder.fault(f"an anchor (&{event.anchor})", mark, "remove it")
        if event.tag is not None:
            tag = event.tag.replace(_PREFIX, "!!")
            self._builder.fault(f"a tag ({tag})", mark, "remove it: plans have no tags")

    def _start(self, mark: Mark, *, is_map: bool) -> None:
        if self._is_key():
            raise UnreadableError("a key that is a list or a table", mark, "keys are plain words")
        (self._builder.open_map if is_map else self._builder.open_list)(mark)
        self._turns.append(is_map or None)

    def _scalar(self, text: str, value: object, mark: Mark) -> None:
        if not self._is_key():
            self._builder.scalar(value, mark)
            return
        if text == "<<":
            self._builder.fault("a merge key (<<)", mark, "write the keys out")
        self._builder.key(text, mark)

    def _is_key(self) -> bool:
        """Tell whether what comes now is a key, and note that the other comes next."""
        if not self._turns or self._turns[-1] is None:
            return False
        is_key = self._turns[-1]
        self._turns[-1] = not is_key  # the events alone do not tell keys from values
        return is_key


class _PlainScalars:
    """What a word without quotes means, by the tables of PyYAML's safe loader."""

    def __init__(self) -> None:
        constructor = yaml.constructor.SafeConstructor()
        self._constructors: dict[str, Callable[[yaml.ScalarNode], object]] = {
            _PREFIX + "null": constructor.construct_yaml_null,
            _PREFIX + "bool": constructor.construct_yaml_bool,
            _PREFIX + "int": constructor.construct_yaml_int,
            _PREFIX + "float": constructor.construct_yaml_float,
        }

    def value(self, text: str) -> object:
        kinds = yaml.SafeLoader.yaml_implicit_resolvers.get(text[:1], ())
        tag = next((tag for tag, words in kinds if words.match(text)), "")
        if tag not in self._constructors:
            return text
        if len(text) > MOST_DIGITS:
            return BEYOND_ANY_NUMBER
        try:
            return self._constructors[tag](yaml.ScalarNode(tag, text))
        except ValueError:
            return text  # `0x_` is written like a number and is none
