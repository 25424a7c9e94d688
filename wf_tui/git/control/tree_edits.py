"""A tree with some of its paths replaced, made of objects alone."""

from collections.abc import Mapping

from wf_tui.git.control.control import Control
from wf_tui.git.control.scratch import scratch_folder
from wf_tui.git.path_bytes import encode_path

__all__ = ["Version", "edit_tree"]

Version = tuple[str, str]
"""Mode and object of a path, as git prints them."""


def edit_tree(control: Control, tree: str, edits: Mapping[str, Version | None]) -> str:
    """Return `tree` (or that of a commit) with these paths as given; None removes a file.

    A file that is put where a folder was takes the place of all in it, and the other way round.
    Raises `GitError`. By an index of its own, which is gone afterwards.
    """
    gone = "0" * len(control.base)
    removed: list[bytes] = []
    added: list[bytes] = []
    for path, version in edits.items():
        mode, oid = version or ("0", gone)
        line = f"{mode} {oid}\t".encode() + encode_path(path) + b"\0"
        (removed if version is None else added).append(line)
    with scratch_folder(control) as folder:
        index = {"GIT_INDEX_FILE": str(folder / "index")}
        control.git("read-tree", "--end-of-options", tree, variables=index)
        # What goes, first: else it would take along what was put in its place.
        words = ("update-index", "--replace", "-z", "--index-info")
        control.git(*words, stdin=b"".join(removed + added), variables=index)
        return control.git("write-tree", variables=index).text
