"""A worker's environment holds what is listed, and no secret."""

from pathlib import Path

import pytest

from wf_tui.variables import Given
from wf_tui.workers.environment import base_environment, secrets_of, worker_environment


def test_listed_names_pass() -> None:
    """The names that programs need to work are passed on."""
    given = {"PATH": "/bin", "HOME": "/root", "LANG": "C.UTF-8", "LC_ALL": "C", "TZ": "UTC"}
    assert base_environment(given) == {**given, "TERM": "dumb", "NO_COLOR": "1"}


@pytest.mark.parametrize(
    "name",
    ["OPENAI_API_KEY", "GITHUB_TOKEN", "AWS_SECRET_ACCESS_KEY", "PGPASSWORD", "LC_API_KEY",
     "LC_my_token", "GIT_DIR", "PYTHONPATH", "LD_PRELOAD", "WF_STATE_DIR", "SSH_AUTH_SOCK"],
)  # fmt: skip
def test_other_names_do_not_pass(name: str) -> None:
    """Secrets, and what changes how programs behave, stay outside."""
    assert name not in base_environment({name: "x", "PATH": "/bin"})


def test_there_is_always_a_path() -> None:
    """Without a PATH programs are looked for in the usual places."""
    assert base_environment({})["PATH"] == "/usr/local/bin:/usr/bin:/bin"


def test_a_terminal_is_never_passed() -> None:
    """Whatever the scheduler's terminal, the output is asked for plain."""
    made = base_environment({"TERM": "xterm", "NO_COLOR": "", "COLORTERM": "truecolor"})
    assert made == {**base_environment({}), "TERM": "dumb", "NO_COLOR": "1"}


def test_names_of_an_attempt() -> None:
    """An attempt is told its run, task, mark and the files made for it; absent ones are absent."""
    made = worker_environment(run="r", task="t", mark="r/t/1", results=Path("/x"))
    assert made == {
        "WF_RUN": "r",
        "WF_TASK": "t",
        "WF_ATTEMPT": "r/t/1",
        "WF_RESULTS": "/x",
    }


def test_conflicts_are_named() -> None:
    """The file with conflicting paths is named when there is one."""
    made = worker_environment(run="r", task="t", mark="m", conflicts=Path("/c"))
    assert made["WF_CONFLICTS"] == "/c"


def test_what_looks_secret_is_told_by_its_name() -> None:
    """The name of a variable says whether nobody else should see its value."""
    given = {"DB_PASSWORD": Given("v", passed=True), "N": Given("v", passed=True)}
    assert secrets_of(given) == {"DB_PASSWORD": "v"}
