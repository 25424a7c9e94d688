"""Commands: what they see, what is kept of their output, and what ends them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.waiting import until

if TYPE_CHECKING:
    from tests.support.hands_process import HandsProcess


def test_a_command_is_answered_by_its_code_and_output(tree: Path, hands: HandsProcess) -> None:
    """Both streams come in one text, below a line with the exit code."""
    (tree / "a").mkdir()
    answer = hands.call("run_command", command="pwd; echo oops >&2; exit 3", folder="a")
    assert answer == {"ok": f"[exit code 3]\n{tree}/a\noops", "exit_code": 3}
    assert hands.do("run_command", command="true") == "[exit code 0]\n[no output]"
    assert hands.call("run_command", command="kill -9 $$")["exit_code"] == 137


def test_a_command_has_nothing_of_the_hands(hands: HandsProcess) -> None:
    """It has an empty input, and no descriptor but its three."""
    seen = "cat; for fd in /proc/self/fd/*; do echo ${fd##*/}; done"
    said = hands.do("run_command", command=seen)
    # The shell reads the folder by a descriptor of its own, which may be shown.
    assert said.split("\n")[1:4] == ["0", "1", "2"]
    assert hands.do("run_command", command="[ -e /proc/self/fd/3 ] || echo none").endswith("none")


def test_of_long_output_both_ends_are_kept(hands: HandsProcess) -> None:
    """Output of any length is read to its end, and a page of it is kept."""
    flood = "echo first; yes 0123456789 | head -c 100000001; echo last"
    said = hands.do("run_command", command=flood)
    assert said.startswith("[exit code 0]\nfirst\n0123456789\n")
    assert said.endswith("\n0123456789\n01last")
    assert "bytes left out]" in said
    assert len(said) < 31_000
    peak = hands.do("run_command", command=f"grep VmHWM /proc/{hands.process.pid}/status")
    assert int(peak.split()[-2]) < 64 * 1024


def test_what_only_a_terminal_understands_is_left_out(hands: HandsProcess) -> None:
    """Colours vanish, and of a bar of progress its last state is kept."""
    said = hands.do("run_command", command=r"printf '\033[31mred\033[0m 1%%\r 99%%\r\n\377\n'")
    assert said == "[exit code 0]\n 99%\n\ufffd"


def test_a_command_that_takes_too_long_is_ended(hands: HandsProcess) -> None:
    """Its time over, it is ended with all of its group, and what it wrote is kept."""
    answer = hands.call("run_command", command="echo begun; sleep 1000 & sleep 1000", timeout=1)
    assert answer == {
        "ok": "[exit code 143; ended after 1 s, its time limit]\nbegun",
        "exit_code": 143,
    }


def test_a_stop_ends_a_command_that_is_deaf(hands: HandsProcess) -> None:
    """Other calls are done while it runs; a stop ends it, also one that ignores a TERM."""
    deaf = "trap '' TERM; echo up >up; while :; do sleep 1; done"
    number = hands.begin("run_command", {"command": deaf})
    until(lambda: "up" in hands.do("list_files").split("\n"), "the command runs")
    hands.send({"stop": number})
    hands.send({"stop": 77})
    answer = hands.answer()
    assert (answer["call"], answer["exit_code"]) == (number, 137)
    assert "stopped before its end" in answer["ok"]


def test_what_is_left_in_the_background_is_ended(hands: HandsProcess) -> None:
    """A command that ends leaves no process of its group, whoever holds its output."""
    said = hands.do("run_command", command="sleep 1000 & echo $!")
    head, pid = said.split("\n")
    assert head == "[exit code 0; what it left running in the background was ended, too]"
    until(lambda: not _runs(int(pid)), "it has ended")


def test_a_server_that_is_set_apart_goes_on(hands: HandsProcess) -> None:
    """What is started in a session of its own runs until the attempt is over."""
    said = hands.do("run_command", command="setsid sleep 1000 >/dev/null 2>&1 & echo $!")
    pid = int(said.split("\n")[-1])
    assert said.startswith("[exit code 0]")
    assert _runs(pid)
    os.kill(pid, 9)


@pytest.mark.parametrize("command", ["", "  \n", "a\0b", "\ud800"])
def test_what_is_no_command_is_refused(hands: HandsProcess, command: str) -> None:
    """A text that no shell can be given is answered by an error."""
    assert hands.refused("run_command", command=command)


def test_the_end_of_the_host_ends_the_commands(tree: Path, hands: HandsProcess) -> None:
    """End-of-file ends what runs, and the program with the status that says to try again."""
    hands.begin("run_command", {"command": "echo $$ >pid; exec sleep 1000"})
    until(lambda: (tree / "pid").exists() and (tree / "pid").read_text(), "the command runs")
    hands.socket.shutdown(1)
    assert hands.process.wait(60) == 75
    until(lambda: not _runs(int((tree / "pid").read_text())), "it has ended")


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False
