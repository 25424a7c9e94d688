"""Taking work that was held back, and what becomes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wf_tui import commands
from wf_tui.git.refs import short_branch
from wf_tui.ledger.model.states import BlockedKind
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules import moves

if TYPE_CHECKING:
    from wf_tui.board.host import ActionHost
    from wf_tui.conflict_choices import OpenPath
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.rules.moves import MoveResult
    from wf_tui.ledger.store.database import Database

__all__ = ["accept"]

Ids = tuple[str, ...]


def accept(app: ActionHost, ids: Ids) -> None:
    """Take work that was held back; of one conflict, ask first whose version of what is open.

    Of several tasks each is taken as it lies there, and a conflict that is open is refused.
    """
    (first, *more) = ids
    if not more and app.picture.cards[first].kind == BlockedKind.CONFLICT:
        app.start_dialog(ask_sides(app, first))
    else:
        accept_with(app, ids)


async def ask_sides(app: ActionHost, task: str) -> None:
    """Offer the sides of what nobody has settled in a conflict, and accept it with them."""
    # Textual must not wait for git, nor the board's start for the modules of it.
    from wf_tui.board.forms import sides_form  # noqa: PLC0415
    from wf_tui.conflict_choices import read_conflict  # noqa: PLC0415

    paths = app.project.paths.run(app.run_id)

    def read_paths(db: Database) -> tuple[str, tuple[OpenPath, ...]]:
        found = read_conflict(db, app.run_id, task, paths)
        return short_branch(reads.run_row(db, app.run_id).ref), found.paths() if found else ()

    branch, left = await app.read(read_paths)
    if not left:
        accept_with(app, (task,))
        return
    chosen = await app.push_screen_wait(sides_form.SidesForm(task, branch, left))
    if chosen is not None:
        accept_with(app, (task,), ours=chosen.ours, theirs=chosen.theirs)


def accept_with(app: ActionHost, ids: Ids, *, ours: Ids = (), theirs: Ids = ()) -> None:
    """Accept work with the sides of its conflict that were chosen."""

    def act(ledger: Ledger) -> list[MoveResult]:
        return commands.accept(app.project, ledger, app.run_id, ids, ours=ours, theirs=theirs)

    # It is not over with the act: what becomes of the merge is told when it comes.
    blocks = [app.picture.row(task).block for task in ids]
    mended = any(block is not None and block.can_mend for block in blocks)
    after = ": its checks run" if mended else ": merging"
    app.do(act, moves.ACCEPT.done, after=after, awaits=ids)
