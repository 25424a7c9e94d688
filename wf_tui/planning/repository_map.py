"""What a planner is shown of a repository: its tracked files within a size, and what it can check.

Read from the commit that a run would start from, by git alone: nothing of it is opened in a
checkout, and nothing is run. All of it was written by others, so it goes into the prompt as data.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from typing import TYPE_CHECKING, Final

from wf_tui.errors import GitError
from wf_tui.git.path_bytes import decode_path
from wf_tui.git.repository import ANY_OWNER
from wf_tui.git.runner import git
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wf_tui.git.repository import Repository

__all__ = ["file_map", "repository_facts", "tracked_files"]

_MOST_CHARACTERS: Final = 12_000
"""Of the map: a few thousand tokens."""
_MOST_LEVELS: Final = 12
_NO_FETCH: Final = {"GIT_ALLOW_PROTOCOL": ""}
"""What a partial clone lacks is not fetched for a prompt."""
_LONGEST_HEAD: Final = 1500
_LONGEST_FILE: Final = 200_000
_MOST_NAMES: Final = 60
_READMES: Final = ("README.md", "README.rst", "README.txt", "README", "readme.md")
_SIGNS: Final = (
    *("Cargo.toml", "go.mod", "tox.ini", "noxfile.py", "Taskfile.yml", "pom.xml"),
    *("build.gradle", "CMakeLists.txt", "Gemfile", "composer.json", "mix.exs"),
)
"""What says by its name alone how a project is built."""
_TARGET: Final = re.compile(r"^([A-Za-z0-9][\w.-]*)[ \t]*:(?!=)", re.MULTILINE)
_JUST: Final = re.compile(r"^([A-Za-z0-9][\w-]*)[^\n:=]*:(?!=)", re.MULTILINE)


def tracked_files(repository: Repository) -> list[str]:
    """Return the paths of the files of the commit that is checked out."""
    words = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", repository.head)
    return [decode_path(name) for name in _git(repository, *words)]


def file_map(paths: Sequence[str], most: int = _MOST_CHARACTERS) -> str:
    """Return the files, a line each, or of a big repository its folders with counts.

    As many levels of folders as fit into `most` characters; files are named where all of them fit.
    """
    whole = "\n".join(clean(path, limit=300) for path in sorted(paths))
    if len(whole) <= most:
        return whole
    found = ""
    for level in range(1, _MOST_LEVELS):
        deeper = "\n".join(_folders(paths, level))
        if len(deeper) > most or deeper == found:
            break
        found = deeper
    if not found:
        lines = list(_folders(paths, 1))
        while len("\n".join(lines)) > most:
            lines = lines[: len(lines) * 3 // 4]
        found = "\n".join([*lines, "..."])
    return f"{plural(len(paths), 'file')}, by folder:\n{found}"


def _folders(paths: Sequence[str], level: int) -> Iterator[str]:
    counts = Counter("/".join(path.split("/")[:-1][:level]) for path in paths)
    for folder, count in sorted(counts.items()):
        yield f"{clean(folder or '.', limit=300)}/  {plural(count, 'file')}"


def repository_facts(repository: Repository, paths: Sequence[str]) -> dict[str, object]:
    """Return what its own files say of how it is built and checked, as far as they can be read.

    Scripts of package.json, targets of a Makefile or justfile, tools that pyproject.toml has
    settings for, names of workflows, and the head of the README.
    """
    names = set(paths)
    facts: dict[str, object] = {}
    for name in _READMES:
        if name in names:
            text = clean(_read(repository, name), limit=_LONGEST_HEAD, multiline=True)
            facts["head_of_readme"] = text
            break
    if "package.json" in names:
        facts["scripts_of_package_json"] = _scripts(_read(repository, "package.json"))
    if "pyproject.toml" in names:
        facts["tools_in_pyproject"] = _tools(_read(repository, "pyproject.toml"))
    for name, pattern in (("Makefile", _TARGET), ("justfile", _JUST)):
        if name in names:
            found = pattern.findall(_read(repository, name))
            facts[f"targets_of_{name}"] = list(dict.fromkeys(found))[:_MOST_NAMES]
    if there := [name for name in _SIGNS if name in names]:
        facts["also_there"] = there
    workflows = [path for path in paths if path.startswith(".github/workflows/")]
    if workflows:
        facts["workflows"] = workflows[:_MOST_NAMES]
    return {key: value for key, value in facts.items() if value}


def _scripts(text: str) -> dict[str, str]:
    try:
        scripts = json.loads(text).get("scripts")
    except (ValueError, AttributeError, RecursionError):
        return {}
    if not isinstance(scripts, dict):
        return {}
    shown = list(scripts.items())[:_MOST_NAMES]
    return {clean(str(name), limit=80): clean(str(line), limit=200) for name, line in shown}


def _tools(text: str) -> list[str]:
    try:
        tools = tomllib.loads(text).get("tool")
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    return (
        [clean(name, limit=80) for name in tools][:_MOST_NAMES] if isinstance(tools, dict) else []
    )


def _read(repository: Repository, path: str) -> str:
    try:
        done = git(
            *("cat-file", "blob", f"{repository.head}:{path}"),
            git_dir=repository.git_dir,
            settings=ANY_OWNER,
            variables=_NO_FETCH,
        )
    except GitError:
        return ""
    return done.stdout[:_LONGEST_FILE].decode("utf-8", "replace")


def _git(repository: Repository, *words: str) -> tuple[bytes, ...]:
    try:
        return tuple(
            git(*words, git_dir=repository.git_dir, settings=ANY_OWNER, variables=_NO_FETCH).records
        )
    except GitError:  # a commit whose objects are not here: planned without a map
        return ()
