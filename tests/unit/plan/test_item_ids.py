"""Ids that are made of any texts."""

from __future__ import annotations

from wf_tui.plan.item_ids import item_ids


def test_ids_differ() -> None:
    """Equal slugs are numbered, past items of that name and the ids that are taken."""
    assert item_ids(["a!", "A", "a-2", "join", "翻訳", "!", "?"], {"join"}) == [
        *("a", "a-3", "a-2", "join-2", "翻訳", "item", "item-2"),
    ]


def test_many_equal_texts_are_numbered_at_once() -> None:
    """Of ten thousand equal items each has an id of its own, and none is looked for twice."""
    assert item_ids(["a"] * 10_000)[-1] == "a-10000"
