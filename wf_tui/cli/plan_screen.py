"""The plan screen, as the command line opens it: for a goal, a shape, a file, or what was left."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from wf_tui.cli.board import limit_frames

if TYPE_CHECKING:
    from wf_tui.board.plan.plan_view import PlanView

__all__ = ["show_plan"]


def show_plan(view: PlanView, *, ascii_only: bool) -> int:
    """Show a plan until its person has decided, which the view knows then; return the status."""
    limit_frames(view.terms.config.board.fps)
    from wf_tui.board.plan.plan_app import PlanApp  # noqa: PLC0415 - loads Textual
    from wf_tui.board.widgets.glyph_sets import needs_ascii  # noqa: PLC0415 - loads rich

    width = view.terms.config.board.ambiguous_width
    ascii_only = ascii_only or needs_ascii(os.environ, sys.stdout.encoding, width)
    app = PlanApp(view, ascii=ascii_only, environ=dict(os.environ))
    app.run()
    return app.return_code or 0
