"""`list_files`: what is in a folder."""

import os

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.names import is_git_data, shown
from wf_tui.workers.model.hands.tree import FOLDER, Tree

__all__ = ["list_files"]


def list_files(tree: Tree, args: Arguments) -> str:
    """Return the names in a folder, one a line."""
    with tree.find(args.text("path", ".")) as place:
        if not place.is_folder:
            raise CallError(f"{place.path} is not a folder")
        handle = os.open(place.name, FOLDER, dir_fd=place.folder)
        try:
            with os.scandir(handle) as entries:
                names = sorted(
                    shown(one.name) + "/" * one.is_dir(follow_symlinks=False)
                    for one in entries
                    if not is_git_data(one.name)
                )
        finally:
            os.close(handle)
    return "\n".join(names) or "[nothing is in it]"
