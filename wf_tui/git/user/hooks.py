"""The hooks of the user around a merge: wf runs them when asked, and else says that it did not."""

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wf_tui.errors import RefusedError
from wf_tui.git.runner import Completed
from wf_tui.git.user.target import Target
from wf_tui.text import clean

__all__ = ["Hooks"]

_OF_A_MERGE: Final = "pre-merge-commit", "prepare-commit-msg", "commit-msg", "post-merge"
_OF_A_FAST_FORWARD: Final = ("post-merge",)


@dataclass(frozen=True)
class Hooks:
    """Those hooks of a checkout that git would run for a merge in it."""

    target: Target

    def present(self, *, merges: bool) -> list[str]:
        """Return the names of the hooks that are there and would run; none without a checkout.

        `merges` says whether a merge commit is made, instead of a fast-forward.
        """
        checkout = self.target.checkout
        if checkout is None:
            return []
        named = self.target.ask_users_git("rev-parse", "--git-path", "hooks").text
        folder = checkout.path / named
        names = _OF_A_MERGE if merges else _OF_A_FAST_FORWARD
        return [name for name in names if os.access(folder / name, os.X_OK)]

    def before_commit(self, message: str) -> str:
        """Let the hooks see the merge, which is in checkout and index, and return its message.

        Raises `RefusedError` with what a hook printed, where one says no.
        """
        with tempfile.TemporaryDirectory(prefix="wf-land-") as folder:
            file = Path(folder, "MERGE_MSG")
            file.write_text(message + "\n", encoding="utf-8")
            self._ask("pre-merge-commit")
            self._ask("prepare-commit-msg", str(file), "merge")
            self._ask("commit-msg", str(file))
            return file.read_text(encoding="utf-8", errors="replace").rstrip("\n")

    def after_merge(self) -> None:
        """Let the hook know; what it answers changes nothing any more, as with git."""
        self._run("post-merge", "0")

    def _ask(self, name: str, *arguments: str) -> None:
        done = self._run(name, *arguments)
        if done is not None and done.status:
            output = clean((done.stderr or done.stdout).strip(), limit=400)
            raise RefusedError(f"the hook {name} refuses the merge: {output}", "mend what it names")

    def _run(self, name: str, *arguments: str) -> Completed | None:
        """Run a hook, if it is there; without a checkout git merges nothing, and none runs."""
        if self.target.checkout is None:
            return None
        words = ("hook", "run", "--ignore-missing", name, "--", *arguments)
        return self.target.ask_users_git(*words)
