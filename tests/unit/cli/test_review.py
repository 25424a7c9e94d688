"""`wf review`, `wf comment` and `wf snooze`: on the work of a run that has ended with both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = """
goal: g
phases:
  - name: p
    parallel: true
    tasks:
      - {id: a, mode: read_write, review: true, run: "printf 'x\\ny\\n' > a.txt"}
      - {id: b, run: "echo no; exit 3", max_attempts: 1}
"""


@pytest.fixture(name="ended", autouse=True)
def _ended(cli: CliHarness) -> None:
    """Give a run with a review and a failure, which nobody leads any more."""
    plan = cli.root / "plan.yaml"
    plan.write_text(PLAN)
    assert cli.here("run", plan, "--headless").exit_code == 1


def test_a_comment_is_kept_with_its_line(cli: CliHarness) -> None:
    """Comments are written, changed and dropped as drafts; a place that is not there is named."""
    (kept,) = cli.json_here("comment", "a", "a.txt:2", "why?")
    assert (kept["comment"], kept["state"]) == (1, "draft")
    assert cli.here("comment", "a", "a.txt", "and \x1b[31m all of it").exit_code == 0
    for place in ("a.txt:3", "b.txt:1", "a.txt:0", "a.txt:x"):
        assert cli.here("comment", "a", place, "no").exit_code == 2, place
    assert cli.here("comment", "a", "a.txt:2").exit_code == 2
    assert cli.here("comment", "a", "a.txt:2", " ").exit_code == 2
    cli.here("comment", "a", "--edit", "1", "why not?")
    cli.here("comment", "a", "--drop", "2")
    found = cli.json_here("review", "a")
    assert sorted(found) == ["base", "comments", "commit", "files", "task"]
    (said,) = found["comments"]
    assert {name: said[name] for name in ("id", "path", "line", "text", "state", "quote")} == {
        "id": 1,
        "path": "a.txt",
        "line": 2,
        "text": "why not?",
        "state": "draft",
        "quote": "y",
    }
    assert {"path": "a.txt", "added": 2, "removed": 1, "why": None} in found["files"]
    assert cli.here("undo").stdout == "took back: dropping of a comment on “a”\na  blocked: " + (
        cli.json_here("show", "a")["reason"]["text"] + "\n"
    )
    text = cli.here("review", "a").stdout
    assert "1 line 2 (draft): why not?" in text
    assert "> y" in text
    assert "\x1b" not in text
    assert [one["state"] for one in cli.json_here("show", "a")["comments"]] == ["draft", "draft"]


def test_a_comment_can_be_about_several_lines(cli: CliHarness) -> None:
    """PATH:FIRST-LAST is kept with all of its lines; one that ends before it begins is none."""
    (kept,) = cli.json_here("comment", "a", "a.txt:1-2", "both")
    assert kept["state"] == "draft"
    for place in ("a.txt:2-1", "a.txt:1-3", "a.txt:1-", "a.txt:-2", "a.txt:0-1", ":1-2"):
        assert cli.here("comment", "a", place, "no").exit_code == 2, place
    (said,) = cli.json_here("review", "a")["comments"]
    assert (said["first"], said["line"], said["quote"]) == (1, 2, "x\ny")
    text = cli.here("review", "a").stdout
    assert "1 lines 1-2 (draft): both\n      > x\n      > y\n" in text
    assert "on a.txt:1-2: both" in cli.here("show", "a").stdout
    assert "comment on a.txt:1-2: both" in cli.here("events").stdout


def test_what_has_nothing_to_send_is_refused(cli: CliHarness) -> None:
    """Without a comment nothing goes back, and without work there is nothing to look at: 5."""
    sent = cli.here("review", "a", "--send")
    assert (sent.exit_code, "wf comment a PATH:LINE TEXT" in sent.stderr) == (5, True)
    assert cli.here("review", "b").exit_code == 5
    assert cli.here("comment", "b", "b.txt:1", "no").exit_code == 5
    assert cli.here("comment", "a", "--drop", "7").exit_code == 2


def _awake(cli: CliHarness) -> set[str]:
    """Return what needs a person now; what is put off stands behind it."""
    items = cli.json_here("inbox")
    assert items == sorted(items, key=lambda item: (item["snoozed"], item["since"]))
    return {item["task"] for item in items if not item["snoozed"]}


def test_what_is_put_off_needs_nobody(cli: CliHarness) -> None:
    """A snoozed task is blocked as before; it is shown again by hand, and by an undo."""
    assert _awake(cli) == {"a", "b"}
    (made,) = cli.json_here("snooze", "b", "1h")
    assert made["until"] > 3000
    assert _awake(cli) == {"a"}
    shown = {one["id"]: one for one in cli.json_here("status")["tasks"]}
    assert shown["b"]["snoozed_until"] == made["until"]
    assert "snoozed for 59m still" in cli.here("status").stdout
    assert "put off" in cli.here("show", "b").stdout
    (made,) = cli.json_here("snooze", "b", "off")
    assert made["until"] is None
    assert cli.here("snooze", "b", "off").exit_code == 5
    assert cli.here("undo").stdout.startswith("took back: waking of “b”")
    assert _awake(cli) == {"a"}
    (made,) = cli.json_here("snooze", "a", "change")
    assert (made["changed"], made["until"]) == (True, None)
    assert cli.here("snooze", "a", "2h").stdout.endswith("\n  snoozed for 2h still\n")
    assert _awake(cli) == set()
    for word in ("1x", "0m", "-1h", "soon", "1"):
        assert cli.here("snooze", "--", "a", word).exit_code == 2, word
