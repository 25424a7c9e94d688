"""The README's table of keys, made from the registry; run as a module it writes it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.board.actions.registry import ACTIONS

if TYPE_CHECKING:
    from wf_tui.board.actions.action import Action

__all__ = ["README", "TABLE", "key_table"]

README: Final = Path(__file__).parents[2] / "README.md"
TABLE: Final = re.compile(r"\| key \| id \| does \| command \|\n(\|.*\n)+")


def key_table() -> str:
    """Return the table as it has to be in the README."""
    return "".join(["| key | id | does | command |\n|---|---|---|---|\n", *map(_row, ACTIONS)])


def _row(action: Action) -> str:
    keys = " ".join(f"`{key}`" for key in action.keys)
    # The first words of the command: its own help has the rest.
    twins = " ".join(f"`{' '.join(twin.split()[:2])}`" for twin in action.twins)
    cells = (keys, f"`{action.id}`", action.help, twins)
    return "|" + "|".join(f" {cell} ".replace("  ", " ") for cell in cells) + "|\n"


if __name__ == "__main__":
    text = README.read_text(encoding="utf-8")
    README.write_text(TABLE.sub(lambda _: key_table(), text), encoding="utf-8")
