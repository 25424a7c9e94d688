"""Reading YAML from PyYAML's event stream: no tags, no aliases, no recursion, every place kept.

The words of plain scalars (`yes`, `0x10`, `~`) are those of PyYAML's safe loader; dates stay text.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Protocol

import yaml

from wf_tui.plan.document import (
    BEYOND_ANY_NUMBER,
    MOST_DIGITS,
    Builder,
    Document,
    Mark,
    UnreadableError,
)
from wf_tui.plan.foreign.traps import has_hard_space, odd_word

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["read_events", "read_yaml", "to_mark"]

_PREFIX: Final = "tag:yaml.org,2002:"
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_FORBIDDEN: Final = re.compile("[^\t\n\r -~\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_HINTS: Final = {
    "cannot start any token": "indent with spaces, and put text that begins with a sign in quotes",
    "mapping values are not allowed": "put text that holds `: ` in quotes, and check the indents",
    "could not find expected ':'": "write `key: value`, and indent the lines of a long text",
    "expected <block end>": "check the indents of this line and of those above it",
    "expected '-' indicator": "begin it with `- `, or indent it like the lines above that it is of",
    "expected key": "put a text that has quotes or brackets in it in single quotes, as a whole",
    "expected ',' or": "close the bracket, or put the text in quotes",
    "expected <document start>": "remove what does not belong to the plan, here and above",
    "expected comment or line break": "this is no YAML: a plan begins with `goal: ...`",
}


def read_yaml(text: str) -> Document:
    """Return the document; where the text stops being YAML, one without values that says where.

    Called by `read.parse_plan`. Raises nothing: tags, anchors, aliases and merge keys are faults
    of the document, all of them at once.
    """
    builder = Builder()
    try:
        misread = read_events(text, builder)
    except UnreadableError as error:
        return builder.broken("yaml", error)
    document = builder.document("yaml")
    # Keys and indents are not where they seem to be: what else is wrong follows from that.
    return replace(document, value=None) if misread else document


def read_events(text: str, builder: Builder) -> bool:
    """Give the events of PyYAML to the builder; raise `UnreadableError` where it gives up.

    Returns whether hard spaces made it read something else than people see.
    """
    # PyYAML refuses these characters too, but with an error of another kind that has no mark.
    if found := _FORBIDDEN.search(text):
        at = found.start()
        mark = Mark(text.count("\n", 0, at) + 1, at - text.rfind("\n", 0, at))
        hint = "YAML takes no control characters: write an escape in double quotes"
        raise UnreadableError(f"the character U+{ord(text[at]):04X}", mark, hint)
    reader = _Reader(builder)
    try:
        for event in _events(text):
            reader.take(event)
    except yaml.MarkedYAMLError as error:
        message = error.problem or error.context or "this is not YAML"
        where = error.problem_mark or error.context_mark
        hint = next((hint for words, hint in _HINTS.items() if words in message), "")
        raise UnreadableError(message, to_mark(where) if where else None, hint) from error
    return reader.misread


def _events(text: str) -> Iterator[yaml.Event]:
    """Yield what `yaml.parse` does; that asks twice for each of them."""
    loader = _LOADER(text)
    try:
        while (event := loader.get_event()) is not None:
            yield event
    finally:
        loader.dispose()


class _Place(Protocol):
    """A mark of PyYAML: its two parsers, in C and in Python, have a class each."""

    line: int
    column: int


def to_mark(mark: _Place | None) -> Mark:
    """Return a mark of PyYAML, which counts from 0, as one of a plan; none is the beginning."""
    if mark is None:
        return Mark(1, 1)
    return Mark(mark.line + 1, mark.column + 1)


class _Reader:
    """Takes the events of one text in order and hands their values to the builder."""

    def __init__(self, builder: Builder) -> None:
        self._builder = builder
        self._plain = _PlainScalars()
        self._usual: dict[str, object] = {}
        """What the words without quotes mean that were read already: keys come again and again."""
        self._documents = 0
        self.misread = False
        self._turns: list[bool | None] = []
        """Of each open table, whether a key comes next; None for a list."""

    def take(self, event: yaml.Event) -> None:
        """Take the next event; what is no part of plain values is a fault, and goes on."""
        mark = to_mark(event.start_mark)
        # The kinds that a plan is made of come first: there are ten of them in each task.
        match event:
            case yaml.ScalarEvent():
                self.refuse_extras(event, mark)
                value: object = event.value
                if event.tag is None and event.implicit[0]:  # no quotes, so it may be a number
                    value = self.plain_value(event.value, mark)
                self.take_scalar(event.value, value, mark)
            case yaml.CollectionEndEvent():
                self._turns.pop()
                self._builder.close()
            case yaml.CollectionStartEvent():
                self.refuse_extras(event, mark)
                self.take_start(mark, is_map=isinstance(event, yaml.MappingStartEvent))
            case yaml.AliasEvent():
                hint = "write the value out: plans have no aliases"
                # Nine lines of aliases to aliases hold a billion values.
                self._builder.fault(f"an alias (*{event.anchor})", mark, hint)
                self.take_scalar("", None, mark)
            case yaml.DocumentStartEvent():
                self._documents += 1
                if self._documents > 1:
                    hint = "one file holds one plan: remove `---`"
                    raise UnreadableError("a second document", mark, hint)

    def plain_value(self, word: str, mark: Mark) -> object:
        """Return what a word without quotes means; an odd one is a fault each time."""
        if word in self._usual:
            return self._usual[word]
        value = self._plain.value(word)
        if odd := odd_word(word):
            self._builder.fault(odd[0], mark, odd[1])
            self.misread |= has_hard_space(word)
        else:
            self._usual[word] = value
        return value

    def refuse_extras(
        self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, mark: Mark
    ) -> None:
        """Note an anchor and a tag as faults: a tag could make any object of Python."""
        if event.anchor is not None:
            self._builder.fault(f"an anchor (&{event.anchor})", mark, "remove it")
        if event.tag is not None:
            tag = event.tag.replace(_PREFIX, "!!")
            self._builder.fault(f"a tag ({tag})", mark, "remove it: plans have no tags")

    def take_start(self, mark: Mark, *, is_map: bool) -> None:
        """Open a table or a list, in the place of a value."""
        if self.turn_is_key():
            raise UnreadableError("a key that is a list or a table", mark, "keys are plain words")
        if is_map:
            self._builder.open_map(mark)
            self._turns.append(True)
        else:
            self._builder.open_list(mark)
            self._turns.append(None)

    def take_scalar(self, text: str, value: object, mark: Mark) -> None:
        """Add a word: as the key that it spells, or as the value that it means."""
        if not self.turn_is_key():
            self._builder.scalar(value, mark)
            return
        if text == "<<":
            self._builder.fault("a merge key (<<)", mark, "write the keys out")
        self._builder.key(text, mark)

    def turn_is_key(self) -> bool:
        """Tell whether what comes now is a key, and note that the other comes next.

        To be called once for each key and value, since each call is a turn.
        """
        if not self._turns or self._turns[-1] is None:
            return False
        is_key = self._turns[-1]
        self._turns[-1] = not is_key  # the events alone do not tell keys from values
        return is_key


class _PlainScalars:
    """What a word without quotes means, by the tables of PyYAML's safe loader.

    Dates are not among them: no field of a plan is one, and a version such as 2026-01-01 is text.
    """

    def __init__(self) -> None:
        constructor = yaml.constructor.SafeConstructor()
        self._constructors: dict[str, Callable[[yaml.ScalarNode], object]] = {
            _PREFIX + "null": constructor.construct_yaml_null,
            _PREFIX + "bool": constructor.construct_yaml_bool,
            _PREFIX + "int": constructor.construct_yaml_int,
            _PREFIX + "float": constructor.construct_yaml_float,
        }

    def value(self, text: str) -> object:
        """Return the value of a word: itself, if it is none of null, bool, int and float."""
        # The table is by first character, so that most words are compared with nothing.
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
