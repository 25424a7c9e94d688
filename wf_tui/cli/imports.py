"""Importing a module as late as it is used, and for as long as the process lives."""

from __future__ import annotations

import gc
import importlib
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import ModuleType

__all__ = ["import_late"]


def import_late(name: str) -> ModuleType:
    """Import a module of a command.

    All that comes with it stays as long as the process, so nobody is to look for garbage in it, now
    or later: that would be a fifth of what `wf status` costs.
    """
    if name not in sys.modules:
        gc.disable()
        try:
            importlib.import_module(name)
        finally:
            gc.freeze()
            gc.enable()
    return sys.modules[name]
