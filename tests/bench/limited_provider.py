"""A provider on loopback that bears so many requests of a lane at once, and refuses the others."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["AGENT", "LimitedProvider", "serving"]

_ANSWERS_AFTER: Final = 1.5
_RETRY_AFTER: Final = 1.0
AGENT: Final = """
import http.client, json, os, sys

def say(**event):
    print(json.dumps(event), flush=True)

say(ev="session", id=os.environ["WF_TASK"] + "-" + os.environ["WF_ATTEMPT"][-8:])
line = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]), timeout=60)
line.request("GET", "/" + sys.argv[1])
answer = line.getresponse()
answer.read()
if answer.status == 429:
    wait = float(answer.headers["Retry-After"])
    say(ev="verdict", ok=False, kind="rate_limit", status=429, retry_after=wait, why="429")
    sys.exit(1)
say(ev="tool_start", id="1", name="write", kind="edit")
with open(os.environ["WF_TASK"] + ".txt", "w") as file:
    file.write("done")
say(ev="tool_end", id="1")
say(ev="verdict", ok=True, text="done")
"""
"""An agent that asks once, and writes a file: `python -c AGENT LANE PORT`."""


@dataclass
class LimitedProvider:
    """What was asked of the provider, by lane; `most` says how many at once each lane bears."""

    most: Mapping[str, int] = field(default_factory=dict)
    answered: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    port: int = 0
    _open: Counter[str] = field(default_factory=Counter)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, lane: str) -> bool:
        """Take a request, or refuse it."""
        with self._lock:
            if self._open[lane] >= self.most.get(lane, 1_000):
                self.refused[lane] += 1
                return False
            self._open[lane] += 1
            return True

    def end(self, lane: str) -> None:
        """Count a request that was answered."""
        with self._lock:
            self._open[lane] -= 1
            self.answered[lane] += 1


@contextlib.contextmanager
def serving(provider: LimitedProvider) -> Iterator[LimitedProvider]:
    """Serve on a port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            lane = self.path.strip("/")
            if not provider.begin(lane):
                self.send_response(429)
                self.send_header("Retry-After", str(_RETRY_AFTER))
                self.end_headers()
                return
            # As long as a short answer of a model takes: longer than the ramp waits between starts.
            time.sleep(_ANSWERS_AFTER)
            provider.end(lane)
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name there
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield provider
        server.shutdown()
        thread.join()
