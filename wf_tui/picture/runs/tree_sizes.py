"""What the worktrees of all runs take on the disk, by repository."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.disk_space import folder_size

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Mapping

    from wf_tui.paths import RepoPaths

__all__ = ["tree_sizes"]


def tree_sizes(places: Iterable[RepoPaths], over: threading.Event) -> Mapping[str, int]:
    """Return the bytes of the worktrees of each repository, by the name of its folder.

    It walks all of them, which takes a second for some 500,000 files: on a thread, and not each
    time that runs are read. Once `over` is set it ends, with what it has found.
    """
    sizes: dict[str, int] = {}
    for paths in places:
        total = 0
        for trees in sorted(paths.root.glob("runs/*/trees/*")):
            if over.is_set():
                return sizes
            total += folder_size(trees)
        sizes[paths.root.name] = total
    return sizes
