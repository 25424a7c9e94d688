"""One app on a screen in memory, watched from outside: `app_probe board FOLDER [sent] | bare`.

All of Textual's work is done, with the bytes for a terminal; only the terminal is left out. It
reads commands from stdin and answers each with a line of JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import threading
import time
from collections import deque
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Final

from textual import events
from textual._compositor import Compositor
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.widgets import Static

from wf_tui.board.terminal.shown_lines import ShownLines

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.screen import Screen

SIZE: Final = (160, 48)
_MARK: Final = re.compile(r"mark-\d+")
_READY: Final = "card number"
_BETWEEN_KEYS: Final = 0.05
_BETWEEN_LOOKS: Final = 0.01


class Meter:
    """Counts what reaches the screen, and when."""

    def __init__(self) -> None:
        self.born = time.perf_counter()
        self.cpu = time.process_time()
        self.frames = self.layouts = self.bytes = self.sent = 0
        self.lines: ShownLines | None = None
        """What counts in `sent` what our own driver would send, which costs CPU."""
        self.first: dict[str, float] = {}
        self.painted: dict[str, float] = {}
        self.keys: deque[float] = deque()
        self.handled: list[float] = []
        self.waits: list[float] = []
        self.lags: list[float] = []
        """How much later than asked the event loop came back, in milliseconds."""
        self.ready = threading.Event()

    def wrote(self, data: str) -> None:
        """Take what was written."""
        now = time.perf_counter()
        self.bytes += len(data.encode())
        if not self.first and _READY in data:
            cpu = time.process_time() - self.cpu
            self.first = {"ms": (now - self.born) * 1000, "cpu": cpu * 1000}
            self.ready.set()
        for mark in _MARK.findall(data):
            self.painted.setdefault(mark, time.monotonic())
        self.waits += [(now - asked) * 1000 for asked in self.handled]
        self.handled.clear()

    def key_handled(self) -> None:
        """Say that the oldest key has been dealt with; the next frame shows it."""
        if self.keys:
            self.handled.append(self.keys.popleft())

    def read(self) -> dict[str, object]:
        """Return all figures."""
        pages = int(Path("/proc/self/statm").read_text().split()[1])
        return {
            "first": self.first,
            "at": time.perf_counter(),
            "cpu": time.process_time() * 1000,
            "frames": self.frames,
            "layouts": self.layouts,
            "bytes": self.bytes,
            "sent": self.sent,
            "painted": self.painted,
            "waits": self.waits,
            "lags": self.lags,
            "rss": pages * os.sysconf("SC_PAGE_SIZE") / 1e6,
        }


class MemoryDriver(Driver):
    """A terminal that is only a counter."""

    meter: ClassVar[Meter]

    def write(self, data: str) -> None:
        """Count."""
        self.meter.wrote(data)

    def start_application_mode(self) -> None:
        """Say how large the screen is."""
        size = Size(*SIZE)
        self._app.post_message(events.Resize(size, size))

    def disable_input(self) -> None:
        """There is none."""

    def stop_application_mode(self) -> None:
        """Nothing is to be restored."""


class Bare(App[int]):
    """The least that Textual can show on so large a screen."""

    BINDINGS: ClassVar = [("j,k", "turn", "Turn")]
    turns = 0

    def compose(self) -> ComposeResult:
        """Fill the screen."""
        yield Static(self._text())

    def _text(self) -> str:
        lines = [f"{number:4} card number {number}" for number in range(SIZE[1])]
        lines[self.turns % SIZE[1]] += f" changed {self.turns}"
        return "\n".join(lines)

    def action_turn(self) -> None:
        """Change a line."""
        self.turns += 1
        self.query_one(Static).update(self._text(), layout=False)


def _board(folder: Path) -> Callable[[], App[int]]:
    from tests.support.bare_project import project_in  # noqa: PLC0415 - the bare app is without wf
    from wf_tui.board.app import BoardApp  # noqa: PLC0415 - same

    return partial(BoardApp, project_in(folder), "bench", environ={})


def _count(meter: Meter, app: App[int]) -> None:
    """Have the frames, the layouts and the handled keys counted."""
    display, reflow, run_action = app._display, Compositor.reflow, app.run_action

    def count_frame(screen: Screen[Any], renderable: Any) -> None:
        meter.frames += renderable is not None
        if meter.lines is not None and meter.lines.draw(renderable):
            meter.sent += len(meter.lines.take(sys.maxsize).encode())
        display(screen, renderable)

    def count_layout(compositor: Compositor, *args: Any, **values: Any) -> Any:
        meter.layouts += 1
        return reflow(compositor, *args, **values)

    async def count_key(*args: Any, **values: Any) -> bool:
        done = await run_action(*args, **values)
        meter.key_handled()
        return done

    app._display = count_frame  # type: ignore[method-assign]
    Compositor.reflow = count_layout  # type: ignore[method-assign,assignment]
    app.run_action = count_key  # type: ignore[method-assign]


def _obey(meter: Meter, app: App[int], loop: asyncio.AbstractEventLoop) -> None:
    """Do what the one who measures asks for."""
    typing = threading.Event()
    for line in sys.stdin:
        match line.strip():
            case "poke":
                loop.call_soon_threadsafe(app.action_turn)  # type: ignore[attr-defined]
            case "type":
                typing.clear()
                meter.waits.clear()
                meter.lags.clear()
                asyncio.run_coroutine_threadsafe(_watch_loop(meter, typing), loop)
                threading.Thread(target=_type, args=(meter, app, typing), daemon=True).start()
            case "rest":
                typing.set()
            case "read":
                _answer(meter.read())
            case word if word.startswith("key "):
                _hand_over(app, events.Key(word.removeprefix("key "), None))
            case word if word.startswith("size "):
                size = Size(*map(int, word.split()[1:]))
                _hand_over(app, events.Resize(size, size))
            case word if word.startswith("theme "):
                loop.call_soon_threadsafe(setattr, app, "theme", word.removeprefix("theme "))
            case _:
                loop.call_soon_threadsafe(app.exit, 0)
                return


async def _watch_loop(meter: Meter, end: threading.Event) -> None:
    """Ask the loop again and again to come back in a moment, and note how late it does."""
    while not end.is_set():
        asked = time.perf_counter()
        await asyncio.sleep(_BETWEEN_LOOKS)
        meter.lags.append((time.perf_counter() - asked - _BETWEEN_LOOKS) * 1000)


def _hand_over(app: App[int], event: events.Event) -> None:
    assert app._driver is not None
    app._driver.process_message(event)


def _type(meter: Meter, app: App[int], end: threading.Event) -> None:
    """Press keys from a thread, as the reader of a terminal does."""
    keys = "jjjkkk"
    number = 0
    while not end.wait(_BETWEEN_KEYS):
        key = keys[number % len(keys)]
        number += 1
        meter.keys.append(time.perf_counter())
        _hand_over(app, events.Key(key, key))


def _answer(value: object) -> None:
    os.write(1, json.dumps(value).encode() + b"\n")


def main(kind: str, *rest: str) -> None:
    """Run the app until it is told to end."""
    meter = MemoryDriver.meter = Meter()
    make = _board(Path(rest[0])) if kind == "board" else Bare
    if "sent" in rest:
        meter.lines = ShownLines()
    meter.born, meter.cpu = time.perf_counter(), time.process_time()
    app = make()
    app.driver_class = MemoryDriver
    _count(meter, app)

    def begin() -> None:
        loop = asyncio.get_running_loop()

        def first() -> None:
            meter.ready.wait()
            _answer(meter.read())
            _obey(meter, app, loop)

        threading.Thread(target=first, daemon=True).start()

    app.call_later(begin)
    app.run(size=SIZE)


if __name__ == "__main__":
    main(*sys.argv[1:])
