"""Land: what would come into the person's branch, tried for real, and the key that brings it in."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Final

from textual import work

from wf_tui.board.actions.action import Context
from wf_tui.board.actions.registry import bindings
from wf_tui.board.dialogs.confirm_dialog import ConfirmDialog
from wf_tui.board.dialogs.line_dialog import LineDialog
from wf_tui.board.land.land_lines import LandFacts, land_lines
from wf_tui.board.land.land_process import land_in_process
from wf_tui.board.screens.run_screen import RunScreen
from wf_tui.board.widgets.entry_view import EntryView, ListSource
from wf_tui.board.widgets.line import Line, Role, Span
from wf_tui.board.widgets.line_widget import component_classes
from wf_tui.errors import WfError
from wf_tui.git.user.land import LandingKind
from wf_tui.landing import default_message, plan
from wf_tui.ledger.queries import reads
from wf_tui.text import clean, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from textual.widget import Widget

    from wf_tui.board.widgets.glyph_sets import GlyphSet
    from wf_tui.ledger.store.database import Database
    from wf_tui.picture.batch import Changes
    from wf_tui.picture.entries import Entry

__all__ = ["LandScreen"]

_LOOK_EVERY: Final = 2.0
"""Seconds after which it is tried again, as the branch may have moved; the person may be at work in
it."""
_DEAD: Final = 0.6
"""Seconds for which Enter does nothing once something else is shown than before."""


class LandLines(EntryView):
    """The lines of the screen; the cursor goes over the folders."""

    COMPONENT_CLASSES: ClassVar = component_classes(
        *(Role.MUTED, Role.DONE, Role.ERROR, Role.ADDED, Role.REMOVED)
    )

    def __init__(self, glyphs: GlyphSet) -> None:
        super().__init__(glyphs, id="land")
        self._lines: dict[str, Line] = {}

    def show(self, lines: Sequence[tuple[str, Line]]) -> None:
        """Show these lines from now on."""
        self._lines = dict(lines)
        names = list(self._lines)
        self.source = ListSource(names, [name for name in names if not name.startswith("/")])
        self.repaint()

    def lines_of(self, entry: Entry) -> Sequence[Line]:
        """Return the one line of an entry."""
        return (self._lines.get(entry.name, Line()),)


class LandScreen(RunScreen):
    """Shows what a landing would bring, and does it.

    It is planned anew while the screen is seen; Enter is dead until what is on the screen has been
    there for a moment. Landing itself refuses where either side has moved since (`--expect`).
    """

    context: ClassVar = Context.LAND
    BINDINGS: ClassVar = bindings(Context.LAND)
    tabs = False

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
        self.query_one(LandLines).focus()
        self.say("trying the merge")
        self.look()
        self.set_interval(_LOOK_EVERY, self.look)

    def show_changes(self, changes: Changes) -> None:
        """Plan again when more was merged."""
        if changes.header:
            self.look()
        self.show_frame()

    def show_time(self, now: float) -> None:  # noqa: ARG002 - nothing here has an age
        """Draw the frame."""
        self.show_frame()

    def selected_task(self) -> str | None:
        """Return no task: keys for tasks do not work here."""
        return None

    # -- planning

    def look(self) -> None:
        """Plan it, unless that is under way; called by the timer as well."""
        if self.is_current and not self._busy:
            self.plan_in_thread()

    @work(group="land", exclusive=True)
    async def plan_in_thread(self) -> None:
        """Find out what would come, and show it where that differs."""
        host, into, squash = self.host, self._into, self._squash
        before = None if self._facts is None else self._facts.plan

        def read(db: Database) -> LandFacts:
            run = reads.run_row(db, host.run_id)
            found = plan(
                *(host.project, db, run, host.environ), into=into, squash=squash, before=before
            )
            phases = [phase.name for phase in reads.phases(db, run.id)]
            message = self._message or default_message(run)
            return LandFacts(found, message, reads.tasks(db, run.id), phases)

        try:
            facts = await host.read(read)
        except WfError as error:
            self._facts = None
            self.say(f"{error.message} {error.hint or ''}")
            return
        if facts != self._facts:
            self._facts = facts
            self._since = host.clock.monotonic()
            self.query_one(LandLines).show(land_lines(facts, host.glyphs))

    def say(self, text: str) -> None:
        """Show a sentence in the place of everything."""
        self.query_one(LandLines).show([("said", Line((Span(clean(text), Role.MUTED),)))])

    # -- keys

    def action_move(self, where: str) -> None:
        """Move over the folders."""
        self.query_one(LandLines).move(where)

    def action_squash(self) -> None:
        """Land it as one commit, or as it is."""
        self._squash = not self._squash
        self.look()

    def action_branch(self) -> None:
        """Ask for another branch."""

        async def ask() -> None:
            name = await self.host.push_screen_wait(LineDialog("Land into", "the name of a branch"))
            if name:
                self._into = name
                self.look()

        self.host.start_dialog(ask())

    def action_message(self) -> None:
        """Ask for the message of the commit."""

        async def ask() -> None:
            text = await self.host.push_screen_wait(LineDialog("Message", "its first line"))
            if text:
                self._message = text
                self.look()

        self.host.start_dialog(ask())

    def action_copy_commands(self) -> None:
        """Copy what makes a pull request of it."""
        if self._facts is None:
            return
        branch, into = self._facts.plan.branch, self._facts.plan.into
        title = clean(self._facts.message).replace("'", "")
        commands = (
            f"git push -u origin {branch}\n"
            f"gh pr create --head {branch} --base {into} --title '{title}' --body-file -"
        )
        self.host.copy_to_clipboard(commands)
        self.host.show_toast("copied two commands; wf report writes the body")

    def action_land(self) -> None:
        """Bring it in, unless something stands against it."""
        host, facts = self.host, self._facts
        if facts is None or self._busy:
            return
        plan_, landing = facts.plan, facts.plan.trial.landing
        if landing is None:
            host.show_toast(f"it does not merge: {plan_.refusal}")
        elif landing.kind is LandingKind.NOTHING:
            host.show_toast(f"{clean(plan_.into)} has all of it already")
        elif plan_.refusal:
            host.show_toast(plan_.refusal, plan_.hint)
        elif not self.is_ready:
            host.show_toast("Enter ignored: it has just changed")
        elif plan_.left:
            host.start_dialog(self.ask_and_land(facts))
        else:
            self.land_it(facts)

    @property
    def is_ready(self) -> bool:
        """Whether what is on the screen has been there for long enough to be meant."""
        now, least = self.host.clock.monotonic(), max(_DEAD, self.host.config.board.guard)
        return self._facts is not None and now - self._since >= least

    async def ask_and_land(self, facts: LandFacts) -> None:
        """Land a run that is not over, once the person agrees; only within `start_dialog`."""
        done, left = len(facts.tasks) - len(facts.plan.left), facts.plan.left
        question = ConfirmDialog(
            f"Land {done} of {plural(len(facts.tasks), 'task')}?",
            "land what is merged",
            note=f"not done: {plural(len(left), 'task')}; what they bring can be landed later",
        )
        if await self.host.push_screen_wait(question):
            self.land_it(facts)

    @work(group="land")
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
