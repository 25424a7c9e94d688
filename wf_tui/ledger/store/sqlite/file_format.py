"""What kinds of files the embedded store keeps, and how each is known from any other file."""

from pathlib import Path
from typing import Final

from wf_tui.values import frozen

__all__ = ["LANES", "LEDGER", "FileFormat", "noun"]


@frozen
class FileFormat:
    """One kind of file: SQLite keeps the two numbers for the program, in the header of the file."""

    application: int
    version: int
    """What this wf makes and writes."""
    oldest: int
    """The first that it can bring up to date."""
    schema: str
    """The script beside this module that makes the tables of an empty file."""
    beside: str = ""
    """A pattern of what lies beside a file that was in use: an empty one there has lost it all."""
    history: str = ""
    """A statement whose one number only ever grows, by which the guard sees that the file was
    written over; "" where what is in it is worth no guard."""

    def reads(self, version: int) -> bool:
        """Whether this wf knows a version of it, or how to bring that up to date."""
        return self.oldest <= version <= self.version


LEDGER: Final = FileFormat(
    application=0x77664C31,  # "wfL1"
    version=7,
    oldest=1,
    schema="schema.sql",
    beside="runs/*",
    history="SELECT CAST(total(seq) AS INTEGER) FROM run",
)
"""The ledger of a repository."""
LANES: Final = FileFormat(
    application=0x77664E31,  # "wfN1"
    version=1,
    oldest=1,
    schema="lanes.sql",
)
"""What all runs of a user on this host share: the limits of their providers."""


def noun(path: Path) -> str:
    """Return what people call the file at a path, with the path, as a sentence begins."""
    kind = "the file of lanes" if path.stem == "lanes" else "the ledger"
    return f"{kind} {path}"
