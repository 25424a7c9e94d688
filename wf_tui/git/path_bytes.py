"""Paths as git has them, which are bytes, and as the rest of wf has them, which is text.

A name in a repository is any bytes but NUL and slash. What is not UTF-8 in one becomes surrogate
escapes and comes back as it was. This does not go by the locale, as `os.fsdecode` does: the same
tree gives the same text on every machine, and a ledger can be read on another one.
"""

__all__ = ["decode_path", "encode_path"]


def decode_path(path: bytes) -> str:
    """Return a path that git printed as text; it has to be cleaned before a terminal sees it."""
    return path.decode("utf-8", "surrogateescape")


def encode_path(path: str) -> bytes:
    """Return the bytes that `decode_path` made this text of, to be handed to git again."""
    return path.encode("utf-8", "surrogateescape")
