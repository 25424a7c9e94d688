"""Secrets in what a program prints: replaced by their names before anything is written.

Part of the shim parent, so stdlib only. A secret may come in two chunks, so what may be the
beginning of one is held back until it is known.
"""

import re

__all__ = ["Redactor"]

_LEAST_PART = 4
"""Characters of a secret that are taken for it where the rest of it is cut off."""


class Redactor:
    """Takes text in pieces and gives it back without secrets; `secrets` has each with its name."""

    def __init__(self, secrets: dict[str, str]) -> None:
        self.names = secrets
        self.held = ""
        self.pattern: re.Pattern[str] | None = None
        self.begin: re.Pattern[str] | None = None
        self.ordered: list[str] = []
        if secrets:
            self.look_for(secrets)

    def look_for(self, secrets: dict[str, str]) -> None:
        """Make the patterns; most programs have no secret, and each shim starts anew."""
        # The longest first: one that begins with another one would else be left in part.
        self.ordered = sorted(secrets, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, self.ordered)))
        begins = {f"{re.escape(one[0])}(?={re.escape(one[1:2])}|\\Z)" for one in secrets}
        self.begin = re.compile("|".join(sorted(begins)))

    def add(self, text: str) -> str:
        """Return what is certain of the text so far, redacted."""
        if self.pattern is None or self.begin is None:
            return text
        text, done, place = self.held + text, [], 0
        hold, longest = len(text), len(self.ordered[0])
        if not (self.finds(text) or self.begin.search(text, max(0, hold - longest + 1))):
            self.held = ""
            return text
        for match in self.pattern.finditer(text):
            if self.may_begin(text, match.start()):
                hold = match.start()
                break
            done += [text[place : match.start()], self.mark(match[0])]
            place = match.end()
        # Asked of the end of each piece, in which nearly no two letters begin a secret.
        for first in self.begin.finditer(text, max(place, len(text) - longest + 1), hold):
            if self.may_begin(text, first.start()):
                hold = first.start()
                break
        done.append(text[place:hold])
        self.held = text[hold:]
        return "".join(done)

    def end(self, *, cut: bool = False) -> str:
        """Return what was held back; `cut` says that what follows it is missing.

        Else nothing follows, and it is no secret but what it seems to be.
        """
        text, self.held = self.held, ""
        if cut and len(text) >= _LEAST_PART:
            return self.mark(next(one for one in self.ordered if one.startswith(text)))
        return self.whole(text)

    def whole(self, text: str, *, cut: bool = False) -> str:
        """Return all of a text redacted; `cut` says that its beginning is missing."""
        if self.pattern is None:
            return text
        if cut:
            text = self.without_rest(text)
        return self.pattern.sub(lambda match: self.mark(match[0]), text)

    def finds(self, text: str) -> bool:
        """Whether there is a secret in a text."""
        return self.pattern is not None and self.pattern.search(text) is not None

    def without_rest(self, text: str) -> str:
        """Return a text without the end of a secret at its beginning."""
        for secret in self.ordered:
            for start in range(1, len(secret) - _LEAST_PART + 1):
                if text.startswith(secret[start:]):
                    return self.mark(secret) + text[len(secret) - start :]
        return text

    def may_begin(self, text: str, start: int) -> bool:
        """Whether the text may end within a secret that began at `start`."""
        rest = text[start:]
        return any(len(secret) > len(rest) and secret.startswith(rest) for secret in self.ordered)

    def mark(self, secret: str) -> str:
        """Return what stands in the place of a secret."""
        return f"[redacted {self.names[secret]}]"
