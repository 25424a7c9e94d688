"""All statements outside `store/sqlite` are words that SQLite and PostgreSQL understand alike."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import wf_tui

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = Path(wf_tui.__file__).parent
SQLITE = PACKAGE / "ledger" / "store" / "sqlite"
STATEMENT = re.compile(
    r"\b(SELECT .* FROM|INSERT INTO|INSERT OR|UPDATE \S+ SET|DELETE FROM|PRAGMA)\b"
    r"|^\s*(WHERE|ORDER BY|AND) [a-z(]"
)
FORBIDDEN = {
    "a parameter without a name": r"\?",
    "the number of a row": r"\b_?rowid_?\b|\boid\b",
    "INSERT OR REPLACE": r"\bOR (REPLACE|IGNORE|ABORT|FAIL|ROLLBACK)\b|\bREPLACE INTO\b",
    "INSERT without its columns": r"\bINSERT INTO \S+ (VALUES|SELECT)\b",
    "JSON by a function": r"\bjson_\w+\(|\bjson\(",
    "PRAGMA": r"\bPRAGMA\b",
    "max or min of several values": r"\b(max|min)\([^()]*,",
    "CAST of a fraction": r"\bCAST\(.* AS INTEGER\)",
    "names in other quotes": r"`|\[\w+\]",
    "its own functions": r"\b(ifnull|total|group_concat|strftime|julianday|printf|glob|iif)\(",
    "GLOB": r"\bGLOB\b",
}


def texts(path: Path) -> Iterator[str]:
    """Yield the texts of a module; what is filled into one is given as `{}`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    inside: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            inside |= set(ast.walk(node)) - {node}
            parts = (str(p.value) if isinstance(p, ast.Constant) else "{}" for p in node.values)
            yield "".join(parts)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node not in inside:
            yield node.value


def statements() -> Iterator[tuple[str, str]]:
    """Yield all SQL of the package but that of the embedded store, and where it stands."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if not path.is_relative_to(SQLITE):
            for text in texts(path):
                if STATEMENT.search(text) and "\n" not in text:
                    yield str(path.relative_to(PACKAGE)), text


def faults(text: str) -> list[str]:
    """Return what is not portable in a statement."""
    return [name for name, pattern in FORBIDDEN.items() if re.search(pattern, text)]


def test_all_sql_is_portable() -> None:
    """No statement asks for what only one of the two has."""
    found = list(statements())
    assert len(found) > 60
    assert {"ledger/rules/claims.py", "picture/reading.py"} <= {path for path, _ in found}
    assert [(path, text, why) for path, text in found if (why := faults(text))] == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("SELECT id FROM task WHERE run = ?", "a parameter without a name"),
        ("SELECT rowid FROM task", "the number of a row"),
        ("INSERT OR REPLACE INTO run (id) VALUES (:run)", "INSERT OR REPLACE"),
        ("INSERT INTO edge VALUES (:run)", "INSERT without its columns"),
        ("SELECT json_extract(data, '$.tree') FROM event", "JSON by a function"),
        ("SELECT max(0, ended_at) FROM attempt", "max or min of several values"),
        ("PRAGMA quick_check(1)", "PRAGMA"),
    ],
)
def test_what_is_not_portable_is_found(text: str, fault: str) -> None:
    """Each of these would be named."""
    assert STATEMENT.search(text)
    assert faults(text) == [fault]
