"""How many files the scheduler may have open: as many as it is allowed to allow itself."""

from __future__ import annotations

import contextlib
import resource

__all__ = ["raise_descriptor_limit"]


def raise_descriptor_limit() -> None:
    """Raise the soft limit to the hard one: each attempt holds two, and 1,024 is the usual limit.

    Called when the shim parent runs, so that the programs of tasks keep the limit of the user:
    some of them close every descriptor that the limit allows, one after the other.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(OSError, ValueError):  # some systems allow less than they say
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
