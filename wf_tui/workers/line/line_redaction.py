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
        """The piece whose end is waiting."""
        self._has_secrets = bool(secrets)

    def lines(self, lines: list[bytes | None]) -> list[bytes | None]:
        """Return lines without secrets; they are looked for as JSON writes them, too.

        All of them are searched at once, and only where there is something to be replaced one by
        one: nearly no line has a secret. None is one that was too long.
        """
        if not self._has_secrets or self._is_free(b"\n".join(filter(None, lines))):
            return lines
        return [
            line and self._whole.whole(line.decode(errors="replace")).encode() for line in lines
        ]

    def _is_free(self, lines: bytes) -> bool:
        """Whether nothing in it is to be replaced: no secret, and nothing that is no text."""
        try:
            return not self._whole.finds(lines.decode())
        except UnicodeDecodeError:
            return False

    def events(self, event: LineEvent) -> list[LineEvent]:
        """Return what may be taken now: the event, behind what has waited for it."""
        if not self._has_secrets:
            return [event]
        if not isinstance(event, Message) or not event.delta:
            return [event] if self._last is None else [*self.end(), event]
        before: list[LineEvent] = []
        if self._last is not None and (self._last.role, self._last.thought) != (
            event.role,
            event.thought,
        ):
            before = self.end()
        text = self._pieces.add(event.text)
        self._last = event if self._pieces.held else None
        if text == event.text:
            return [*before, event]
        return [*before, replace(event, text=text)] if text else before

    def end(self) -> list[LineEvent]:
        """Return what has waited, where nothing more of that text comes."""
        last, self._last = self._last, None
        text = "" if last is None else self._pieces.end()
        return [replace(last, text=text)] if last is not None and text else []
