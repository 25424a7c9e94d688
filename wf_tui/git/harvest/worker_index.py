"""The index of a worker's git, read as data: which paths it tracks, and how.

The file is the worker's to write, so that no git of the host opens it; here it is bytes, bounded
and checked, and what is odd about it is a reason not to believe it. The format is that of
`gitformat-index(5)`, versions 2 to 4.
"""

import errno
import hashlib
import os
import stat
import struct
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from wf_tui.values import frozen

__all__ = ["LARGEST", "Index", "Tracked", "UnreadableIndexError", "parse_index", "read_index"]

LARGEST: Final = 64 << 20
"""Bytes of an index that are read: some 600,000 paths. Parsing that takes about a second."""

_HEADER: Final = struct.Struct(">4sII")
_STAT: Final = struct.Struct(">10I")
_MODE: Final = 24
"""Where the mode is in these ten numbers, in bytes."""
_EXTENSION: Final = struct.Struct(">4sI")
_EXTENDED: Final = 0x4000
"""In the first flags: that there are more flags."""
_SKIP_WORKTREE: Final = 0x4000
"""In the second flags: the path is tracked and has no file (a sparse checkout)."""
_MOST_NAMES: Final = 2 * LARGEST
"""Bytes of all names together."""
_VERSIONS: Final = range(2, 5)
_PREFIXED: Final = 4
"""The version in which a name begins with a part of the one before it."""


class UnreadableIndexError(Exception):
    """What a worker left as its index cannot be believed; the message is a clause for a person."""


class Tracked(NamedTuple):
    """How an index has a path."""

    mode: int
    """As in a tree; of a folder that a sparse index keeps as a whole, `0o040000`."""
    oid: str
    sparse: bool
    """Whether it has no file on purpose."""
    stat: tuple[int, ...]
    """The file as it was when it was added: change and modification time (seconds, nanoseconds
    each), device, inode, mode, owner, group, size."""

    def is_as_added(self, status: os.stat_result) -> bool:
        """Whether a file is still the one that was added, by its times, its inode and its size."""
        return (*self.stat[:4], self.stat[5], self.stat[9]) == (
            *divmod(status.st_ctime_ns, 10**9),
            *divmod(status.st_mtime_ns, 10**9),
            status.st_ino & 0xFFFFFFFF,
            status.st_size & 0xFFFFFFFF,
        )


@frozen
class Index:
    """The paths that an index tracks. An entry is read when it is asked for: most never are."""

    content: bytes
    oid_size: int
    places: Mapping[bytes, int]
    """Where the entry of each path begins; of an unmerged path, that of one of its sides."""

    def mode(self, path: bytes) -> bytes:
        """Return the mode of a path as the index has it, to be compared with that of another."""
        place = self.places[path] + _MODE
        return self.content[place : place + 4]

    def has_more_flags(self, path: bytes) -> bool:
        """Whether a path may be sparse; nearly none is."""
        place = self.places[path] + _STAT.size + self.oid_size
        return bool(self.content[place] & (_EXTENDED >> 8))

    def __getitem__(self, path: bytes) -> Tracked:
        place = self.places[path]
        fields = _STAT.unpack_from(self.content, place)
        place += _STAT.size
        oid = self.content[place : place + self.oid_size].hex()
        place += self.oid_size
        more = int.from_bytes(self.content[place : place + 2]) & _EXTENDED
        flags = int.from_bytes(self.content[place + 2 : place + 4]) if more else 0
        return Tracked(fields[6], oid, bool(flags & _SKIP_WORKTREE), fields)


def read_index(git_dir: Path, algorithm: str) -> bytes:
    """Return the bytes of the index in a git directory, following no link.

    Raises `UnreadableIndexError` where there is none, or no regular file of a size that is read.
    `algorithm` is `sha1` or `sha256`, by which its checksum is verified.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
    try:
        folder = os.open(git_dir, flags | os.O_DIRECTORY)
        try:
            opened = os.open("index", flags, dir_fd=folder)
        finally:
            os.close(folder)
        try:
            # Asked of what was opened, not of the name.
            status = os.fstat(opened)
            if not stat.S_ISREG(status.st_mode):
                raise UnreadableIndexError("it is no file")
            if status.st_size > LARGEST:
                raise UnreadableIndexError(f"it holds more than {LARGEST >> 20} MB")
            content = _read(opened)
        finally:
            os.close(opened)
    except FileNotFoundError:
        raise UnreadableIndexError("it is gone") from None
    except OSError as error:
        is_link = error.errno == errno.ELOOP
        why = "it is no file" if is_link else str(error.strerror).lower()
        raise UnreadableIndexError(why) from error
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    body, checksum = content[:-size], content[-size:]
    # Git writes none where `index.skipHash` says so.
    if any(checksum) and hashlib.new(algorithm, body, usedforsecurity=False).digest() != checksum:
        raise UnreadableIndexError("it is damaged")
    return content


def _read(descriptor: int) -> bytes:
    """Return what a file holds, up to the most that is read."""
    parts = []
    left = LARGEST
    while left and (part := os.read(descriptor, left)):
        parts.append(part)
        left -= len(part)
    return b"".join(parts)


def parse_index(content: bytes, algorithm: str) -> Index:
    """Return what an index tracks.

    Raises `UnreadableIndexError` for what is no index, is cut off, or has parts in other files.
    """
    size = hashlib.new(algorithm, usedforsecurity=False).digest_size
    end = len(content) - size
    try:
        magic, version, count = _HEADER.unpack_from(content)
        if magic != b"DIRC" or version not in _VERSIONS:
            raise UnreadableIndexError("it is no index that wf knows")
        places, position = _find_entries(content, version, count, size, end)
        for name in _extensions(content, position, end):
            if name == b"link":
                raise UnreadableIndexError("it is a split index")
            if not name[:1].isupper() and name != b"sdir":
                raise UnreadableIndexError("it has a part that wf does not know")
    except (struct.error, ValueError, IndexError) as error:
        raise UnreadableIndexError("it is cut off") from error
    return Index(content, size, places)


def _find_entries(
    content: bytes, version: int, count: int, oid_size: int, end: int
) -> tuple[Mapping[bytes, int], int]:
    """Return where the entry of each path begins, and where the last one ends."""
    places: dict[bytes, int] = {}
    to_flags = _STAT.size + oid_size
    place, path, names = _HEADER.size, b"", 0
    for _ in range(count):
        flags = place + to_flags
        name = flags + (4 if content[flags] & (_EXTENDED >> 8) else 2)
        if version == _PREFIXED:
            strip, name = _varint(content, name)
            path = path[: len(path) - strip]
            stop = content.index(b"\0", name, end)
            path += content[name:stop]
            following = stop + 1
        else:
            stop = content.index(b"\0", name, end)
            path = content[name:stop]
            following = place + ((stop - place) // 8 + 1) * 8  # one to eight zeros
        # A version 4 of a few bytes can stand for names without end.
        names += len(path)
        if names > _MOST_NAMES:
            raise UnreadableIndexError("its names are too long")
        places[path] = place
        place = following
    return places, place


def _extensions(content: bytes, position: int, end: int) -> Iterator[bytes]:
    """Yield the names of what follows the entries; capitals stand for what may be passed over."""
    while position < end:
        name, size = _EXTENSION.unpack_from(content, position)
        yield name
        position += _EXTENSION.size + size
    if position != end:
        raise ValueError(position)


def _varint(content: bytes, position: int) -> tuple[int, int]:
    """Return a number as version 4 writes it, and where it ends."""
    byte = content[position]
    position += 1
    value = byte & 0x7F
    while byte & 0x80:
        byte = content[position]
        position += 1
        value = ((value + 1) << 7) | (byte & 0x7F)
        if value > LARGEST:
            raise ValueError(value)
    return value, position
