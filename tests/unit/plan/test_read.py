"""Reading plans from files: every kind of bad file is one clear problem."""

import json
import os
from pathlib import Path

import pytest

from tests.support.unprivileged import as_nobody
from wf_tui.plan.read import MOST_BYTES, read_plan

YAML = "goal: g\nphases:\n- name: a\n  tasks:\n  - {id: t, prompt: p}\n"
TOML = 'goal = "g"\n[[phases]]\nname = "a"\n[[phases.tasks]]\nid = "t"\nprompt = "p"\n'
JSON = '{"goal": "g", "phases": [{"name": "a", "tasks": [{"id": "t", "prompt": "p"}]}]}'


def write(folder: Path, name: str, content: str | bytes) -> Path:
    """Write a file and return its path."""
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def complaint(path: Path, most_bytes: int = MOST_BYTES) -> str:
    """Return the message and hint of the one problem of a file."""
    report = read_plan(path, most_bytes)
    (error,) = report.errors
    assert (error.code, report.plan, report.file) == ("parse_error", None, str(path))
    return f"{error.message}: {error.hint}"


@pytest.mark.parametrize(
    ("name", "content"),
    [("p.yaml", YAML), ("p.yml", YAML), ("p.toml", TOML), ("p.json", JSON), ("p.JSON", JSON)],
)
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_same_plan_in_every_format(
    tmp_path: Path, name: str, content: str, ending: str, mark: bytes
) -> None:
    """Line ends and a byte order mark make no difference."""
    reports = [
        read_plan(write(tmp_path, name, mark + content.replace("\n", ending).encode())),
        read_plan(write(tmp_path, "plain.json", JSON)),
    ]
    assert reports[0].valid
    assert reports[0].plan == reports[1].plan


def test_a_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    """A slip in the name has its correction."""
    write(tmp_path, "plan.yaml", YAML)
    assert f"did you mean {tmp_path / 'plan.yaml'}?" in complaint(tmp_path / "plna.yaml")


def test_a_missing_file_without_neighbours(tmp_path: Path) -> None:
    """Nothing near: check the path; no folder: that is said."""
    assert "check the path" in complaint(tmp_path / "plan.yaml")
    assert "there is no folder" in complaint(tmp_path / "no" / "plan.yaml")


def test_a_folder_is_no_plan(tmp_path: Path) -> None:
    """Also when its name ends like one."""
    (tmp_path / "d.yaml").mkdir()
    assert "is a directory" in complaint(tmp_path / "d.yaml")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """A FIFO without a writer would never end."""
    os.mkfifo(tmp_path / "p.yaml")
    assert "not a regular file" in complaint(tmp_path / "p.yaml")


def test_a_path_through_a_file(tmp_path: Path) -> None:
    """What the system says is passed on."""
    file = write(tmp_path, "f", "")
    assert "Not a directory" in complaint(file / "plan.yaml")


def test_an_unreadable_file() -> None:
    """The right to read is missing, and that is said with what the system says."""
    with as_nobody() as folder:
        path = write(folder, "p.yaml", YAML)
        path.chmod(0)
        assert "Permission denied: give yourself the right to read" in complaint(path)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plan.yalm", "did you mean plan.yaml?"),
        ("plan.xml", "name it with one of"),
        ("plan.txt", "the unknown ending .txt"),
        ("plan", "no ending"),
    ],
)
def test_an_unknown_ending(tmp_path: Path, name: str, words: str) -> None:
    """The known endings are listed, the nearest one is proposed."""
    found = complaint(write(tmp_path, name, YAML))
    assert words in found
    assert ".json, .toml, .yaml, .yml" in found


@pytest.mark.parametrize("content", [b"goal: g\n\xff", "goal: \xe4".encode("latin-1")])
def test_text_that_is_not_utf8(tmp_path: Path, content: bytes) -> None:
    """The line of the first wrong byte is named."""
    report = read_plan(write(tmp_path, "p.yaml", content))
    assert "not UTF-8" in report.errors[0].message
    assert report.errors[0].line == content.count(b"\n") + 1


def test_a_huge_file_is_refused_by_its_size(tmp_path: Path) -> None:
    """Fifty megabytes are not even read."""
    path = write(tmp_path, "p.yaml", "")
    os.truncate(path, 50_000_000)
    assert "larger than 10 MB" in complaint(path)


def test_a_file_that_grows_is_cut_off(tmp_path: Path) -> None:
    """The limit holds for what is read, not only for what was promised."""
    path = tmp_path / "p.yaml"
    path.symlink_to("/proc/self/status")  # the kernel writes it as it is read, and gives no size
    assert path.stat().st_size == 0
    assert "larger" in complaint(path, most_bytes=10)
    assert MOST_BYTES == 10_000_000


def test_names_of_the_report(tmp_path: Path) -> None:
    """Goal and limit are known also of a plan with faults, where they are written well."""
    report = read_plan(write(tmp_path, "p.json", json.dumps({"goal": "g", "max_concurrent": True})))
    assert (report.goal, report.max_concurrent) == ("g", None)
    report = read_plan(write(tmp_path, "p.json", json.dumps({"goal": "g", "phases": []})))
    assert (report.goal, report.max_concurrent) == ("g", 4)
    assert read_plan(write(tmp_path, "p.json", "[1]")).goal is None
