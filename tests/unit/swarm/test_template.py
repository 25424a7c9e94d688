"""Where an item goes in a template, and what is refused."""

from __future__ import annotations

import pytest

from wf_tui.errors import UsageError
from wf_tui.swarm.items import Item
from wf_tui.swarm.template import Template

OBJECT = Item(
    "{...}", {"name": "x", "at": {"line": 7}, "ok": True, "list": [1, "b"], "no": None, "nul": "\0"}
)


def test_the_item_and_its_keys() -> None:
    """`{{item}}` is the item, `{{item.a.b}}` a value in it; other braces are left alone."""
    template = Template.parse("{{ item.name }}:{{item.at.line}} {{item.ok}} {{item.list}} {{x}} {}")
    assert template.fill(OBJECT) == 'x:7 true [1,"b"] {{x}} {}'
    assert Template.parse("a {{item}}{{ item }}").fill(Item("{{item}}")) == "a {{item}}{{item}}"


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("Translate", "say where each item goes"),
        ("Translate {item}", "in place of {item}"),
        ("Translate {{ Items }}", "in place of {{ Items }}"),
        ("Translate ${item}", "{{item}} in place of {item}"),
    ],
)
def test_a_template_without_an_item(text: str, hint: str) -> None:
    """A template that is the same for all items is refused, with what was probably meant."""
    with pytest.raises(UsageError) as refused:
        Template.parse(text).require_places("the template")
    assert hint in refused.value.hint


@pytest.mark.parametrize(
    ("text", "item", "message", "hint"),
    [
        ("{{item.nam}}", OBJECT, "'nam' is not in the item", "did you mean 'name'?"),
        ("{{item.at.col}}", OBJECT, "'col' is not in", "its keys are: line"),
        ("{{item.nul}}", OBJECT, "holds a NUL character", ""),
        ("{{item.no}}", OBJECT, "'no' is null in", "its keys are: name"),
        ("{{item.name.x}}", OBJECT, "'x' is not in", ""),
        ("{{item.name}}", Item("plain"), "is a line of text and has no keys", ".jsonl"),
    ],
)
def test_a_key_that_an_item_lacks(text: str, item: Item, message: str, hint: str) -> None:
    """A key that an item does not have is refused, and the item named."""
    with pytest.raises(UsageError) as refused:
        Template.parse(text).fill(item)
    assert message in refused.value.message
    assert hint in refused.value.hint
