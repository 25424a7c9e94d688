"""The part of the application that leaves the run of now for a moment of it, and comes back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

from wf_tui.board.action_app import ActionApp
from wf_tui.board.actions.registry import Target, by_id
from wf_tui.board.screens.board_screen import BoardScreen

if TYPE_CHECKING:
    from wf_tui.board.frame.footer import FooterKey
    from wf_tui.board.time_travel.past_board import PastBoard
    from wf_tui.board.time_travel.traveller import Traveller
    from wf_tui.picture.batch import Changes

__all__ = ["TravelApp"]

_REFUSAL: Final = "this is the past; F goes back to now"


class TravelApp(ActionApp):
    """Swaps the picture that all screens show; the one of now goes on behind it.

    While a moment is shown no act reaches the run: keys of tasks and of the run are refused, undo
    among them. Title and calls are always of now.
    """

    traveller: Traveller | None = None
    """Who shows a moment; None while the board is of now."""
    past_refusal: str = _REFUSAL
    _begins: tuple[str, int] | None = None

    def now(self) -> float:
        """Return the time for which all ages on the screen are: of the moment that is shown."""
        return self.live_now() if self.traveller is None else self.traveller.at

    def live_now(self) -> float:
        """Return the same for the run of now."""
        return super().now()

    def why_not(self, name: str) -> str | None:
        """Return why an action can do nothing now; in the past that is so for all that act."""
        if self.traveller is not None and by_id(name).target is not Target.VIEW:
            return _REFUSAL
        return super().why_not(name)

    @property
    def past_board(self) -> PastBoard | None:
        """The board of a moment, where it is what is seen, a dialog above it or not."""
        if self.traveller is None:
            return None
        from wf_tui.board.time_travel.past_board import PastBoard  # noqa: PLC0415 - it was shown

        screen = self.run_screen
        return screen if isinstance(screen, PastBoard) else None

    def footer_keys(self) -> list[FooterKey]:
        """Return what the footer shows: in the past, what leads to other moments."""
        past = self.past_board
        return super().footer_keys() if past is None else past.footer_keys()

    def perform(self, name: str, *, clicked: bool = False) -> None:
        """Do any action by its id; what leads to other moments does so by a click, too."""
        past = self.past_board
        if past is None or not past.travel(name):
            super().perform(name, clicked=clicked)

    def action_go(self, name: str) -> None:
        """Show one of the screens, which is of now."""
        self.end_travel()
        super().action_go(name)

    def begin_with(self, start: str, pace: int) -> None:
        """Begin with a moment, from which on it plays; asked for before the application runs."""
        self._begins = (start, pace)

    def begin_replay(self) -> None:
        """Go to the moment that the board begins with, if to any; once there is a picture."""
        begins, self._begins = self._begins, None
        if begins is not None:
            self.travel(*begins)

    def travel(self, start: str = "", pace: int | None = None, at: float | None = None) -> None:
        """Go to a moment, else to the last; with a pace it plays from there."""
        if self.traveller is None:
            self.start_dialog(self._begin_travel(start, pace, at))

    async def _begin_travel(self, start: str, pace: int | None, at: float | None) -> None:
        from wf_tui.board.time_travel.past_board import PastBoard  # noqa: PLC0415 - hardly ever
        from wf_tui.board.time_travel.traveller import Traveller  # noqa: PLC0415 - same
        from wf_tui.picture.history.history import read_history  # noqa: PLC0415 - same

        self.show_toast("reading what has happened")
        history = await self.read(partial(read_history, run_id=self.run_id))
        traveller = Traveller(history, self.show_moment)
        if start:
            await traveller.find(start, self.clock.now())
        else:
            await traveller.go(history.last if at is None else history.seq_at(at))
        task = self.selected
        # What is marked or filtered is of now, and would act on what one does not see any more.
        self.live.marks.clear()
        self.get_screen("board", BoardScreen).clear_filter()
        self.toasts.pass_key(self.clock.monotonic())
        self.traveller, self.picture = traveller, traveller.picture
        if pace is not None:
            traveller.pace, traveller.playing = pace, True
        self.push_screen(PastBoard(traveller, task))

    def show_moment(self, changes: Changes | None) -> None:
        """Have the moment drawn that was come to; of another picture by another screen."""
        from wf_tui.board.time_travel.past_board import PastBoard  # noqa: PLC0415 - it was shown

        traveller = self.traveller
        for screen in self.screen_stack:
            if not isinstance(screen, PastBoard) or traveller is None:
                continue
            if changes is not None:
                screen.show_moment(changes)
            elif screen is self.screen:
                task = self.selected
                self.picture = traveller.picture
                self.pop_screen()
                self.push_screen(PastBoard(traveller, task))

    def end_travel(self) -> None:
        """Show the run of now again."""
        traveller, self.traveller = self.traveller, None
        if traveller is None:
            return
        from wf_tui.board.time_travel.past_board import PastBoard  # noqa: PLC0415 - it was shown

        self.picture = self.live
        if isinstance(self.screen, PastBoard):
            self.pop_screen()
        traveller.close()
