"""Putting off what needs the person: for a while, or until it changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from wf_tui import commands
from wf_tui.board.actions.names import titled
from wf_tui.board.dialogs.choice_dialog import Choice, ChoiceDialog

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wf_tui.board.host import ActionHost
    from wf_tui.ledger.ledger import Ledger

__all__ = ["snooze"]

_CHANGE: Final = "change"
_SECONDS: Final[Mapping[str, float]] = {"10m": 600.0, "1h": 3600.0}
_CHOICES: Final = (
    Choice("10m", "10 minutes"),
    Choice("1h", "1 hour"),
    Choice(_CHANGE, "until it changes"),
)


def snooze(app: ActionHost, ids: tuple[str, ...]) -> None:
    """Ask for how long a task is put off; one that is put off is shown again at once."""
    task = ids[0]
    if task in app.picture.snoozes:
        _put_off(app, task, "off")
        return

    async def choose() -> None:
        title = f"Not now: {titled(app.picture, task)}"
        chosen = await app.push_screen_wait(ChoiceDialog(title, _CHOICES))
        if chosen is not None:
            seconds = _SECONDS.get(chosen)
            _put_off(app, task, "change" if seconds is None else app.clock.now() + seconds)

    app.start_dialog(choose())


def _put_off(app: ActionHost, task: str, until: float | Literal["change", "off"]) -> None:
    title = titled(app.picture, task)
    told = f"{title} is back" if until == "off" else f"not now: {title}"

    def act(ledger: Ledger) -> str:
        made = commands.snooze(ledger, app.run_id, task, until)
        return told if made.changed else made.reason.replace(f"task {task!r}", title)

    app.do(act, "")
