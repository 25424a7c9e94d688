"""The two walks that make a used worktree exactly its base again, or say that it cannot be.

A worker may have left anything: names are bytes, nothing is followed, and no mode is trusted. Git
comes between the two: it writes each file anew that is not as it has left it.
"""

# ruff: noqa: PTH101, PTH108, PTH118, PTH208 - workers leave names that are bytes; pathlib has none

import os
import stat

from wf_tui.git.control.tree_names import Kind, Names
from wf_tui.git.erase import erase
from wf_tui.values import frozen

__all__ = ["Survey", "UnusableTreeError", "survey", "sweep"]


class UnusableTreeError(Exception):
    """This worktree cannot be made exactly its base: it is thrown away, and a new one made.

    Never seen outside of the pool, which answers it with a new one under the same number.
    """


@frozen
class Survey:
    """What the kernel says of all that lies in a used worktree."""

    newest: int
    """The last change of anything in it, in nanoseconds of the kernel: no program sets it back."""
    misfits: tuple[bytes, ...]
    """Files with another mode than the base's, or a second name; whole paths.

    Git may not see either: it looks at the right to run a file, and takes for its own what a
    harvest has added.
    """

    def clear(self) -> None:
        """Remove the misfits, so that git writes them anew. Raises `OSError`."""
        for path in self.misfits:
            os.unlink(path)


def survey(top: bytes, names: Names) -> Survey:
    """Look at every name in a worktree, each once; `names` are those of what it shall become.

    Nothing is written. Raises `OSError` where a folder cannot be listed.
    """
    times, misfits, waiting = [0], list[bytes](), [b""]
    is_folder = Kind.FOLDER
    while waiting:
        folder = waiting.pop()
        wanted = names.inside(folder)
        with os.scandir(os.path.join(top, folder) if folder else top) as entries:
            for entry in entries:
                status = entry.stat(follow_symlinks=False)
                times.append(status.st_ctime_ns)
                mode, kind = status.st_mode, wanted.get(entry.name)
                if mode == kind and kind is not is_folder and status.st_nlink == 1:
                    continue  # nearly all of them
                if stat.S_ISDIR(mode):
                    waiting.append(folder + b"/" + entry.name if folder else entry.name)
                elif kind is not None:
                    misfits.append(entry.path)
    return Survey(max(times), tuple(misfits))


def sweep(top: bytes, names: Names) -> int:
    """Remove each name that the base lacks, whatever it is; return how many there were.

    Folders are checked, their modes are set. `git clean -ffdx` leaves FIFOs and nested
    repositories. What the files are is not looked at: git has written them by now, or found them as
    they were, and the survey knows their modes. Raises `UnusableTreeError` where a name is missing
    or a folder is none, `OSError` where the disk says.
    """
    removed = 0
    # In this order a folder comes before those in it, so that each is found behind no link.
    for folder in sorted([*names.folders, *names.submodules]):
        full = os.path.join(top, folder) if folder else top
        mode = os.lstat(full).st_mode
        if not stat.S_ISDIR(mode):
            raise UnusableTreeError(f"{full!r} is no folder")
        # First: a worker may have made it one that cannot be listed.
        if mode != Kind.FOLDER:
            os.chmod(full, stat.S_IMODE(Kind.FOLDER))
        wanted = names.inside(folder)
        present = os.listdir(full)
        extra = [name for name in present if name not in wanted]
        if len(present) - len(extra) != len(wanted):
            raise UnusableTreeError(f"names are missing in {full!r}")
        for name in extra:
            if not erase(os.path.join(full, name)):
                raise UnusableTreeError(f"cannot remove {name!r} in {full!r}")
        removed += len(extra)
    return removed
