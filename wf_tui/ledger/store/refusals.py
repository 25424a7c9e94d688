"""What no store can keep, each in one line: a caller gave it, and the ledger is whole."""

from wf_tui.errors import UsageError

__all__ = ["no_number", "nul_in_text", "number_too_long", "text_not_utf8"]


def nul_in_text() -> UsageError:
    """Return what to say of a text with a NUL: SQLite would take it, PostgreSQL has none."""
    return UsageError("a text with a NUL cannot be stored in the ledger", "remove the NUL")


def text_not_utf8() -> UsageError:
    """Return what to say of a text that has no UTF-8, since half of a character is left over."""
    return UsageError("names and texts in the ledger must be UTF-8", "write it in UTF-8")


def number_too_long() -> UsageError:
    """Return what to say of a whole number of more than 64 bits."""
    return UsageError("numbers in the ledger have at most 64 bits", "give a smaller one")


def no_number() -> UsageError:
    """Return what to say of what JSON has no word for, and no other reader would understand."""
    return UsageError("infinity and NaN cannot be stored in the ledger")
