"""The shim parent: pre-started, small, forks one shim per attempt.

An interpreter per shim would cost ten times as much, and forking the scheduler itself even more.
A request is a line on a socket with descriptors: the attempt's channel, a file with the request as
JSON, and the line of the program if it gets one. The text says how many, and names the module of a
driver, which is then loaded once for all that use it. End-of-file on the life line: the scheduler
is gone. The parent keeps a copy of each channel until what a dead shim left behind is killed, so
that end-of-file there means: no process of the attempt is left.
"""

import contextlib
import gc
import os
import select
import socket
import sys
import time
from importlib import import_module
from typing import NoReturn

from wf_tui.workers.shim.descendants import await_signal, become_subreaper, kill_tree, reap
from wf_tui.workers.shim.log_writer import CHUNK
from wf_tui.workers.shim.shim import Channel, run_shim, wake_on_signals

__all__ = ["main"]

FAREWELL_SECONDS = 10.0
MOST_HANDLES = 3
LONGEST_REQUEST = 200


class ShimParent:
    """Forks a shim per request, and cleans up after shims that were killed."""

    def __init__(self, requests: socket.socket, life: int) -> None:
        self.requests = requests
        self.life = life
        self.shims: dict[int, int] = {}
        self.wake, self.wake_end = wake_on_signals()

    def serve(self) -> None:
        """Take requests until the scheduler is gone, then see the last shims off."""
        poller = select.poll()
        poller.register(self.requests, select.POLLIN)
        poller.register(self.wake, select.POLLIN)
        open_for_requests = True
        while open_for_requests:
            for handle, _ in poller.poll():
                if handle == self.wake:
                    os.read(self.wake, CHUNK)
                else:
                    open_for_requests = self.accept()
            self.collect_shims()
        end = time.monotonic() + FAREWELL_SECONDS
        while self.shims and time.monotonic() < end:
            await_signal(self.wake, 0.1)
            self.collect_shims()
        kill_tree(self.wake, lambda *_: None)

    def accept(self) -> bool:
        """Fork the shim of one request; False at end-of-file."""
        try:
            text, handles, _, _ = socket.recv_fds(self.requests, LONGEST_REQUEST, MOST_HANDLES)
        except ConnectionError:
            return False
        for handle in handles:
            os.set_inheritable(handle, False)  # else the program could write on its own channel
        count, _, module = text.decode().partition(" ")
        if text and len(handles) == int(count):
            if module:
                self.load(module)
            self.fork(handles[0], handles[1], *handles[2:])
        else:  # no descriptor was free; end-of-file tells the scheduler
            for handle in handles:
                os.close(handle)
        return bool(text)

    def load(self, module: str) -> None:
        """Load a driver here, so that its forks share it; what is wrong with it they say."""
        if module not in sys.modules:
            with contextlib.suppress(ImportError):
                import_module(module)
            gc.collect()
            gc.freeze()

    def fork(self, channel: int, request: int, line: int | None = None) -> None:
        """Fork a shim, and keep a copy of its channel until it is collected."""
        try:
            pid = os.fork()
        except OSError as error:
            Channel(channel).send_last({"failed": f"cannot fork: {error.strerror}"})
        else:
            if pid == 0:
                self.become_shim(channel, request, line)
            self.shims[pid] = channel
        os.close(request)
        if line is not None:
            os.close(line)

    def become_shim(self, channel: int, request: int, line: int | None) -> NoReturn:
        """Let go of what is the parent's, and do not come back."""
        # The channels of the others as well, or their end would wait for this shim's.
        for handle in (self.wake, self.wake_end, *self.shims.values()):
            os.close(handle)
        self.requests.close()
        os._exit(0 if run_shim(channel, request, self.life, line) else 1)

    def collect_shims(self) -> None:
        """Collect dead shims; kill the orphans of those that did not end by themselves."""
        dead: list[int] = []
        failed = False

        def note(pid: int, status: int) -> None:
            nonlocal failed
            channel = self.shims.pop(pid, None)
            if channel is not None:
                dead.append(channel)
                failed = failed or status != 0

        reap(note)
        if failed:
            kill_tree(self.wake, note, spare=self.shims.keys())
        # Only now: end-of-file tells the scheduler that no process of the attempt is left.
        for channel in dead:
            os.close(channel)


def main() -> None:
    """Serve on the two descriptors given as arguments."""
    requests, life = socket.socket(fileno=int(sys.argv[1])), int(sys.argv[2])
    requests.set_inheritable(False)
    os.set_inheritable(life, False)
    become_subreaper()
    gc.collect()
    gc.freeze()  # keeps the pages shared with the shims
    ShimParent(requests, life).serve()
