"""`python -m tests.support.model_server [SCENARIO]`: the server by hand, until end of input."""

from __future__ import annotations

import argparse
import sys

from tests.support.model_server.scenarios import SCENARIOS
from tests.support.model_server.server import ModelServer

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Play a maker of models, until end of input.")
    parser.add_argument("scenario", nargs="?", default="edit", choices=sorted(SCENARIOS))
    with ModelServer(parser.parse_args().scenario) as server:
        print(server.url, flush=True)  # noqa: T201 - whoever starts it reads where it listens
        sys.stdin.read()
        for request in server.requests:
            print(request.status, request.path, request.session)  # noqa: T201 - what came
