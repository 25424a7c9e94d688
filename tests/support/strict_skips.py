"""A plug-in of pytest: with `--strict-skips`, as CI runs it, a skipped test is a failed one.

A missing program, such as tmux, would else take tests away without anybody noticing. Only what no
machine of CI has to offer may be skipped, for one of the reasons listed here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

ALLOWED: Final = frozenset(
    {
        "this user may not mount",
        "only root can give files away",
        "only root can become another user",
        "needs a device that is always full",
        "the npm registry does not answer",
    }
)
"""Reasons that lie in the user, the platform or the network: nothing can be installed against them.

Only the tests of the real agents need a network, and only to install them once.
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Offer the option."""
    text = "fail where a test is skipped, unless its user or platform is the reason"
    parser.addoption("--strict-skips", action="store_true", help=text)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Judge the report of a test."""
    report = yield
    _judge(item.config, report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """Judge the report of a module, which may be skipped as a whole."""
    report = yield
    _judge(collector.config, report)
    return report


def _judge(config: pytest.Config, report: pytest.TestReport | pytest.CollectReport) -> None:
    """Make a failure of a skip that is not allowed; what is expected to fail is no skip."""
    if not config.getoption("strict_skips") or not report.skipped or hasattr(report, "wasxfail"):
        return
    # pytest describes a skip by file, line and "Skipped: " with the reason.
    reason = report.longrepr[-1] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    reason = reason.removeprefix("Skipped: ")
    if reason not in ALLOWED:
        report.outcome = "failed"
        report.longrepr = f"skipped, but CI has to run it: {reason}"
