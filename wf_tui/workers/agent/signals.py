"""The signals that the driver of an agent gets: to stop, or that the agent has ended.

Standard library only, as all of the driver.
"""

import os
import signal

__all__ = ["Signals"]


class Signals:
    """Notes signals, and makes a pipe readable with each, so that a poll wakes for them."""

    def __init__(self) -> None:
        self.stop_asked = False
        self.wake, self.wake_end = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self.wake_end, False)
        signal.set_wakeup_fd(self.wake_end, warn_on_full_buffer=False)
        # With handlers, an agent gets the default of each: what is ignored would stay so.
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self.note_stop)
        signal.signal(signal.SIGCHLD, lambda *_: None)

    def note_stop(self, *_: object) -> None:
        """Note that the shim wants the attempt to end."""
        self.stop_asked = True

    def clear(self) -> None:
        """Empty the pipe, so that the next poll waits again."""
        try:
            os.read(self.wake, 4096)
        except BlockingIOError:
            return
