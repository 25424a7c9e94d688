"""One session of the models' host, in this process: with a scripted maker, and hands of a test."""

from __future__ import annotations

import asyncio
import json
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Self

from wf_tui.config import Config
from wf_tui.profiles.presets import find_preset
from wf_tui.profiles.quirks import Quirks
from wf_tui.workers.line.grammar import DownEvent, encode
from wf_tui.workers.line.port import LinePort
from wf_tui.workers.model.host.hands_port import HandsPort
from wf_tui.workers.model.host.maker.http_client import open_client
from wf_tui.workers.model.host.maker.requests import Pauses
from wf_tui.workers.model.host.session import Session
from wf_tui.workers.model.session_spec import SessionSpec

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType

    from tests.support.scripted_maker import Maker

__all__ = ["OpenSession", "quirks_of", "run_session", "spec_at"]

Json = dict[str, Any]
_TRUST: Final = ssl.create_default_context()
AT_ONCE: Final = Pauses(first=0.0, longest=10.0)


def quirks_of(maker: str, **more: Any) -> Quirks:
    """Return the quirks of a maker, as the preset of its name has them, and what is said more."""
    model = find_preset(Config(), maker).model
    assert model is not None
    return Quirks(**{**model.quirks.model_dump(), **more})


def done(tool: str, args: Json) -> Json:
    """Do what a call says, as far as a test needs it: all is well."""
    return {"ok": f"{tool} {args.get('path', args.get('command', ''))} is done"}


@dataclass
class OpenSession:
    """A session that runs; what it says is in `said`, in the order in which it came."""

    spec: SessionSpec
    hands: Callable[[str, Json], Json | None] = done
    """What a call comes to; None: nothing yet."""
    pauses: Pauses = AT_ONCE
    silence: float = 60.0
    """Seconds that a maker is waited for."""
    said: list[Json] = field(default_factory=list)
    calls: list[Json] = field(default_factory=list)
    """What the hands were told."""

    async def __aenter__(self) -> Self:
        line, its_line = socket.socketpair()
        hands, its_hands = socket.socketpair()
        self._line_reader, self._line = await asyncio.open_connection(sock=line, limit=1 << 24)
        self._hands_reader, self._hands = await asyncio.open_connection(sock=hands, limit=1 << 24)
        self._http = open_client(self.silence, _TRUST)
        port = await LinePort.open(its_line.detach())
        hands_port = await HandsPort.open(its_hands.detach())
        try:
            session = Session(self.spec, port, hands_port, self._http, self.pauses)
        except ValueError:
            await port.close()
            await hands_port.close(1)
            self._line.close()
            self._hands.close()
            await self._http.aclose()
            raise
        self._new = asyncio.Event()
        self._tasks = [
            asyncio.create_task(session.run()),
            asyncio.create_task(self._listen()),
            asyncio.create_task(self._work()),
        ]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.wait(self._tasks)
        for writer in (self._line, self._hands):
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        await self._http.aclose()

    async def ended(self) -> Json:
        """Wait for the end and return the verdict, which is the last word."""
        await asyncio.wait(self._tasks[:2])
        self._tasks[0].result()
        verdict = self.said[-1]
        assert [one["ev"] for one in self.said].count("verdict") == 1
        assert verdict["ev"] == "verdict"
        return verdict

    async def heard(self, ev: str, count: int = 1) -> list[Json]:
        """Wait until so many events of a kind have come, and return them."""
        while len(found := self.of(ev)) < count:
            self._new.clear()
            await self._new.wait()
        return found

    def of(self, ev: str) -> list[Json]:
        """Return the events of a kind."""
        return [one for one in self.said if one["ev"] == ev]

    @property
    def history(self) -> list[Json]:
        """The entries that it said for the history."""
        return [json.loads(one["text"]) for one in self.of("other") if one["kind"] == "history"]

    def tell(self, event: DownEvent) -> None:
        """Say something down the line."""
        self._line.write(encode(event))

    async def worked(self, count: int = 1) -> None:
        """Wait until the hands were told so many things."""
        while len(self.calls) < count:
            self._new.clear()
            await self._new.wait()

    async def ends(self) -> None:
        """Wait for the end of a session whose line is closed."""
        await self._tasks[0]

    def close_line(self) -> None:
        """Be a scheduler that dies."""
        self._line.close()

    def close_hands(self) -> None:
        """Be hands that die."""
        self._hands.close()

    def reply(self, number: int, reply: Json) -> None:
        """Answer a call by its number."""
        self._hands.write(json.dumps({"call": number, **reply}).encode() + b"\n")

    async def _listen(self) -> None:
        with suppress(ConnectionError):
            async for line in self._line_reader:
                self.said.append(json.loads(line))
                self._new.set()

    async def _work(self) -> None:
        self._hands.write(b'{"hands": 1}\n')
        with suppress(ConnectionError):
            async for line in self._hands_reader:
                told = json.loads(line)
                self.calls.append(told)
                self._new.set()
                if "call" in told and (reply := self.hands(told["tool"], told["args"])):
                    self.reply(told["call"], reply)


def spec_at(server: Maker, **fields: object) -> SessionSpec:
    """Return the spec of a session with a maker."""
    known: Json = {"id": "s1", "model": "m", "base_url": server.url, "prompt": "Go.", "tree": "/t"}
    return SessionSpec(**{**known, **fields})


async def run_session(
    spec: SessionSpec, hands: Callable[[str, Json], Json | None] = done
) -> OpenSession:
    """Run a session to its end, and return what it said."""
    async with OpenSession(spec, hands) as session:
        await session.ended()
    return session
