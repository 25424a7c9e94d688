"""The footer: every key has its place, whatever is possible now."""

from __future__ import annotations

from wf_tui.board.frame.footer import FooterKey, footer_spans, marked_words
from wf_tui.board.widgets.line import Role, width_of

KEYS = [
    FooterKey("view.open", "⏎", "open", ""),
    FooterKey("task.hold", "b", "hold", "", 11),
    FooterKey("view.next_need", "N", "next", ""),
    FooterKey("view.menu", ".", "more", ""),
    FooterKey("app.help", "?", "help", ""),
]


def text(keys: list[FooterKey], width: int = 60, marked: str = "") -> str:
    """Return the line as text."""
    spans = footer_spans(keys, marked, width)
    assert width_of(spans) == width
    return "".join(span.text for span in spans)


def test_more_and_help_stand_at_the_right_end() -> None:
    """However wide it is; the others at the left, the last of them left out where it is narrow."""
    assert text(KEYS).startswith(" ⏎ open  b hold         N next   ")
    assert text(KEYS).endswith("   . more  ? help ")
    assert "N next" not in text(KEYS, 40)


def test_nothing_moves_when_a_key_means_something_else() -> None:
    """What follows a key of several titles stays where it is, and so does one that is dim."""
    places = {text(KEYS).index("N next")}
    for title, why_not in (("stop & hold", ""), ("let go", "it is done")):
        keys = [KEYS[0], KEYS[1]._replace(title=title, why_not=why_not), *KEYS[2:]]
        places.add(text(keys).index("N next"))
        dim = [span.role is Role.OFF for span in footer_spans(keys, "", 60) if span.hit]
        assert any(dim) == bool(why_not)
    assert len(places) == 1


def test_marks_are_said_first() -> None:
    """Also those that are not in view: the keys work on all of them."""
    assert text(KEYS, marked=marked_words(2, 1)).startswith(" [2 marked, 1 not in view]  ⏎ open")
    assert marked_words(0, 0) == ""
