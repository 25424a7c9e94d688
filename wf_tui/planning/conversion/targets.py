"""What task runners have by name: targets of a Makefile, tasks of a Taskfile, scripts of npm.

A task runs one by that very program, which knows what it depends on: a worktree has what it made
itself, and nothing that another task made. What needs another one comes behind it.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Final

from wf_tui.planning.conversion.conversion import Conversion, NotFaithfulError, plan_id, steps
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["convert_makefile", "convert_scripts", "convert_taskfile"]

_ENDLESS: Final = frozenset(
    {"dev", "develop", "preview", "serve", "server", "start", "watch", "up"}
)
"""What by its name runs until it is stopped."""
_RULE: Final = re.compile(r"^(?P<names>[^\s#:=.$%][^#:=$%\n]*?)[ \t]*::?(?!=)(?P<needs>[^\n]*)$")
_PHONY: Final = re.compile(r"^\.PHONY[ \t]*:(?P<names>[^\n#]*)", re.MULTILINE)
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]*")
_MOST: Final = 200
_LONGEST_LINE: Final = 4000


def convert_makefile(text: str, name: str, folder: str = "") -> Conversion:
    """Return a plan with a task for each target that is no file, or that has commands."""
    every: dict[str, list[str]] = {}
    made = set()
    lines = text.replace("\\\n", " ").split("\n")
    for place, line in enumerate(lines):
        found = _RULE.match(line) if len(line) <= _LONGEST_LINE else None
        if not found:
            continue
        rest, _, inline = found["needs"].partition(";")
        names = [it for it in found["names"].split() if _NAME.fullmatch(it)]
        if inline or "".join(lines[place + 1 : place + 2]).startswith("\t"):
            made.update(names)
        for target in names:
            listed = [it for it in rest.partition("#")[0].split() if _NAME.fullmatch(it)]
            every.setdefault(target, []).extend(listed)
    phony = {word for found in _PHONY.finditer(text) for word in found["names"].split()}
    needs = {it: of for it, of in every.items() if it in (phony or made)}
    if not needs:
        raise NotFaithfulError("has no target that is not the name of a file")
    return _of_targets(needs, "make", name, folder)


def convert_taskfile(value: Mapping[str, object], name: str) -> Conversion:
    """Return a plan with a task for each task that a person may start."""
    tasks = value.get("tasks")
    needs: dict[str, list[str]] = {}
    titles: dict[str, str] = {}
    internal = []
    for task, table in tasks.items() if isinstance(tasks, dict) else ():
        if isinstance(table, dict) and (table.get("internal") is True or "requires" in table):
            internal.append(task)
            continue
        needs[task] = _deps(table.get("deps")) if isinstance(table, dict) else []
        if isinstance(table, dict) and isinstance(table.get("desc"), str):
            titles[task] = str(table["desc"])
    if not needs:
        raise NotFaithfulError("has no task that could be started by its name")
    found = _of_targets(needs, "task", name, "", titles)
    notes = [f"{clean(it, limit=80)}: it is internal, or needs variables" for it in internal]
    return Conversion(found.plan, (*found.notes, *notes))


def _deps(deps: object) -> list[str]:
    names = []
    for it in deps if isinstance(deps, list) else ():
        task = it.get("task") if isinstance(it, dict) else it
        if isinstance(task, str):
            names.append(task)
    return names


def convert_scripts(value: Mapping[str, object], name: str, files: Sequence[str]) -> Conversion:
    """Return a plan with a task for each script; `files` lie beside it, and say the program."""
    scripts = value.get("scripts")
    names = list(scripts) if isinstance(scripts, dict) else []
    # npm runs `pretest` and `posttest` with `test` by itself.
    hooks = {it for it in names for of in names if it in {f"pre{of}", f"post{of}"}}
    program, setup = "npm run", "npm ci" if "package-lock.json" in files else "npm install"
    if "pnpm-lock.yaml" in files:
        program, setup = "pnpm run", "pnpm install --frozen-lockfile"
    elif "yarn.lock" in files:
        program, setup = "yarn run", "yarn install --frozen-lockfile"
    needs: dict[str, list[str]] = {it: [] for it in names if it not in hooks}
    if not needs:
        raise NotFaithfulError("has no scripts")
    found = _of_targets(needs, program, name, "")
    notes = [
        f"{clean(it, limit=80)}: it is run with the script of its name" for it in sorted(hooks)
    ]
    return Conversion({**found.plan, "setup": setup}, (*found.notes, *notes))


def _of_targets(
    needs: Mapping[str, Sequence[str]],
    program: str,
    name: str,
    folder: str,
    titles: Mapping[str, str] | None = None,
) -> Conversion:
    ended = [it for it in needs if re.split(r"[:._-]", it)[-1].lower() not in _ENDLESS]
    notes = [
        f"{clean(it, limit=80)}: by its name it runs until it is stopped"
        for it in needs
        if it not in ended
    ]
    if len(ended) > _MOST:
        raise NotFaithfulError(f"has more than {_MOST} of them")
    if not ended:
        raise NotFaithfulError("has nothing that comes to an end")
    taken: set[str] = set()
    ids = {target: plan_id(target, taken) for target in ended}
    tasks: dict[str, dict[str, object]] = {}
    for target in ended:
        task: dict[str, object] = {"id": ids[target], "mode": "read_only", "isolation": "worktree"}
        if titles and titles.get(target):
            task["title"] = titles[target]
        where = f"cd {shlex.quote(folder)} && " if folder else ""
        task["run"] = f"{where}{program} {shlex.quote(target)}"
        tasks[ids[target]] = task
    by_id = {
        ids[it]: [ids[of] for of in dict.fromkeys(needs[it]) if of in ids and of != it]
        for it in ended
    }
    return Conversion({"goal": f"Run what {name} has", "phases": steps(tasks, by_id)}, tuple(notes))
