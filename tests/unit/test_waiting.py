"""Waiting for what another thread or process does."""

from __future__ import annotations

import threading

import pytest

from tests.support.waiting import until


def test_it_returns_what_it_waited_for() -> None:
    """The wait ends with the first true answer, and gives it."""
    answers = iter(["", "", "here", "later"])
    assert until(lambda: next(answers), "there is an answer", every=0.0) == "here"


def test_another_thread_ends_it() -> None:
    """What another thread does is seen."""
    flag = threading.Event()
    threading.Thread(target=flag.set).start()
    assert until(flag.is_set, "the other thread has run")


def test_a_vain_wait_says_what_for() -> None:
    """A test that waits in vain fails with the reason, instead of hanging."""
    with pytest.raises(AssertionError, match=r"^waited 0 s in vain until the moon is blue$"):
        until(lambda: False, "the moon is blue", within=0.0, every=0.0)
