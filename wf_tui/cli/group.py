"""Groups of commands: one that names the nearest right word, and one that imports late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import click

from wf_tui.cli.command_list import SECTIONS, help_page
from wf_tui.cli.errors import discard_output, replace_unencodable, report_errors
from wf_tui.cli.imports import import_late
from wf_tui.errors import UnknownNameError, UsageError, nearest

if TYPE_CHECKING:
    from wf_tui.cli.command_list import Entry

__all__ = ["Group", "LazyGroup", "load_command"]


class Group(click.Group):
    """A group that says which command was probably meant."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of the first word."""
        word = args[0]
        if not word.startswith("-") and self.get_command(ctx, word) is None:
            raise UnknownNameError("command", word, self.list_commands(ctx))
        return super().resolve_command(ctx, args)


def load_command(entry: Entry) -> click.Command:
    """Import a command.

    Raises TypeError where the module has something else by that name: a bug in the list.
    """
    command = getattr(import_late(entry.module), entry.name)
    if not isinstance(command, click.Command):
        raise TypeError(f"{entry.module}.{entry.name} is not a command")
    return command


class LazyGroup(Group):
    """The whole command line; its help needs no command to be imported."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return [entry.name for section in SECTIONS for entry in section.entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command by its name."""
        for section in SECTIONS:
            for entry in section.entries:
                if entry.name == cmd_name:
                    return load_command(entry)
        return None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command of the first word; an unknown one imports nothing."""
        # By the names alone: a word that is no command imports nothing to be refused.
        names = self.list_commands(ctx)
        if not args[0].startswith("-") and args[0] not in names:
            raise UnknownNameError("command", args[0], names)
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:  # noqa: ARG002 - click's signature
        """Return the help: the page that is also printed without click."""
        return help_page().rstrip("\n")

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; when its reader leaves, that is the end and no failure."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            discard_output()
            return 0

    def main(self, *args: Any, **extra: Any) -> NoReturn:
        """Run a command line and exit with its status, whatever happens.

        Called by click's `__call__`, so by `cli.main` and by tests. No error passes it: each ends
        as a line and a status in `report_errors`.
        """
        replace_unencodable()
        # Else click would print errors its own way and exit before `report_errors` sees them.
        extra["standalone_mode"] = False
        raise SystemExit(report_errors(lambda: self._run(*args, **extra)))

    def _run(self, *args: Any, **extra: Any) -> object:
        """Run a command line; what click complains about becomes an error of wf's own tree."""
        try:
            return super().main(*args, **extra)
        except click.Abort:
            raise KeyboardInterrupt from None
        except click.ClickException as error:
            raise UsageError(*_usage_message(error)) from error


def _usage_message(error: click.ClickException) -> tuple[str, str]:
    """Return click's complaint in our form: the message, and what to write instead."""
    context = error.ctx if isinstance(error, click.UsageError) else None
    hint, known = "", ["--help"]
    if context is not None:
        hint = f"see {context.command_path} --help"
        known += [word for param in context.command.params for word in param.opts]
    if isinstance(error, click.NoSuchOption):
        best = nearest(error.option_name, known)
        if best:
            hint = f"did you mean {best!r}?"
        return f"unknown option {error.option_name!r}", hint
    message = error.format_message().strip().rstrip(".")
    return message[:1].lower() + message[1:], hint
