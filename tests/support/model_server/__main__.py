"""`python -m tests.support.model_server [SCENARIO]`: the server by hand, until end of input."""

from __future__ import annotations

import sys

from tests.support.model_server.server import ModelServer

if __name__ == "__main__":
    with ModelServer(sys.argv[1] if len(sys.argv) > 1 else "edit") as server:
        print(server.url, flush=True)  # noqa: T201 - whoever starts it reads where it listens
        sys.stdin.read()
        for request in server.requests:
            print(request.status, request.path, request.session)  # noqa: T201 - what came
