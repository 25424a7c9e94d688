"""Thoughts within the text are told apart, however the stream is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wf_tui.workers.model.host.maker.think_tags import ThinkTags


def read(*chunks: str) -> tuple[str, str]:
    """Return the thoughts and the text of an answer that comes in these chunks."""
    tags = ThinkTags()
    pieces = [piece for chunk in chunks for piece in tags.add(chunk)] + tags.end()
    thoughts = "".join(piece.text for piece in pieces if piece.thought)
    return thoughts, "".join(piece.text for piece in pieces if not piece.thought)


@pytest.mark.parametrize(
    ("answer", "thoughts", "text"),
    [
        ("Hello.", "", "Hello."),
        ("<think>Hm.</think>Hello.", "Hm.", "Hello."),
        ("\n <think>Hm.</think>\n\nHello.", "Hm.", "\n\nHello."),
        ("<think>a</think>\n<think>b</think>c", "ab", "c"),
        ("Write <think> and </think>.", "", "Write <think> and </think>."),
        ("<thing>", "", "<thing>"),
        ("<thi", "", "<thi"),
        ("<think>Hm.</thi", "Hm.</thi", ""),
        ("<think>1 < 2</think>", "1 < 2", ""),
    ],
)
def test_what_is_thought_and_what_is_said(answer: str, thoughts: str, text: str) -> None:
    """A tag opens before anything was said; one that stands within the text is text."""
    assert read(answer) == (thoughts, text)


@given(st.text(alphabet="<>/thinka \n", max_size=60), st.data())
def test_cuts_change_nothing(rest: str, data: st.DataObject) -> None:
    """Wherever an answer is cut, the same is thought and the same is said."""
    answer = data.draw(st.sampled_from(["", "<think>", " <think>a</think>"])) + rest
    cuts = sorted(data.draw(st.sets(st.integers(0, len(answer)))))
    chunks = [answer[a:b] for a, b in zip([0, *cuts], [*cuts, len(answer)], strict=True)]
    assert read(*chunks) == read(answer)
