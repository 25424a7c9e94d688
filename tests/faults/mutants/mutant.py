"""One mechanism, and the package without it."""

from __future__ import annotations

import contextlib
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["Mutant"]


@dataclass(frozen=True)
class Mutant:
    """One mechanism that is taken out."""

    promise: str
    name: str
    file: str
    text: str
    """What is replaced; it is there once."""
    instead: str
    test: str
    """The test that goes red, below `tests`."""

    def __str__(self) -> str:
        return f"{self.promise}: {self.name}"

    @contextlib.contextmanager
    def mutating(self, package: Path) -> Iterator[None]:
        """Take the mechanism out of a copy of the package, and put it back at the end."""
        path = package / self.file
        before, written = path.read_text(encoding="utf-8"), path.stat()
        path.write_text(self.mutated(before), encoding="utf-8")
        try:
            yield
        finally:
            path.write_text(before, encoding="utf-8")
            # As old as what was compiled of it, which is then still good.
            os.utime(path, ns=(written.st_atime_ns, written.st_mtime_ns))

    def mutated(self, source: str) -> str:
        """Return the source without the mechanism; one that is not there any more is an error."""
        if source.count(self.text) != 1:
            raise LookupError(f"{self.file} does not have {self.text!r} once: adapt the mutant")
        # Beside a deeper line than it was written for, the replacement would say something else.
        if self.text.startswith("    ") and f"\n{self.text}" not in source:
            raise LookupError(f"{self.text!r} is indented deeper in {self.file}: adapt the mutant")
        return source.replace(self.text, self.instead)
