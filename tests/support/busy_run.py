"""A run in the middle of its life, with a card of each kind; the same to the byte each time."""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from tests.support.ledger_harness import RUN, START, LedgerHarness, phase, seat, shell
from wf_tui.ledger.model.rows import Spec
from wf_tui.ledger.model.states import DoneKind, Outcome, Step
from wf_tui.ledger.rules.attempts import Ending
from wf_tui.ledger.rules.moves import HOLD
from wf_tui.processes import own_identity

if TYPE_CHECKING:
    from wf_tui.ledger.ledger import Fence
    from wf_tui.ledger.model.new_tasks import NewTask
    from wf_tui.ledger.store.database import Database
    from wf_tui.project import Project

__all__ = ["busy_run", "small_run", "swarm_run"]

_GATE: Final = "make check"
_WHEN: Final = "@1000000 +0000"
_GIT: Final = {
    "GIT_AUTHOR_NAME": "wf",
    "GIT_AUTHOR_EMAIL": "wf@wf.invalid",
    "GIT_AUTHOR_DATE": _WHEN,
    "GIT_COMMITTER_NAME": "wf",
    "GIT_COMMITTER_EMAIL": "wf@wf.invalid",
    "GIT_COMMITTER_DATE": _WHEN,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
}
_OLD: Final = "def token(user):\n    return user.name\n\n\ndef drop(token):\n    pass\n"
_NEW: Final = (
    "import secrets\n\n\ndef token(user):\n    return secrets.token_hex(16)\n\n\n"
    "def drop(token):\n    STORE.pop(token, None)\n"
)
_LOG: Final = (
    "reading src/auth/token.py\n",
    "12 places use token(), 3 of them in tests\n",
    "editing src/auth/token.py\n",
    "running pytest -q tests/auth\n",
    "................................        [100%]\n",
    "32 passed in 1.41s\n",
)


def task(name: str, *needs: str, title: str = "", **values: object) -> NewTask:
    """Return a writing task that a person may have written."""
    stock: dict[str, object] = {
        "title": title or name.replace("-", " ").capitalize(),
        "spec": Spec(
            prompt=f"{title or name}, with tests.", command=f"agent {name}", needs=needs, gate=_GATE
        ),
        "scope": (f"src/auth/{name}/**",),
        "role": "implement",
        "max_attempts": 2,
    }
    return shell(name, *needs, **{**stock, **values})


def busy_run(project: Project, db: Database) -> LedgerHarness:
    """Make a run with cards in all columns, a log and a diff; its clock stands still."""
    drive = LedgerHarness(db).make(
        phase(
            "survey",
            task("scan-auth", title="Find all uses of tokens", mode="read_only", scope=()),
            task("list-routes", title="List the routes that need a login"),
        ),
        phase(
            "build",
            task("token-store", title="Store tokens on the server"),
            task("cookie-flags", title="Set the flags of all cookies", max_attempts=1),
            task("consent", title="Ask the user for consent", role="general"),
            task("refresh", title="Refresh tokens before they expire"),
            task("revoke", title="Revoke tokens at logout"),
            task("登录表单", title="登录表单 支持 OAuth 与密码登录的统一页面", priority=1),
            task("rate-limit", title="Limit the tries of a login", worker="w1", priority=2),
            task("sessions", title="Move the sessions to the new store", priority=3),
            after=["survey"],
            on_failure="skip_continue",
        ),
        phase(
            "release",
            task("docs", "revoke", title="Describe the login in the manual"),
            task("changelog", "cookie-flags", title="Write the change log"),
            after=["build"],
        ),
        goal="Move auth to OAuth",
        seats=[seat(f"w{number}", "agent") for number in range(1, 7)],
        jobs=6,
    )
    drive.ledger.scheduler_started(RUN, asdict(own_identity()))
    base, commit = _commits(project)
    _survey(drive)
    _build(drive, project, base, commit)
    drive.mine.move(RUN, HOLD, ["sessions"])
    return drive


def _survey(drive: LedgerHarness) -> None:
    scan = drive.expect_claim("scan-auth", step=Step.CHECKING)
    routes = drive.expect_claim("list-routes", step=Step.RUNNING)
    drive.clock.move(41)
    drive.ledger.done(scan, DoneKind.ANSWERED, Ending(Outcome.SUCCEEDED, "exit", exit_code=0), "12")
    _fail(drive, routes, "exit status 2: no module named routes", exit_code=2)
    drive.clock.move(7)
    drive.finish("list-routes")


def _build(drive: LedgerHarness, project: Project, base: str, commit: str) -> None:
    token = drive.expect_claim("token-store", "w1")
    drive.ledger.prepared(token, base=base, tree="trees/1")
    drive.bring(token, Step.RUNNING)
    _write_log(project, token)
    cookies, consent, refresh, revoke = (
        drive.expect_claim(name, step=Step.RUNNING)
        for name in ("cookie-flags", "consent", "refresh", "revoke")
    )
    drive.ledger.progress(refresh, "edit src/auth/refresh.py")
    drive.clock.move(200)
    _fail(drive, cookies, "exit status 1: 3 tests failed", exit_code=1)
    drive.ask(consent, "May I run npm install?")
    drive.bring(revoke, Step.CHECKING)
    drive.clock.move(37)
    drive.bring(token, Step.INTEGRATING)
    good = Ending(Outcome.SUCCEEDED, "exit", exit_code=0, ref=commit, commit=commit)
    drive.ledger.done(token, DoneKind.MERGED, good, "32 passed in 1.41s")
    form = drive.expect_claim("登录表单", step=Step.RUNNING)
    drive.ledger.progress(form, "running pytest -q tests/login")
    drive.clock.move(14)


def _fail(drive: LedgerHarness, fence: Fence, text: str, exit_code: int) -> None:
    drive.ledger.fail(fence, Ending(Outcome.FAILED, "exit", text, exit_code=exit_code))


def small_run(db: Database) -> LedgerHarness:
    """Make a run that nobody leads and in which nothing has happened."""
    return LedgerHarness(db).make(task("first"), task("second"), goal="Begin", jobs=2)


# -- what lies beside the ledger


def _write_log(project: Project, fence: Fence) -> None:
    folder = project.paths.run(fence.run).attempt(fence.task, fence.epoch)
    folder.mkdir(parents=True)
    lines = [json.dumps({"at": START, "text": text}) + "\n" for text in _LOG]
    (folder / "log.jsonl").write_text("".join(lines))
    (folder / "gate.jsonl").write_text(json.dumps({"at": START, "text": "all checks pass\n"}))


def _commits(project: Project) -> tuple[str, str]:
    """Make the run's repository with two commits: the base and what `token-store` made."""
    control = project.paths.run(RUN).control
    control.parent.mkdir(parents=True)

    def git(*words: str, stdin: str = "") -> str:
        environ = {"PATH": os.environ["PATH"], **_GIT}
        done = subprocess.run(
            ["git", "--git-dir", control, *words],
            env=environ, input=stdin, check=True, capture_output=True, text=True,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(files: dict[str, str], *parents: str) -> str:
        blobs = {
            name: git("hash-object", "-w", "--stdin", stdin=text) for name, text in files.items()
        }
        rows = "".join(f"100644 blob {blob}\t{name}\n" for name, blob in blobs.items())
        words = [word for parent in parents for word in ("-p", parent)]
        return git("commit-tree", git("mktree", stdin=rows), *words, "-m", "a commit")

    git("init", "-q", "--bare", "-b", "wf/r1")
    base = commit({"README.md": "Auth\n", "token.py": _OLD})
    new = commit({"README.md": "Auth\n", "token.py": _NEW, "test_token.py": "PASS = 1\n"}, base)
    git("update-ref", "refs/wf/base", base)
    git("update-ref", "refs/heads/wf/r1", new)
    return base, new


def swarm_run(db: Database) -> LedgerHarness:
    """Make a swarm of twelve in its middle: some done, one failed, five at work, and a join."""
    names = [f"guide-{number:02}" for number in range(12)]
    spec = Spec(prompt="Translate it", tags=("swarm",))
    items = [
        shell(name, spec=spec, title=f"docs/{name}.md", scope=(f"docs/{name}.md",))
        for name in names
    ]
    join = shell("join", spec=Spec(prompt="Check the terms", needs=tuple(names), partial=True))
    seats = [
        seat(f"codex-{number}", "codex", kind="agent", lane="openai") for number in range(1, 6)
    ]
    drive = LedgerHarness(db).make(
        phase("items", *items, on_failure="skip_continue"),
        phase("join", join, after=["items"]),
        seats=seats,
        goal="Translate {{item}} (12 items)",
    )
    drive.ledger.scheduler_started(RUN, asdict(own_identity()))
    calls = iter((12, 9, 15, 4, 14, 7, 2, 11, 0))
    running: list[Fence] = []
    for name in names[:9]:
        if len(running) == len(seats):
            drive.done(running.pop(0))
        running.append(drive.expect_claim(name, step=Step.RUNNING))
        drive.ledger.said(running[-1], f"edits docs/{name}.md", tools=next(calls))
        drive.clock.move(7)
    drive.fail(running.pop(0))
    return drive
