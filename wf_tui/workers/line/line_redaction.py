"""Secrets in what a program says on its line: replaced before anything of it is looked at.

So what is recorded, shown and handed on of it has none. A text that comes in pieces may have a
secret across two of them; what could be the beginning of one waits for the next piece.
"""

from collections.abc import Mapping
from dataclasses import replace

from wf_tui.workers.line.grammar import LineEvent, Message
from wf_tui.workers.shim.redaction import Redactor

__all__ = ["LineRedaction"]


class LineRedaction:
    """Redacts one line after the other; `secrets` has each with the name that stands for it."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        self._whole = Redactor(dict(secrets))
        self._pieces = Redactor(dict(secrets))
        self._last: Message | None = None
        """The piece whose end may still be waiting."""
        self._has_secrets = bool(secrets)

    def line(self, line: bytes) -> bytes:
        """Return a line without secrets; they are looked for as JSON writes them, too."""
        if not self._has_secrets:
            return line
        return self._whole.whole(line.decode(errors="replace")).encode()

    def events(self, event: LineEvent) -> list[LineEvent]:
        """Return what may be taken now: the event, behind what has waited for it."""
        if not self._has_secrets:
            return [event]
        if not isinstance(event, Message) or not event.delta:
            return [*self.end(), event]
        before: list[LineEvent] = []
        if self._last is not None and (self._last.role, self._last.thought) != (
            event.role,
            event.thought,
        ):
            before = self.end()
        self._last = event
        text = self._pieces.add(event.text)
        if text == event.text:
            return [*before, event]
        return [*before, replace(event, text=text)] if text else before

    def end(self) -> list[LineEvent]:
        """Return what has waited, where nothing more of that text comes."""
        last, self._last = self._last, None
        text = "" if last is None else self._pieces.end()
        return [replace(last, text=text)] if last is not None and text else []
