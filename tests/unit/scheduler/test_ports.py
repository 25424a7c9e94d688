"""Ranges of ports: one for each attempt, and never one that somebody else uses."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from wf_tui.scheduler.ports import SIZE, Ports

if TYPE_CHECKING:
    from pathlib import Path

FIRST = 42_000


@pytest.fixture
def ports(tmp_path: Path) -> Ports:
    """Return the ranges of one scheduler, with locks of this test alone."""
    return Ports(tmp_path / "ports", FIRST)


def test_each_attempt_has_its_own(ports: Ports) -> None:
    """Two attempts never share a range; one that asks again has the same."""
    first, second = ports.take(("a", 1)), ports.take(("a", 2))
    assert first is not None
    assert second is not None
    assert abs(first - second) >= SIZE
    assert ports.take(("a", 1)) == first


def test_two_schedulers(ports: Ports) -> None:
    """What one holds no other takes, until it is given back."""
    other = Ports(ports.folder, FIRST)
    first = ports.take(("a", 1))
    assert other.take(("a", 1)) != first
    ports.free(("a", 1))
    ports.free(("a", 1))
    assert Ports(ports.folder, FIRST).take(("b", 1)) == first


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104 - as careless servers do
def test_a_port_in_use(ports: Ports, host: str) -> None:
    """A range in which anybody listens is left alone."""
    with socket.socket() as server:
        server.bind((host, FIRST + SIZE - 1))
        server.listen()
        assert ports.take(("a", 1)) != FIRST


def test_no_ports_are_left(tmp_path: Path) -> None:
    """Where all are taken there are none; nothing waits for them."""
    ports = Ports(tmp_path / "ports", 65_536 - SIZE)
    assert ports.take(("a", 1)) is not None
    assert ports.take(("b", 1)) is None
