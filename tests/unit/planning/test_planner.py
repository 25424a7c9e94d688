"""Which profile plans, where several could."""

from __future__ import annotations

import pytest

from wf_tui.config import Config, Profile
from wf_tui.errors import EnvironmentalError, UsageError
from wf_tui.planning.planner import choose_planner, default_worker, planners, usable_workers

ENVIRON = {"PATH": "/usr/bin:/bin", "HOME": "/root"}


def config(**profiles: dict[str, object]) -> Config:
    """Return settings with agents; each is a program of one's own."""
    table = {"preset": "jsonl", "command": ("true",)}
    made = {name: Profile.model_validate({**table, **it}) for name, it in profiles.items()}
    return Config(profiles=made)


def test_the_only_one_plans() -> None:
    """Nobody has to say who."""
    assert choose_planner(config(a={}), "", ENVIRON) == "a"


def test_the_default_one_plans() -> None:
    """As it does the prompts of plans that name nobody."""
    assert choose_planner(config(a={}, b={"default": True}), "", ENVIRON) == "b"


def test_the_one_with_that_role_plans() -> None:
    """A profile for planning is there for that; one with other roles cannot."""
    found = config(a={}, b={"roles": ("planner",)}, c={"roles": ("test",)})
    assert choose_planner(found, "", ENVIRON) == "b"
    assert planners(found, ENVIRON) == ["b", "a"]
    with pytest.raises(UsageError, match="roles test"):
        choose_planner(found, "c", ENVIRON)


def test_one_that_cannot_be_used_is_passed_over_unless_it_is_named() -> None:
    """Its reason is told then."""
    found = config(a={}, b={"command": ("/none",)})
    assert choose_planner(found, "", ENVIRON) == "a"
    assert set(usable_workers(found, ENVIRON)) == {"a", "shell"}
    with pytest.raises(EnvironmentalError, match="not on the PATH"):
        choose_planner(found, "b", ENVIRON)


def test_prompts_without_a_worker_go_to_the_only_one() -> None:
    """With several and no default the plan has to say it."""
    assert default_worker(config(a={}), ENVIRON) == "a"
    assert default_worker(config(a={}, b={}), ENVIRON) == ""
