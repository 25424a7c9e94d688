"""Ranges of ports: one for each attempt, and never one that somebody else uses."""

from __future__ import annotations

import errno
import shutil
import socket
from typing import TYPE_CHECKING

import pytest

from wf_tui.scheduler.ports import SIZE, Ports, is_unused

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


@pytest.mark.skipif(not socket.has_dualstack_ipv6(), reason="there is no IPv6 here")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_a_port_in_use_for_ipv6(ports: Ports, host: str) -> None:
    """Also one that listens for that kind of address alone."""
    with socket.socket(socket.AF_INET6) as server:
        server.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        server.bind((host, FIRST + SIZE - 1))
        server.listen()
        assert ports.take(("a", 1)) != FIRST


class _SocketWithoutIPv6(socket.SocketType):
    def __init__(self, family: int, kind: int) -> None:
        if family == socket.AF_INET6:
            raise OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol")
        super().__init__(family, kind)


@pytest.mark.parametrize("listens", [False, True])
def test_a_machine_without_ipv6(
    ports: Ports, monkeypatch: pytest.MonkeyPatch, *, listens: bool
) -> None:
    """There IPv4 alone is tried: its ports are had, and one that is in use is seen."""
    with socket.socket() as server:
        if listens:
            server.bind(("127.0.0.1", FIRST))
            server.listen()
        monkeypatch.setattr("wf_tui.scheduler.ports.socket.SocketType", _SocketWithoutIPv6)
        assert ports.take(("a", 1)) == FIRST + (SIZE if listens else 0)


def test_a_machine_without_a_descriptor_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be tried no range is called free."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    monkeypatch.setattr("wf_tui.scheduler.ports.socket.SocketType", refuse)
    assert not is_unused(FIRST)


def test_no_ports_are_left(tmp_path: Path) -> None:
    """Where all are taken there are none; nothing waits for them."""
    ports = Ports(tmp_path / "ports", 65_536 - SIZE)
    assert ports.take(("a", 1)) is not None
    assert ports.take(("b", 1)) is None


def test_few_locks_are_made(tmp_path: Path) -> None:
    """The ranges are used in turn, so that those of many attempts need few files."""
    ports = Ports(tmp_path / "ports", FIRST)
    for epoch in range(200):
        assert ports.take(("a", epoch)) is not None
        ports.free(("a", epoch))
    assert len(list(ports.folder.iterdir())) == 128


def test_more_than_are_used_in_turn(tmp_path: Path) -> None:
    """So many at a time have each a range of their own all the same."""
    ports = Ports(tmp_path / "ports", FIRST)
    taken = [ports.take(("a", epoch)) for epoch in range(130)]
    assert None not in taken
    assert len(set(taken)) == 130


def test_a_folder_that_is_gone(ports: Ports) -> None:
    """The folder of the locks is made again."""
    ports.take(("a", 1))
    shutil.rmtree(ports.folder)
    assert ports.take(("b", 1)) is not None
