"""Changed files that hold the value of a key: on a branch that people push it would be lost."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from wf_tui.git.control.blobs import read_blobs
from wf_tui.git.control.changed_files import Entry
from wf_tui.git.control.control import Control
from wf_tui.git.lfs.lfs_filter import find_object, parse_pointer
from wf_tui.git.lfs.storage import own_folder, user_folder
from wf_tui.git.path_bytes import encode_path
from wf_tui.values import frozen

__all__ = ["SecretFile", "files_with_secrets"]

_AT_ONCE: Final = 32 << 20
"""Bytes of contents in memory; a file that has more is looked at alone."""
_SUBMODULE: Final = "160000"


@frozen
class SecretFile:
    """A changed path with a key in its content, its name, or in what it links to."""

    path: str
    name: str
    """The name of the key."""


def files_with_secrets(
    control: Control, entries: Collection[Entry], secrets: Mapping[str, str]
) -> tuple[SecretFile, ...]:
    """Return the changed files that hold a secret which their base had not; blocks.

    `secrets` has each form of each value with its name. What stands at that path already is no
    leak of this work, and holding it would hold all work on the file.
    """
    if not secrets:
        return ()
    forms = {form.encode("utf-8", "surrogateescape"): name for form, name in secrets.items()}
    found: dict[str, str] = {}
    for entry in entries:
        path = encode_path(entry.path)
        if entry.added and (name := next(_named(path, forms), None)):
            found[entry.path] = name
    folders = [own_folder(control.git_dir), user_folder(control.git_dir)]
    for entry, content in _contents(control, entries):
        names = _stored(content, forms, folders)
        if names and not entry.added:
            before = read_blobs(control, [entry.old_oid])[entry.old_oid]
            names -= _stored(before, forms, folders)
        if names:
            found.setdefault(entry.path, min(names))
    return tuple(SecretFile(path, name) for path, name in sorted(found.items()))


def _named(content: bytes, forms: Mapping[bytes, str]) -> Iterator[str]:
    return (name for form, name in forms.items() if form in content)


def _stored(content: bytes, forms: Mapping[bytes, str], folders: list[Path]) -> set[str]:
    """Return the keys in a content, and in what it stands for where it is a pointer of LFS."""
    pointer = parse_pointer(content)
    file = find_object(folders, pointer) if pointer else None
    if file is None:
        return set(_named(content, forms))
    with file:
        return _named_within(file, forms)


def _named_within(file: BinaryIO, forms: Mapping[bytes, str]) -> set[str]:
    overlap = max(map(len, forms))
    names: set[str] = set()
    end = b""
    while part := file.read(_AT_ONCE):
        # A key may lie across two parts.
        names.update(_named(end + part, forms))
        end = (end + part)[-overlap:]
    return names


def _contents(control: Control, entries: Collection[Entry]) -> Iterator[tuple[Entry, bytes]]:
    """Yield the new content of each file, and the target of each link."""
    files = [one for one in entries if not one.deleted and one.new_mode != _SUBMODULE]
    if not files:
        return
    asked = "".join(f"{entry.new_oid}\n" for entry in files).encode()
    sizes = control.git("cat-file", "--batch-check=%(objectsize)", stdin=asked).stdout.split()
    batch: list[Entry] = []
    total = 0
    for entry, size in zip(files, sizes, strict=True):
        if batch and total + int(size) > _AT_ONCE:
            yield from _read(control, batch)
            batch, total = [], 0
        batch.append(entry)
        total += int(size)
    yield from _read(control, batch)


def _read(control: Control, batch: Collection[Entry]) -> Iterator[tuple[Entry, bytes]]:
    contents = read_blobs(control, [entry.new_oid for entry in batch])
    return ((entry, contents[entry.new_oid]) for entry in batch)
