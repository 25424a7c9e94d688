"""One leader a run, and a moment without any."""

from pathlib import Path

from wf_tui.scheduler.leader import leadership, without_leader


def test_a_led_run_is_not_without_a_leader(tmp_path: Path) -> None:
    """Who wants a run to have no scheduler is told that it has one, and does not wait."""
    lock = tmp_path / "lock"
    with leadership(lock), without_leader(lock) as free:
        assert not free
    with without_leader(lock) as free, without_leader(lock) as again:
        assert (free, again) == (True, False)
