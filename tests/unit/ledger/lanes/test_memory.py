"""How much memory the system says is left, on machines and in control groups of both versions."""

from pathlib import Path

from wf_tui.ledger.lanes.memory import MIB, FreeMemory, read_free_memory


def machine(folder: Path, group: str, *, total: int = 8192, available: int = 6000) -> Path:
    """Write what the kernel shows of a machine, in MiB, and the group of this process."""
    proc = folder / "proc"
    (proc / "self").mkdir(parents=True)
    (proc / "meminfo").write_text(
        f"MemTotal: {total * 1024} kB\nMemFree: 1 kB\nMemAvailable: {available * 1024} kB\n"
    )
    (proc / "self/cgroup").write_text(group)
    return proc


def cgroup(folder: Path, names: tuple[str, str], most: str, used: int, cache: str) -> None:
    """Write what the kernel shows of one control group; `used` in MiB."""
    folder.mkdir(parents=True)
    (folder / names[0]).write_text(most)
    (folder / names[1]).write_text(f"{used * MIB}\n")
    (folder / "memory.stat").write_text(f"anon 1\n{cache} {100 * MIB}\n")


V2 = ("memory.max", "memory.current")
V1 = ("memory.limit_in_bytes", "memory.usage_in_bytes")


def test_the_narrowest_group_counts(tmp_path: Path) -> None:
    """A container's limit goes before the machine's, wherever above the process it is set."""
    proc, groups = machine(tmp_path, "0::/box/inner\n"), tmp_path / "groups"
    cgroup(groups / "box", V2, f"{1000 * MIB}\n", 700, "inactive_file")
    cgroup(groups / "box/inner", V2, "max\n", 300, "inactive_file")
    assert read_free_memory(proc, groups) == FreeMemory(1000 * MIB, 400 * MIB)


def test_the_first_version_of_groups_is_read_too(tmp_path: Path) -> None:
    """The controller has a tree of its own there."""
    proc, groups = machine(tmp_path, "5:cpu:/\n4:memory:/box\n0::/\n"), tmp_path / "groups"
    cgroup(groups / "memory/box", V1, f"{2000 * MIB}\n", 500, "total_inactive_file")
    assert read_free_memory(proc, groups) == FreeMemory(2000 * MIB, 1600 * MIB)


def test_without_a_limit_it_is_the_machine(tmp_path: Path) -> None:
    """A group that is limited to more than there is limits nothing."""
    proc, groups = machine(tmp_path, "4:memory:/box\n0::/\n"), tmp_path / "groups"
    cgroup(groups / "memory/box", V1, f"{(1 << 63) - 4096}\n", 500, "total_inactive_file")
    assert read_free_memory(proc, groups) == FreeMemory(8192 * MIB, 6000 * MIB)


def test_a_system_that_does_not_tell_holds_nothing_back(tmp_path: Path) -> None:
    """There is no /proc everywhere."""
    assert read_free_memory(tmp_path / "none", tmp_path) is None


def test_a_tenth_is_left_to_others_but_no_more_than_two_gib() -> None:
    """What was just started counts before the system shows it."""
    small = FreeMemory(1000 * MIB, 500 * MIB)
    assert small.fits(400 * MIB, 0)
    assert not small.fits(401 * MIB, 0)
    assert not small.fits(400 * MIB, 1 * MIB)
    large = FreeMemory(100_000 * MIB, 3000 * MIB)
    assert large.fits(952 * MIB, 0)
    assert not large.fits(953 * MIB, 0)
