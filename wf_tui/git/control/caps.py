"""How much one attempt may bring into the history of a run (promise G14)."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from wf_tui.paths import write_private
from wf_tui.values import frozen

__all__ = ["CAPS", "Caps", "read_caps"]

_FILE: Final = "harvest-caps.json"


@frozen
class Caps:
    """The most that one harvest takes; more is refused as a whole, never cut off.

    Kept in the run's repository: whoever looks at a worktree has to know them, `wf clean` too.
    """

    files: int = 10_000
    size: int = 200 << 20
    """Bytes of all files together."""

    def write(self, git_dir: Path) -> None:
        """Put them into a run's repository; called when the run is made."""
        write_private(git_dir / _FILE, json.dumps(asdict(self)).encode())


CAPS = Caps()


def read_caps(git_dir: Path) -> Caps:
    """Return the caps of a run; one of an older version has the usual ones."""
    try:
        return Caps(**json.loads((git_dir / _FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return CAPS
