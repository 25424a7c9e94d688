"""The work of a task as a review shows it: files in folders, comments of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.diff_repository import two_commits
from wf_tui.board.diff.changes import read_changes
from wf_tui.board.diff.remarks import Remark
from wf_tui.board.review.reader import Review
from wf_tui.ledger.model.states import BlockedKind, TaskState

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["sample_review"]

_CHALLENGE = '''class Challenge:
    """What a client has to prove when it redeems its code."""

    def __init__(self, value: str, method: str) -> None:
        if method not in ("S256", "plain"):
            raise InvalidRequest(method)
        self.value, self.method = value, method

    def proved_by(self, verifier: str) -> bool:
        digest = sha256(verifier.encode()).digest()
        return compare_digest(b64url(digest), self.value)  # never say which half was wrong
'''
_BEFORE: dict[str, bytes | str | None] = {
    "src/auth/oauth.py": "".join(f"step({n})\n" for n in range(40)),
    "src/http/cookies.py": "SECURE = False\n",
    "CHANGELOG.md": "".join(f"* change {n}\n" for n in range(13)),
    "logo.png": b"\0\1\2",
    "old_name.txt": "".join(f"line {n}\n" for n in range(20)),
}
_AFTER: dict[str, bytes | str | None] = {
    "src/auth/oauth.py": "".join(f"step({n})\n" for n in range(40) if n not in {7, 30}),
    "src/auth/pkce.py": _CHALLENGE,
    "src/http/cookies.py": "SECURE = True\nSAME_SITE = 'lax'\n",
    "CHANGELOG.md": None,
    "logo.png": b"\0\1\3",
    "old_name.txt": None,
    "new_name.txt": "".join(f"line {n}\n" for n in range(20)),
}
_PKCE = "src/auth/pkce.py"
_PROVED = "    def proved_by(self, verifier: str) -> bool:"
_METHOD = '        if method not in ("S256", "plain"):'


def sample_review(folder: Path, task: str) -> Review:
    """Return a review of real commits, with one file out of scope and one that was seen."""
    control, base, commit = two_commits(folder, _BEFORE, _AFTER)
    scope = ("src/auth/**", "*.md", "*.png", "*.txt")
    changes = read_changes(control, base, commit, scope)
    oauth = changes.file("src/auth/oauth.py")
    assert oauth is not None
    raises = "            raise InvalidRequest(method)"
    remarks = (
        Remark(1, _PKCE, "new", 6, "Refuse “plain” here:\nonly S256.", f"{_METHOD}\n{raises}"),
        Remark(2, _PKCE, "new", 3, "Name it", "class Proof:", draft=False, when="sent back"),
        Remark(-1, _PKCE, "new", 9, "", _PROVED, begun="Half"),
        Remark(3, "CHANGELOG.md", "new", None, "Keep it", who="ann", own=False),
    )
    return Review(
        task,
        TaskState.BLOCKED,
        BlockedKind.REVIEW,
        epoch=1,
        attempt=1,
        seat="codex-1",
        model="gpt-6.1",
        cost="$0.88",
        gate="gate passed",
        changes=changes,
        remarks=remarks,
        seen={oauth.path: oauth.blob},
        scope=scope,
        said="S256 only; plain is refused. Old clients keep the grant behind OAUTH_LEGACY.",
        prompt="PKCE for public clients, S256, no downgrade, tests for replay.",
        head="h",
    )
