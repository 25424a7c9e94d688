"""`write_file`: a whole file, new or in the place of another."""

from wf_tui.text import plural
from wf_tui.workers.model.hands.arguments import Arguments
from wf_tui.workers.model.hands.call_error import CallError
from wf_tui.workers.model.hands.files.names import shown
from wf_tui.workers.model.hands.files.replacing import Scratch
from wf_tui.workers.model.hands.files.text_file import TextFile
from wf_tui.workers.model.hands.files.tree import Folders, Place, Tree

__all__ = ["write_file"]


def write_file(tree: Tree, scratch: Scratch, args: Arguments) -> str:
    """Write a file, with the folders above it, and say what is there now."""
    path, content = args.text("path"), args.text("content")
    if path.endswith("/"):
        raise CallError(f"{shown(path)} ends with a slash, so it is a folder and not a file")
    with tree.find(path, Folders.MAKE) as place:
        file, note = _like_the_old(place, content)
        scratch.replace(place, file.encoded(place.path))
        did = "wrote" if place.found is None else "replaced"
        count = content.count("\n") + (not content.endswith("\n") and content != "")
        return f"{did} {place.path}, which has {plural(count, 'line')} now{note}"


def _like_the_old(place: Place, content: str) -> tuple[TextFile, str]:
    """Return the content in the form of the file that it replaces, and what that means."""
    if place.found is None:
        return TextFile(content), ""
    try:
        old = TextFile.read(place)
    except CallError:  # a binary file, which has no form; another kind of file is refused below
        return TextFile(content), ""
    crlf = old.crlf and "\r" not in content
    new = TextFile(content, old.encoding, crlf)
    if old.encoding == "latin-1":
        return TextFile(content, crlf=crlf), "; it is UTF-8 now"
    return new, "; its lines end in CRLF as before" if crlf else ""
