"""Which files a patch names; nothing else of it is read.

Permission is asked by this before the patch goes to the hands. It names rather too many: a line
that is removed may look like the head of a file, and then is one path more.
"""

import re
from typing import Final

__all__ = ["diff_path", "git_path", "patch_paths"]

_OWN: Final = re.compile(r"\*\*\* (?:(?:Add|Update|Delete) File|Move to):(.*)")
_DIFF: Final = re.compile(r"(?:---|\+\+\+) (.+)$|(?:rename|copy) (?:from|to) (.+)$")
_GIT: Final = "diff --git "
_NOWHERE: Final = "/dev/null"
_QUOTED: Final = re.compile(rb'\\([abtnvfr"\\]|[0-3][0-7]{2})')
_ESCAPES: Final = dict(zip(b'abtnvfr"\\', b'\a\b\t\n\v\f\r"\\', strict=True))


def patch_paths(patch: str) -> list[str]:
    """Return the paths that a patch names, each once, in their order."""
    found: dict[str, None] = {}
    for line in patch.split("\n"):
        if own := _OWN.match(line.strip()):
            found[own[1].strip()] = None
        elif diff := _DIFF.match(line.rstrip("\r")):
            path = diff_path(diff[1], sided=True) if diff[1] else diff_path(diff[2])
            if path is not None:
                found[path] = None
        elif line.startswith(_GIT) and (path := git_path(line)) is not None:
            found[path] = None
    return list(found)


def diff_path(written: str, *, sided: bool = False) -> str | None:
    """Return the path that a head of a diff means, None for the side of a file that is not there.

    What stands behind a tab is a time. `sided` paths may begin with `a/` or `b/`.
    """
    path = written.partition("\t")[0].strip()
    if path == _NOWHERE:
        return None
    if len(path) > 1 and path[0] == path[-1] == '"':
        path = _unquoted(path[1:-1])
    return path[2:] if sided and path.startswith(("a/", "b/")) else path


def git_path(line: str) -> str | None:
    """Return the path of a line `diff --git`, None where its two paths are not the same one."""
    both = line.rstrip("\r").removeprefix(_GIT)
    old, new = both[: len(both) // 2], both[len(both) // 2 + 1 :]
    first, second = diff_path(old, sided=True), diff_path(new, sided=True)
    return first if first and first == second else None


def _unquoted(text: str) -> str:
    """Return what git means by a name in quotes: octal bytes and the escapes of C."""
    raw = text.encode("utf-8", "surrogatepass")
    raw = _QUOTED.sub(
        lambda one: bytes([_ESCAPES[one[1][0]] if len(one[1]) == 1 else int(one[1], 8)]), raw
    )
    return raw.decode("utf-8", "surrogateescape")
