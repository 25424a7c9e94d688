"""How a person settles a conflict: by an edited file, or by the side whose version of it is taken.

The same test is made by the command, before it claims, and by the scheduler, of what it harvested.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from wf_tui.errors import UsageError
from wf_tui.git.control.blobs import read_blobs
from wf_tui.git.control.changed_files import Entry, changed_files
from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_edits import Version, edit_tree
from wf_tui.git.merge.conflict import FOLDER, Conflict, ConflictedPath, Side
from wf_tui.git.merge.marks import has_marks, marks_of
from wf_tui.git.path_bytes import decode_path, encode_path
from wf_tui.text import clean, listed
from wf_tui.values import frozen

__all__ = ["Unresolved", "choose", "take_sides", "unresolved"]

_NAMED: Final = 20


@frozen
class Unresolved:
    """A path that nobody has settled, and what is still wrong with it, in a word or two."""

    path: str
    why: str


def choose(conflict: Conflict, ours: Sequence[str], theirs: Sequence[str]) -> dict[str, Side]:
    """Return whose version is taken of which path in conflict, as a person has named them.

    A folder means all below, `.` all; the closer name counts. Raises `UsageError` for a name that
    is in no conflict, and for a path that is named for both sides.
    """
    named = [(name, Side.OURS) for name in ours] + [(name, Side.THEIRS) for name in theirs]
    chosen: dict[str, tuple[int, Side]] = {}
    for name, side in named:
        found = _meant(conflict, name)
        if not found:
            paths = listed(conflict.paths, _NAMED, limit=200)
            raise UsageError(f"{clean(name)!r} is not in conflict", f"in conflict: {paths}")
        for path, closeness in found.items():
            known = chosen.get(path)
            if known and known[0] == closeness and known[1] is not side:
                raise UsageError(f"{clean(path)!r} is named for both sides", "name it once")
            if known is None or known[0] < closeness:
                chosen[path] = closeness, side
    return {path: side for path, (_, side) in chosen.items()}


def _meant(conflict: Conflict, name: str) -> dict[str, int]:
    """Return the paths in conflict that a name means, each with how close it is to them."""
    wanted = name.removeprefix("./").rstrip("/")
    if wanted in {"", "."}:
        return dict.fromkeys(conflict.paths, 0)
    exactly = len(wanted) + 1
    found = {}
    for one in conflict.conflicted:
        if wanted == one.path or wanted in one.stand_ins.values():
            found[one.path] = exactly
        elif one.path.startswith(f"{wanted}/"):
            found[one.path] = len(wanted)
    # A file that was renamed is in the conflict by its old name, too, which neither side has.
    if not any(one.needs_person for one in conflict.conflicted if one.path in found):
        for note in conflict.notes:
            if wanted in note.paths or not found.keys().isdisjoint(note.paths):
                found |= {one: len(wanted) for one in conflict.paths if one in note.paths}
    return found


def take_sides(control: Control, tree: str, conflict: Conflict, sides: Mapping[str, Side]) -> str:
    """Return `tree` (or that of a commit) with the version of the named side at each path.

    A side that deleted a file deletes it; what git or wf had put beside it goes.
    """
    edits: dict[str, Version | None] = {}
    for one in conflict.conflicted:
        side = sides.get(one.path)
        if side is None:
            continue
        # As git laid it out, or as wf did: `tree` may be either.
        edits |= dict.fromkeys([*one.stand_ins, *one.stand_ins.values()])
        version = one.version(side)
        if version is None:
            edits |= dict.fromkeys([one.path, *_inside(control, tree, one)])
        elif version[0] != FOLDER:
            edits[one.path] = version
    return edit_tree(control, tree, edits) if edits else control.tree_of(tree)


def _inside(control: Control, tree: str, one: ConflictedPath) -> list[str]:
    """Return the files below a path that is a folder on the side that is not taken."""
    if FOLDER not in {version[0] for version in (one.ours, one.theirs) if version}:
        return []
    words = ("ls-tree", "-r", "-z", "--name-only", "--full-tree", tree, "--")
    return [decode_path(name) for name in control.git(*words, encode_path(one.path)).records]


def unresolved(
    control: Control,
    conflict: Conflict,
    laid_out: str,
    resolved: str,
    sides: Mapping[str, Side],
) -> tuple[Unresolved, ...]:
    """Return the paths in conflict that nobody has settled in `resolved`, a commit or tree.

    `laid_out` is the tree that the person was given, `sides` what they named. A path is settled
    where it was named, or differs from what was laid out and has none of its marks; where two files
    want one name, where the one beside it is no longer as it was laid out.
    """
    changed = {entry.path: entry for entry in changed_files(control, laid_out, resolved)}
    if not conflict.conflicted and not changed:
        return (Unresolved(".", "as it was laid out"),)
    open_paths = [one for one in conflict.conflicted if one.path not in sides and one.needs_person]
    if conflict.by_case:
        open_paths = []  # both names may stay, for who works where they are two
    found = []
    for one in open_paths:
        # Git's own tree, as an earlier version of wf laid it out, has git's names.
        names = one.stand_ins if laid_out == conflict.tree else one.stand_ins.values()
        places = list(names) or [one.path]
        left = [place for place in places if place not in changed]
        if left:
            beside = f", beside it {clean(left[0])}" if one.stand_ins else ""
            found.append(Unresolved(one.path, f"{', '.join(one.kinds) or 'as it was'}{beside}"))
    unsettled = {one.path for one in found}
    edited = [one for one in open_paths if one.path not in unsettled]
    marked = _still_marked(control, edited, changed)
    return (*found, *(Unresolved(path, "conflict markers") for path in marked))


def _still_marked(
    control: Control, edited: Iterable[ConflictedPath], changed: Mapping[str, Entry]
) -> list[str]:
    """Return the paths in which a line that git made to mark a conflict still stands.

    `changed` is what differs from what was laid out: the edited files, and those that somebody has
    moved such a text to.
    """
    texts = [
        (place, changed[place].old_oid, [side[1] for side in (one.ours, one.theirs) if side])
        for one in edited
        for place in (one.path, *one.stand_ins.values())
        if place in changed and not changed[place].added
    ]
    added = [entry.path for entry in changed.values() if entry.added] if texts else []
    read = {path: changed[path].new_oid for path in (*(text[0] for text in texts), *added)}
    oids = [oid for _, laid_out, versions in texts for oid in (laid_out, *versions)]
    blobs = read_blobs(control, [*oids, *read.values()])
    marked = []
    labels: set[bytes] = set()
    for place, laid_out, versions in texts:
        marks = marks_of(blobs.get(laid_out, b""), [blobs.get(oid, b"") for oid in versions])
        # Elsewhere only those that say whose a part is: a row of `=` may underline a heading.
        labels |= {mark for mark in marks if b" " in mark}
        if has_marks(blobs.get(read[place], b""), marks):
            marked.append(place)
    return marked + [path for path in added if has_marks(blobs.get(read[path], b""), labels)]
