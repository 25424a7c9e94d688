"""The scripted form: `workflow({...})` is read, a program is refused."""

import pytest

from wf_tui.plan.read import parse_plan

HEAD = "// declares a workflow({\n/* twice */\n"
NODES = """[
  {"branch": {"id": "all", "children": [
    {"agent": {"id": "a", "prompt": "look at { this", "role": " Scout "}},
    {"agent": {"id": "b", "prompt": ""}}
  ]}},
  {"reduce": {"id": "r", "inputs": ["a"], "prompt": "join"}}
]"""


def script(call: str) -> str:
    """Return a file with this around its workflow."""
    return HEAD + call.replace("$", f'{{"goal": "g", "nodes": {NODES}}}')


@pytest.mark.parametrize(
    "call",
    [
        "export default workflow($);\n",
        "workflow($)",
        "export default workflow($ satisfies WorkflowSpec); // end\n",
    ],
)
def test_a_declared_workflow_is_read(call: str) -> None:
    """Its nodes have their kinds as keys, its faults their lines; a `branch` is parallel."""
    found = parse_plan(script(call), "script", "x.workflow.js")
    (error,) = found.errors
    assert (error.code, error.line) == ("empty_leaf_prompt", 6)
    assert error.path == "nodes[0].branch.children[1].agent.prompt"
    good = parse_plan(script(call).replace('""', '"p"'), "script", "x.workflow.js")
    assert good.plan is not None
    assert good.plan.phases[0].parallel


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("// a\nexport default async function (args) { phase('x'); }\n", 2),
        ("import x from 'y';\nworkflow({})", 1),
        ("workflow({});\nfetch('http://example.org')\n", 2),
        ("workflow(make())", 1),
        ("", 1),
    ],
)
def test_a_program_is_refused(text: str, line: int) -> None:
    """Nothing of a script is run, so that what it would do beside is refused with its place."""
    (error,) = parse_plan(text, "script", "x.workflow.js").errors
    assert (error.code, error.line) == ("parse_error", line)
