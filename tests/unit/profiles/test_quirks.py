"""How the makers of models differ, as presets say it and runs store it."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import get_args

import pytest
from pydantic import TypeAdapter

from wf_tui.config import Config
from wf_tui.config.serving import ErrorKind
from wf_tui.config.serving import Quirks as QuirksTable
from wf_tui.profiles.presets import find_preset
from wf_tui.profiles.quirks import Quirks, window_of
from wf_tui.workers.line.failure_kind import FailureKind

MAKERS = ("deepseek", "minimax", "moonshot", "openai", "openai-compatible", "zai")


def quirks_of(maker: str) -> Quirks:
    """Return the quirks in the preset of a maker."""
    serving = find_preset(Config(), maker).model
    assert serving is not None
    return Quirks(**serving.quirks.model_dump())


def test_what_is_stored_is_what_a_preset_says() -> None:
    """The table in the configuration and the stored value have the same fields and defaults."""
    assert {one.name for one in fields(Quirks)} == QuirksTable.model_fields.keys()
    assert asdict(Quirks()) == QuirksTable().model_dump()


@pytest.mark.parametrize("maker", MAKERS)
def test_quirks_are_stored_with_a_run(maker: str) -> None:
    """What goes into a row of a run comes out of it again."""
    quirks = quirks_of(maker)
    assert TypeAdapter(Quirks).validate_json(json.dumps(asdict(quirks))) == quirks


def test_errors_have_the_words_of_failures() -> None:
    """Whatever a preset says of an error is a kind of failure, but none of wf's own."""
    own = {"verifier", "transport", "budget", "cancelled", "unknown"}
    assert set(get_args(ErrorKind)) == set(FailureKind) - own


@pytest.mark.parametrize("maker", MAKERS)
def test_a_default_effort_is_one_that_the_maker_knows(maker: str) -> None:
    """What a profile gets that says nothing is a word of the same table."""
    quirks = quirks_of(maker)
    assert not quirks.default_effort or quirks.default_effort in quirks.efforts


def test_a_word_for_thinking_adds_to_what_is_always_said() -> None:
    """Fields of the same name are put together; a model that takes no word gets none."""
    always = {"reasoning": {"summary": "auto"}}
    quirks = Quirks(
        extra_body=always,
        efforts={"low": {"reasoning": {"effort": "low"}}},
        effort_models=("big-*",),
        default_effort="low",
    )
    assert quirks.body("Big-1") == {"reasoning": {"summary": "auto", "effort": "low"}}
    assert quirks.body("small-1", "low") == always


def test_the_first_pattern_says_how_large_a_window_is() -> None:
    """Models are named by patterns, in whatever case; of one that fits none nothing is known."""
    windows = {"glm-5.3*": 1_000_000, "GLM-5*": 200_000}
    assert [window_of(windows, model) for model in ("GLM-5.3-flash", "glm-5-turbo", "x")] == [
        1_000_000,
        200_000,
        0,
    ]


@pytest.mark.parametrize("maker", MAKERS)
def test_the_model_of_a_preset_has_a_window(maker: str) -> None:
    """Of each maker's own model it is known how much fits into it."""
    serving = find_preset(Config(), maker).model
    assert serving is not None
    assert not serving.model or window_of(serving.context_tokens, serving.model) > 100_000
