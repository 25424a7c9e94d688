"""A conflict as a person finds it in a worktree: with names and labels that say whose each part is.

Git's own tree of it names commits: in the marks of a text, and in the stand-in names of files that
want a name which is taken.
"""

from typing import Final

from wf_tui.git.control.blobs import read_blobs, write_blobs
from wf_tui.git.control.changed_files import changed_files
from wf_tui.git.control.control import Control
from wf_tui.git.control.tree_edits import Version, edit_tree
from wf_tui.git.merge.conflict import Conflict
from wf_tui.git.merge.marks import label_marks
from wf_tui.git.path_bytes import decode_path
from wf_tui.git.refs import short_branch
from wf_tui.text import clean

__all__ = ["brought_by", "lay_out", "titles_by_path"]

_TITLE: Final = 80
_SUBJECT: Final = b"\x01"


def lay_out(control: Control, conflict: Conflict, task: str) -> str:
    """Return the tree of a conflict as a person is to find it; `task` is the id of the task.

    Marks are labelled with the branch of the run and, in brackets, the task that last changed the
    file there, and with the task whose work it is. Made of objects alone; doing it again gives the
    same tree.
    """
    edits: dict[str, Version | None] = {}
    merged = {
        entry.path: entry.new for entry in changed_files(control, conflict.head, conflict.tree)
    }
    texts: dict[str, tuple[str, Version]] = {}
    for one in conflict.conflicted:
        for place in (one.path, *one.stand_ins):
            if place in merged and (name := one.stand_ins.get(place, place)) != place:
                edits |= {place: None, name: merged[place]}
            if place in merged and merged[place][0].startswith("100"):
                texts[one.stand_ins.get(place, place)] = one.path, merged[place]
    blobs = read_blobs(control, [version[1] for _, version in texts.values()])
    titles: dict[str, str] | None = None
    labelled: dict[str, tuple[str, bytes]] = {}
    for name, (path, (mode, oid)) in texts.items():
        if conflict.head.encode() not in blobs[oid] and conflict.commit.encode() not in blobs[oid]:
            continue
        if titles is None:
            titles = titles_by_path(control, conflict.base, conflict.head)
        labels = {conflict.head: _label(control, titles.get(path)), conflict.commit: clean(task)}
        labelled[name] = mode, label_marks(blobs[oid], labels)
    written = write_blobs(control, [content for _, content in labelled.values()])
    for (name, (mode, _)), oid in zip(labelled.items(), written, strict=True):
        edits[name] = mode, oid
    return edit_tree(control, conflict.tree, edits) if edits else conflict.tree


def brought_by(control: Control, conflict: Conflict) -> tuple[str, ...]:
    """Return the titles of what changed the same paths on the branch, that of the first path first.

    Blocks: it walks over what was merged since the work began.
    """
    titles = titles_by_path(control, conflict.base, conflict.head)
    found = (titles.get(one.path, "") for one in conflict.conflicted)
    return tuple(dict.fromkeys(filter(None, found)))


def _label(control: Control, title: str | None) -> str:
    """Return what marks the side of the branch: `wf/RUN (Write the parser)`."""
    branch = short_branch(control.ref)
    return f"{branch} ({clean(title, limit=_TITLE)})" if title else branch


def titles_by_path(control: Control, base: str, head: str) -> dict[str, str]:
    """Return the title of the task that last changed each file on the branch since a commit of it.

    Blocks: it walks over what was merged since then.
    """
    words = ("log", "--first-parent", "-m", "--no-renames", "--name-only", "-z")
    done = control.git(*words, "--format=%x01%P%x02%s", "--end-of-options", f"{base}..{head}")
    titles: dict[str, str] = {}
    title = ""
    for record in done.records:
        text = record.removeprefix(b"\n")
        if record.startswith(_SUBJECT):
            parents, _, subject = text[1:].partition(b"\x02")
            title = decode_path(subject)
            if b" " in parents:  # a merge that wf made is titled so
                title = title.removeprefix("Merge ")
        else:
            titles.setdefault(decode_path(text), title)  # the newest comes first
    return titles
