"""The branch that is checked out in a repository, read as data: no git is run there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from wf_tui.text import clean

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["checked_out_branch"]

_BRANCH: Final = "ref: refs/heads/"
_LONGEST: Final = 4096
_SHOWN: Final = 60


def checked_out_branch(common_dir: Path) -> str:
    """Return the branch of the main checkout, safe to draw; "" where HEAD is on none."""
    try:
        with (common_dir / "HEAD").open(encoding="utf-8") as file:
            head = file.read(_LONGEST)
    except (OSError, UnicodeDecodeError):
        return ""
    return clean(head.removeprefix(_BRANCH).strip(), limit=_SHOWN) if head[:16] == _BRANCH else ""
