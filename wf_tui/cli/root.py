"""The command `wf`: what is in `command_list`, and what it does without a command."""

import click

from wf_tui.cli.group import LazyGroup

__all__ = ["wf"]


@click.command(
    cls=LazyGroup,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(package_name="wf-tui", prog_name="wf")
@click.pass_context
def wf(ctx: click.Context) -> int | None:
    """Do what the command says; without one, open the board on the newest run here.

    Where nobody can see a board, print the help.
    """
    if ctx.invoked_subcommand is not None:
        return None
    from wf_tui.cli.board import on_terminal  # noqa: PLC0415 - not for --help

    if not on_terminal():
        click.echo(ctx.get_help())
        return 0
    from wf_tui.cli.no_command import open_newest_run  # noqa: PLC0415 - loads Textual

    return open_newest_run()
