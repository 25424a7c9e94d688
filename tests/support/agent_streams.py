"""What real agents have printed, as `tests/agents/streams` keeps it, and how it is read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from wf_tui.workers.agent.fold import Ending, Fold
from wf_tui.workers.agent.parsers.table import PARSERS

if TYPE_CHECKING:
    from wf_tui.workers.line.grammar import LineEvent

__all__ = ["NOW", "STREAMS", "STREAM_FOLDER", "RecordedStream", "folded", "new_fold"]

STREAM_FOLDER = Path(__file__).resolve().parents[1] / "agents" / "streams"
NOW = 1_795_813_018.0
"""The time at which the recorded streams are read: soon after they were recorded."""


@dataclass(frozen=True)
class RecordedStream:
    """One run of an agent: what it printed, and how it ended."""

    name: str
    """`AGENT.SCENARIO`."""
    content: bytes
    ending: Ending

    @property
    def parser(self) -> str:
        """The name of its parser."""
        return self.name.partition(".")[0]

    @property
    def lines(self) -> list[bytes]:
        """Its lines, without their ends."""
        return self.content.splitlines()


def recorded(path: Path) -> RecordedStream:
    """Return the stream of a file, and how it ended from the file beside it."""
    meta = path.with_suffix(".meta.json")
    ending = Ending(0)
    if meta.exists():
        ended = json.loads(meta.read_text())
        ending = Ending(ended["rc"], ended["stderr"])
    return RecordedStream(path.stem, path.read_bytes(), ending)


STREAMS = {
    path.stem: recorded(path)
    for path in sorted(STREAM_FOLDER.glob("*.jsonl"))
    if path.stem.partition(".")[0] in PARSERS and not path.stem.endswith("-usage")
}


def new_fold(parser: str) -> Fold:
    """Return a fold with a fresh parser, for which it is `NOW`."""
    return Fold(PARSERS[parser](), lambda: NOW)


def folded(parser: str, lines: list[bytes]) -> tuple[Fold, list[LineEvent]]:
    """Return what some lines come to, and what they say."""
    fold = new_fold(parser)
    events = fold.lines([*lines])
    return fold, events + fold.at_end({}, NOW)
