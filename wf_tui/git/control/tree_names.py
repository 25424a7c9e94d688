"""The names that a commit's tree holds, folder by folder, with what each of them is.

A used worktree is compared with them, name by name, before it is used again.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from enum import IntEnum

from wf_tui.git.control.changed_files import Entry
from wf_tui.git.control.control import Control
from wf_tui.git.path_bytes import encode_path
from wf_tui.values import field, frozen, replace

__all__ = ["Kind", "Names", "read_names"]


class Kind(IntEnum):
    """What a name in a tree is; the values are the modes that a checkout has on disk.

    So a sweep can compare one with `st_mode` in one step, which is nearly all of its work.
    """

    FILE = 0o100644
    PROGRAM = 0o100755
    LINK = 0o120777
    FOLDER = 0o040755
    SUBMODULE = 0o160000

    @property
    def is_folder(self) -> bool:
        """Whether a checkout makes a folder of it."""
        return self in {Kind.FOLDER, Kind.SUBMODULE}


_KINDS = {
    b"100644": Kind.FILE,
    b"100664": Kind.FILE,  # the earliest versions of git wrote it, and old trees have it still
    b"100755": Kind.PROGRAM,
    b"120000": Kind.LINK,
    b"040000": Kind.FOLDER,
    b"160000": Kind.SUBMODULE,
}
_NONE: Mapping[bytes, Kind] = {}


@frozen
class Names:
    """For each folder (the top is empty), the names in it and their kinds.

    Paths are bytes without a slash at their end. A value that threads share: the pool keeps those
    of the last few bases.
    """

    folders: Mapping[bytes, Mapping[bytes, Kind]]
    attributes: str = ""
    """A digest of the `.gitattributes` files: where it differs, a checkout may have other bytes."""
    submodules: Mapping[bytes, str] = field(default_factory=dict)
    """The commit of each submodule, by its path."""

    def inside(self, folder: bytes) -> Mapping[bytes, Kind]:
        """Return the names of one folder; none for one that the tree does not have."""
        return self.folders.get(folder, _NONE)

    def without(self, left_out: Collection[bytes]) -> "Names":
        """Return the names of a sparse checkout, which has no folder that has nothing in it."""
        kept: dict[bytes, Mapping[bytes, Kind]] = {}
        # A folder comes before what is in it, so that backwards all below it is known.
        for folder, names in reversed(list(self.folders.items())):
            prefix = folder + b"/" if folder else b""
            there = {
                name: kind
                for name, kind in names.items()
                if (prefix + name in kept if kind is Kind.FOLDER else prefix + name not in left_out)
            }
            if there or not folder:
                kept[folder] = there
        submodules = {path: oid for path, oid in self.submodules.items() if path not in left_out}
        return replace(self, folders=kept, submodules=submodules)

    def after(self, entries: Iterable[Entry]) -> "Names | None":
        """Return the names of another commit, which has changed these; None where it takes a look.

        That is so for attributes, for submodules, and where a folder has nothing in it any more.
        """
        folders = dict(self.folders)
        own: dict[bytes, dict[bytes, Kind]] = {}

        def names_in(folder: bytes) -> dict[bytes, Kind]:
            if folder not in own:
                if folder not in folders:  # above it first, as `walk` has them
                    above, _, name = folder.rpartition(b"/")
                    names_in(above)[name] = Kind.FOLDER
                folders[folder] = own[folder] = dict(folders.get(folder, _NONE))
            return own[folder]

        for entry in entries:
            folder, _, name = encode_path(entry.path).rpartition(b"/")
            kinds = [_KINDS.get(mode.encode()) for mode in (entry.old_mode, entry.new_mode)]
            if name == b".gitattributes" or Kind.SUBMODULE in kinds:
                return None
            if entry.deleted:
                names_in(folder).pop(name, None)
                if folder and not own[folder]:
                    return None
            elif kinds[1] is None:
                return None
            else:
                names_in(folder)[name] = kinds[1]
        return replace(self, folders=folders)

    def walk(self) -> Iterator[tuple[bytes, Kind]]:
        """Yield every path with its kind."""
        for folder, names in self.folders.items():
            for name, kind in names.items():
                yield (folder + b"/" + name if folder else name), kind


def read_names(control: Control, commit: str) -> Names:
    """Return the names of a commit's tree, submodules as what they are and not looked into.

    One command of git that lists every file: the caller remembers the answer.
    """
    folders: dict[bytes, dict[bytes, Kind]] = {b"": {}}
    attributes, submodules = hashlib.sha256(), {}
    listed = control.git("ls-tree", "-r", "-t", "-z", "--full-tree", "--end-of-options", commit)
    for record in listed.records:
        about, path = record.split(b"\t", 1)
        folder, _, name = path.rpartition(b"/")
        kind = _KINDS[about[:6]]
        # A folder comes before what is in it, so that it has an entry by then.
        folders[folder][name] = kind
        if kind is Kind.FOLDER:
            folders[path] = {}
        elif kind is Kind.SUBMODULE:
            submodules[path] = about.split(b" ")[2].decode()
        elif name == b".gitattributes":
            attributes.update(record + b"\0")
    return Names(folders, attributes.hexdigest(), submodules)
