"""`list_files`: folders as a tree, or the paths of all files that match."""

import os
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.names import shown
from wf_tui.workers.model.hands.files.tree import FOLDER, Place, Tree
from wf_tui.workers.model.hands.looks.globs import Glob
from wf_tui.workers.model.hands.looks.ignored import Ignored
from wf_tui.workers.model.hands.looks.looking import LookCall
from wf_tui.workers.model.hands.looks.walking import entries, files_below, rules_for

__all__ = ["list_files", "open_folder"]

_DEPTH: Final = 3
_MOST_ENTRIES: Final = 500
"""Of an answer; the levels nearest to the root come first."""
_MOST_FOLDERS: Final = 5000
_HINT: Final = "list a folder further down, or with a smaller depth"


@dataclass
class _Node:
    """A file or folder, and what of it is shown."""

    name: str
    children: list["_Node"] | None = None
    """None for what is no folder, or was not looked into."""
    chosen: list["_Node"] = field(default_factory=list)


def list_files(tree: Tree, args: Arguments) -> LookCall:
    """Start to list a folder. Raises `CallError`."""
    glob = args.text("glob")
    matching = Glob(glob) if glob else None
    depth, everything = args.number("depth", _DEPTH), args.flag("ignored")
    with tree.find(args.text("path", ".")) as place:
        folder = open_folder(place)
        try:
            rules = rules_for(tree.handle, place.real, is_off=everything)
            above = f"{place.real}/" if place.real else ""

            def look() -> str:
                here = os.open(".", FOLDER)
                if matching is not None:
                    return _paths(here, rules, matching, above)
                return _drawn(_scanned(here, rules, depth), place.path)

            return LookCall.start(look, folder, _HINT)
        finally:
            os.close(folder)


def open_folder(place: Place) -> int:
    """Open a folder that a call names; the caller closes it. Raises `CallError`."""
    if place.found is None:
        raise CallError(f"there is no folder {place.path}")
    if not place.is_folder:
        raise CallError(f"{place.path} is not a folder")
    return os.open(place.name, FOLDER, dir_fd=place.folder)


def _paths(folder: int, rules: Ignored, glob: Glob, above: str) -> str:
    """Return the paths of the files that match, from the root of the tree."""
    found = (one.path for one in files_below(folder, rules) if glob.matches(one.path))
    paths = [shown(above + path) for path in islice(found, _MOST_ENTRIES + 1)]
    if not paths:
        return "[no file matches]"
    if len(paths) > _MOST_ENTRIES:
        paths[-1] = f"[there are more than {_MOST_ENTRIES}; use a narrower glob or path]"
    return "\n".join(paths)


def _scanned(root: int, rules: Ignored, depth: int) -> _Node:
    """Read the folders, the nearest first; each is opened by its steps from the root."""
    top = _Node(".")
    coming = deque([(top, list[str](), rules)])
    count = 0
    while coming and count < _MOST_FOLDERS:
        node, names, above = coming.popleft()
        count += 1
        try:
            handle = _opened(root, names)
        except OSError:  # it is gone by now
            continue
        own = above.enter(handle, names[-1]) if names else above
        try:
            node.children = []
            for name, is_folder, is_link in entries(handle, own):
                child = _Node(shown(name) + ("/" if is_folder else "@" if is_link else ""))
                node.children.append(child)
                if is_folder and len(names) + 1 < depth:
                    coming.append((child, [*names, name], own))
        except OSError:
            continue
        finally:
            os.close(handle)
    return top


def _opened(root: int, names: list[str]) -> int:
    """Open a folder below one that is open."""
    handle = os.dup(root)
    for name in names:
        try:
            below = os.open(name, FOLDER, dir_fd=handle)
        finally:
            os.close(handle)
        handle = below
    return handle


def _drawn(root: _Node, path: str) -> str:
    """Return the tree as text, with as many entries as there is room for."""
    total = _choose(root)
    lines = list(_lines(root, ""))
    if not lines:
        return f"[nothing is in {path}, or all of it is ignored]"
    if total > _MOST_ENTRIES:
        lines.append(f"[{total - _MOST_ENTRIES} entries further down are left out; {_HINT}]")
    return "\n".join(lines)


def _choose(root: _Node) -> int:
    """Mark what is shown, the nearest to the root first; return how many entries there are."""
    coming, total = deque([root]), 0
    while coming:
        node = coming.popleft()
        for child in node.children or ():
            total += 1
            if total <= _MOST_ENTRIES:
                node.chosen.append(child)
            coming.append(child)
    return total


def _lines(node: _Node, indent: str) -> Iterator[str]:
    for child in node.chosen:
        yield indent + child.name
        yield from _lines(child, indent + "  ")
    left_out = len(node.children or ()) - len(node.chosen)
    if left_out and node.chosen:
        yield f"{indent}[{left_out} more]"
