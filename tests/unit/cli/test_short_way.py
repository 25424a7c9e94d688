"""The short way prints what the long one does, and is taken for exactly these words."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from wf_tui.cli.root import wf
from wf_tui.cli.short_way import go_short_way

if TYPE_CHECKING:
    from tests.support.cli_harness import CliHarness

PLAN = "{goal: g, phases: [{name: p, tasks: [{id: t, run: 'true'}, {id: u, run: 'true'}]}]}"


@pytest.mark.parametrize("words", [["status"], ["status", "--json"]])
@pytest.mark.parametrize("blocked", [False, True])
def test_status_is_the_same_by_both_ways(
    cli: CliHarness,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    *,
    blocked: bool,
) -> None:
    """To the letter, and with the same exit status."""
    cli.paused_run(PLAN)
    if blocked:
        cli.here("cancel", "t")
    monkeypatch.chdir(cli.repo)
    clock = SimpleNamespace(now=lambda: 1764200000.5)
    monkeypatch.setattr("wf_tui.cli.show_status.SystemClock", lambda: clock)
    for name, text in cli.environ.items():
        monkeypatch.setenv(name, text)
    status = go_short_way(words)
    by_click = CliRunner().invoke(wf, words, prog_name="wf")
    assert (status, capsys.readouterr().out) == (by_click.exit_code, by_click.stdout)
    assert status == int(blocked)


def test_an_error_is_the_same_by_both_ways(
    cli: CliHarness, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where there is no run yet, both say so, with the hint what to do."""
    monkeypatch.chdir(cli.repo)
    for name, text in cli.environ.items():
        monkeypatch.setenv(name, text)
    status = go_short_way(["status"])
    by_click = CliRunner().invoke(wf, ["status"], prog_name="wf")
    assert (status, capsys.readouterr().err) == (by_click.exit_code, by_click.stderr)
    assert status == 2


@pytest.mark.parametrize("word", ["-h", "--help"])
def test_help_is_the_same_by_both_ways(word: str, capsys: pytest.CaptureFixture[str]) -> None:
    """One page, whoever prints it."""
    assert go_short_way([word]) == 0
    assert capsys.readouterr().out == CliRunner().invoke(wf, [word]).stdout


def test_the_help_names_the_options_of_click() -> None:
    """The page is written by hand, and each option of `wf` stands in it, with what it does."""
    context = wf.make_context("wf", [], resilient_parsing=True)
    page = CliRunner().invoke(wf, ["--help"]).stdout
    for param in wf.get_params(context):
        names, text = param.get_help_record(context) or ("", "")
        assert f"  {names:<10}  {text}\n" in page


@pytest.mark.parametrize(
    "words", [[], ["status", "--jsn"], ["status", "r1"], ["status", "-h"], ["runs"], ["--version"]]
)
def test_any_other_word_is_read_by_click(words: list[str]) -> None:
    """A word that is not known by heart is not guessed at."""
    assert go_short_way(words) is None
