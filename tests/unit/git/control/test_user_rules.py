"""What the user's own git ignores is ignored in the run's worktrees too."""

from pathlib import Path

from tests.unit.git.conftest import User
from wf_tui.git.control.user_rules import read_user_rules
from wf_tui.git.repository import find_repository


def _excludes(user: User, **environ: str) -> bytes:
    return read_user_rules(find_repository(user.path), {"HOME": str(user.home)} | environ).excludes


def test_the_configured_file_is_read(user: User) -> None:
    """`core.excludesFile` of the user's configuration is followed, `~` included."""
    (user.home / "ignore").write_text("*.swp")
    user.git("config", "--global", "core.excludesFile", "~/ignore")
    assert _excludes(user).startswith(b"*.swp\n")


def test_the_usual_places_are_read(user: User, tmp_path: Path) -> None:
    """Without configuration the file is where git looks for it."""
    for folder, text in ((user.home / ".config", "home"), (tmp_path / "xdg", "xdg")):
        (folder / "git").mkdir(parents=True)
        (folder / "git" / "ignore").write_text(text)
    assert _excludes(user).startswith(b"home\n")
    assert _excludes(user, XDG_CONFIG_HOME=str(tmp_path / "xdg")).startswith(b"xdg\n")


def test_no_home_is_no_excludes(user: User) -> None:
    """Without any of these files only the repository's own excludes are left."""
    (user.path / ".git" / "info" / "exclude").write_text("own\n")
    assert read_user_rules(find_repository(user.path), {}).excludes == b"own\n"


def test_a_repository_cannot_name_a_file_of_the_user(user: User) -> None:
    """A stranger's configuration does not get a private file copied to where workers read."""
    (user.home / "secret").write_text("hush")
    user.git("config", "core.excludesFile", str(user.home / "secret"))
    assert b"hush" not in _excludes(user)


def test_a_repository_may_name_a_file_of_its_own(user: User) -> None:
    """Excludes that lie in the repository are followed."""
    user.git("config", "core.excludesFile", str(user.write("ours", "mine\n")))
    assert _excludes(user).startswith(b"mine\n")


def test_odd_files_count_as_empty(user: User) -> None:
    """A folder, or a file too large to be meant, is passed over."""
    (user.path / ".git" / "info" / "exclude").unlink()
    user.git("config", "--global", "core.excludesFile", str(user.home))
    assert _excludes(user) == b""
    (user.home / "big").write_bytes(b"x" * (1 << 20 | 1))
    user.git("config", "--global", "core.excludesFile", str(user.home / "big"))
    assert _excludes(user) == b""
