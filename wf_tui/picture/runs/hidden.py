"""Which ended runs a person does not want to see in the list; nothing of them is deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.paths import private_folder, write_private

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["hide_run", "read_hidden"]

_NAME: Final = "hidden"


def read_hidden(state: Path) -> frozenset[str]:
    """Return the names of the hidden runs, `FOLDER/RUN`; none where the file cannot be read."""
    try:
        return frozenset((state / _NAME).read_text(encoding="utf-8").split())
    except (OSError, UnicodeDecodeError):
        return frozenset()


def hide_run(state: Path, name: str, *, hidden: bool = True) -> frozenset[str]:
    """Hide a run by its name, or show it again; return all that are hidden then.

    The file is in the state directory, one name a line. Raises OSError where it cannot be written.
    """
    names = read_hidden(state) - {name}
    if hidden:
        names |= {name}
    text = "".join(f"{one}\n" for one in sorted(names))
    write_private(private_folder(state) / _NAME, text.encode())
    return names
