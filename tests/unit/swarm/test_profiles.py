"""Which profiles do the items and the join, and by how many seats."""

from __future__ import annotations

from typing import Any

import pytest

from wf_tui.config import Config
from wf_tui.errors import UsageError
from wf_tui.swarm.items import Item
from wf_tui.swarm.plan import Spread, Swarm
from wf_tui.swarm.profiles import by_task, seats, spread_of

AGENT: dict[str, Any] = {"kind": "agent", "command": ["prog"]}
CONFIG = Config.model_validate(
    {
        "profiles": {
            "one": AGENT,
            "two": {**AGENT, "seats": 3, "fallback": ["strong"]},
            "strong": AGENT,
        }
    }
)


@pytest.mark.parametrize(
    ("names", "is_command", "joins", "expected"),
    [
        (("one", "one"), False, True, (("one",), "one")),
        (("one", "two"), False, True, (("one", "two"), None)),
        (("one",), False, False, (("one",), None)),
        (("one", "shell"), True, True, (("shell",), "one")),
        ((), True, True, ((), None)),
    ],
)
def test_each_does_what_it_can(
    names: tuple[str, ...], expected: object, *, is_command: bool, joins: bool
) -> None:
    """Commands are for the profiles of commands, and the join, a prompt, is for one of prompts."""
    assert by_task(names, CONFIG, is_command=is_command, joins=joins) == expected


def test_one_that_can_do_neither() -> None:
    """A profile that has nothing to do in the swarm is refused."""
    with pytest.raises(UsageError, match="--profile one takes prompts"):
        by_task(("one",), CONFIG, is_command=True, joins=False)
    with pytest.raises(UsageError, match="--profile shell runs commands"):
        by_task(("one", "shell"), CONFIG, is_command=False, joins=True)


def test_those_who_share_by_capacity_are_in_the_run() -> None:
    """No task names them, so the run does; with one profile, or in turns, the tasks do."""
    items = tuple(Item(str(number)) for number in range(9))
    both = Swarm("{{item}}", items, profiles=("one", "two"))
    assert seats(both, CONFIG, {}, None) == ("one=9", "two=3")
    assert seats(both, CONFIG, {"one": 1, "strong": 2}, 40) == ("one=1", "strong=2", "two=3")
    assert seats(Swarm("{{item}}", items, profiles=("one",)), CONFIG, {}, None) == ()


def test_what_is_fallen_back_on_does_not_begin() -> None:
    """Where a further profile is there for failures alone, the items are given in turns."""
    assert spread_of(("one", "strong"), CONFIG, None) is Spread.CAPACITY
    assert spread_of(("one", "two"), CONFIG, None) is Spread.ROUND_ROBIN
    assert spread_of(("one", "two"), CONFIG, Spread.CAPACITY) is Spread.CAPACITY
