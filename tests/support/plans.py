"""Plans in YAML that many tests run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.run_harness import RunHarness


def parallel_plan(*tasks: str, before: str = "", policy: str = "") -> str:
    """Return a plan of one parallel phase."""
    lines = "\n".join(f"  - {{{task}}}" for task in tasks)
    head = f"goal: g\n{before}\ndefaults: {{backoff_secs: 0, max_attempts: 1}}\n"
    return f"{head}phases:\n- name: p\n  parallel: true\n{policy}  tasks:\n{lines}\n"


RACE = "scopes: race"


WRITES = "mode: read_write"


def overtaken_plan(harness: RunHarness, gate: str, *, times: int = 1, more: str = "") -> str:
    """Return a plan in which others have merged, each time, when the work of `t` is to be merged.

    So it is merged with theirs, the first `times` times; nothing conflicts. All have the gate.
    """
    seen = harness.folder / "seen"
    seen.mkdir()
    branch = f"git --git-dir={harness.project.paths.run(harness.run).control} rev-parse HEAD"
    moved = f'until [ "$({branch})" != "$(git rev-parse wf-base)" ]; do sleep 0.02; done'
    overtaken = f"n=$(ls {seen} | wc -l); mkdir {seen}/$n; [ $n -ge {times} ] || {{ {moved}; }}"
    work = f"{overtaken}; echo mine > t.txt"
    tasks = [f"id: t, run: '{work}', {WRITES}{more}"]
    for number in range(times):
        wait = f"until test -d {seen}/{number}; do sleep 0.02; done"
        tasks.append(f"id: o{number}, run: '{wait}; echo {number} > o{number}.txt', {WRITES}")
    return parallel_plan(*tasks, before=f"{RACE}\ngate: '{gate}'")


def conflicting_plan(
    harness: RunHarness, *, times: int = 2, more: str = "", write: str = "echo {} > shared.txt"
) -> str:
    """Return a plan in which the work of `t` does not merge, the first `times` times.

    `write` is what each task does, with a word of its own in it.
    """
    seen = harness.folder / "seen"
    seen.mkdir()
    branch = f"git --git-dir={harness.project.paths.run(harness.run).control} rev-parse HEAD"
    moved = f'until [ "$({branch})" != "$(git rev-parse wf-base)" ]; do sleep 0.02; done'
    work = f"n=$(ls {seen} | wc -l); mkdir {seen}/$n; {moved}; {write.format('mine')}"
    tasks = [f"id: t, run: '{work}', {WRITES}{more}"]
    for number in range(times):
        wait = f"until test -d {seen}/{number}; do sleep 0.02; done"
        tasks.append(f"id: o{number}, run: '{wait}; {write.format(number)}', {WRITES}")
    return parallel_plan(*tasks, before=RACE)
