"""Which profiles can plan, whatever settings the board goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.settings import DefaultSettings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.settings import Settings

__all__ = ["planners_of"]


def planners_of(settings: Settings, environ: Mapping[str, str]) -> list[str]:
    """Return the profiles that can plan here; looks at files, so off the event loop."""
    from wf_tui.config import Config  # noqa: PLC0415 - loads pydantic
    from wf_tui.planning.planner import planners  # noqa: PLC0415 - same

    return planners(Config() if isinstance(settings, DefaultSettings) else settings, environ)
