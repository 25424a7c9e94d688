"""A range of ports for each attempt (`WF_PORT_BASE`): no two on this machine have the same.

A range is held by a lock that the kernel frees, in a folder that all runs of the user share; that
somebody else listens there is found out by trying.
"""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from wf_tui.locks import open_lock, try_lock
from wf_tui.paths import private_folder

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Ports"]

SIZE: Final = 20
"""Ports in a range."""
_RANGES: Final = 600
"""From 20,000 on they end below 32,768, where Linux takes ports for itself."""
_IN_TURN: Final = 128
"""So many of them are used in turn, as long as they are free.

The next attempt takes others, so that what lingers in these may go in peace; and few locks are
made.
"""
_HIGHEST: Final = 65_536
_NO_SUCH_NETWORK: Final = frozenset({errno.EAFNOSUPPORT, errno.EADDRNOTAVAIL})
_HOSTS: Final = ((socket.AF_INET6, "::"), (socket.AF_INET, "127.0.0.1"))
"""The second for a machine without IPv6: the first one is all addresses of both kinds."""


@dataclass
class Ports:
    """The ranges that a scheduler holds; safe to use from several threads.

    Attempts take theirs in a thread, when their job is made; the loop frees them at their end.
    """

    folder: Path
    first: int = 20_000
    _held: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)
    """For each attempt the range's first port and the open lock."""
    _next: int = 0
    _is_private: bool = False
    """Whether the folder was made, or found to be this user's alone."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, attempt: tuple[str, int]) -> int | None:
        """Return the first of the ports that this attempt has for itself; None where all are taken.

        Asked again, the answer is the same, until `free`. Blocks: it tries each port of a range. An
        `attempt` is known by its task and epoch.
        """
        with self._lock:
            if attempt not in self._held:
                found = self._find()
                if found is None:
                    return None
                self._held[attempt] = found
            return self._held[attempt][0]

    def free(self, attempt: tuple[str, int]) -> None:
        """Let others have the ports of an attempt; one that took none has none to give back."""
        with self._lock:
            if attempt in self._held:
                os.close(self._held.pop(attempt)[1])

    def _find(self) -> tuple[int, int] | None:
        count = min(_RANGES, (_HIGHEST - self.first) // SIZE)
        for step in range(count):
            number = (self._next + step) % count
            base = self.first + number * SIZE
            lock = self._open_lock(base)
            # The lock before the ports: who only tried them could both find the same range free.
            if try_lock(lock) and is_unused(base):
                self._next = (number + 1) % _IN_TURN
                return base, lock
            os.close(lock)
        return None

    def _open_lock(self, base: int) -> int:
        path = self.folder / str(base)
        if self._is_private:
            with contextlib.suppress(FileNotFoundError):
                return open_lock(path)
        private_folder(self.folder)
        self._is_private = True
        return open_lock(path)


def is_unused(base: int) -> bool:
    """Whether nobody listens at any port of the range that begins at `base`, on this machine.

    Found out by binding, for IPv4 and IPv6 at once where the machine has both; one without has
    nobody there. It says nothing about the next moment: the lock keeps other attempts away, not
    other programs.
    """
    for family, host in _HOSTS:
        try:
            for port in range(base, base + SIZE):
                # Not `socket.socket`, which takes as long again as the kernel does.
                probe = socket.SocketType(family, socket.SOCK_STREAM)
                try:
                    if family is socket.AF_INET6:
                        probe.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
                    probe.bind((host, port))
                finally:
                    probe.close()
        except OSError as error:
            if error.errno in _NO_SUCH_NETWORK:
                continue
            return False
        return True
    return True
