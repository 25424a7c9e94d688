"""`git merge-tree`: a merge without a worktree, an index or a half-done state.

Its output is read here and nowhere else, with what differs between versions of git.
"""

from wf_tui.errors import GitError
from wf_tui.git.control.control import Control
from wf_tui.git.merge.merge_attributes import attributes_folder
from wf_tui.git.path_bytes import decode_path
from wf_tui.values import frozen

__all__ = ["MergeResult", "Note", "Stage", "merge_trees", "parse_merge"]


@frozen
class Stage:
    """One of the versions that meet at a path: 1 of the base, 2 of ours, 3 of theirs."""

    path: str
    number: int
    mode: str
    oid: str


@frozen
class Note:
    """What git says about some paths of a merge; `kind` is git's stable word for its reason."""

    kind: str
    paths: tuple[str, ...]
    text: str


@frozen
class MergeResult:
    """The merged tree (with conflict marks, if not clean) and what is in conflict.

    There may be no stages although the merge is not clean: see the notes.
    """

    clean: bool
    tree: str
    stages: tuple[Stage, ...]
    notes: tuple[Note, ...]

    @property
    def conflicts(self) -> tuple[str, ...]:
        """The paths in conflict, as git's tree has them."""
        return tuple(dict.fromkeys(stage.path for stage in self.stages))


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


def parse_merge(output: bytes, *, clean: bool) -> MergeResult:
    """Read `TREE NUL (mode oid stage TAB path NUL)* NUL (count NUL path* kind NUL text NUL)*`.

    The format of `git merge-tree -z --messages`; `clean` is what its exit status says.
    """
    tokens = [decode_path(token) for token in output.split(b"\0")]
    tree = tokens.pop(0)
    end = tokens.index("") if "" in tokens else len(tokens)
    # A path in conflict has up to three records.
    stages = []
    for token in tokens[:end]:
        about, _, path = token.partition("\t")
        mode, oid, number = about.split(" ")
        stages.append(Stage(path, int(number), mode, oid))
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
    return MergeResult(clean, tree, tuple(stages), tuple(notes))
