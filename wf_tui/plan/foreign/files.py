"""The files of other tools: how each is recognised, and how its parts are called in a plan.

To add a kind, write its row: what it is, how its parts are called here, and what shows it.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

__all__ = ["Foreign", "foreign_text", "foreign_value"]

_Values = Mapping[str, object]
_MOST_LINES = 50
"""Of a text with an object in each line, to see of which tool it is."""


@dataclass(frozen=True)
class Foreign:
    """A file of another tool: what it is, and how its parts are called here."""

    name: str
    hint: str
    key: str = ""
    """The key at which it shows."""
    line: int | None = None
    """The line at which it shows, in a text that was not read as values."""


_ITEMS: Final = (
    "each item is a task here, with an `id` and a `prompt` or a `run`, in a phase's `tasks`"
)
_STAGES: Final = (
    "its stages are phases here, and what is in them tasks, each with an `id` and a `run`"
)
_BEADS: Final = Foreign(
    "an export of beads",
    "an issue is a task here: its `title` and `description` are `title` and `prompt`, what it"
    " depends on is `depends_on_results`, and an epic is a phase",
)
_TODO: Final = Foreign("a todo list", f"{_ITEMS}; a heading is a phase")
_JSON_LINES: Final = Foreign(
    "JSON Lines, an object in each line", f"a plan is one object; {_ITEMS}"
)
_LIST: Final = Foreign("a list of tasks", f"{_ITEMS}, below a `goal`")
_MAKEFILE: Final = Foreign(
    "a Makefile",
    "a target is a task here: `run: make TARGET`; what it depends on is `depends_on_results`",
)


def foreign_value(value: object) -> Foreign | None:
    """Return of which other tool these values are, or None where they may be meant as a plan."""
    if isinstance(value, list):
        return _beads(_tables(value)) or (_LIST if value else None)
    if not isinstance(value, dict) or {"goal", "phases"} & value.keys():
        return None
    for foreign, shows in _KINDS:
        if shows(value):
            return replace(foreign, key=foreign.key if foreign.key in value else "")
    return _inner_plan(value)


def foreign_text(name: str, text: str) -> Foreign | None:
    """Return of which other tool a text is that is no plan in any format; by its name, too."""
    if re.search(r"^goal\b", text, re.MULTILINE):  # a plan that cannot be read
        return None
    for pattern, foreign in _TEXTS:
        if found := re.search(pattern, text, re.MULTILINE):
            return replace(foreign, line=text.count("\n", 0, found.start()) + 1)
    for ending, foreign in _NAMES:
        if name.lower().endswith(ending):
            return foreign
    return _json_lines(text, least=1 if name.lower().endswith((".jsonl", ".ndjson")) else 2)


def _json_lines(text: str, least: int) -> Foreign | None:
    objects = []
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    for _, line in lines[:_MOST_LINES]:
        try:
            objects.append(json.loads(line))
        except (ValueError, RecursionError):
            return None
    if len(objects) < least or not all(isinstance(it, dict) for it in objects):
        return None
    return replace(_beads(objects) or _JSON_LINES, line=lines[least - 1][0])


def _beads(objects: Iterable[_Values]) -> Foreign | None:
    issues = ({"issue_type"}, {"title", "status", "priority"}, {"title", "status", "dependencies"})
    return _BEADS if any(keys <= it.keys() for it in objects for keys in issues) else None


def _inner_plan(value: _Values) -> Foreign | None:
    for key, inner in value.items():
        if isinstance(inner, dict) and "phases" in inner:
            hint = f"move what is below `{key}` to the top of the file"
            return Foreign("a table around a plan", hint, key)
    return None


def _tables(value: object) -> list[_Values]:
    """Return the tables in a list, or in another table."""
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [it for it in items if isinstance(it, dict)]


def _within(outer: str, *inner: str) -> Callable[[_Values], bool]:
    """Return a look for tables below a key that have one of some keys."""

    def shows(value: _Values) -> bool:
        below = value.get(outer)
        return isinstance(below, dict | list) and any(
            key in table for table in _tables(below) for key in inner
        )

    return shows


def _has(*keys: str) -> Callable[[_Values], bool]:
    """Return a look for all of some keys."""
    return lambda value: set(keys) <= value.keys()


def _any(*looks: Callable[[_Values], bool]) -> Callable[[_Values], bool]:
    return lambda value: any(shows(value) for shows in looks)


def _scripts(value: _Values) -> bool:
    keys = {"script", "stage", "extends"} if "stages" in value else {"script"}
    return any(keys & table.keys() for table in _tables(value))


# The first that shows counts: what is more special stands first.
_KINDS: Final[tuple[tuple[Foreign, Callable[[_Values], bool]], ...]] = (
    (
        Foreign("a Bernstein plan",
                "its stages are phases here, its steps tasks with an `id`: `goal` or `description`"
                " is `prompt`, `role` is `agent_type`, `files` is `file_scope`; `depends_on` stays",
                "stages"),
        _within("stages", "steps"),
    ),
    (
        Foreign("a CircleCI configuration", "its jobs are phases here, their steps tasks, each with"
                " an `id` and a `run`; `requires` is `depends_on`", "jobs"),
        _any(_has("jobs", "workflows"), _has("jobs", "orbs")),
    ),
    (
        Foreign("a Concourse pipeline", "its jobs are phases here, the steps of a `plan` its tasks;"
                " `passed` is `depends_on`", "jobs"),
        _within("jobs", "plan"),
    ),
    (
        Foreign("an Azure pipeline", f"{_STAGES}; `dependsOn` is `depends_on`", "jobs"),
        _any(_has("pool", "steps"), _has("pool", "jobs"), _has("pool", "stages"),
             _within("stages", "jobs"), _within("jobs", "job")),
    ),
    (
        Foreign("a GitHub workflow", "its jobs are phases here, the steps of a job its tasks, each"
                " with an `id` and a `run`; `needs` is `depends_on`", "jobs"),
        _within("jobs", "steps", "runs-on", "uses"),
    ),
    (
        Foreign("a GitHub action", "its steps are tasks here, each with an `id` and a `run`",
                "runs"),
        lambda value: isinstance(runs := value.get("runs"), dict) and "using" in runs,
    ),
    (
        Foreign("a Docker Compose file", "wf starts no services: a task can, with `run: docker"
                " compose up -d`; `depends_on` of a phase names phases", "services"),
        _within("services", "image", "build", "ports", "command", "environment"),
    ),
    (
        Foreign("npm's package.json", "a script is a task here: `run: npm run NAME`", "scripts"),
        lambda value: isinstance(value.get("scripts"), dict)
        and bool({"name", "version", "dependencies", "devDependencies", "private"} & value.keys()),
    ),
    (
        Foreign("a Taskfile", "a task stays one, in the list `tasks` of a phase: its name is `id`,"
                " `cmds` are the lines of `run`, `deps` is `depends_on_results`", "tasks"),
        lambda value: isinstance(value.get("tasks"), dict),
    ),
    (
        Foreign("VS Code's tasks.json", "a task stays one, in a phase: `label` is `id`, `command`"
                " is `run`, `dependsOn` is `depends_on_results`", "tasks"),
        _within("tasks", "label"),
    ),
    (
        Foreign("a task list of Task Master", "a task stays one, in a phase: `description` and"
                " `details` are `prompt`, `dependencies` is `depends_on_results`", "tasks"),
        _any(_within("tasks", "testStrategy", "subtasks", "dependencies"),
             lambda value: any(_within("tasks", "subtasks", "dependencies")(it)
                               for it in _tables(value))),
    ),
    (Foreign("a todo list", _ITEMS, "todos"), _has("todos")),
    (_BEADS, lambda value: _beads([value, *_tables(value.get("issues"))]) is not None),
    (Foreign("an Argo workflow or another manifest of Kubernetes", "its templates are tasks here,"
             " `dependencies` is `depends_on_results`", "kind"), _has("apiVersion", "kind")),
    (Foreign("a Bitbucket pipeline", f"{_STAGES}; `script` is `run`", "pipelines"),
     _has("pipelines")),
    (Foreign("a configuration of pre-commit", "a hook is a task here, or the `gate` of the plan",
             "repos"), _within("repos", "hooks")),
    (
        Foreign("a GitLab pipeline", "its stages are phases here, its jobs tasks: `script` is the"
                " lines of `run`, `needs` is `depends_on_results`", "stages"),
        _scripts,
    ),
    (Foreign("a CI pipeline", "its steps are tasks here, each with an `id` and a `run`, in the"
             " `tasks` of a phase", "steps"),
     _within("steps", "command", "commands", "script", "run", "image", "uses")),
    (Foreign("a graph of nodes and edges", f"{_ITEMS}; an edge is `depends_on_results`", "nodes"),
     _any(_has("nodes", "edges"), _has("nodes", "connections"))),
    (Foreign("a Python project's pyproject.toml", "a script is a task here, with a `run`",
             "project"), _any(_has("project", "build-system"), _has("tool", "project"))),
    (Foreign("a Cargo.toml", "a task is a command: `run: cargo test`", "package"),
     _has("package", "dependencies")),
)  # fmt: skip
_TEXTS: Final = (
    (r"^[ \t]*[-*+] \[[ xX~/-]\] ", _TODO),
    (r"^\d+[.)] \S[^\n]*\n(?:\s[^\n]*\n|\n)*\d+[.)] \S", _TODO),
    (r"^[\w./%][\w./% -]*:(?!=)[^\n]*\n\t(?!\s*(?:- |[\w-]+:(?:\s|$)))\s*\S", _MAKEFILE),
    (r"^[ \t]*pipeline\s*\{", Foreign("a Jenkinsfile", f"{_STAGES}; `sh` is `run`")),
    (
        r"\A(?:#[^\n]*\n|\s)*FROM \S+",
        Foreign("a Dockerfile", "a task is a command: `run: docker build .`"),
    ),
    (r"\A#!", Foreign("a script", "a task runs it: `run: ./SCRIPT`")),
    (
        r"\A(?:[^\n]*\n)*?apiVersion: [^\n]*\nkind: ",
        Foreign("a manifest of Kubernetes", "a task applies it: `run: kubectl apply -f FILE`"),
    ),
)
"""What shows a text to be another tool's, from the first line on where it shows in the first."""
_NAMES: Final = (
    ("makefile", _MAKEFILE),
    (".mk", _MAKEFILE),
    ("justfile", Foreign("a justfile", "a recipe is a task here: `run: just RECIPE`")),
    ("procfile", Foreign("a Procfile", "wf starts no services; a task is a command, in `run`")),
    ("jenkinsfile", Foreign("a Jenkinsfile", f"{_STAGES}; `sh` is `run`")),
    (".md", Foreign("a text in Markdown", f"a plan is YAML, TOML or JSON; {_ITEMS}")),
    (".markdown", Foreign("a text in Markdown", f"a plan is YAML, TOML or JSON; {_ITEMS}")),
)
