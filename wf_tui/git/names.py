"""The names that a commit's tree holds, folder by folder, with what each of them is."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from wf_tui.git.control import Control

__all__ = ["Kind", "Names", "read_names"]


class Kind(Enum):
    """What a name in a tree is; the values are git's modes."""

    FILE = b"100644"
    PROGRAM = b"100755"
    LINK = b"120000"
    FOLDER = b"040000"
    SUBMODULE = b"160000"

    @property
    def is_folder(self) -> bool:
        """Whether a checkout makes a folder of it."""
        return self in {Kind.FOLDER, Kind.SUBMODULE}


_KINDS = {kind.value: kind for kind in Kind} | {b"100664": Kind.FILE}
_NONE: Mapping[bytes, Kind] = {}


@dataclass(frozen=True)
class Names:
    """For each folder (the top is empty), the names in it and their kinds."""

    folders: Mapping[bytes, Mapping[bytes, Kind]]

    def inside(self, folder: bytes) -> Mapping[bytes, Kind]:
        """Return the names of one folder."""
        return self.folders.get(folder, _NONE)

    def walk(self) -> Iterator[tuple[bytes, Kind]]:
        """Yield every path with its kind."""
        for folder, names in self.folders.items():
            for name, kind in names.items():
                yield (folder + b"/" + name if folder else name), kind


def read_names(control: Control, commit: str) -> Names:
    """Return the names of a commit's tree."""
    folders: dict[bytes, dict[bytes, Kind]] = {b"": {}}
    listed = control.git("ls-tree", "-r", "-t", "-z", "--full-tree", "--end-of-options", commit)
    for record in listed.records:
        about, path = record.split(b"\t", 1)
        folder, _, name = path.rpartition(b"/")
        kind = _KINDS[about[:6]]
        folders[folder][name] = kind
        if kind is Kind.FOLDER:
            folders[path] = {}
    return Names(folders)
