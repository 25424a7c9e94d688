"""`edit_file`: a piece of a file for another one, and never the wrong piece."""

from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.replacing import Scratch
from wf_tui.workers.model.hands.text_file import TextFile
from wf_tui.workers.model.hands.tree import Tree

__all__ = ["edit_file"]


def edit_file(tree: Tree, scratch: Scratch, args: Arguments) -> str:
    """Replace a text of a file, and say where."""
    path, old, new = args.text("path"), args.text("old_text"), args.text("new_text")
    if not old:
        raise CallError("old_text is empty: give the text that is to be replaced")
    if old == new:
        raise CallError("old_text and new_text are the same, so nothing would change")
    with tree.find(path) as place:
        file = TextFile.read(place)
        count = file.text.count(old)
        if count == 0:
            raise CallError(f"old_text is not in {place.path}; read the file and copy it exactly")
        if count > 1 and not args.flag("replace_all"):
            raise CallError(
                f"old_text is in {place.path} {count} times; give more lines around it, or set "
                "replace_all"
            )
        changed = file.with_text(file.text.replace(old, new))
        scratch.replace(place, changed.encoded(place.path))
    return f"edited {place.path} in {count} places" if count > 1 else f"edited {place.path}"
