"""`wf serve`: the board in a browser on this machine."""

from __future__ import annotations

import asyncio
import os
import socket
from pathlib import Path  # noqa: TC003 - click reads the annotation's type at run time

import click

from wf_tui.cli.context import print_line, reading
from wf_tui.cli.errors import warn
from wf_tui.cli.options import run_argument
from wf_tui.errors import EnvironmentalError
from wf_tui.extras import Extra, how_to_install, is_installed
from wf_tui.text import clean

__all__ = ["serve"]


@click.command
@run_argument
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    metavar="N",
    help="The port (default: one that is free).",
)
@click.option("--view", is_flag=True, help="Only look: no key there changes the run.")
def serve(*, run: str | None, repo: Path | None, port: int | None, view: bool) -> None:
    """Show the board in a browser on this machine, until you end it with Ctrl-C.

    Who has the address that is printed can run commands as you. Each tab is a board of its own.
    """
    if not is_installed(Extra.WEB):
        raise EnvironmentalError("the extra web is not installed here", how_to_install(Extra.WEB))
    with reading(run, repo) as found:
        project, run_id, goal = found.project, found.run.id, clean(found.run.goal, limit=80)
    from wf_tui.serve.access import LOOPBACK, Access  # noqa: PLC0415 - aiohttp is behind these
    from wf_tui.serve.server import BoardServer  # noqa: PLC0415 - same
    from wf_tui.serve.tab_board import words  # noqa: PLC0415 - same

    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((LOOPBACK, port or 0))
        except OSError as error:
            text = f"cannot listen on port {port}: {error.strerror}"
            raise EnvironmentalError(text, "name another: --port N") from error
        access = Access(listener.getsockname()[1])
        server = BoardServer(access, goal, words(project.start, run_id, view=view), os.environ)

        def say_where() -> None:
            print_line(access.address)
            what = "see this run" if view else "run commands as you"
            warn(f"who has this address can {what}", "Ctrl-C ends it")

        asyncio.run(server.serve_on(listener, say_where))
