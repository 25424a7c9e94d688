"""Writes to the terminal on a thread of its own: the event loop never waits for a slow line."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import termios
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual._compositor import CompositorUpdate

    from wf_tui.board.terminal.shown_lines import ShownLines

__all__ = ["Output"]

_PIECE: Final = 2048
"""Characters that are written at a time: what a line of 4 kB/s takes in half a second."""
_PIPE: Final = 32 * 1024
"""Bytes that a pseudo-terminal of Linux holds for a reader that is slow, at most."""
_STUCK: Final = 0.05
"""Seconds that no write takes for which there is room."""
_RECENT: Final = 0.5
"""Seconds for which a copied text is not dropped with the frames behind it."""
_COPY: Final = "\x1b]52;"
_SYNC_START, _SYNC_END = "\x1b[?2026h", "\x1b[?2026l"


class Output:
    """What is to be written: words in their order, and the newest state of each line.

    `send` and `draw` are called on the event loop and never wait. One thread writes, one piece at a
    time; so at most a piece is older than what the event loop has drawn last.
    """

    def __init__(
        self,
        file: int,
        encoding: str,
        lines: ShownLines,
        gone: Callable[[], None],
        failed: Callable[[Exception], None],
    ) -> None:
        self._file = file
        self._encoding = encoding
        self._lines = lines
        self._gone = gone
        self._failed = failed
        self._words: deque[str] = deque()
        self._work = threading.Condition()
        self._cursor = ""
        self._shown_cursor = ""
        self._is_held = True
        self._is_closing = False
        self._is_abandoned = False
        self._in_sync = False
        self._written = 0
        self._writing_since: float | None = None
        """Since when the thread hangs in a write; None: it does not."""
        self._copied_at = 0.0
        """When a copied text was written last."""
        self.synchronized = False
        """Whether the terminal can be told that a frame is not whole yet."""
        self.was_read = False
        """Whether the terminal has read the beginning: it has answered."""
        self._thread = threading.Thread(target=self._run, name="terminal-output", daemon=True)

    def start(self) -> None:
        """Begin to write; frames only after `release`."""
        self._thread.start()

    def send(self, words: str) -> None:
        """Write this, as it is and before any line."""
        with self._work:
            if not self._is_closing:
                self._words.append(words)
                self._work.notify()

    def draw(self, update: CompositorUpdate, cursor: str) -> None:
        """Show a frame, in the place of all that have not been written; then place the cursor."""
        with self._work:
            self._lines.draw(update)
            self._cursor = cursor
            self._work.notify()

    def release(self) -> None:
        """Let the frames through."""
        with self._work:
            self._is_held = False
            self._work.notify()

    def redraw(self) -> None:
        """Write the whole screen again, since something else may have drawn on it."""
        with self._work:
            self._lines.forget()
            self._shown_cursor = ""
            self._work.notify()

    def drop_frames(self) -> None:
        """Write nothing more of what was drawn: it is for a screen of another size."""
        with self._work:
            self._lines.drop()

    def close(self, last: str, within: float) -> None:
        """Write this as the last words, instead of what is drawn and not written yet.

        What the terminal has not read is dropped, so that one which reads slowly, or not at all, is
        left as well. It takes at most `within` seconds.
        """
        with self._work:
            self._lines.drop()
            self._is_closing = True
            self.drop_unread()
            self._words.append(last)
            self._work.notify()
        self._thread.join(within)
        # It may still hang in a write; should the terminal read again, that was the last one.
        self._is_abandoned = True

    @property
    def is_stuck(self) -> bool:
        """Whether the terminal does not read, or much slower than is written."""
        since = self._writing_since
        return since is not None and time.monotonic() - since > _STUCK

    def drop_unread(self) -> None:
        """Drop what the terminal was sent and has not read, where that is nothing but frames.

        Not its very beginning, without which the end would take back too much, and no text that was
        copied just now.
        """
        began_is_read = self.was_read or self._written > _PIPE
        if began_is_read and time.monotonic() - self._copied_at > _RECENT:
            with contextlib.suppress(termios.error):
                termios.tcflush(self._file, termios.TCOFLUSH)
            # The kernel does not wake a writer up for that; an interrupted one looks again.
            if self._thread.ident is not None and self._thread.is_alive():
                signal.pthread_kill(self._thread.ident, signal.SIGWINCH)

    # -- the thread

    def _run(self) -> None:
        try:
            self._write_all()
        except Exception as error:  # noqa: BLE001 - the top of the app, on its thread
            self._failed(error)

    def _write_all(self) -> None:
        while not self._is_abandoned:
            piece = self._next()
            if piece is None:
                return
            if not self._write(piece.encode(self._encoding, "replace")):
                self._gone()
                return

    def _next(self) -> str | None:
        """Wait for something to be written; None: nothing will come any more."""
        with self._work:
            while True:
                if self._words:
                    words = "".join(self._words)
                    self._words.clear()
                    if _COPY in words:
                        self._copied_at = time.monotonic()
                    return words
                if self._is_closing:
                    return None
                if not self._is_held and (piece := self._drawn()):
                    return piece
                self._work.wait()

    def _drawn(self) -> str:
        piece = self._lines.take(_PIECE)
        if self._lines.is_done and (piece or self._cursor != self._shown_cursor):
            piece += self._cursor
            self._shown_cursor = self._cursor
        if not self.synchronized:
            return piece
        if piece and not self._in_sync and not self._lines.is_done:
            piece, self._in_sync = _SYNC_START + piece, True
        elif self._in_sync and self._lines.is_done:
            piece, self._in_sync = piece + _SYNC_END, False
        return piece

    def _write(self, data: bytes) -> bool:
        """Write all of it, however long that takes; return whether the terminal is still there."""
        while data and not self._is_abandoned:
            self._writing_since = time.monotonic()
            try:
                count = os.write(self._file, data)
            except BlockingIOError:
                # Somebody else who has this terminal has made it so.
                select.select([], [self._file], [], 1.0)
                continue
            except OSError:
                return False
            finally:
                self._writing_since = None
            self._written += count
            data = data[count:]
        return True
