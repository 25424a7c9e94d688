"""What one process asks of a run's repository again and again, by git processes that stay.

For the scheduler, who asks a dozen things for each attempt. Each answer is git's own, of the moment
in which it is asked; only what never changes is remembered: what differs between two trees, and
which tree and which first parent a commit has.
"""

import re
import secrets
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

from wf_tui.git.kept_process import Answer, KeptProcess, OddAnswerError
from wf_tui.git.stale_locks import SCRATCH
from wf_tui.paths import write_private

__all__ = ["KeptGit"]

_OID: Final = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_REMEMBERED: Final = 64
"""Differences between two trees that are kept in memory; the eldest goes first."""
_FIXED: Final = re.compile(rf"(?:{_OID.pattern})\^(?:\{{tree\}}|1)")
"""Names that mean the same for ever."""
_NAMES: Final = 512
"""Meanings of such names that are kept in memory; the eldest goes first."""
_LARGEST: Final = 2_000
"""Records of one that is remembered."""
_K = TypeVar("_K")
_V = TypeVar("_V")
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
        self._fixed: dict[str, tuple[str, str]] = {}

    def close(self) -> None:
        """End all of them; from here on no method has an answer."""
        with self._lock:
            self._known.clear()
            self._fixed.clear()
            diffs = list(self._diffs.values())
        for process in (self._names, self._refs, self._commits, *diffs):
            process.close()
        self._commit.unlink(missing_ok=True)

    def find(self, name: str) -> tuple[str, str] | None:
        """Return the object that a name means now, and its kind; None also where there is none."""
        found = self._look_up([name])
        return found[0] if found else None

    def lacks(self, names: Sequence[str]) -> bool:
        """Whether git says of each of these names that it means no object."""
        return self._look_up(names) == [None] * len(names)

    def _look_up(self, names: Sequence[str]) -> list[tuple[str, str] | None] | None:
        """Return what each name means, None for one that means nothing; None without an answer."""
        with self._lock:
            known = {name: self._fixed[name] for name in names if name in self._fixed}
        asked = [name for name in dict.fromkeys(names) if name not in known]
        answers = self._ask_names(asked) if asked else []
        if answers is None:
            return None
        found = dict(zip(asked, answers, strict=True))
        fixed = {name: one for name, one in found.items() if one and _FIXED.fullmatch(name)}
        if fixed:
            with self._lock:
                _remember(self._fixed, fixed, _NAMES)
        return [known.get(name) or found[name] for name in names]

    def _ask_names(self, names: Sequence[str]) -> list[tuple[str, str] | None] | None:
        questions = [name.encode("utf-8", "surrogateescape") for name in names]
        if any(b"\n" in question or b"\0" in question for question in questions):
            return None

        def talk(answer: Answer) -> list[tuple[str, str] | None]:
            answer.ask(b"".join(b"info %b\0" % question for question in questions))
            return [_meaning(question, answer.line()) for question in questions]

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
        if self._look_up(list(wanted)) != list(wanted.items()):
            return None

        def talk(answer: Answer) -> str:
            write_private(self._commit, content)
            answer.ask(self._commit.name.encode() + b"\n")
            oid = answer.line().decode("ascii")
            if not _OID.fullmatch(oid):
                raise OddAnswerError
            return oid

        oid = self._commits.ask(talk)
        if oid is not None:
            with self._lock:
                _remember(self._fixed, {f"{oid}^{{tree}}": (tree, "tree")}, _NAMES)
        return oid

    def differences(self, options: Sequence[str], old: str, new: str) -> tuple[bytes, ...] | None:
        """Return the records of `diff-tree -r -z` with these options, of commits or trees."""
        trees = self._look_up([f"{name}^{{tree}}" for name in (old, new)])
        names = [found[0] for found in trees or () if found]
        if len(names) < len((old, new)):
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
                _remember(self._known, {key: records}, _REMEMBERED)
        return records


def _meaning(question: bytes, line: bytes) -> tuple[str, str] | None:
    """Return what git says that a name means, None for nothing; raises `OddAnswerError`."""
    if line == question + b" missing":
        return None
    oid, kind, size = line.decode("ascii").split(" ")
    if not (_OID.fullmatch(oid) and size.isdigit()):
        raise OddAnswerError
    return oid, kind


def _remember(known: dict[_K, _V], more: Mapping[_K, _V], most: int) -> None:
    """Add to what is known; where that is too much, the eldest goes."""
    known |= more
    for name in list(known)[: max(0, len(known) - most)]:
        del known[name]
