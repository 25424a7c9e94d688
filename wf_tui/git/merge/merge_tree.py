"""`git merge-tree`: a merge without a worktree, an index or a half-done state.

Its output is read here and nowhere else, with what differs between versions of git.
"""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from wf_tui.errors import GitError
from wf_tui.git.control.control import Control
from wf_tui.git.merge.merge_attributes import attributes_folder
from wf_tui.git.path_bytes import decode_path

__all__ = ["MergeResult", "Note", "has_marks", "leftover_marks", "merge_trees", "parse_merge"]


_MARK: Final = "^([<]{7,}|[>]{7,}|[|]{7,}) [0-9a-f]{40,}"
"""A conflict mark of `merge-tree`: it names commits, as no text of the user's does."""
_MARK_LINE: Final = re.compile(_MARK.encode())
_LONGEST_LINE: Final = 1 << 16


@dataclass(frozen=True)
class Note:
    """What git says about some paths of a merge; `kind` is git's stable word for its reason."""

    kind: str
    paths: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class MergeResult:
    """The merged tree (with conflict marks, if not clean) and what is in conflict.

    `conflicts` are paths. They may be none although the merge is not clean: see the notes.
    """

    clean: bool
    tree: str
    conflicts: tuple[str, ...]
    notes: tuple[Note, ...]


def merge_trees(control: Control, ours: str, theirs: str) -> MergeResult:
    """Merge two commits and return the result; nothing but objects is written.

    Git finds the base by itself, from the history of both, and goes by the attributes of `ours`, as
    `git merge` does on that branch. A conflict is a result, not a failure.
    Git ends with the status of a conflict also where it cannot read a commit; then this raises
    `GitError`.
    """
    words = ("merge-tree", "--write-tree", "-z", "--messages", "--end-of-options", ours, theirs)
    done = control.git(*words, ok=(0, 1), attributes=attributes_folder(control, ours))
    if not done.stdout:
        raise GitError(f"git cannot merge: {done.complaint}", status=done.status)
    return parse_merge(done.stdout, clean=done.status == 0)


def leftover_marks(control: Control, commit: str, paths: Sequence[str]) -> tuple[str, ...]:
    """Return those of the paths in which a commit still has marks that `merge_trees` made.

    Asked before a person's resolution is merged, as nothing else would keep the marks out of it.
    """
    if not paths:
        return ()
    names = [os.fsencode(path) for path in paths]
    done = control.git("grep", "-lzaE", "-e", _MARK, commit, "--", *names, ok=(0, 1))
    return tuple(os.fsdecode(record.split(b":", 1)[1]) for record in done.records)


def has_marks(file: Path) -> bool:
    """Whether a file of a worktree, as a person has left it, still has marks of a merge.

    It is read by Python, so that a view can ask without a process. Raises `OSError`.
    """
    # In pieces: a file without a newline must not come into memory as a whole.
    with file.open("rb") as opened:
        lines = iter(partial(opened.readline, _LONGEST_LINE), b"")
        return any(_MARK_LINE.match(line) for line in lines)


def parse_merge(output: bytes, *, clean: bool) -> MergeResult:
    """Read `TREE NUL (mode oid stage TAB path NUL)* NUL (count NUL path* kind NUL text NUL)*`.

    The format of `git merge-tree -z --messages`; `clean` is what its exit status says.
    """
    tokens = [decode_path(token) for token in output.split(b"\0")]
    tree = tokens.pop(0)
    end = tokens.index("") if "" in tokens else len(tokens)
    # A path in conflict has up to three records, one for each stage.
    conflicts = dict.fromkeys(token.partition("\t")[2] for token in tokens[:end])
    notes: list[Note] = []
    at = end + 1
    while at < len(tokens) and tokens[at]:
        # Before git 2.40 the text about a submodule comes without its header.
        count = int(tokens[at]) if tokens[at].isdigit() else -1
        if count < 0:
            notes.append(Note("other", (), tokens[at]))
            at += 1
            continue
        kind, text = tokens[at + 1 + count : at + 3 + count]
        notes.append(Note(kind, tuple(tokens[at + 1 : at + 1 + count]), text))
        at += 3 + count
    return MergeResult(clean, tree, tuple(conflicts), tuple(notes))
