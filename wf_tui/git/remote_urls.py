"""Addresses of repositories, and how to hand one on without the secrets that people put in."""

import os
import re
from pathlib import Path
from typing import Final

__all__ = ["absolute_address", "strip_credentials"]

_HELPER: Final = re.compile(r"[A-Za-z0-9.+-]+::")
"""An address for a program, `git-remote-<name>`, as gitremote-helpers(7) writes it."""
_HOST: Final = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[^:\[\]\s]*)(:\d*)?")
_AT: Final = re.compile(r"[^/]@")
"""In a path nearly always the end of a password; a scope as in `/@name/` is none."""
_SSH: Final = frozenset({"ssh", "git+ssh", "ssh+git"})
_SCP: Final = re.compile(r"[^/]*:")


def strip_credentials(url: str, *, ssh_user: bool = False) -> str | None:
    """Return an address without user, password, token and query; None for what is no plain address.

    What cannot be told apart for sure is not guessed at. The user `git`, as all the world calls it,
    stays; with `ssh_user` so does the name of any user of ssh, without which it leads nowhere.
    """
    if _HELPER.match(url):
        return None
    scheme, mark, rest = url.partition("://")
    if not mark:
        # A path of this machine, or `user@host:path`.
        user, at, rest = url.rpartition("@")
        if not at or user == "git" or url.startswith(("/", ".")):
            return url
        return f"{user.partition(':')[0]}@{rest}" if ssh_user else rest
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    tail = rest[len(authority) :]
    user, _, host = authority.rpartition("@")
    # An unescaped / ? or # in a password ends the authority too early.
    if not _HOST.fullmatch(host) or (scheme != "file" and _AT.search(tail)):
        return None
    name = user.partition(":")[0] if ssh_user and scheme in _SSH else user
    kept = f"{name}@" if name == "git" or (name and ssh_user and scheme in _SSH) else ""
    path = re.split(r"[?#]", tail, maxsplit=1)[0]
    return f"{scheme}://{kept}{host}{path}"


def absolute_address(url: str, folder: Path) -> str:
    """Return an address that means the same from anywhere; a path is taken from `folder` by git.

    What is no path, or does not look like one, stays: it may be short for another address.
    """
    if "://" in url or _SCP.match(url):
        return url
    is_path = url.startswith(".") or (folder / url).exists()
    return os.path.normpath(folder / url) if is_path else url
