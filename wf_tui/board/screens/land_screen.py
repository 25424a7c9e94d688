"""Land: what would come into the person's branch, tried for real, and the key that brings it in."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

from textual import on, work

from wf_tui import commands
from wf_tui.board.actions.action import Context
from wf_tui.board.actions.registry import bindings
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.board.dialogs.line_dialog import LineDialog
from wf_tui.board.land.branch_dialog import BranchDialog
from wf_tui.board.land.diff_screen import LandDiffScreen
from wf_tui.board.land.git_commands import conflict_commands, pull_request_commands
from wf_tui.board.land.land_facts import LandFacts, read_facts
from wf_tui.board.land.land_process import land_in_process
from wf_tui.board.land.land_view import LandLines
from wf_tui.board.land.possible import why_not
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.errors import WfError
from wf_tui.landing.branches import landable_branches
from wf_tui.landing.merge_task import merge_task
from wf_tui.ledger.queries import reads
from wf_tui.ledger.rules.moves import MoveResult
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.widget import Widget

    from wf_tui.landing.gate import LandingGate
    from wf_tui.ledger.ledger import Ledger
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.batch import Changes

__all__ = ["LandScreen"]

_LOOK_EVERY: Final = 2.0
"""Seconds after which it is tried again, as the branch may have moved; the person may be at work in
it."""
_DEAD: Final = 0.6
"""Seconds for which Enter does nothing once something else is shown than before."""


class LandScreen(RunScreen):
    """Shows what a landing would bring, and does it.

    It is planned anew while the screen is seen; Enter is dead until what is on the screen has been
    there for a moment. Landing itself refuses where either side has moved since (`--expect`). The
    gate goes on where the screen is left (`LandGate`).
    """

    context: ClassVar = Context.LAND
    BINDINGS: ClassVar = bindings(Context.LAND)
    tabs = False
    DEFAULT_CSS = """
    LandScreen {
        &.-wide LandLines { margin: 1 4; padding: 1 1; }
        &.-broad LandLines { margin: 1 20; padding: 1 1; }
        &.-wide.-compact LandLines { margin: 0 4; padding: 0 1; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._facts: LandFacts | None = None
        self._into: str | None = None
        self._squash = False
        self._message = ""
        self._since = 0.0
        """When what is shown was first shown, by the monotonic clock."""
        self._busy = False

    def compose_body(self) -> Iterable[Widget]:
        """Draw the lines."""
        yield LandLines(self.host.glyphs)

    def on_mount(self) -> None:
        """Plan it at once, and again while it is seen."""
        self.view.focus()
        self.view.say("trying the merge")
        self.look()
        self.set_interval(_LOOK_EVERY, self.look)

    def on_unmount(self) -> None:
        """Say what becomes of the gate, where the screen is left while it runs."""
        if self.app.is_running and self.host.land_gate.runs(self.host.run_id):
            self.host.show_toast(
                "the gate goes on: what it says is told here", severity="information"
            )

    @property
    def view(self) -> LandLines:
        """The lines."""
        return self.query_one(LandLines)

    def show_changes(self, changes: Changes) -> None:
        """Plan again when more was merged, or the task of a conflict goes on."""
        if changes.header or changes.cards:
            self.look()
        self.show_frame()

    def show_time(self, now: float) -> None:
        """Nothing here has an age."""
        del now

    def selected_task(self) -> str | None:
        """Return no task: keys for tasks do not work here."""
        return None

    # -- planning

    def look(self) -> None:
        """Plan it, unless it lands just now; called by the timer as well."""
        if self.is_current and not self._busy:
            self.plan_in_thread()

    @work(group="land", exclusive=True)
    async def plan_in_thread(self) -> None:
        """Find out what would come, and show it where that differs."""
        host = self.host

        def read(db: Database) -> LandFacts:
            return read_facts(
                *(host.project, db, host.run_id, host.environ),
                into=self._into,
                squash=self._squash,
                message=self._message,
                before=self._facts,
            )

        try:
            facts = await host.read(read)
        except WfError as error:
            self._facts = None
            self.view.say(f"{error.message} {error.hint or ''}")
            return
        self.take(facts)

    def take(self, facts: LandFacts) -> None:
        """Show these facts, where they differ; Enter waits then until they can have been read."""
        gate, run = self.host.land_gate, self.host.run_id
        facts = replace(facts, gate=gate.said_of(run, facts.plan), gating=gate.runs(run))
        if facts == self._facts:
            return
        before, self._facts = self._facts, facts
        if before is None or replace(before, gate=facts.gate, gating=facts.gating) != facts:
            self._since = self.host.clock.monotonic()
        self.view.show(facts)
        self.show_frame()

    # -- what is possible

    def why_not(self, action: str) -> str | None:
        """Return why a key of this screen can do nothing now."""
        return why_not(self._facts, action) if action.startswith("land.") else None

    def facts_for(self, action: str) -> LandFacts | None:
        """Return what an action works on; None, and say why, where it can do nothing now."""
        reason = why_not(self._facts, action)
        if reason:
            hint = self._facts.plan.hint if self._facts is not None else ""
            self.host.show_toast(reason, hint if action == "land.do" else "")
            return None
        return self._facts

    # -- what is looked at

    def action_move(self, where: str) -> None:
        """Move over the folders."""
        self.view.move(where)

    def action_squash(self) -> None:
        """Land it as one commit, or as it is."""
        if self.facts_for("land.squash") is None:
            return
        self._squash = not self._squash
        self.look()

    def action_branch(self) -> None:
        """Ask for another branch."""
        self.host.start_dialog(self.ask_for_branch())

    async def ask_for_branch(self) -> None:
        """Offer the branches there are; only within `start_dialog`."""
        host = self.host

        def read(db: Database) -> BranchDialog:
            run = reads.run_row(db, host.run_id)
            return BranchDialog(landable_branches(host.project, run))

        name = await host.push_screen_wait(await host.read(read))
        if name:
            self._into = name
            self.look()

    def action_message(self) -> None:
        """Ask for the message of the commit."""
        if self.facts_for("land.message") is not None:
            self.host.start_dialog(self.ask_for_message())

    async def ask_for_message(self) -> None:
        """Ask for its first line, beginning with that of now; only within `start_dialog`."""
        before = self._facts.message if self._facts is not None else ""
        text = await self.host.push_screen_wait(
            LineDialog("Message", "its first line", text=before)
        )
        if text:
            self._message = text
            self.look()

    def action_copy_commands(self) -> None:
        """Copy what makes a pull request of it, or what settles its conflict."""
        host, facts = self.host, self.facts_for("land.copy")
        if facts is None:
            return
        if facts.plan.trial.conflicts:
            host.copy_to_clipboard(conflict_commands(facts.plan))
            host.show_toast("copied the git commands that merge it by hand")
            return
        host.copy_to_clipboard(pull_request_commands(facts.plan, host.run_id, facts.message))
        host.show_toast("copied two commands: push, and a pull request with the report")

    def action_diff(self) -> None:
        """Show the whole diff, to be read."""
        facts = self.facts_for("land.diff")
        if facts is not None:
            self.app.push_screen(LandDiffScreen(facts.plan))

    @on(LandLines.Opened)
    def open_clicked(self) -> None:
        """Show the diff of a folder that was clicked twice."""
        self.action_diff()

    # -- the gate and the conflict

    def action_gate(self) -> None:
        """Ask the gate about the merged tree; while it is asked, stop it."""
        facts = self.facts_for("land.gate")
        if facts is None:
            return
        host, gate = self.host, self.host.land_gate
        if facts.gating:
            gate.stop()
            host.show_toast("the gate is stopped")
        else:
            gate.ask(facts.plan, host.run_id, host.project.start, host.environ)
        self.take(facts)

    def show_gate(self, found: LandingGate | str) -> None:
        """Show what the gate has said, while that holds."""
        now = self._facts
        if isinstance(found, str):
            self.host.show_toast(f"the gate could not be asked: {found}", severity="error")
        elif now is not None and not found.is_of(now.plan):
            self.host.show_toast("a branch has moved while the gate ran: g asks it again")
        if now is not None:
            self.take(now)

    def action_resolve(self) -> None:
        """Add a task that merges the branch into that of the run."""
        host, facts = self.host, self.facts_for("land.resolve")
        if facts is None:
            return
        project, run = host.project, host.run_id

        def add(ledger: Ledger) -> list[MoveResult]:
            new = merge_task(project, ledger.db, reads.run_row(ledger.db, run), facts.plan)
            return [MoveResult.of(commands.add(project, ledger, run, new, None))]

        host.do(add, "added")

    # -- landing

    def action_land(self) -> None:
        """Bring it in, unless something stands against it."""
        host, facts = self.host, self.facts_for("land.do")
        if facts is None or self._busy:
            return
        plan = facts.plan
        if not self.is_ready:
            host.show_toast("Enter ignored: it has just changed")
        elif facts.gating:
            host.show_toast("the gate is running: wait for it, or g stops it")
        elif plan.left or (facts.gate is not None and not facts.gate.passed):
            host.start_dialog(self.ask_and_land(facts))
        else:
            self.land_it(facts)

    @property
    def is_ready(self) -> bool:
        """Whether what is on the screen has been there for long enough to be meant."""
        now, least = self.host.clock.monotonic(), max(_DEAD, self.host.config.board.guard)
        return self._facts is not None and now - self._since >= least

    async def ask_and_land(self, facts: LandFacts) -> None:
        """Land a run that is not over, or whose gate failed, once the person agrees.

        Only within `start_dialog`.
        """
        left, every = len(facts.plan.left), plural(len(facts.tasks), "task")
        title, notes = f"Land {len(facts.tasks) - left} of {every}?", []
        if left:
            notes.append(f"not done: {plural(left, 'task')}; what they bring can be landed later")
        if facts.gate is not None and not facts.gate.passed:
            title = title if left else "Land what has failed its gate?"
            notes.append(f"the gate failed on the merged tree: {facts.gate.text}")
        question = ConfirmDialog(title, "land what is merged", note="; ".join(notes))
        if await self.host.push_screen_wait(question):
            self.land_it(facts)

    @work(group="landing")
    async def land_it(self, facts: LandFacts) -> None:
        """Land what was shown; tell what came of it."""
        host = self.host
        self._busy = True
        host.show_toast(f"landing in {clean(facts.plan.into)}", severity="information")
        try:
            outcome = await land_in_process(
                *(facts.plan, host.run_id, host.project.start, host.environ),
                squash=self._squash,
                message=self._message,
            )
        finally:
            self._busy = False
        host.show_toast(outcome.text, severity="information" if outcome.landed else "error")
        self.look()
