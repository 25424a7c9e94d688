"""Skipped tests in CI."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.strict_skips import ALLOWED

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
_SKIP = re.compile(r"(?:skip\(|reason=)\s*\"([^\"]+)\"")


def run(folder: Path, source: str, *options: str) -> tuple[int, str]:
    """Run a module of tests, and return exit status and output."""
    (folder / "test_it.py").write_text(f"import pytest\n{source}\n")
    words = ["-p", "tests.support.strict_skips", "-p", "no:cacheprovider", "-c", os.devnull]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *words, *options, folder],
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTEST_ADDOPTS": "",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize(
    "source",
    [
        "@pytest.mark.skip(reason='there is no tmux here')\ndef test_it(): ...",
        "@pytest.mark.skipif(True, reason='something new')\ndef test_it(): ...",
        "def test_it(): pytest.skip('no strace')",
        "@pytest.fixture\ndef gone(): pytest.skip('no tmux')\ndef test_it(gone): ...",
        "pytest.importorskip('there_is_no_such_module')",
        "pytest.skip('all of it', allow_module_level=True)",
    ],
)
def test_a_skip_fails_in_ci(tmp_path: Path, source: str) -> None:
    """However a test is skipped: with the option it fails and says why, without it is skipped."""
    status, output = run(tmp_path, source, "--strict-skips")
    assert status in {1, 2}
    assert "skipped, but CI has to run it: " in output
    assert "skipped" in run(tmp_path, source)[1]


@pytest.mark.parametrize("reason", sorted(ALLOWED))
def test_user_and_platform_are_reasons(tmp_path: Path, reason: str) -> None:
    """What nobody can install may be missing in CI, too."""
    source = f"@pytest.mark.skip(reason={reason!r})\ndef test_it(): ..."
    assert run(tmp_path, source, "--strict-skips")[0] == 0


def test_what_is_expected_to_fail_is_no_skip(tmp_path: Path) -> None:
    """An expected failure is reported like a skip, and stays one."""
    source = "@pytest.mark.xfail\ndef test_it(): assert False"
    assert run(tmp_path, source, "--strict-skips")[0] == 0


def test_every_allowed_reason_is_used() -> None:
    """The list names no reason that no test gives, so that it does not outlive its tests."""
    texts = [path.read_text() for path in (ROOT / "tests").rglob("*.py")]
    given = {reason for text in texts for reason in _SKIP.findall(text)}
    assert given >= ALLOWED
