"""An app in a process of its own, and what happened in it between two readings."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

__all__ = ["PAUSE", "SETTLED", "AppProcess", "Cost"]

PAUSE: Final = threading.Event()
"""What nobody sets: waiting for it is a pause."""
SETTLED: Final = 0.35
"""Seconds after which a change is on the screen and all is quiet again."""
_TERMINAL: Final = {"COLUMNS": "160", "LINES": "48"}
"""What a terminal of the size of the probe says before anything is drawn."""
_ROOT: Final = Path(__file__).resolve().parents[2]
_Reading = dict[str, Any]


class AppProcess:
    """An app in a process of its own."""

    def __init__(self, *words: str | Path, **environ: str) -> None:
        begun = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.app_probe", *map(str, words)],
            cwd=_ROOT,
            env={**os.environ, **_TERMINAL, **environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.first = self._answer()
        self.cold = (time.perf_counter() - begun) * 1000

    def _answer(self) -> _Reading:
        assert self._process.stdout is not None
        read: _Reading = json.loads(self._process.stdout.readline())
        return read

    def say(self, word: str) -> None:
        """Give a command that has no answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{word}\n")
        self._process.stdin.flush()

    def read(self) -> _Reading:
        """Return all figures up to now."""
        self.say("read")
        return self._answer()

    def close(self) -> None:
        """End it."""
        self.say("end")
        self._process.communicate(timeout=30)

    def costs(self, word: str, times: int, back: str = "") -> Cost:
        """Say a word so many times, each time another way back; return the median of its costs."""
        found = []
        for _ in range(times):
            before = self.read()
            self.say(word)
            PAUSE.wait(SETTLED)
            found.append(Cost(before, self.read()))
            if back:
                self.say(back)
                PAUSE.wait(SETTLED)
        return sorted(found, key=lambda one: one.of("cpu"))[len(found) // 2]


@dataclass(frozen=True)
class Cost:
    """What happened between two readings."""

    before: _Reading
    after: _Reading

    def of(self, name: str) -> float:
        """Return the growth of a counter."""
        return float(self.after[name]) - float(self.before[name])

    @property
    def share(self) -> float:
        """Percent of a core."""
        return self.of("cpu") / (self.of("at") * 10)
