"""What a worker did last, as its card shows it."""

from __future__ import annotations

from wf_tui.scheduler.session.last_words import NOTHING_SAID


def test_the_same_tool_again_is_news() -> None:
    """Else an agent that reads one file after the other would look as if it had stopped."""
    first = NOTHING_SAID.using("Read a.md", 1)
    assert first != first.using("Read a.md", 2)
    assert first.using("Read a.md", 2).text == first.text
