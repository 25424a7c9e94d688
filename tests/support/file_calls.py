"""Calls of the tools that a model has for files, as the hands do them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.replacing import Scratch
from wf_tui.workers.model.hands.files.tree import Tree
from wf_tui.workers.model.hands.main import file_tools
from wf_tui.workers.model.tools import TOOLS

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["FileCalls"]


class FileCalls:
    """Calls of the tools that read and change files, without a process around them."""

    def __init__(self, folder: Path) -> None:
        """Let the calls be about a tree; what is not yet in its place is in a folder beside it."""
        self.scratch = folder.parent / "scratch"
        self.scratch.mkdir()
        self._tools = file_tools(Tree(str(folder)), Scratch(str(self.scratch)))

    def do(self, tool: str, **args: object) -> str:
        """Return what a call is answered, which is done."""
        return self._tools[tool](Arguments(TOOLS[tool], args))

    def refused(self, tool: str, **args: object) -> str:
        """Return why a call is not done, as it must not be."""
        with pytest.raises(CallError) as refusal:
            self.do(tool, **args)
        return str(refusal.value)
