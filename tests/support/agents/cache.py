"""Real agents from the npm registry, installed once into a cache outside of the repository."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["AGENTS", "NODE", "AgentProgram", "Package", "install", "programs"]

_FILE: Final = tomllib.loads(Path(__file__).with_name("programs.toml").read_text(encoding="utf-8"))
_WITHIN: Final = 300.0
"""Seconds that one package may take; the largest takes 10 where the registry is near."""
_NO_ANSWER: Final = re.compile(
    r"\b(E403|E407|E5\d\d|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTFOUND|ETIMEDOUT"
    r"|ERR_SOCKET_TIMEOUT|EHOSTUNREACH|UNABLE_TO_GET_ISSUER_CERT\w*)\b"
)
"""What npm says where it does not get through; a package that is not there is a fault of ours."""


@dataclass(frozen=True)
class Package:
    """One package of the registry, and the program of it."""

    package: str
    version: str
    program: str

    @property
    def folder(self) -> Path:
        """Where it is installed: a folder for each version, so that a new one takes none away."""
        return cache_folder(os.environ) / self.package.replace("/", "+") / self.version

    @property
    def programs(self) -> Path:
        """The folder of its programs, for PATH."""
        return self.folder / "node_modules" / ".bin"


@dataclass(frozen=True)
class AgentProgram:
    """An agent: what is installed of it, and what it needs to be told."""

    name: str
    headless: Package
    acp: Package
    key: str
    """The variable that it has its key in."""
    user: str
    """The variable of the person's shell that the key comes from."""
    base: str
    """What stands behind the address of the server in `base_url`."""


NODE: Final = Package("node", _FILE["node"], "node")


def _read(name: str, row: Mapping[str, Any]) -> AgentProgram:
    headless = Package(row["package"], row["version"], name)
    adapter = Package(**row["acp"]) if "acp" in row else headless
    user = row.get("user", row["key"])
    return AgentProgram(name, headless, adapter, row["key"], user, row.get("base", ""))


AGENTS: Final[Mapping[str, AgentProgram]] = {
    name: _read(name, row) for name, row in _FILE.items() if isinstance(row, dict)
}


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Return where agents are kept between runs: `WF_AGENT_CACHE`, else below the user's cache."""
    given = environ.get("WF_AGENT_CACHE")
    return Path(given) if given else Path.home() / ".cache" / "wf-agents"


def install(package: Package) -> None:
    """Install a package, unless that was done before; a second process waits for the first.

    Skips the test where the registry does not answer, and fails where it has no such package.
    """
    package.folder.parent.mkdir(parents=True, exist_ok=True)
    with package.folder.with_name(f"{package.version}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        # A note is written when all is there, so one that was interrupted is made again.
        note = package.folder / "installed"
        if not note.exists():
            shutil.rmtree(package.folder, ignore_errors=True)
            _npm(package)
            note.touch()


def _npm(package: Package) -> None:
    words = [
        "--no-audit",
        "--no-fund",
        "--loglevel=error",
        "--fetch-retries=1",
        "--fetch-retry-mintimeout=1000",
    ]
    name = f"{package.package}@{package.version}"
    package.folder.mkdir(parents=True)
    path = os.environ.get("PATH", os.defpath)
    if package is not NODE:
        install(NODE)
        path = f"{NODE.programs}{os.pathsep}{path}"
    cache = str(cache_folder(os.environ) / "npm")
    try:
        done = subprocess.run(
            ["npm", "install", "--prefix", str(package.folder), *words, name],
            env={**os.environ, "PATH": path, "npm_config_cache": cache},
            capture_output=True,
            text=True,
            timeout=_WITHIN,
            check=False,
        )
    except subprocess.TimeoutExpired:
        pytest.skip("the npm registry does not answer")
    if done.returncode and _NO_ANSWER.search(done.stderr):
        pytest.skip("the npm registry does not answer")
    assert done.returncode == 0, f"npm cannot install {name}: {done.stderr}"


def programs(*packages: Package) -> str:
    """Return the beginning of a PATH with Node and these packages, all of them installed."""
    for package in (NODE, *packages):
        install(package)
    return os.pathsep.join(str(package.programs) for package in (NODE, *packages))
