"""Configuration of git as text, for files that wf writes itself."""

from collections.abc import Iterable

__all__ = ["config_section", "quoted"]

_ESCAPED = (("\\", "\\\\"), ('"', '\\"'), ("\n", "\\n"), ("\t", "\\t"))


def config_section(name: str, entries: Iterable[tuple[str, str]], subsection: str = "") -> str:
    """Return a section with its keys and values, whatever characters the values have.

    A key may come more than once. A subsection has no newline, as git itself sees to.
    """
    for char, escaped in _ESCAPED[:2]:
        subsection = subsection.replace(char, escaped)
    head = f'[{name} "{subsection}"]' if subsection else f"[{name}]"
    return "\n".join([head, *(f"\t{key} = {quoted(value)}" for key, value in entries), ""])


def quoted(text: str) -> str:
    """Return any text as git reads it between quotes, also in a list of alternates."""
    for char, escaped in _ESCAPED:
        text = text.replace(char, escaped)
    return f'"{text}"'
