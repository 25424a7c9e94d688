"""A plan as text: for people, harmless, and the same when it is read back."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from wf_tui.plan.formats.write_yaml import plan_text
from wf_tui.plan.formats.yaml_text import read_yaml
from wf_tui.text import clean

_ANY = st.text(st.characters(exclude_categories=["Cs"]))


@settings(max_examples=200, deadline=None)
@given(_ANY)
@example("a\u202eb\u2066c\u00ad \U000e0041")
@example("\u201cquoted\u201d")
@example("\u00a0hard: x")
@example("one\r\ntwo\u2028three\x85\n")
@example("\ufeff\x00\x1b[31m")
@example("- yes: no # 0x10 ~")
def test_any_text_reads_back(text: str) -> None:
    """What is written is read as it was, and what is printed of it does not act on a terminal."""
    written = plan_text({"goal": text, "list": [text, 1, True]})
    assert read_yaml(written).value == {"goal": text, "list": [text, 1, True]}
    shown = written.replace("\t", "    ")
    assert clean(shown, limit=len(shown) * 2, multiline=True) == shown


def test_people_read_it() -> None:
    """Keys keep their order, texts of several lines are blocks, one line stays one."""
    assert plan_text({"b": "x " * 100, "a": "one\ntwo\n", "c": "mañana"}) == (
        f"b: '{'x ' * 100}'\na: |\n  one\n  two\nc: mañana\n"
    )
