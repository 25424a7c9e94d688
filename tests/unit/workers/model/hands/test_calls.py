"""The wire: calls, stops, the end, and whatever else may come over it."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.support.hands_process import HandsProcess
from wf_tui.workers.line.events import TOOL_KINDS
from wf_tui.workers.model.tools import TOOLS, request
from wf_tui.workers.permission import PermissionRules, decide

if TYPE_CHECKING:
    from pathlib import Path

WRITING = {"write_file", "edit_file", "apply_patch"}


def test_the_tools_are_declared_in_known_words() -> None:
    """Each has a kind of the line, and takes texts, whole numbers and flags, as all makers do."""
    assert {tool.kind for tool in TOOLS.values()} <= set(TOOL_KINDS)
    assert {name for name, tool in TOOLS.items() if tool.writes} == WRITING
    types = {
        argument["type"]
        for tool in TOOLS.values()
        for argument in json.loads(json.dumps(tool.parameters))["properties"].values()
    }
    assert types == {"string", "integer", "boolean"}


def test_a_task_that_only_reads_is_given_no_tool_that_writes(tree: Path) -> None:
    """Whatever the host sends, such a session refuses it, and changes no file."""
    (tree / "a").write_text("x\n")
    with HandsProcess(tree, writes=False) as hands:
        for name, args in [
            ("write_file", {"path": "a", "content": "y"}),
            ("edit_file", {"path": "a", "old_text": "x", "new_text": "y"}),
            ("apply_patch", {"patch": "*** Begin Patch\n*** Delete File: a\n*** End Patch"}),
        ]:
            assert (
                hands.refused(name, **args) == f"this task only reads, so {name} is not available"
            )
        assert hands.do("read_file", path="a")
        assert hands.do("run_command", command="cat a") == "[exit code 0]\nx"
    assert (tree / "a").read_text() == "x\n"


@pytest.mark.parametrize(
    ("tool", "args", "why"),
    [
        ("nothing", {}, "there is no such tool; there are read_file"),
        ("read_file", [], "must be a JSON object"),
        ("read_file", {}, "needs the argument `path`"),
        ("read_file", {"path": None}, "needs the argument `path`"),
        ("read_file", {"path": 3}, "`path` must be a text"),
        ("read_file", {"file_path": "a"}, "did you mean `path`?"),
        ("read_file", {"path": "a", "offset": 0}, "`offset` must be at least 1"),
        ("read_file", {"path": "a", "offset": 1.5}, "`offset` must be a whole number"),
        ("search", {"pattern": "x", "literal": "yes"}, "`literal` must be true or false"),
    ],
)
def test_a_wrong_call_is_told_what_is_wrong(
    hands: HandsProcess, tool: str, args: object, why: str
) -> None:
    """The error names the argument, so that the model can do it better."""
    hands.begin(tool, args)
    assert why in hands.answer()["error"]


def test_the_end_is_the_exit_status(hands: HandsProcess) -> None:
    """The host says how the attempt ended, and the program ends with that."""
    assert hands.end(3) == 3


def test_what_is_no_call_is_left_out(hands: HandsProcess) -> None:
    """Torn, strange and endless lines are no end of the program; a call too long is answered."""
    for junk in (b"\n", b"{\n", b"[1]\n", b'{"call": "x"}\n', b"\xff\n", b"[" * 100_000 + b"\n"):
        hands.socket.sendall(junk)
    hands.send({"call": 70, "tool": "write_file", "args": {"content": "x" * (5 * 1024 * 1024)}})
    assert hands.answer() == {
        "call": 70,
        "error": "the call is longer than 4 MiB; do it in several smaller ones",
    }
    assert hands.do("list_files") == "[nothing is in ., or all of it is ignored]"


def test_what_is_done_stands_in_the_log(hands: HandsProcess) -> None:
    """Each call and the head of its answer are printed, a JSON object a line."""
    hands.do("write_file", path="a", content="x" * 1000)
    hands.refused("read_file", path="b")
    hands.end(0)
    assert hands.process.stdout is not None
    lines = [json.loads(line) for line in hands.process.stdout.read().splitlines()]
    assert [line.get("tool") for line in lines] == ["write_file", None, "read_file", None]
    assert lines[1]["ok"] == "wrote a, which has 1 line now"
    assert lines[3]["error"] == "there is no file b"
    assert max(map(len, map(str, lines))) < 500


_PATHS = [
    "a",
    "a/b",
    "..",
    "../x",
    "/",
    "/etc/passwd",
    ".git/x",
    "out/x",
    "pipe",
    "a\0",
    "\udcff",
    "~",
    "*",
]
_LINES = [
    "*** Begin Patch",
    "*** Add File: @",
    "*** Update File: @",
    "*** Move to: $",
    "*** Delete File: $",
    "*** End Patch",
    "@@",
    "@@ -1 +1 @@",
    "-x",
    "+x",
    " x",
    "--- a/@",
    "+++ b/$",
    "diff --git a/@ b/$",
    "rename from @",
    "rename to $",
    "new file mode 100755",
]
_words = st.sampled_from(_PATHS)
_patches = st.builds(
    lambda lines, path, other: "\n".join(lines).replace("@", path).replace("$", other),
    st.lists(st.sampled_from(_LINES), max_size=12),
    _words,
    _words,
)
_anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text() | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def _keys(tool: str) -> list[str]:
    properties = TOOLS[tool].parameters["properties"]
    return sorted(properties) if isinstance(properties, dict) else []


def _args(tool: str) -> st.SearchStrategy[object]:
    """Return arguments that have the right names, and seldom the right values."""
    values = _words | _patches | _anything
    commands = st.sampled_from(["true", "exit 3", "", "\0"])
    known = {key: commands if key == "command" else values for key in _keys(tool)}
    return st.fixed_dictionaries({}, optional=known)


_calls = st.sampled_from(sorted(TOOLS)).flatmap(lambda one: st.tuples(st.just(one), _args(one)))
_strange_calls = st.tuples(st.sampled_from(sorted(TOOLS)) | st.text(), _anything)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(calls=st.lists(_calls | _strange_calls, min_size=1, max_size=8))
def test_any_call_is_answered(
    tree: Path, hands: HandsProcess, calls: list[tuple[str, object]]
) -> None:
    """Whatever arguments a model sends, it gets a text or an error, and the tree is not left."""
    outside = tree.parent / "outside"
    if not outside.exists():
        outside.mkdir()
        (tree / "out").symlink_to(outside)
        (tree / ".git").mkdir()
        os.mkfifo(tree / "pipe")
    for name, args in calls:
        if isinstance(args, dict):  # what the host asks first is as strange
            decide(request(name, args), PermissionRules(str(tree)))
    numbers = {hands.begin(name, args) for name, args in calls}
    answers = [hands.answer() for _ in calls]
    assert {answer["call"] for answer in answers} == numbers
    assert all(isinstance(one.get("ok", one.get("error")), str) for one in answers)
    json.dumps(answers, ensure_ascii=False).encode()  # as a request to a model has it
    for folder in (hands.scratch, outside, tree / ".git"):
        assert list(folder.iterdir()) == []
    assert set(tree.parent.iterdir()) == {outside, tree, hands.scratch}
