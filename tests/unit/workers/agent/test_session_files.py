"""What agents write into their homes and do not say on their streams."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.support.agent_streams import NOW, STREAM_FOLDER, STREAMS, new_fold
from wf_tui.workers.agent.homes.codex import read_codex_usage
from wf_tui.workers.agent.homes.kimi_code import KimiHome, read_kimi_home
from wf_tui.workers.line.failure_kind import FailureKind
from wf_tui.workers.line.grammar import SessionStarted, Usage

SECOND_TURN = 1_795_814_510.5
"""Between the two turns of the recorded session of codex, the second one a process of its own."""


def kimi_home(folder: Path, scenario: str, session: str = "session_1") -> str:
    """Make a home with a recorded file of kimi-code's, and return it."""
    agent = folder / "sessions" / "wd_tree" / session / "agents" / "main"
    agent.mkdir(parents=True)
    recorded = STREAM_FOLDER / f"kimi-code.{scenario}.wire-usage.jsonl"
    (agent / "wire.jsonl").write_bytes(recorded.read_bytes())
    return str(folder)


def codex_home(folder: Path) -> str:
    """Make a home with the recorded file of codex' tokens, and return it."""
    day = folder / "sessions" / "2026" / "11" / "27"
    day.mkdir(parents=True)
    recorded = STREAM_FOLDER / "codex.resume.rollout-usage.jsonl"
    (day / "rollout-2026-11-27T21-21-49-s.jsonl").write_bytes(recorded.read_bytes())
    return str(folder)


def test_kimi_counts_its_tokens(tmp_path: Path) -> None:
    """Tokens are those of the server, and the session is known, also where the stream has none."""
    found = read_kimi_home(kimi_home(tmp_path, "plan-edit"), 0.0)
    assert found == KimiHome("session_1", Usage(4800, 800, 136))


def test_kimi_counts_this_attempt_only(tmp_path: Path) -> None:
    """What an earlier attempt in the session has used is not told again."""
    found = read_kimi_home(kimi_home(tmp_path, "plan-edit"), 1_795_729_620.25)
    assert found.usage == Usage(3600, 600, 102)


def test_kimi_hides_a_truncated_answer(tmp_path: Path) -> None:
    """Its stream and its exit status say that all is well: its home says that it is not."""
    home = kimi_home(tmp_path, "truncate")
    stream = STREAMS["kimi-code.truncate"]
    fold = new_fold("kimi-code")
    fold.lines([*stream.lines])
    assert fold.done
    fold.at_end({"KIMI_CODE_HOME": home}, 0.0)
    verdict = fold.verdict(stream.ending)
    assert (verdict.ok, verdict.kind) == (False, FailureKind.TRUNCATED)


def test_kimi_tells_the_session_of_a_failure(tmp_path: Path) -> None:
    """A failed run has no word of its session on its stream, but can be resumed by it."""
    fold = new_fold("kimi-code")
    events = fold.at_end({"KIMI_CODE_HOME": kimi_home(tmp_path, "plan-edit")}, 0.0)
    assert SessionStarted("session_1") in events


def test_codex_counts_this_attempt_only(tmp_path: Path) -> None:
    """In a session that goes on, its stream tells the sum of all; its home tells when it was."""
    home = codex_home(tmp_path)
    assert read_codex_usage(home, 0.0) == Usage(4800, 800, 136, 0, scope="turn")
    assert read_codex_usage(home, SECOND_TURN) == Usage(2400, 400, 68, 0, scope="turn")


def test_a_home_may_be_missing(tmp_path: Path) -> None:
    """Without a home, or with an empty one, nothing is known."""
    for home in ("", str(tmp_path / "none"), str(tmp_path)):
        assert read_kimi_home(home, 0.0) == KimiHome()
        assert read_codex_usage(home, 0.0) is None


def test_old_files_are_not_read(tmp_path: Path) -> None:
    """A file that was not written since the start is another attempt's."""
    assert read_kimi_home(kimi_home(tmp_path, "plan-edit"), NOW * 2) == KimiHome()


def test_no_link_is_followed(tmp_path: Path) -> None:
    """A link in the place of a file is none, wherever it leads; a FIFO is none, either."""
    home = Path(kimi_home(tmp_path / "home", "plan-edit"))
    (file,) = home.glob("sessions/*/*/agents/*/wire.jsonl")
    file.rename(tmp_path / "elsewhere")
    file.symlink_to(tmp_path / "elsewhere")
    assert read_kimi_home(str(home), 0.0) == KimiHome()
    file.unlink()
    os.mkfifo(file)
    assert read_kimi_home(str(home), 0.0) == KimiHome()


@pytest.mark.parametrize("name", ["$(touch x)", "-rf", "a b"])
def test_a_foreign_name_is_no_session(tmp_path: Path, name: str) -> None:
    """A folder whose name is no id is no session: it would become an argument."""
    assert read_kimi_home(kimi_home(tmp_path, "plan-edit", name), 0.0).session is None


@pytest.mark.parametrize(
    "content",
    [
        b'{"type":"usage.record","time":9e99,"usage":{"output":1}}',
        b'{"type":"usage.record","time":1795729620217,"usage":["output"]}',
        b'{"type":"step.end","event":"step.end"}\n\xff"step.end"\n[[[["step.end"',
        b'{"timestamp":"9999-99-99T","payload":{"info":{"total_token_usage":7}},"x":"token_count"}',
        b'{"timestamp":"","payload":{"info":{"total_token_usage":{"a":1}},"type":"token_count"}}',
        b"",
    ],
)
def test_files_may_hold_anything(tmp_path: Path, content: bytes) -> None:
    """Whatever stands in such a file raises nothing, and what is no number counts nothing."""
    for home in (kimi_home(tmp_path / "kimi", "truncate"), codex_home(tmp_path / "codex")):
        for file in Path(home).rglob("*.jsonl"):
            file.write_bytes(content)
    kimi = read_kimi_home(str(tmp_path / "kimi"), 1.0)
    assert (kimi.usage, kimi.cut_off) in {(None, False), (Usage(), False)}
    codex = read_codex_usage(str(tmp_path / "codex"), 1.0)
    assert codex is None
