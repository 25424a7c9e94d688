"""An option whose value is one of a few words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import click

__all__ = ["one_of"]


def one_of(
    name: str, words: Sequence[str]
) -> Callable[[click.Context, click.Parameter, str | None], str | None]:
    """Return a callback for a click option that refuses any word but these.

    Raises UnknownNameError, which says which one was probably meant; click's own choice does not.
    An option that is not given is None, and stays so.
    """

    def check(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
        if value is not None and value not in words:
            raise UnknownNameError(name, value, words)
        return value

    return check
