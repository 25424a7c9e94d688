"""Reading and writing the contents of files as git keeps them, many by one process."""

from collections.abc import Iterable, Sequence

from wf_tui.git.control.control import Control
from wf_tui.git.control.scratch import scratch_folder
from wf_tui.git.runner import git

__all__ = ["read_blobs", "write_blobs"]


def read_blobs(control: Control, oids: Iterable[str]) -> dict[str, bytes]:
    """Return the content of each object that is a file; others are left out."""
    wanted = list(dict.fromkeys(oids))
    if not wanted:
        return {}
    asked = "".join(f"{oid}\n" for oid in wanted).encode()
    output = control.git("cat-file", "--batch", "--buffer", stdin=asked).stdout
    found: dict[str, bytes] = {}
    at = 0
    # Answers come in the order of the questions, each with its length: they hold any bytes.
    for oid in wanted:
        end = output.index(b"\n", at)
        _, kind, *size = output[at:end].split(b" ")
        at = end + 1
        if size:
            content = output[at : at + int(size[0])]
            at += int(size[0]) + 1
            if kind == b"blob":
                found[oid] = content
    return found


def write_blobs(control: Control, contents: Sequence[bytes]) -> list[str]:
    """Keep contents as objects, byte by byte, and return their names in the same order."""
    if not contents:
        return []
    with scratch_folder(control) as folder:
        for number, content in enumerate(contents):
            (folder / str(number)).write_bytes(content)
        # From within, so that no newline in the folder's own name can end a line of the list.
        asked = "".join(f"{number}\n" for number in range(len(contents))).encode()
        words = ("hash-object", "-w", "--no-filters", "--stdin-paths")
        return git(*words, git_dir=control.git_dir, cwd=folder, stdin=asked).text.split()
