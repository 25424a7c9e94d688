"""The attempt's output on disk, capped: its first and its last part.

Part of the shim parent, so stdlib only. One JSON object a line: `{"at", "text"}` per chunk;
`{"at", "truncated": true}` once the first half is full, so that a reader knows why the log stands
still; `{"at", "left_out": bytes}` before the kept end.
"""
# ruff: noqa: PTH104, PTH108 - no pathlib: the shim parent stays small

import codecs
import contextlib
import json
import os
import stat
import time

from wf_tui.workers.shim.redaction import Redactor

__all__ = ["CHUNK", "LogWriter", "discard", "write_atomic"]

CHUNK = 1 << 16
TAIL_CHARACTERS = 4000
TAIL_BYTES = 4 * TAIL_CHARACTERS
Decoder = codecs.getincrementaldecoder("utf-8")  # looked up before the fork, not in each shim


class LogWriter:
    """The attempt's output as JSON Lines: the first and the last half of `cap` bytes (G14).

    The first half is written as it comes. The last one is kept in memory until the end, since only
    then it is known which bytes are the last.
    """

    def __init__(self, path: str, cap: int, secrets: dict[str, str] | None = None) -> None:
        self.handle = create(path)
        self.redactor = Redactor(secrets or {})
        self.room = cap - cap // 2
        self.keep = cap // 2
        self.total = 0
        self.beyond = 0
        self.ring = bytearray()
        self.last = bytearray()
        self.error: str | None = None
        self.decoder = Decoder("replace")

    def add(self, chunk: bytes) -> None:
        """Take a chunk of output."""
        self.total += len(chunk)
        # Beside the log: what a person is told of the end must not depend on the disk.
        self.last += chunk[-TAIL_BYTES:]
        trim(self.last, TAIL_BYTES)
        # The head is filled before the ring is begun: the log has one gap at the most.
        head, rest = chunk[: self.room], chunk[self.room :]
        self.room -= len(head)
        if head:
            self.text(head, final=not self.room)
        if rest:
            if not self.beyond:
                self.record({"truncated": True})
            self.beyond += len(rest)
            self.ring += rest
            trim(self.ring, self.keep)

    def text(self, content: bytes, *, final: bool) -> None:
        """Write output as text; a character or a secret may be split over two chunks."""
        if text := self.redactor.add(self.decoder.decode(content, final)):
            self.record({"text": text})

    def record(self, fields: dict[str, object]) -> None:
        """Append one record; a full disk costs the log, never the attempt."""
        if self.error is None:
            line = json.dumps({"at": round(time.time(), 3), **fields}, ensure_ascii=False)
            try:
                write_all(self.handle, line.encode() + b"\n")
            except OSError as error:
                self.error = f"log: {error.strerror}"

    def close(self) -> None:
        """Write the kept end of the output, and how much is missing before it."""
        self.text(b"", final=True)
        self.decoder.reset()
        tail = bytes(self.ring[max(0, len(self.ring) - self.keep) :])
        if left_out := self.beyond - len(tail):
            self.say(self.redactor.end(cut=True))
            self.record({"left_out": left_out})
            # What is left out may have the beginning of a secret; its end is none to be shown.
            first = self.redactor.without_rest(self.decoder.decode(tail[:CHUNK]))
            tail = tail[CHUNK:]
            self.say(self.redactor.add(first))
        for start in range(0, len(tail), CHUNK):
            self.text(tail[start : start + CHUNK], final=start + CHUNK >= len(tail))
        self.say(self.redactor.add(self.decoder.decode(b"", final=True)) + self.redactor.end())
        os.close(self.handle)

    def say(self, text: str) -> None:
        """Write a text that is redacted, if there is any."""
        if text:
            self.record({"text": text})

    def tail(self) -> str:
        """Return the last characters of the output."""
        text = self.last[-TAIL_BYTES:].decode("utf-8", "replace")
        return self.redactor.whole(text, cut=self.total > TAIL_BYTES)[-TAIL_CHARACTERS:]


def trim(buffer: bytearray, keep: int) -> None:
    """Drop what is older than the last `keep` bytes, at a constant cost per byte."""
    if len(buffer) > 2 * keep:
        del buffer[: len(buffer) - keep]


def discard(path: str) -> None:
    """Remove a file, a link or a FIFO, if there is one; never a device."""
    # Asked first: in a new shim an exception that tells of none costs three times as much.
    if not os.access(path, os.F_OK, follow_symlinks=False):
        return
    with contextlib.suppress(FileNotFoundError):
        if stat.S_IFMT(os.lstat(path).st_mode) in {stat.S_IFREG, stat.S_IFLNK, stat.S_IFIFO}:
            os.unlink(path)


def create(path: str) -> int:
    """Make a new file, whatever a worker has put there, and return its descriptor."""
    new = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
    try:
        return os.open(path, new, 0o600)
    except FileExistsError:
        discard(path)
        return os.open(path, new, 0o600)


def write_atomic(path: str, content: bytes) -> None:
    """Write a file that is, at every instant, there in full or not there.

    Not so after a loss of power, from which nothing is believed that lies beside the ledger.
    """
    part = path + ".part"
    handle = create(part)
    try:
        write_all(handle, content)
    finally:
        os.close(handle)
    os.rename(part, path)


def write_all(handle: int, content: bytes) -> None:
    """Write all of `content`: a nearly full disk takes a part first."""
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]
