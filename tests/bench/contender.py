"""One of several processes that work on the same ledger: `contender LEDGER SEAT SECONDS`.

It says when it is ready, waits for a line, works for so long, and prints what it did.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from tests.bench.store import claim, finish, opened, renew


def main(path: Path, seat: str, seconds: float) -> None:
    """Claim and finish tasks until the time is over."""
    waits, tasks = [], []
    with opened(path) as ledger:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        sys.stdin.readline()
        begun = time.perf_counter()
        while (asked := time.perf_counter()) - begun < seconds:
            held = claim(ledger, seat)
            waits.append((time.perf_counter() - asked) * 1000)
            if held is None:
                break
            renew(ledger, [held])
            finish(ledger, held)
            tasks.append(held.task.id)
        took = time.perf_counter() - begun
    json.dump({"tasks": tasks, "waits": waits, "seconds": took}, sys.stdout)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]))
