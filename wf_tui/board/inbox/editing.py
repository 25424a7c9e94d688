"""Words that a person goes on writing in their own editor, while the board steps aside."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from wf_tui.errors import WfError
from wf_tui.user_program import edit_file

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost

__all__ = ["edited"]


def edited(host: ActionHost, text: str, what: str = "answer") -> str:
    """Return a text as the person left it in $EDITOR; the board stands still meanwhile.

    `what` it is stands in the line that is shown meanwhile. Raises `WfError` where the terminal
    cannot be left, or the editor not be started.
    """
    with tempfile.TemporaryDirectory(prefix="wf-words-") as folder:
        file = Path(folder) / f"{what}.txt"
        file.write_text(text, encoding="utf-8")

        def program() -> WfError | None:
            # An error is raised only when the board is back: while it is aside nobody reads it.
            try:
                edit_file(file, host.environ)
            except WfError as error:
                return error
            return None

        error = host.step_aside(f"your {what}; save it and leave the editor", program)
        if error is not None:
            raise error
        return file.read_text(encoding="utf-8", errors="replace").rstrip("\n")
