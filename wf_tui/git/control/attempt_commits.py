"""The commit of an attempt: its tree, who made it, and where it came from.

It is made of values that the ledger has, so that a harvest that was broken off makes the very same
commit when recovery does it again.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from wf_tui.errors import RefusedError
from wf_tui.git.control.control import Control
from wf_tui.git.refs import attempt_ref, edited_ref
from wf_tui.text import clean

__all__ = ["Message", "commit_attempt", "commit_tree", "save_attempt_ref"]

_HOST = ("wf", "wf@wf.invalid")
_WORKER_MAIL = "worker@wf.invalid"
_NOT_IN_A_NAME = re.compile(r"[<>\n\0]")
# Git takes nothing away from such a name; one that is odder is left to it.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]*[A-Za-z0-9_-])?")
_TITLE = 200


@dataclass(frozen=True)
class Message:
    """A commit message: one line, and trailers that say which attempt it is.

    The trailers are for people and their tools. wf itself finds an attempt by its ref and by the
    ledger, never by what a message says.
    """

    title: str
    run: str
    task: str
    epoch: int

    def encode(self) -> bytes:
        """Return the message; free text in it can make neither lines nor trailers.

        Title and task come from a plan or a worker, so one with a newline in it could otherwise
        claim to be another attempt's.
        """
        trailers = {"Wf-Run": self.run, "Wf-Task": self.task, "Wf-Attempt": str(self.epoch)}
        lines = []
        for key, value in trailers.items():
            # Backslashes too: else a value that looks escaped could not be told from one that is.
            doubled = value.replace("\\", "\\\\")
            escaped = [
                char if char.isprintable() else char.encode("unicode_escape").decode()
                for char in doubled
            ]
            lines.append(f"{key}: {''.join(escaped)}")
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
    same commit, so that recovery may do it again. `parents` are further ones beside the base.
    Nothing points to the commit until `save_attempt_ref` is called.
    """
    # What ends a name in git's format goes; git refuses one that is then empty, or only dots.
    author = _NOT_IN_A_NAME.sub("", clean(worker, limit=100)).strip(" .,:;\"'\\") or "worker"
    return commit_tree(
        control,
        tree,
        tuple(dict.fromkeys([base, *parents])),  # the base first, as `git log --first-parent` goes
        Message(title, run, task, epoch).encode(),
        author=(author, _WORKER_MAIL),
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
    """Make a commit of a tree that is in `control.git`, and return its name.

    wf is the committer, and the author where no other is named (name, address); `when` (UTC
    seconds) is the date of both. No ref moves. Raises `GitError` where an object is missing.
    """
    if control.kept and (content := _plain_content(tree, parents, message, author, int(when))):
        made = control.kept.write_commit(content, tree, parents)
        if made is not None:
            return made
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


def _plain_content(
    tree: str, parents: Sequence[str], message: bytes, author: tuple[str, str], when: int
) -> bytes | None:
    """Return the commit that `git commit-tree` would make; None where that is not for us to say.

    Git changes names and messages that have anything odd about them.
    """
    try:
        text = message.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if not (text.replace("\n", "").isprintable() and _PLAIN_NAME.fullmatch(author[0])):
        return None
    if when < 0 or len(set(parents)) < len(parents):
        return None
    lines = [
        f"tree {tree}",
        *(f"parent {parent}" for parent in parents),
        f"author {author[0]} <{author[1]}> {when} +0000",
        f"committer {_HOST[0]} <{_HOST[1]}> {when} +0000",
    ]
    return "\n".join([*lines, "", text]).encode()


def save_attempt_ref(control: Control, commit: str, *, task: str, epoch: int) -> str:
    """Keep an attempt's commit under its own ref, which is made once and never moved.

    A second harvest, of a tree that a person went on editing, gets a ref beside the first. Returns
    the name of the ref that has the commit now. Called before the ledger hears of the commit, so
    that what it names can always be found. Raises `RefusedError` where both refs are taken.
    """
    ref = attempt_ref(task, epoch)
    try:
        control.create(ref, commit)
    except RefusedError:
        ref = edited_ref(ref, commit)
        control.create(ref, commit)
    return ref
