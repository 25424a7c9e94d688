"""What an agent tells of its turn, read piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.workers.acp.driver.updates import Updates
from wf_tui.workers.line.grammar import (
    LineEvent,
    Message,
    Other,
    PlanItem,
    PlanUpdate,
    ToolEnd,
    ToolStart,
    decode,
    encode,
)

if TYPE_CHECKING:
    from collections.abc import Callable

SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(SCALARS.map(str), inner, max_size=2)
    ),
    max_leaves=4,
)
KINDS = ("agent_message_chunk", "tool_call", "tool_call_update", "plan", "usage_update")
FIELDS = ("content", "toolCallId", "title", "kind", "status", "rawInput", "locations", "entries")


def reader(updates: Updates) -> Callable[..., list[LineEvent]]:
    """Return what reads an update of a kind with its fields."""

    def read(name: str, /, **fields: Any) -> list[LineEvent]:
        update = {"sessionUpdate": name, **fields}
        return list(updates.read({"sessionId": "s", "update": update}))

    return read


def words(text: str, message: str | None = None) -> dict[str, Any]:
    """Return the fields of a piece of a message."""
    named = {"messageId": message} if message else {}
    return {"content": {"type": "text", "text": text}, **named}


def test_pieces_of_a_message() -> None:
    """A piece continues the one before it, unless something came between or its id is another."""
    updates = Updates("/tree")
    read = reader(updates)
    read("agent_message_chunk", **words("I ", "1"))
    assert read("agent_message_chunk", **words("go.", "1")) == [Message("go.", delta=True)]
    assert updates.text == "I go."
    assert read("agent_message_chunk", **words("Done.", "2")) == [Message("Done.")]
    assert read("agent_thought_chunk", **words("Hm.", "2")) == [Message("Hm.", thought=True)]
    assert updates.text == "Done."


def test_an_agent_that_talks_on_and_on() -> None:
    """Twelve messages of its model without a tool get it nowhere; a tool or a new turn do."""
    updates = Updates("/tree")
    read = reader(updates)
    for number in range(11):
        read("agent_message_chunk", **words("I will ", f"{number}"))
        read("agent_message_chunk", **words("write.", f"{number}"))
    assert updates.stuck == ""
    read("tool_call", toolCallId="1", title="t")
    for number in range(11):
        read("agent_message_chunk", **words("I will.", f"a{number}"))
    assert updates.stuck == ""
    read("agent_message_chunk", **words("I will.", "b"))
    assert "12" in updates.stuck


def test_what_is_no_answer() -> None:
    """Empty pieces are nothing, and what an agent below this one says is no word of this one."""
    updates = Updates("/tree")
    updates.session = "own"
    read = reader(updates)
    assert read("agent_message_chunk", **words("")) == []
    assert read("agent_message_chunk", **words("I look.")) == [Message("I look.", thought=True)]
    assert updates.text == ""


def test_a_call_is_told_with_its_input() -> None:
    """Its start is said at once, and again when its input has come; its end once."""
    read = reader(Updates("/tree"))
    call: dict[str, Any] = {"toolCallId": "1", "title": "Write", "kind": "edit"}
    assert read("tool_call", **call, status="pending") == [ToolStart("1", "Write", "edit")]
    given = {"path": "/tree/a.py", "content": "x"}
    found = read("tool_call_update", toolCallId="1", rawInput=given, status="in_progress")
    assert found == [ToolStart("1", "Write", "edit", given, ("a.py",))]
    assert read("tool_call_update", toolCallId="1", title="Wrote") == []
    ended = read("tool_call_update", toolCallId="1", status="failed", rawOutput={"code": 1})
    assert ended == [ToolEnd("1", "failed", '{"code": 1}')]
    assert read("tool_call_update", toolCallId="1", status="failed") == []


def test_a_call_that_is_told_at_its_end() -> None:
    """A call that is through when it is first told has a start and an end."""
    updates = Updates("/tree")
    diff = {"type": "diff", "path": "/tree/b.py", "newText": "x"}
    found = reader(updates)("tool_call_update", toolCallId="?", status="completed", content=[diff])
    assert found == [ToolStart("call-1", "tool", "other", None, ("b.py",)), ToolEnd("call-1")]
    assert updates.tools == 1


def test_what_a_command_prints_beside_the_protocol() -> None:
    """Output and exit status of a command, which codex tells piece by piece in `_meta`."""
    read = reader(Updates("/tree"))
    read("tool_call", toolCallId="1", title="env", kind="execute", status="in_progress")
    for text in ("PATH=/bin\n", "HOME=/h\n"):
        read("tool_call_update", toolCallId="1", _meta={"terminal_output_delta": {"data": text}})
    exit_ = {"terminal_exit": {"exit_code": 3, "signal": None}}
    found = read("tool_call_update", toolCallId="1", status="completed", _meta=exit_)
    assert found == [ToolEnd("1", "completed", "PATH=/bin\nHOME=/h\n", 3)]


def test_an_id_that_the_line_does_not_take() -> None:
    """A call without a name, or with one that could be an option of a program, gets one of ours."""
    read = reader(Updates("/tree"))
    assert [read("tool_call_update", toolCallId=name)[0] for name in ("", "-x")] == [
        ToolStart("call-1", "tool", "other"),
        ToolStart("call-2", "tool", "other"),
    ]


def test_an_input_that_is_told_as_text() -> None:
    """As long as a call is pending its text may be its input; later it is its output."""
    updates = Updates("/tree")
    content = [{"type": "content", "content": {"type": "text", "text": '{"command": "ls"}'}}]
    reader(updates)("tool_call", toolCallId="1", title="Bash", status="pending", content=content)
    assert updates.calls.calls["1"].command == "ls"
    reader(updates)("tool_call", toolCallId="2", title="Bash", status="completed", content=content)
    assert updates.calls.calls["2"].command is None


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("ls -l", "ls -l"),
        (["ls", "a b"], "ls 'a b'"),
        (["/bin/bash", "-lc", "make all"], "make all"),
        (["bash", "make"], "bash make"),
        ([1], None),
        ({}, None),
    ],
)
def test_the_command_of_a_call(command: object, told: str | None) -> None:
    """It is the whole text that a shell would read."""
    updates = Updates("/tree")
    reader(updates)("tool_call", toolCallId="1", title="t", rawInput={"command": command})
    assert updates.calls.calls["1"].command == told


def test_calls_do_not_fill_the_memory() -> None:
    """Calls are counted without end, and the newest thousand are remembered."""
    updates = Updates("/tree")
    for number in range(1100):
        reader(updates)("tool_call", toolCallId=str(number), title="t")
    assert updates.tools == 1100
    assert len(updates.calls.calls) == 1000


def test_plans() -> None:
    """Each replaces the one before; one with a word that the protocol does not have is read."""
    read = reader(Updates("/tree"))
    entry = {"content": "x", "status": "completed", "priority": "low"}
    assert read("plan", entries=[entry]) == [PlanUpdate((PlanItem("x", "completed", "low"),))]
    unknown = {"content": "y", "status": "done", "priority": "whatever"}
    assert read("plan", entries=[unknown]) == [
        PlanUpdate((PlanItem("y", "completed", "whatever"),))
    ]


def test_the_size_of_the_context_is_no_usage() -> None:
    """It is told as a note, and only where it changed."""
    read = reader(Updates("/tree"))
    assert read("usage_update", used=5, size=10) == [Other("context", "context: 5 of 10 tokens")]
    assert read("usage_update", used=5, size=10) == []


def test_what_the_agent_itself_says() -> None:
    """A message without an id is a notice until the model has a word again."""
    updates = Updates("/tree")
    read = reader(updates)
    read("agent_message_chunk", **words("429"))
    assert updates.notice == "429"
    read("tool_call", toolCallId="1", title="t")
    assert updates.notice == ""
    read("agent_message_chunk", **words("429"))
    read("agent_message_chunk", **words("Done.", "1"))
    assert updates.notice == ""


@given(
    st.lists(
        st.tuples(
            st.sampled_from((*KINDS, "new")),
            st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=4),
        ),
        max_size=3,
    )
)
def test_nothing_that_an_agent_sends_raises(sent: list[tuple[str, dict[str, Any]]]) -> None:
    """Whatever an update holds, what comes of it can go over the line."""
    updates = Updates("/tree")
    for kind, fields in sent:
        for event in reader(updates)(kind, **fields):
            assert decode(encode(event)) is not None


@given(JSON)
def test_no_update_at_all(params: object) -> None:
    """What is no update is told as one that is not known."""
    assert [type(event) for event in Updates("/tree").read(params)] == [Other]
