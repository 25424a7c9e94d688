"""What a task asks for: what only its worker needs to know, in one column of its row, as JSON."""

import json
from functools import lru_cache
from typing import Any, Final

from wf_tui.ledger.model.json_text import compact_json
from wf_tui.ledger.store.refusals import number_too_long
from wf_tui.plan.choices import Takes
from wf_tui.values import field_names, frozen

__all__ = ["Spec", "read_spec", "write_spec"]


@frozen
class Spec:
    """What a task asks for and only a worker needs to know."""

    prompt: str = ""
    command: str | None = None
    needs: tuple[str, ...] = ()
    gate: str | None = None
    gate_once: bool = False
    """Whether its gate is not asked again on the merge (`gate_on: attempt`)."""
    review: bool = False
    """Whether a person wants to see its work before it is merged."""
    deliverables: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
    checkpoint: str | None = None
    timeout_secs: float | None = None
    max_seconds: float | None = None
    """What each attempt may work for, while nobody is asked; over it, it is a matter of budget."""
    max_steps: int | None = None
    max_tokens: int | None = None
    max_cost_usd: float | None = None
    tags: tuple[str, ...] = ()
    shell: tuple[str, ...] = ()
    """What runs its command, as a command line; none: what runs all that name none."""
    gate_shell: tuple[str, ...] = ()
    """What runs its gate."""
    stall_after: float | None = None
    """Seconds that its programs may be silent; 0 is for ever, None leaves it to the kind."""
    question_timeout: float | None = None
    """Seconds that a person is waited for; 0 is for ever, None leaves it to the profile."""
    on_timeout: str | None = None
    """What becomes of its worker then, an `OnTimeout`; None leaves it to the profile."""
    env: tuple[str, ...] = ()
    """Variables of its own: `NAME=value`."""
    pass_env: tuple[str, ...] = ()
    """Names and patterns of variables that it gets of whoever starts the run."""
    partial: bool = False
    """Whether results that it needs may be missing: then it waits for their phases alone."""
    items: bool = False
    """Whether its answer is the list of an expand, which adds a copy for each item of it."""
    item: str = ""
    """The item that it was made for, as JSON, where a worker has answered that: its prompt has a
    place for it, and no more, so that it is told as data."""
    structured: bool = False
    """Whether its worker is asked for a summary, files and a verdict (`result: json`)."""
    critic: str = ""
    """What a critic is asked about its work, before that is merged; "" where there is none."""
    critic_worker: str = ""
    """The profile or seat that the critic is pinned to."""
    critic_rounds: int | None = None
    """How often a critic is asked at the most; then a person is."""
    reads: str = ""
    """The commit that it reads, where it is a critic; else it reads the branch."""
    plans: bool = False
    """Whether its answer has to hold a plan without errors (`result: plan`)."""
    rival: str = ""
    """How one of its phase is picked, a `Pick`, where it is one of them."""
    rivals: int | None = None
    """How many it is one of, or chooses from."""
    judges: str = ""
    """The phase whose rivals it chooses from."""
    merges: str = ""
    """The commit of a branch of the user that it merges: laid out in its worktree, and a parent of
    its work."""

    @property
    def takes(self) -> Takes:
        """Whether it is a command, which may have a prompt besides, or a prompt alone."""
        return Takes.PROMPT if self.command is None else Takes.COMMAND

    @property
    def goes_on(self) -> bool:
        """Whether an attempt begins with what the one before has left, and not at the clean head.

        Prompts do, commands do not (RULES 5, Retry); the task may say otherwise.
        """
        return self.checkpoint == "keep" or (self.checkpoint is None and self.command is None)

    @property
    def awaited(self) -> tuple[str, ...]:
        """The tasks that it cannot start without: those it needs, unless some may be missing."""
        return () if self.partial else self.needs

    @property
    def merge_gate(self) -> str | None:
        """The gate that has to pass on a merge with what others have made, too."""
        return None if self.gate_once else self.gate


_WHOLE_NUMBERS: Final = "max_steps", "max_tokens", "critic_rounds"
_LARGEST: Final = 2**63 - 1
_FIELDS: Final = field_names(Spec)


@lru_cache(maxsize=256)
def read_spec(text: str) -> Spec:
    """Read what a task asks for; again and again for one that waits for 10,000 others."""
    stored: dict[str, Any] = json.loads(text)
    values: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()}
    return Spec(**values)


def write_spec(spec: object) -> str:
    """Return it as its column holds it, without what it does not ask for."""
    stored = {name: getattr(spec, name) for name in _FIELDS}
    given = {
        name: value
        for name, value in stored.items()
        if value is not False and value not in {None, "", ()}
    }
    for name in _WHOLE_NUMBERS:
        # A store binds no number that is in JSON, so that it would refuse none.
        if name in given and abs(given[name]) > _LARGEST:
            raise number_too_long()
    return compact_json(given)
