"""The state directory is the user's alone; one that others could fill is refused."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

import pytest

from tests.support.unprivileged import as_nobody
from wf_tui.errors import EnvironmentalError
from wf_tui.paths import private_folder, require_own

if TYPE_CHECKING:
    from pathlib import Path

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can give files away")


def mode(path: Path) -> int:
    """Return who may do what."""
    return stat.S_IMODE(path.stat().st_mode)


def test_all_that_is_made_is_private(tmp_path: Path) -> None:
    """A folder and what was missing above it is made for this user alone."""
    private_folder(tmp_path / "a" / "b")
    assert [mode(tmp_path / "a"), mode(tmp_path / "a" / "b")] == [0o700, 0o700]


def test_others_cannot_read(tmp_path: Path) -> None:
    """A folder that others can read is taken from them."""
    tmp_path.chmod(0o755)
    private_folder(tmp_path)
    assert mode(tmp_path) == 0o700


@pytest.mark.parametrize("bits", [0o777, 0o770, 0o1777, 0o720])
def test_others_can_write(tmp_path: Path, bits: int) -> None:
    """One that others can write is refused and left as it is: its content may be theirs."""
    tmp_path.chmod(bits)
    with pytest.raises(EnvironmentalError, match="can be written by others"):
        private_folder(tmp_path)
    assert mode(tmp_path) == bits


def test_a_link_of_ones_own(tmp_path: Path) -> None:
    """A symbolic link to a folder elsewhere is fine, where one has made it oneself."""
    (tmp_path / "big").mkdir(mode=0o700)
    (tmp_path / "state").symlink_to("big")
    assert private_folder(tmp_path / "state").is_dir()


@needs_root
def test_a_link_of_somebody_else(tmp_path: Path) -> None:
    """One that somebody else put there, in /tmp say, is not followed."""
    (tmp_path / "mine").mkdir(mode=0o700)
    link = tmp_path / "state"
    link.symlink_to("mine")
    os.chown(link, 65534, 65534, follow_symlinks=False)
    with pytest.raises(EnvironmentalError, match="was put there by somebody else"):
        require_own(link)


@needs_root
def test_a_folder_of_somebody_else() -> None:
    """Whose folder it is can change all in it."""
    with as_nobody() as own:
        require_own(own)
        os.seteuid(0)
        os.chown(own, 1, 1)
        own.chmod(0o755)
        os.seteuid(65534)
        with pytest.raises(EnvironmentalError, match="belongs to somebody else"):
            require_own(own)
