"""What is asked for most often, without click, whose import takes half as long as all of it.

Prompts and scripts ask for `wf status` again and again. The words are looked at literally: with any
other one, it is click that reads them, and calls the same functions.
"""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

from wf_tui.cli.command_list import help_page
from wf_tui.cli.errors import replace_unencodable, report_errors
from wf_tui.cli.imports import import_late

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = ["go_short_way"]


def go_short_way(words: Sequence[str]) -> int | None:
    """Do what these words ask for; return the exit status, or None where it takes click."""
    match words:
        case ["--help" | "-h"]:
            command: Callable[[], object] = _print_help
        case ["status"]:
            command = partial(_show_status, as_json=False)
        case ["status", "--json"]:
            command = partial(_show_status, as_json=True)
        case _:
            return None
    replace_unencodable()
    return report_errors(command)


def _print_help() -> None:
    sys.stdout.write(help_page())


def _show_status(*, as_json: bool) -> object:
    return import_late("wf_tui.cli.show_status").show_status(as_json=as_json)
