"""The loss check lets every right merge through and catches bad ones made by hand."""

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.support.merging import integrate
from tests.unit.git.conftest import Run, commit_files
from wf_tui.git.control.attempt_commits import Message
from wf_tui.git.control.changed_files import ABSENT, Entry
from wf_tui.git.merge import integrate as integration
from wf_tui.git.merge.conflict import Conflict
from wf_tui.git.merge.integrate import Merge
from wf_tui.git.merge.merge_loss import lost_paths
from wf_tui.git.merge.merge_tree import MergeResult, merge_trees, parse_merge

Files = dict[str, str]

_NAMES = [f"f{number}" for number in range(6)]
_FILES = st.dictionaries(st.sampled_from(_NAMES), st.sampled_from("abc"), max_size=6)


def _entry(path: str, old: str | None, new: str | None) -> Entry:
    status = "A" if old is None else "D" if new is None else "M"
    modes = [ABSENT if content is None else "100644" for content in (old, new)]
    return Entry(status, path, modes[0], modes[1], old or "0", new or "0")


def _between(old: Files, new: Files) -> list[Entry]:
    paths = sorted(old.keys() | new.keys())
    return [_entry(p, old.get(p), new.get(p)) for p in paths if old.get(p) != new.get(p)]


def _merge(base: Files, ours: Files, theirs: Files) -> Files | None:
    """Merge file by file as a person would, or None in a conflict."""
    merged: Files = {}
    for path in base.keys() | ours.keys() | theirs.keys():
        b, o, t = base.get(path), ours.get(path), theirs.get(path)
        if b not in {o, t} and o != t:
            return None
        content = t if o == b else o
        if content is not None:
            merged[path] = content
    return merged


def _losses(base: Files, ours: Files, theirs: Files, merged: Files) -> tuple[str, ...]:
    return lost_paths(_between(base, theirs), _between(ours, merged), _between(base, ours))


@given(_FILES, _FILES, _FILES)
def test_right_merges_pass(base: Files, ours: Files, theirs: Files) -> None:
    """A merge that takes each side's changes loses nothing."""
    merged = _merge(base, ours, theirs)
    assume(merged is not None)
    assert merged is not None
    assert _losses(base, ours, theirs, merged) == ()


@given(_FILES, _FILES, _FILES, st.sampled_from(_NAMES), st.sampled_from(["a", "b", "c", "z", None]))
def test_bad_merges_are_caught(
    base: Files, ours: Files, theirs: Files, path: str, wrong: str | None
) -> None:
    """A file that only one side, or neither, had a say in cannot come out any other way."""
    merged = _merge(base, ours, theirs)
    assume(merged is not None and merged.get(path) != wrong)
    both = base.get(path) != ours.get(path) and base.get(path) != theirs.get(path)
    added = path not in base and wrong is not None
    overlap = any(
        base.get(p) != ours.get(p) and base.get(p) != theirs.get(p)
        for p in base.keys() | ours.keys() | theirs.keys()
    )
    assume(not both and not (overlap and added and path in (ours.keys() | theirs.keys())))
    bad = {name: text for name, text in (merged or {}).items() if name != path}
    if wrong is not None:
        bad[path] = wrong
    assert path in _losses(base, ours, theirs, bad)


def test_a_merge_that_drops_work_is_a_conflict(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should git merge wrongly one day, the branch does not move."""
    one, two = commit_files(run, {"a": "a"}), commit_files(run, {"b": "b"}, epoch=2)
    _integrate(run, one)
    for bad in (one, two, run.control.base):
        tree = run.control.tree_of(bad)

        def wrong(*words: object, tree: str = tree) -> MergeResult:
            return replace(merge_trees(*words), tree=tree)  # type: ignore[arg-type]

        monkeypatch.setattr(integration, "merge_trees", wrong)
        result = _integrate(run, two)
        assert isinstance(result, Conflict)
        assert result.text == "the merge would lose changes"
        assert run.control.head() == one
    monkeypatch.undo()
    assert isinstance(_integrate(run, two), Merge)


def _integrate(run: Run, commit: str) -> integration.Integration:
    return integrate(
        run.control,
        known=run.control.base,
        base=run.control.base,
        commit=commit,
        message=Message("m", "r", "t", 1),
        when=1,
        intent=lambda *_: None,
    )


def test_the_output_of_a_merge_is_read() -> None:
    """Conflicts are named once, notes with and without a header are kept."""
    output = (
        b"tree\x00100644 a 1\tx\ny\x00100644 b 2\tx\ny\x00100644 c 3\tz\x00"
        b"\x001\x00x\ny\x00CONFLICT (contents)\x00CONFLICT: x\n\x00"
        b"some text about a submodule\x00"
        b"2\x00z\x00w\x00Auto-merging\x00Auto-merging z\n\x00"
    )
    found = parse_merge(output, clean=False)
    assert (found.tree, found.conflicts) == ("tree", ("x\ny", "z"))
    assert [note.kind for note in found.notes] == ["CONFLICT (contents)", "other", "Auto-merging"]
    assert found.notes[2].paths == ("z", "w")
    assert parse_merge(b"tree\x00", clean=True).notes == ()
