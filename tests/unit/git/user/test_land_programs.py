"""What runs where a run is landed: hooks and what signs when the user wants it, else nothing."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.unit.git.conftest import (
    Run,
    User,
    canary,
)
from tests.unit.git.user.conftest import land_run, look_at, refusal_of
from wf_tui.errors import RefusedError
from wf_tui.git.user.hooks import Hooks
from wf_tui.git.user.land import land


def test_nothing_of_the_repository_runs(done: Run, tmp_path: Path) -> None:
    """No hook, monitor, filter or merge driver that a repository names is started."""
    program, mark = canary(tmp_path)
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "merge.evil.driver"):
        done.user.git("config", key, program)
    done.user.write(".git/info/attributes", "run.sh filter=evil\n* merge=evil\n")
    hooks = done.user.path / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("reference-transaction", "post-merge", "post-checkout", "post-index-change"):
        (hooks / hook).symlink_to(program)
    (done.user.path / "run.sh").touch()
    land_run(done)
    assert not mark.exists()


def test_a_file_with_a_filter_is_left_to_the_user(done: Run) -> None:
    """What git itself would write is unknown without the filter, as with Git LFS."""
    done.user.write(".git/info/attributes", "README.md filter=lfs\n")
    assert refusal_of(done) == "git filters, which wf does not run, are to write README.md"


SIGNER = """#!/bin/sh
cat > "$HOME/signed"
echo "[GNUPG:] SIG_CREATED D 1 8 00 0 X" >&2
printf -- "-----BEGIN PGP SIGNATURE-----\\n\\nby $SIGNER\\n-----END PGP SIGNATURE-----\\n"
"""


@pytest.fixture(name="signing")
def _signing(named: User, done: Run, tmp_path: Path) -> Run:
    """Give a run that lands by a merge, of a user who signs with a program of their own."""
    program = tmp_path / "signer"
    program.write_text(SIGNER)
    program.chmod(0o755)
    named.git("config", "commit.gpgSign", "true")
    named.git("config", "gpg.program", str(program))
    named.write("own", "own\n")
    named.commit()
    return done


def test_a_merge_is_signed_where_the_user_signs(signing: Run) -> None:
    """By their program, in their environment; not where they say so."""
    combined, target, coming = look_at(signing, "main")
    target = replace(target, environ={**target.environ, "SIGNER": "Ada"})
    new = land(combined, target, coming, "Land")
    assert "by Ada" in signing.user.git("cat-file", "commit", new)
    assert "Land" in (signing.user.home / "signed").read_text()


def test_a_merge_that_cannot_be_signed_is_refused(signing: Run) -> None:
    """The checkout is as it was; without a signature it lands."""
    signing.user.git("config", "gpg.program", "/bin/false")
    assert "the merge commit cannot be signed: " in refusal_of(signing)
    combined, target, coming = look_at(signing, "main")
    new = land(combined, target, coming, "Land", sign=False)
    assert "gpgsig" not in signing.user.git("cat-file", "commit", new)


def _hook(user: User, name: str, script: str) -> None:
    hook = user.write(f".git/hooks/{name}", f"#!/bin/sh\n{script}\n")
    hook.chmod(0o755)


def test_hooks_run_when_asked(named: User, done: Run) -> None:
    """Those that git runs around a merge; one of them may change the message."""
    named.write("own", "own\n")
    named.commit()
    _hook(named, "pre-merge-commit", "ls > seen; rm -f .git/refused")
    _hook(named, "commit-msg", 'echo "Ticket: 7" >> "$1"')
    _hook(named, "post-merge", "git rev-parse HEAD > .git/after")
    combined, target, coming = look_at(done, "main")
    hooks = Hooks(target)
    assert hooks.present(merges=True) == ["pre-merge-commit", "commit-msg", "post-merge"]
    assert hooks.present(merges=False) == ["post-merge"]
    new = land(combined, target, coming, "Land", hooks=hooks)
    assert named.git("log", "-1", "--format=%B", new) == "Land\nTicket: 7"
    assert "new" in (named.path / "seen").read_text().split()
    assert (named.path / ".git/after").read_text().strip() == new


def test_no_hook_runs_for_a_branch_without_a_checkout(named: User, done: Run) -> None:
    """Git itself would not merge there."""
    named.git("checkout", "-q", "-b", "side")
    named.write("own", "own\n")
    named.commit()
    named.git("checkout", "-q", "main")
    _hook(named, "pre-merge-commit", "exit 1")
    combined, target, coming = look_at(done, "side")
    new = land(combined, target, coming, "Land", hooks=Hooks(target))
    assert new == named.git("rev-parse", "side")


def test_a_hook_can_refuse(named: User, done: Run) -> None:
    """What it printed is told, and the checkout is as it was."""
    named.write("own", "own\n")
    named.commit()
    _hook(named, "pre-merge-commit", "echo not today; exit 1")
    combined, target, coming = look_at(done, "main")
    with pytest.raises(RefusedError, match="pre-merge-commit refuses the merge: not today"):
        land(combined, target, coming, "Land", hooks=Hooks(target))
    assert named.git("status", "--porcelain") == ""
    assert not (named.path / "new").exists()
