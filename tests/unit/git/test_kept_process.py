"""A git process that stays answers as one that is new does, or not at all."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from wf_tui.errors import GitDeadlineError
from wf_tui.git.kept_process import KeptProcess
from wf_tui.git.runner import git, git_limit

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from wf_tui.git.kept_process import Answer


@pytest.fixture
def start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], KeptProcess]]:
    """Give what starts a stand-in for git, a script, and tells its process in `pids`."""
    made: list[KeptProcess] = []

    def started(script: str) -> KeptProcess:
        program = tmp_path / "git"
        program.write_text(f"#!/bin/sh\necho $$ >>{tmp_path}/pids\n{script}\n")
        program.chmod(0o755)
        (tmp_path / "HEAD").touch()
        monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
        made.append(KeptProcess("answer", git_dir=tmp_path, settings={}))
        return made[-1]

    yield started
    for process in made:
        process.close()


_ECHO = 'while read line; do echo "$line"; done'


def _said(answer: Answer) -> bytes:
    answer.ask(b"word\n")
    return answer.line()


def _pids(folder: Path) -> list[int]:
    return [int(line) for line in (folder / "pids").read_text().split()]


def test_one_process_answers_all(start: Callable[[str], KeptProcess], tmp_path: Path) -> None:
    """Question after question is answered by the process that was started for the first."""
    process = start(_ECHO)
    assert [process.ask(_said) for _ in range(3)] == [b"word"] * 3
    assert len(_pids(tmp_path)) == 1


def test_a_long_question_meets_a_long_answer(start: Callable[[str], KeptProcess]) -> None:
    """More than a pipe holds comes back whole."""
    process = start(_ECHO)
    words = b"x" * 300_000

    def talk(answer: Answer) -> bytes:
        answer.ask(words + b"\n")
        return answer.line()

    assert process.ask(talk) == words


def test_many_questions_meet_many_answers(start: Callable[[str], KeptProcess]) -> None:
    """Each is answered at once, so that both pipes are full before all is asked."""
    process = start("exec cat")
    words = [b"%d " % number + b"x" * 500 for number in range(1_000)]

    def talk(answer: Answer) -> list[bytes]:
        answer.ask(b"".join(word + b"\n" for word in words))
        return [answer.line() for _ in words]

    with git_limit(60):
        assert process.ask(talk) == words


def test_one_that_was_killed_is_started_anew(
    start: Callable[[str], KeptProcess], tmp_path: Path
) -> None:
    """Who asks while it ends has no answer; the next one has."""
    process = start(_ECHO)
    process.ask(_said)

    def killed(answer: Answer) -> bytes:
        os.kill(_pids(tmp_path)[-1], signal.SIGKILL)
        answer.ask(b"word\n")
        answer.line()
        return answer.line()

    assert process.ask(killed) is None
    assert process.ask(_said) == b"word"
    assert len(_pids(tmp_path)) == 2


def test_one_that_hangs_is_stopped(start: Callable[[str], KeptProcess], tmp_path: Path) -> None:
    """The limit of the thread holds, and the process is gone."""
    process = start("sleep 60 & wait")
    with git_limit(0.3), pytest.raises(GitDeadlineError, match="git answer took longer"):
        process.ask(_said)
    with pytest.raises(ProcessLookupError):
        os.kill(_pids(tmp_path)[0], 0)


def test_an_answer_that_was_not_asked_for(
    start: Callable[[str], KeptProcess], tmp_path: Path
) -> None:
    """It could be taken for the next one: there is no answer, and a new process."""
    process = start("while read line; do printf 'one\\ntwo\\n'; done")
    assert process.ask(_said) is None
    assert process.ask(_said) is None
    assert len(_pids(tmp_path)) == 2


def test_after_the_close_nothing_is_started(
    start: Callable[[str], KeptProcess], tmp_path: Path
) -> None:
    """It ends, and whoever still asks does so by a git of its own."""
    process = start(_ECHO)
    process.ask(_said)
    process.close()
    with pytest.raises(ProcessLookupError):
        os.kill(_pids(tmp_path)[0], 0)
    assert process.ask(_said) is None
    assert len(_pids(tmp_path)) == 1


def test_the_close_waits_for_no_answer(start: Callable[[str], KeptProcess], tmp_path: Path) -> None:
    """One that hangs ends; who waits for it has no answer, long before the limit."""
    process = start(f"mkfifo {tmp_path}/asked; read line; echo >{tmp_path}/asked; exec sleep 60")
    with ThreadPoolExecutor(1) as threads:
        waiting = threads.submit(process.ask, _said)
        while not (tmp_path / "asked").exists():
            pass
        (tmp_path / "asked").read_text()
        process.close()
        assert waiting.result(timeout=10) is None
    with pytest.raises(ProcessLookupError):
        os.kill(_pids(tmp_path)[0], 0)


def test_the_number_of_one_that_ended_is_not_used(
    start: Callable[[str], KeptProcess], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be that of another process by now, to which no signal may go."""
    process = start('read line; echo "$line"')
    ended: list[object] = []
    process.ask(_said)
    os.waitid(os.P_PID, _pids(tmp_path)[0], os.WEXITED | os.WNOWAIT)
    monkeypatch.setattr("wf_tui.git.kept_process.end_group", ended.append)
    process.close()
    assert ended == []


_LEFT = """
import sys, time
from pathlib import Path
from wf_tui.git.kept_process import KeptProcess

process = KeptProcess("cat-file", "--batch-command", git_dir=Path(sys.argv[1]), settings={})
print(process.ask(lambda answer: answer.ask(b"info HEAD\\n") or answer.line()), flush=True)
print(process._running.process.pid, flush=True)
time.sleep(60)
"""


def test_it_ends_with_its_owner(tmp_path: Path) -> None:
    """After a kill that nobody can catch too: git reads the end of its questions."""
    git("init", "-q", "--bare", "--", tmp_path / "x.git")
    command = [sys.executable, "-c", _LEFT, str(tmp_path / "x.git")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as owner:
        assert owner.stdout is not None
        assert b"HEAD missing" in owner.stdout.readline()
        git_process = os.pidfd_open(int(owner.stdout.readline()))
        owner.kill()
    try:
        assert select.select([git_process], [], [], 10)[0]
    finally:
        os.close(git_process)


def test_another_git_is_another_process(
    start: Callable[[str], KeptProcess], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where PATH has another git by now, that one is asked."""
    process = start(_ECHO)
    process.ask(_said)
    other = tmp_path / "other"
    other.mkdir()
    (other / "git").write_text("#!/bin/sh\nwhile read line; do echo other; done\n")
    (other / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{other}:{os.environ['PATH']}")
    assert process.ask(_said) == b"other"
