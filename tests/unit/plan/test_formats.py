"""The three formats: their values, their places, and nothing hostile that gets through."""

import json
import time
import tomllib
from collections.abc import Callable

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.plan.document import MOST_VALUES, Builder, Document, Mark, UnreadableError
from wf_tui.plan.formats import json_text
from wf_tui.plan.formats.json_text import read_json
from wf_tui.plan.formats.toml_text import read_toml
from wf_tui.plan.formats.yaml_text import read_yaml
from wf_tui.plan.report import Problem

Reader = Callable[[str], Document]

texts = st.text(st.characters(codec="utf-8"))
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)


def fault(document: Document) -> Problem:
    """Return the one fault of a document."""
    (found,) = document.faults
    return found


def place(document: Document, *path: str | int) -> tuple[int, int]:
    """Return the line and column of a path."""
    mark = document.mark(path)
    return mark.line, mark.column


@given(values, st.sampled_from([None, 1]))
def test_json_has_the_values_of_the_standard_reader(value: object, indent: int | None) -> None:
    """Whatever the standard library writes is read back equal, without faults."""
    document = read_json(json.dumps(value, indent=indent))
    assert document.value == value
    assert document.faults == ()


@given(values, st.sampled_from([None, 1]))
def test_json_is_the_same_with_and_without_places(value: object, indent: int | None) -> None:
    """The values that are read at once are those that are read with their places."""
    text = json.dumps(value, indent=indent)
    document, placed = read_json(text), json_text._read_with_places(text)
    assert document.value == placed.value
    assert document.spot.mark == placed.spot.mark
    assert document.spot.parts == placed.spot.parts


@pytest.mark.parametrize(
    "text",
    [
        "[1, 2,]",
        '{"a": 1, "a": 2}',
        '{"a": {"b": 1, "b": 1}}',
        "[" * 65 + "]" * 65,
        '{"a":' * 64 + "[1]" + "}" * 64,
        "[" + "1," * MOST_VALUES + "1]",
    ],
    ids=["comma", "twice", "twice within", "deep list", "deep table", "many"],
)
def test_json_with_a_fault_is_read_with_places(text: str) -> None:
    """No fault is lost on the short way: each is told with its place."""
    assert read_json(text).faults == json_text._read_with_places(text).faults != ()


def test_json_as_deep_as_it_may_be_has_no_fault() -> None:
    """The limit is the same on both ways."""
    text = "[" * 64 + "1" + "]" * 64
    assert read_json(text).faults == json_text._read_with_places(text).faults == ()


def test_places_are_looked_for_when_one_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, and not at all for a plan without faults: that takes twenty times as long."""
    asked: list[str] = []
    read = json_text._read_with_places

    def noted(text: str) -> Document:
        asked.append(text)
        return read(text)

    monkeypatch.setattr(json_text, "_read_with_places", noted)
    document = read_json('{"a": [1,\n 2]}')
    assert asked == []
    assert place(document, "a", 1) == place(document, "a", 1) == (2, 2)
    assert len(asked) == 1


@given(values)
def test_yaml_has_the_values_of_the_safe_loader(value: object) -> None:
    """Whatever PyYAML writes without aliases is read as its safe loader reads it."""
    text = yaml.safe_dump(value, allow_unicode=False)
    document = read_yaml(text)
    if not document.faults:
        assert document.value == _with_text_keys(yaml.safe_load(text))


def _with_text_keys(value: object) -> object:
    if isinstance(value, dict):
        return {key: _with_text_keys(part) for key, part in value.items()}
    return [_with_text_keys(part) for part in value] if isinstance(value, list) else value


@given(st.text(alphabet="{}[]\",:\\ntrue01-.e \n#'=ab&*!|>?", max_size=40))
@pytest.mark.parametrize("read", [read_json, read_yaml, read_toml])
def test_no_text_makes_a_reader_raise(read: Reader, text: str) -> None:
    """Any text is a document, or has a fault with its place or reason."""
    document = read(text)
    assert document.value is not None or document.faults or read is not read_toml


@given(st.text(alphabet='{}[]",: \\ntruefalse01-.eE+\n', max_size=25))
def test_json_refuses_exactly_what_the_standard_reader_refuses(text: str) -> None:
    """What is JSON is the standard's matter; only duplicate keys are refused beside it."""
    document = read_json(text)
    try:
        expected: object = json.loads(text)
    except ValueError:
        assert document.faults
    else:
        assert document.faults or document.value == expected


@pytest.mark.parametrize(
    ("text", "words", "line", "column"),
    [
        ('{"a": 1,\n "a": 2}', "written twice", 2, 2),
        ('{"a": 1,}', "after a comma", 1, 9),
        ("[1,\n2,]", "after a comma", 2, 3),
        ('{"a" 1}', "`:` is expected", 1, 6),
        ("{a: 1}", "a key is expected", 1, 2),
        ("[}", "a value is expected here", 1, 2),
        ("[1 2]", "`,` or `]`", 1, 4),
        ('{"a": ', "the text ends here", 1, 7),
        ("[", "the text ends here", 1, 2),
        ("{} x", "after the end", 1, 4),
        ("{\n// no\n}", "a comment", 2, 1),
        ('{"a": "x', "unterminated string", 1, 7),
        ('{"a": "x\ny"}', "control character", 1, 9),
        ("", "the text ends here", 1, 1),
    ],
)
def test_faults_of_json(text: str, words: str, line: int, column: int) -> None:
    """Each fault says what is wrong, where."""
    found = fault(read_json(text))
    assert words in found.message
    assert (found.line, found.column) == (line, column)


def test_python_is_not_json() -> None:
    """Who writes `None` is told the words that there are."""
    assert "null" in fault(read_json('{"a": None}')).hint


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('a: "x "y" z"\n', "single quotes"),
        ("a: [x] y\n", "single quotes"),
        ("a:\n  - x\n  b: y\n", "begin it with `- `"),
        ("a: b\n...\nmore\n", "remove what does not belong"),
        ("| a | b |\n", "no YAML"),
        ("a: [x, y: {z\n", ""),
    ],
)
def test_faults_of_yaml_say_what_helps(text: str, words: str) -> None:
    """The parser's own words are those of its grammar, which few people know."""
    hint = fault(read_yaml(text)).hint
    assert hint
    assert words in hint


def test_text_without_quotes_is_not_toml() -> None:
    """The standard reader says no more than that a value is invalid."""
    assert "quotes" in fault(read_toml("a = b")).hint


@pytest.mark.parametrize(
    ("text", "words", "line", "column"),
    [
        ("a: 1\na: 2", "written twice, first in line 1", 2, 1),
        ("a: &x 1", "an anchor (&x)", 1, 4),
        ("a: *x", "an alias (*x)", 1, 4),
        ("a: !!python/object/apply:os.system [x]", "a tag (!!python/object/apply:os.system)", 1, 4),
        ("a: !!str 5", "a tag (!!str)", 1, 4),
        ("a: ! b", "a tag (!)", 1, 4),
        ("<<: {a: 1}", "a merge key", 1, 1),
        ("? [a]\n: b", "a key that is a list", 1, 3),
        ("a: 1\n---\nb: 2", "a second document", 2, 1),
        ("a:\n\tb: 1", "cannot start any token", 2, 1),
        ("a: b: c", "mapping values are not allowed", 1, 5),
        ("a: \x07", "U+0007", 1, 4),
    ],
)
def test_faults_of_yaml(text: str, words: str, line: int, column: int) -> None:
    """Tags, anchors, aliases, second documents and depth are refused by name and place."""
    found = fault(read_yaml(text))
    assert words in found.message
    assert (found.line, found.column) == (line, column)


@pytest.mark.parametrize(
    ("text", "words", "line"),
    [
        ("a = 1\na = 2\nb = 1\n", "Cannot overwrite a value", 2),
        ("a = ", "the text ends here", 1),
        ("a = 1\nb", "Expected '='", 2),
        ("d = 2026-02-31", "Invalid date", 1),
    ],
)
def test_faults_of_toml(text: str, words: str, line: int | None) -> None:
    """What the standard reader refuses, and what would make it recurse, has its line."""
    found = fault(read_toml(text))
    assert words in found.message
    assert found.line == line


@pytest.mark.parametrize(
    ("read", "piece", "line", "column"),
    [
        (read_json, "[", 1, 65),
        (read_json, '{"a":', 1, 321),
        (read_yaml, "[", 1, 65),
        (read_yaml, "- ", 1, 129),
        (read_yaml, "{a: ", 1, 257),
        (read_toml, "a=[[", 1, 131),
        (read_toml, "a={a=", 1, 323),
        (read_toml, "a.", 1, 1),
        (read_toml, "[a.", 1, 194),
    ],
)
def test_depth_is_refused_in_every_format(read: Reader, piece: str, line: int, column: int) -> None:
    """Three thousand levels are refused at the first one too many, without recursion."""
    found = fault(read(piece * 3_000))
    assert "levels deep" in found.message
    assert (found.line, found.column) == (line, column)


def test_depth_by_indents_is_refused() -> None:
    """Block style nests as well as brackets do."""
    found = fault(read_yaml("".join(f"{' ' * depth}a:\n" for depth in range(3_000))))
    assert (found.line, found.column) == (65, 65)


@pytest.mark.parametrize(("text", "words"), [("x", "a key of more"), ("a = 9", "out of range")])
def test_lengths_are_bounded_in_toml(text: str, words: str) -> None:
    """Neither a key nor a number can be made so long that reading it takes long."""
    assert words in fault(read_toml(text + text[-1] * 20_000)).message


def test_all_faults_of_a_text_are_told() -> None:
    """An anchor does not hide a duplicate, nor the text's end."""
    document = read_yaml("a: &x 1\nb:\n  - c: !t 2\n    c: 3\nd: [\n")
    assert [(it.line, it.path) for it in document.faults] == [
        (1, "a"),
        (3, "b[0].c"),
        (4, "b[0].c"),
        (6, ""),
    ]


def test_a_text_of_faults_is_given_up() -> None:
    """After a hundred faults the rest is not read."""
    document = read_yaml("\n".join(f"- &a{number} x" for number in range(1_000)))
    assert len(document.faults) == 101
    assert "not read" in document.faults[-1].message


def test_an_alias_bomb_costs_nothing() -> None:
    """Nine levels of nine aliases are refused without being expanded."""
    levels = ["a: &a [x,x,x,x,x,x,x,x,x]"]
    levels += [
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]"
        for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    ]
    started = time.process_time()
    assert len(read_yaml("\n".join(levels)).faults) > 9
    assert time.process_time() - started < 0.5


def test_too_many_values_are_refused() -> None:
    """The number of values is bounded, before they cost minutes."""
    builder = Builder(most_values=3)
    builder.open_list(Mark(1, 1))
    builder.scalar(1, Mark(1, 2))
    builder.scalar(2, Mark(1, 3))
    with pytest.raises(UnreadableError, match="values"):
        builder.scalar(3, Mark(1, 4))
    assert "values" in fault(read_toml("a = [" + "1," * MOST_VALUES + "1]")).message


def test_a_million_digits_are_taken_for_a_large_number() -> None:
    """No reader spends time on, or raises for, a whole number that nothing can hold."""
    digits = "9" * 1_000_000
    assert read_json(digits).value == 2**65
    assert read_yaml(digits).value == 2**65


@pytest.mark.parametrize(
    ("word", "value"),
    [
        ("yes", True),
        ("~", None),
        ("", None),
        ("0x10", 16),
        ("0x_", "0x_"),
        ("1.5", 1.5),
        ("2026-11-22", "2026-11-22"),
        ("=", "="),
        ("'yes'", "yes"),
    ],
)
def test_plain_words_of_yaml(word: str, value: object) -> None:
    """Words without quotes mean what the safe loader makes of them, but dates stay text."""
    assert read_yaml(f"a: {word}").value == {"a": value}


def test_a_slip_of_the_indents_of_yaml_has_its_hint() -> None:
    """What the parser says is for parsers; the hint is for people."""
    assert "in quotes" in fault(read_yaml("goal: a: b")).hint
    assert "spaces" in fault(read_yaml("a:\n\tb: 1")).hint


def test_keys_of_yaml_are_text() -> None:
    """A key is what stands there, never a number, null or truth."""
    assert read_yaml("on: 1\n2: 1\nnull: 1").value == {"on": 1, "2": 1, "null": 1}


def test_places_of_json() -> None:
    """A value stands where its key does; an item of a list where it begins itself."""
    document = read_json('{\n "a": [1,\n   {"b": 2}],\r\n "c": 3}')
    assert place(document, "a") == (2, 2)
    assert place(document, "a", 1) == (3, 4)
    assert place(document, "a", 1, "b") == (3, 5)
    assert place(document, "c") == (4, 2)


def test_places_of_yaml() -> None:
    """Block and flow style have places alike."""
    document = read_yaml("a:\n  - 1\n  - b: 2\n    c: {d: 3}\n")
    assert place(document, "a") == (1, 1)
    assert place(document, "a", 0) == (2, 5)
    assert place(document, "a", 1, "b") == (3, 5)
    assert place(document, "a", 1, "c", "d") == (4, 9)


def test_places_of_toml() -> None:
    """Headers, arrays of tables, dotted keys and texts of several lines are followed."""
    document = read_toml(
        '# x = [\na = """\n[[no]]\n"""\r\nb.c = [ # [\n 1,\n]\n[[p]]\nn = "="\n  [[p.t]]\n  i = 1\n'
        "[[p]]\n[[p.t]]\n[[p.t]]\ni = {j = 2}\n[p.'d.e']\nf = 1\n"
    )
    assert place(document, "a") == (2, 1)
    assert place(document, "b", "c") == (5, 1)
    assert place(document, "p", 0, "n") == (9, 1)
    assert place(document, "p", 0, "t", 0, "i") == (11, 3)
    assert place(document, "p", 1, "t", 1, "i") == (15, 1)
    assert place(document, "p", 1, "d.e", "f") == (17, 1)


@given(st.recursive(texts, lambda inner: st.lists(inner, max_size=3), max_leaves=6))
def test_texts_of_toml_never_confuse_the_places(value: object) -> None:
    """Whatever stands in a value, the statement after it is found in its line."""
    text = f"a = {json.dumps(value, ensure_ascii=False).replace(chr(0x7F), ' ')}\nb = 1"
    assert tomllib.loads(text)["b"] == 1
    assert place(read_toml(text), "b") == (2, 1)


def test_the_nearest_place_is_given() -> None:
    """A path that the text lacks stands at the last part that it has."""
    assert place(read_yaml("a:\n  b: 1"), "a", "b", "c", 4) == (2, 3)
