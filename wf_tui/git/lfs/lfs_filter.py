"""The filter for Git LFS: a pointer is committed, its content lies in a folder by its hash.

Git starts this file (`filter.lfs.process`) for the first file that has the filter, and then
asks it about each by the protocol of gitattributes(5), "Long Running Filter Process". It imports
nothing of wf, since it runs with `python -I -S`. What it cannot do ends it with
an error, and git fails rather than committing a content in the place of a pointer.
"""

from __future__ import annotations

import hashlib
import os
import re
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["Pointer", "add_object", "find_object", "object_path", "parse_pointer", "serve"]

LONGEST_POINTER: Final = 1024
"""Bytes; what is longer is no pointer, by the specification of Git LFS."""
_POINTER: Final = re.compile(
    rb"version https?://(?:git-lfs\.github\.com|hawser\.github\.com|git-media\.io)/\S+\n"
    rb"(?:[a-z0-9.-]+ [^\n]*\n)*?oid sha256:([0-9a-f]{64})(?:\n(?:[a-z0-9.-]+ [^\n]*\n?)*)?"
)
_SIZE: Final = re.compile(rb"^size (\d{1,18})$", re.MULTILINE)
_PACKET: Final = 65516
"""Bytes that one packet may carry."""
_CHUNK: Final = 1 << 20


class Pointer(NamedTuple):
    """What stands in a commit for a content: its SHA-256 and its length in bytes."""

    oid: str
    size: int | None
    """None in a pointer of a tool that does not write it."""

    @property
    def text(self) -> bytes:
        """The pointer as Git LFS writes it."""
        version = "version https://git-lfs.github.com/spec/v1"
        return f"{version}\noid sha256:{self.oid}\nsize {self.size}\n".encode()


def parse_pointer(content: bytes) -> Pointer | None:
    """Return the pointer that a file or object is, or None where it is something else."""
    found = _POINTER.fullmatch(content) if len(content) < LONGEST_POINTER else None
    if found is None:
        return None
    size = _SIZE.search(content)
    return Pointer(found[1].decode(), int(size[1]) if size else None)


def object_path(folder: Path, oid: str) -> Path:
    """Return where the content of a pointer lies in a folder of contents."""
    return folder / oid[:2] / oid[2:4] / oid


def find_object(folders: Sequence[Path], pointer: Pointer) -> BinaryIO | None:
    """Return the content of a pointer, opened and proven to be that; None where no folder has it.

    A link or a pipe is nothing, and what has another hash is not believed: a folder of contents is
    not written by wf alone.
    """
    for folder in folders:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            file = os.fdopen(os.open(object_path(folder, pointer.oid), flags), "rb")
        except OSError:
            continue
        status = os.fstat(file.fileno())
        if stat.S_ISREG(status.st_mode) and pointer.size in {None, status.st_size}:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            if digest == pointer.oid:
                file.seek(0)
                return file
        file.close()
    return None


def add_object(folder: Path, parts: Iterator[bytes]) -> bytes:
    """Store a content, given in parts, and return its pointer; one that is a pointer stays so.

    Whole or not at all: it gets its name when it is on the disk. Raises `OSError`.
    """
    first = b""
    for part in parts:
        first += part
        if len(first) >= LONGEST_POINTER:
            break
    if not first or parse_pointer(first) is not None:
        return first
    temporary = folder.parent / "tmp"
    temporary.mkdir(mode=0o700, parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix="wf-", dir=temporary)
    try:
        digest, size = hashlib.sha256(), 0
        with os.fdopen(handle, "wb") as file:
            for part in _chain(first, parts):
                digest.update(part)
                size += file.write(part)
            file.flush()
            os.fsync(file.fileno())
        pointer = Pointer(digest.hexdigest(), size)
        path = object_path(folder, pointer.oid)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        Path(name).replace(path)
    finally:
        Path(name).unlink(missing_ok=True)
    return pointer.text


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def serve(source: BinaryIO, target: BinaryIO, own: Path, others: Sequence[Path]) -> None:
    """Answer git until it ends; contents go to `own`, and come from there or `others`."""
    _expect(source, b"git-filter-client", b"version=2")
    _send_lines(target, b"git-filter-server", b"version=2")
    list(_packets(source))  # what git can do
    _send_lines(target, b"capability=clean", b"capability=smudge")
    while asked := [line.rstrip(b"\n") for line in _packets(source)]:
        if b"command=clean" in asked:
            answer: Iterator[bytes] = iter((add_object(own, _packets(source)),))
        else:
            content = b"".join(_packets(source))
            answer = _smudged(content, [own, *others])
        _send_lines(target, b"status=success")
        for part in answer:
            for start in range(0, len(part), _PACKET):
                _send(target, part[start : start + _PACKET])
        _send_lines(target)
        _send_lines(target)  # the status is as it was


def _smudged(content: bytes, folders: Sequence[Path]) -> Iterator[bytes]:
    """Yield the content that a pointer stands for, or the pointer where it is nowhere."""
    pointer = parse_pointer(content)
    file = find_object(folders, pointer) if pointer else None
    if file is None:
        yield content
        return
    with file:
        while part := file.read(_CHUNK):
            yield part


def _packets(source: BinaryIO) -> Iterator[bytes]:
    """Yield the packets up to the next end of a list; none at the end of all."""
    while True:
        length = source.read(4)
        if not length:
            return
        size = int(length, 16)
        if size == 0:
            return
        yield source.read(size - 4)


def _expect(source: BinaryIO, *lines: bytes) -> None:
    if [line.rstrip(b"\n") for line in _packets(source)] != list(lines):
        raise SystemExit("wf: git speaks another protocol to the filter of LFS files")


def _send(target: BinaryIO, packet: bytes) -> None:
    target.write(b"%04x" % (len(packet) + 4) + packet)


def _send_lines(target: BinaryIO, *lines: bytes) -> None:
    """Send a list of lines and its end."""
    for line in lines:
        _send(target, line + b"\n")
    target.write(b"0000")
    target.flush()


if __name__ == "__main__":
    try:
        folders = [Path(folder) for folder in sys.argv[1:]]
        serve(sys.stdin.buffer, sys.stdout.buffer, folders[0], folders[1:])
    except OSError as error:
        sys.exit(f"wf: the content of an LFS file cannot be kept: {error}")
