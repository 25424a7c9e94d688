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


def test_of_a_long_path_the_end_is_kept() -> None:
    """The beginnings of paths are alike; of a sentence the beginning says what it is."""
    deep = "packages/web-client/src/components"
    assert item_ids([f"{deep}/Button/Button.tsx", f"{deep}/Menu/Menu.tsx"]) == [
        "client-src-components-button-button-tsx",
        "web-client-src-components-menu-menu-tsx",
    ]
    assert item_ids(["Look for what is slow in the start of the program"]) == [
        "look-for-what-is-slow-in-the-start-of",
    ]
