"""How often the branch of a run is shown to the user while it goes on."""

import pytest

from wf_tui.scheduler.exporter import pause_after


@pytest.mark.parametrize(("took", "pause"), [(0.0, 0.5), (0.1, 0.5), (0.5, 2.0), (60.0, 5.0)])
def test_an_export_takes_a_fifth_of_the_time(took: float, pause: float) -> None:
    """Where it is slow, attempts come first; nobody waits longer than five seconds for it."""
    assert pause_after(took) == pause
