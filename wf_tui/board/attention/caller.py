"""Calls the person through the terminal: by a notification, and by the title of the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.board.attention.alerts import Alerts
from wf_tui.board.attention.channels import attention_sequence, choose_channel

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.config import Notifications
    from wf_tui.picture.header import Header
    from wf_tui.picture.picture import Picture
    from wf_tui.settings import NotificationDefaults

__all__ = ["Caller", "window_title"]

_EVERY: Final = 1.0
"""Seconds between two looks at what there is to tell."""


class Caller:
    """One board's way to its person; the application has it, on its event loop.

    `write` puts a sequence on its way to the terminal. Times are seconds of a clock that never goes
    back.
    """

    def __init__(
        self,
        settings: Notifications | NotificationDefaults,
        environ: Mapping[str, str],
        write: Callable[[str], None],
        now: float,
    ) -> None:
        self.alerts = Alerts(now, with_words=settings.text)
        self._channel = choose_channel(settings.via, environ)
        self._in_tmux = bool(environ.get("TMUX"))
        self._write = write
        self._looked = now - _EVERY

    def beat(self, picture: Picture, now: float) -> None:
        """Tell what has come, once a second at most; without a batch there is nothing to tell."""
        if picture.run is None or now - self._looked < _EVERY:
            return
        self._looked = now
        text = self.alerts.look(picture, now)
        sequence = attention_sequence(self._channel, text, in_tmux=self._in_tmux) if text else ""
        if sequence:
            self._write(sequence)


def window_title(header: Header, sign: str) -> str:
    """Return the title of the window: `◆4 14/40 Move auth`; `sign` is that of what needs you."""
    need = f"{sign}{header.need_you} " if header.need_you else ""
    return f"{need}{header.done}/{header.total} {header.goal}"
