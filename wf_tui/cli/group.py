"""Groups of commands: one that names the nearest right word, and one that imports late."""

from __future__ import annotations

import gc
import importlib
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import click

from wf_tui.cli.errors import discard_output, replace_unencodable, report_errors
from wf_tui.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Entry", "Group", "LazyGroup", "Section"]


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


@dataclass(frozen=True)
class Entry:
    """A command that is imported when it is used: a module, and the name it has there too.

    `help` is its line in the list of all commands, which is shown without the import.
    """

    name: str
    module: str
    help: str

    def load(self) -> click.Command:
        """Import the command.

        Raises TypeError where the module has something else by that name: a bug in `root`.
        """
        if self.module not in sys.modules:
            self._import_module()
        command = getattr(sys.modules[self.module], self.name)
        if not isinstance(command, click.Command):
            raise TypeError(f"{self.module}.{self.name} is not a command")
        return command

    def _import_module(self) -> None:
        # All that comes with a module stays as long as the process, so nobody is to look for
        # garbage in it, now or later: that would be a fifth of what `wf status` costs.
        gc.disable()
        try:
            importlib.import_module(self.module)
        finally:
            gc.freeze()
            gc.enable()


@dataclass(frozen=True)
class Section:
    """Commands that belong together in the help."""

    title: str
    entries: tuple[Entry, ...]


class LazyGroup(Group):
    """The whole command line; its help needs no command to be imported."""

    sections: Sequence[Section] = ()

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return [entry.name for section in self.sections for entry in section.entries]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import a command by its name."""
        for section in self.sections:
            for entry in section.entries:
                if entry.name == cmd_name:
                    return entry.load()
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

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """Write the commands in their sections."""
        for section in self.sections:
            with formatter.section(section.title):
                formatter.write_dl([(entry.name, entry.help) for entry in section.entries])

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
        raise SystemExit(report_errors(lambda: super(LazyGroup, self).main(*args, **extra)))
