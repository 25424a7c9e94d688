"""Who is let in: the token, the host and the origin, each by itself."""

from __future__ import annotations

import pytest

from wf_tui.serve.access import Access

ACCESS = Access(8123, "secret")
HOST, ORIGIN = "127.0.0.1:8123", "http://127.0.0.1:8123"


@pytest.mark.parametrize("path", ["/secret/", "/secret/ws", "/secret/static/textual.js"])
@pytest.mark.parametrize("origins", [[], [ORIGIN]])
def test_who_has_the_address_is_let_in(path: str, origins: list[str]) -> None:
    """By the page itself, its files, and its socket."""
    assert ACCESS.lets_in(path, [HOST], origins)


@pytest.mark.parametrize("path", ["/", "", "/ws", "/secre/", "/secrets/", "//secret/", "/é/"])
def test_no_other_path_is_let_in(path: str) -> None:
    """Not even one that has the token somewhere else."""
    assert not ACCESS.lets_in(path, [HOST], [])


@pytest.mark.parametrize(
    "hosts",
    [[], ["localhost:8123"], ["evil.example:8123"], ["127.0.0.1"], ["127.0.0.1:1"], [HOST, HOST]],
)
def test_no_other_host_is_let_in(hosts: list[str]) -> None:
    """A name that resolves to the loopback is what another site would come by."""
    assert not ACCESS.lets_in("/secret/", hosts, [])


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "", "https://127.0.0.1:8123", "http://127.0.0.1:1"]
)
def test_no_page_of_another_site_is_let_in(origin: str) -> None:
    """Nor of another port of this machine, where a worker's web server may listen."""
    assert not ACCESS.lets_in("/secret/ws", [HOST], [origin])
    assert not ACCESS.lets_in("/secret/ws", [HOST], [ORIGIN, origin])


def test_each_start_has_a_token_of_its_own() -> None:
    """Of 32 random bytes, and in no repr."""
    one, other = Access(1), Access(1)
    assert one.token != other.token
    assert len(one.token) == 43
    assert one.token not in repr(one)
