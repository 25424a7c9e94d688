"""`scripts/wf` and `scripts/test`: what they say where a clone cannot be made ready."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_SCRIPTS = Path(__file__).parents[2] / "scripts"
_TOOLS = "cat", "cksum", "dirname", "readlink", "sh"
_ANSWERS = """#!/bin/sh
case "$2" in
*version_info\\ *) exit {too_old} ;;
*version_info*) echo {version} ;;
*ensurepip*) exit {bare} ;;
esac
"""


@pytest.fixture(name="machine")
def _machine(tmp_path: Path) -> Path:
    """Make a clone of the scripts, and the programs of a machine that has no Python."""
    shutil.copytree(_SCRIPTS, tmp_path / "a clone" / "scripts")
    (tmp_path / "a clone" / "pyproject.toml").touch()
    programs = tmp_path / "bin"
    programs.mkdir()
    for tool in _TOOLS:
        found = shutil.which(tool)
        assert found
        (programs / tool).symlink_to(found)
    return tmp_path


def add(machine: Path, name: str, text: str = "#!/bin/sh\n") -> None:
    """Put a program on the machine."""
    path = machine / "bin" / name
    path.write_text(text)
    path.chmod(0o755)


def add_python(machine: Path, name: str, version: str, *, venv: bool) -> None:
    """Put a Python on the machine, or rather what it answers to the scripts."""
    too_old = int(tuple(map(int, version.split("."))) < (3, 11))
    add(machine, name, _ANSWERS.format(too_old=too_old, version=version, bare=int(not venv)))


def start(machine: Path) -> subprocess.CompletedProcess[str]:
    """Run `scripts/wf --version` there."""
    return subprocess.run(
        [machine / "a clone" / "scripts" / "wf", "--version"],
        env={"PATH": str(machine / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("tool", "install"),
    [
        ("apt-get", "sudo apt install python3.11-venv, or install uv"),
        ("dnf", "sudo dnf install python3.11, or install uv"),
        ("apk", "apk add python3, or install uv"),
        ("unknown", "install python3.11 with your system's tool, or uv"),
    ],
)
def test_a_python_without_venv(machine: Path, tool: str, install: str) -> None:
    """The last line says how this system installs it; nothing is left."""
    add(machine, tool)
    add_python(machine, "python3", "3.11", venv=False)
    done = start(machine)
    said = f"wf: Python 3.11 lacks its module venv: {install}"
    assert (done.returncode, done.stdout) == (3, "")
    assert done.stderr.splitlines()[-1] == said
    assert not (machine / "a clone" / ".venv").exists()


def test_a_python_too_old(machine: Path) -> None:
    """It is named with its version."""
    add_python(machine, "python3", "3.9", venv=True)
    done = start(machine)
    assert done.returncode == 3
    assert "wf: needs Python 3.11 or newer, this is 3.9: install" in done.stderr


def test_no_python(machine: Path) -> None:
    """It says so."""
    done = start(machine)
    assert done.returncode == 3
    assert "wf: needs Python 3.11 or newer, there is none: install" in done.stderr


def test_the_newest_that_will_do(machine: Path) -> None:
    """Beside a usual one that is too old, and one without venv, the newest other one is used."""
    add_python(machine, "python3", "3.9", venv=True)
    add_python(machine, "python3.13", "3.13", venv=False)
    add_python(machine, "python3.12", "3.12", venv=True)
    add_python(machine, "python3.11", "3.11", venv=True)
    used = machine / "bin" / "python3.12"
    used.write_text(used.read_text() + 'test "$1" = -c || echo "3.12 makes $4" >&2\n')
    assert f"3.12 makes {machine / 'a clone' / '.venv'}" in start(machine).stderr


def test_a_ready_clone_starts_at_once(machine: Path) -> None:
    """With its environment made, `wf` gets the arguments as they are; no Python is asked."""
    clone = machine / "a clone"
    program = clone / ".venv" / "bin" / "wf"
    program.parent.mkdir(parents=True)
    program.write_text('#!/bin/sh\nprintf "<%s>" "$@"\n')
    program.chmod(0o755)
    state = subprocess.run(["cksum"], input="", capture_output=True, text=True, check=True).stdout
    (clone / ".venv" / "made-for-app").write_text(f"{state.strip()} {clone}\n")
    assert start(machine).stdout == "<--version>"
