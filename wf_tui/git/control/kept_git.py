"""What one process asks of a run's repository again and again, by git processes that stay.

For the scheduler, who asks a dozen things for each attempt. Each answer is git's own, of the moment
in which it is asked; only what differs between two trees is remembered, for that never changes.
"""

import re
import secrets
import threading
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Final

from wf_tui.git.kept_process import Answer, KeptProcess, OddAnswerError
from wf_tui.git.stale_locks import SCRATCH
from wf_tui.paths import write_private

__all__ = ["KeptGit"]

_OID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REMEMBERED: Final = 64
"""Differences between two trees that are kept in memory; the eldest goes first."""
_LARGEST: Final = 2_000
"""Records of one that is remembered."""
_DIFF: Final = ("diff-tree", "--stdin", "-r", "-z")


class KeptGit:
    """The git processes that stay for one `control.git`; safe to use from several threads.

    Whoever makes it closes it. Each method returns None where it has no answer: then a git of one's
    own is asked. Raises `GitDeadlineError` where git hangs.
    """

    def __init__(self, git_dir: Path, settings: Mapping[str, str]) -> None:
        def kept(*words: str, cwd: Path = Path("/")) -> KeptProcess:
            return KeptProcess(*words, git_dir=git_dir, settings=settings, cwd=cwd)

        # The next leader removes it, should this one be killed.
        self._commit = git_dir / f"{SCRATCH}commit-{secrets.token_hex(8)}"
        self._names = kept("cat-file", "--batch-command", "-z")
        self._refs = kept("update-ref", "--no-deref", "--stdin", "-z")
        self._commits = kept(
            *("hash-object", "-t", "commit", "-w", "--no-filters", "--stdin-paths"),
            cwd=git_dir,
        )
        self._diffs: dict[tuple[str, ...], KeptProcess] = {}
        self._make = kept
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], tuple[bytes, ...]] = {}

    def close(self) -> None:
        """End all of them; from here on no method has an answer."""
        with self._lock:
            self._known.clear()
            diffs = list(self._diffs.values())
        for process in (self._names, self._refs, self._commits, *diffs):
            process.close()
        self._commit.unlink(missing_ok=True)

    def find(self, name: str) -> tuple[str, str] | None:
        """Return the object that a name means now, and its kind; None also where there is none."""
        found = self._look_up(name)
        return found or None

    def lacks(self, names: Collection[str]) -> bool:
        """Whether git says of each of these names that it means no object."""
        return all(self._look_up(name) == () for name in names)

    def _look_up(self, name: str) -> tuple[str, str] | tuple[()] | None:
        question = name.encode("utf-8", "surrogateescape")
        if b"\n" in question or b"\0" in question:
            return None

        def talk(answer: Answer) -> tuple[str, str] | tuple[()]:
            answer.ask(b"info " + question + b"\0")
            line = answer.line()
            if line == question + b" missing":
                return ()
            oid, kind, size = line.decode("ascii").split(" ")
            if not (_OID.fullmatch(oid) and size.isdigit()):
                raise OddAnswerError
            return oid, kind

        return self._names.ask(talk)

    def move(self, ref: str, new: str, old: str) -> bool:
        """Point a ref to `new` if it points to `old` now (zeros: it does not exist).

        False where that is not certain: it may have moved all the same.
        """

        def talk(answer: Answer) -> bool:
            # Each is told again that a symbolic ref is never followed.
            change = f"update {ref}\0{new}\0{old}\0"
            answer.ask(f"start\0option no-deref\0{change}commit\0".encode())
            if (answer.line(), answer.line()) != (b"start: ok", b"commit: ok"):
                raise OddAnswerError
            return True

        return bool(self._refs.ask(talk))

    def write_commit(self, content: bytes, tree: str, parents: Sequence[str]) -> str | None:
        """Write the object of a commit, and return its name; its tree and parents have to be there.

        Git looks at its form, and has it on the disk when this returns.
        """
        wanted = {tree: "tree", **dict.fromkeys(parents, "commit")}
        if any(self.find(oid) != (oid, kind) for oid, kind in wanted.items()):
            return None

        def talk(answer: Answer) -> str:
            write_private(self._commit, content)
            answer.ask(self._commit.name.encode() + b"\n")
            oid = answer.line().decode("ascii")
            if not _OID.fullmatch(oid):
                raise OddAnswerError
            return oid

        return self._commits.ask(talk)

    def differences(self, options: Sequence[str], old: str, new: str) -> tuple[bytes, ...] | None:
        """Return the records of `diff-tree -r -z` with these options, of commits or trees."""
        trees = [self.find(f"{name}^{{tree}}") for name in (old, new)]
        names = [found[0] for found in trees if found is not None]
        if len(names) < len(trees):
            return None
        if names[0] == names[1]:
            return ()
        key = (*options, *names)
        with self._lock:
            if key in self._known:
                return self._known[key]
            process = self._diffs.get(tuple(options))
            if process is None:
                process = self._diffs[tuple(options)] = self._make(*_DIFF, *options)
        # Git repeats a line that names no tree: what comes before is the whole answer. No path of
        # anybody holds it, for it is drawn here and now.
        end = f"end-{secrets.token_hex(16)}\n".encode()
        head = " ".join(names).encode() + b"\n"

        def talk(answer: Answer) -> bytes:
            answer.ask(head + end)
            return answer.until(end)

        text = process.ask(talk)
        if text is None or not text.startswith(head):
            return None
        records = tuple(text[len(head) : -len(end)].split(b"\0")[:-1])
        if len(records) <= _LARGEST:
            with self._lock:
                while len(self._known) >= _REMEMBERED:
                    del self._known[next(iter(self._known))]
                self._known[key] = records
        return records
