"""What a user has configured: one file, checked as a whole before anything is done.

`config.py` reads it, `profile.py` and `preset.py` are its tables about workers, `board.py` has
those of the board. Commands and schedulers call it once, when they begin; views and `wf status` do
without.
"""

from wf_tui.config.board import Board, Notifications, Via
from wf_tui.config.config import Config, Lane, Timing, load_config
from wf_tui.config.preset import Preset
from wf_tui.config.profile import Profile

__all__ = [
    "Board",
    "Config",
    "Lane",
    "Notifications",
    "Preset",
    "Profile",
    "Timing",
    "Via",
    "load_config",
]
