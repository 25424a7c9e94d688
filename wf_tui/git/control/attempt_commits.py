"""The commit of an attempt: its tree, who made it, and where it came from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wf_tui.git.control.control import Control
from wf_tui.git.refs import attempt_ref, edited_ref
from wf_tui.text import clean

__all__ = ["Message", "commit_attempt", "commit_tree", "save_attempt_ref"]

_HOST = ("wf", "wf@wf.invalid")
_WORKER_MAIL = "worker@wf.invalid"
_NOT_IN_A_NAME = re.compile(r"[<>\n\0]")
_TITLE = 200


@dataclass(frozen=True)
class Message:
    """A commit message: one line, and trailers that say which attempt it is."""

    title: str
    run: str
    task: str
    epoch: int

    def encode(self) -> bytes:
        """Return the message; free text in it can make neither lines nor trailers."""
        trailers = {"Wf-Run": self.run, "Wf-Task": self.task, "Wf-Attempt": str(self.epoch)}
        lines = [f"{key}: {_escaped(value)}" for key, value in trailers.items()]
        subject = clean(self.title, limit=_TITLE).strip() or "(no title)"
        return "\n".join([subject, "", *lines, ""]).encode()


def commit_attempt(
    control: Control,
    tree: str,
    *,
    base: str,
    parents: Sequence[str] = (),
    task: str,
    run: str,
    epoch: int,
    title: str,
    worker: str,
    when: float,
) -> str:
    """Make the commit of an attempt's tree, on its base, and return its name.

    `when` is in UTC seconds and comes from the ledger, as all the rest: the same arguments give the
    same commit, so that recovery may do it again.
    """
    return commit_tree(
        control,
        tree,
        tuple(dict.fromkeys([base, *parents])),  # the base first, as `git log --first-parent` goes
        Message(title, run, task, epoch).encode(),
        author=(_author_name(worker), _WORKER_MAIL),
        when=when,
    )


def commit_tree(
    control: Control,
    tree: str,
    parents: Sequence[str],
    message: bytes,
    *,
    when: float,
    author: tuple[str, str] = _HOST,
) -> str:
    """Make a commit; wf is the committer, `when` (UTC seconds) its date."""
    date = f"@{int(when)} +0000"
    variables = {
        "GIT_AUTHOR_NAME": author[0],
        "GIT_AUTHOR_EMAIL": author[1],
        "GIT_AUTHOR_DATE": date,
        "GIT_COMMITTER_NAME": _HOST[0],
        "GIT_COMMITTER_EMAIL": _HOST[1],
        "GIT_COMMITTER_DATE": date,
    }
    named = [word for parent in parents for word in ("-p", parent)]
    words = ("commit-tree", *named, "-F", "-", "--end-of-options", tree)
    return control.git(*words, stdin=message, variables=variables).text


def save_attempt_ref(control: Control, commit: str, *, task: str, epoch: int) -> str:
    """Keep an attempt's commit under its own ref, which is made once and never moved.

    A second harvest, of a tree that a person went on editing, gets a ref beside the first.
    """
    ref = attempt_ref(task, epoch)
    if control.resolve(ref) not in {None, commit}:
        ref = edited_ref(ref, commit)
    control.create(ref, commit)
    return ref


def _escaped(value: str) -> str:
    """Return free text as one line that can be told from any other: backslash escapes."""
    escaped = value.replace("\\", "\\\\")
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode() for char in escaped
    )


def _author_name(worker: str) -> str:
    """Return a name that git takes: with nothing that ends an identity, and not only dots."""
    name = _NOT_IN_A_NAME.sub("", clean(worker, limit=100)).strip(" .,:;\"'\\")
    return name or "worker"
