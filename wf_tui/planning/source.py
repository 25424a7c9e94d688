"""What a plan is to be made of (`--from`), and the plan that it is without a model."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from wf_tui.errors import UsageError
from wf_tui.plan.read import FORMATS, parse_plan
from wf_tui.planning.conversion.conversion import NotFaithfulError
from wf_tui.planning.conversion.convert import convert, is_plan
from wf_tui.planning.plain_yaml import plain_yaml, written_values
from wf_tui.planning.proposal import Proposal, of_text
from wf_tui.text import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from wf_tui.plan.check_workers import WorkerFacts

__all__ = ["Source", "read_source", "without_model"]

_MOST_BYTES: Final = 1_000_000
_MOST_BESIDE: Final = 1000


@dataclass(frozen=True)
class Source:
    """Notes, an issue, a file of another tool, or a plan."""

    name: str
    """Safe to show."""
    text: str
    beside: tuple[str, ...] = ()
    """Names of the files that lie in its folder."""


def read_source(name: str) -> Source:
    """Return what a file holds, or standard input for `-`; raises `UsageError`."""
    try:
        if name == "-":
            shown, content = "standard input", sys.stdin.buffer.read(_MOST_BYTES + 1)
            beside: tuple[str, ...] = ()
        else:
            path = Path(name)
            if not path.is_file():
                problem = "is no file" if path.exists() else "No such file"
                raise UsageError(f"--from {clean(name)}: {problem}", "name a file, or - for input")
            shown = clean(path.name, limit=200)
            with path.open("rb") as file:
                content = file.read(_MOST_BYTES + 1)
            found = sorted(it.name for it in path.absolute().parent.iterdir())
            beside = tuple(found[:_MOST_BESIDE])
    except OSError as error:
        raise UsageError(f"--from {clean(name)}: {error.strerror}", "name another file") from error
    if len(content) > _MOST_BYTES:
        raise UsageError(f"--from {clean(name)}: it is larger than 1 MB", "name a part of it")
    text = content.decode("utf-8-sig", "replace")
    if not text.strip():
        raise UsageError(f"--from {clean(name)}: there is nothing in it", "name another file")
    return Source(shown, text, beside)


def without_model(
    source: Source, workers: Mapping[str, WorkerFacts], tell: Callable[[str], None]
) -> Proposal | None:
    """Return the plan that a source is, or that does the same; None where a model has to make it.

    `tell` gets the reason then.
    """
    format_ = FORMATS.get(Path(source.name).suffix.lower(), "")
    if format_ not in {"toml", "yaml"}:
        format_ = "json" if source.text.lstrip().startswith("{") else "yaml"
    if is_plan(source.text, format_):
        return _of_plan(source, format_, workers)
    try:
        found = convert(source.text, source.name, source.beside)
    except NotFaithfulError as why:
        tell(f"{source.name} {why}: a model makes a plan of it")
        return None
    heading = [f"Made of {source.name}."]
    if found.notes:
        heading += ["Not in it:", *(f"- {note}" for note in found.notes)]
    text = plain_yaml(found.plan, "\n".join(heading))
    notes = tuple(f"not in it: {note}" for note in found.notes)
    proposal = of_text(text, workers, notes=notes)
    if proposal.valid:
        return proposal
    tell(f"{source.name} makes no valid plan by itself: a model makes one of it")
    return None


def _of_plan(source: Source, format_: str, workers: Mapping[str, WorkerFacts]) -> Proposal:
    """Return a plan as it is, or as YAML where it is in another format."""
    if format_ == "yaml":
        return of_text(source.text, workers, name=source.name)
    report = parse_plan(source.text, format_, source.name, workers=workers)
    if report.plan is None:
        return Proposal(source.text, report)
    text = plain_yaml(written_values(source.text, format_))
    return of_text(text, workers, name=source.name)
