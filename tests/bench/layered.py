"""A graph of trivial tasks in layers, as each program that can run one reads it.

Each task prints a word, and needs two of the layer before it. Programs whose tasks are files get
one written for each, which is what they are made for; `wf` keeps what its tasks print.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

__all__ = [
    "Node",
    "layered",
    "write_luigi",
    "write_makefile",
    "write_ninja",
    "write_plan",
    "write_prefect",
    "write_snakefile",
]


@dataclass(frozen=True)
class Node:
    """A task, and the tasks that it needs."""

    name: str
    layer: int
    parents: tuple[str, ...]


def layered(count: int, layers: int = 10) -> list[Node]:
    """Return so many tasks in so many layers, each with two parents in the layer before."""
    width = max(1, count // layers)
    return [
        Node(f"t{layer}-{at}", layer, tuple(_parents(layer, at, width)))
        for layer in range(layers)
        for at in range(width)
    ]


def _parents(layer: int, at: int, width: int) -> Iterator[str]:
    if layer:
        yield from sorted({f"t{layer - 1}-{at}", f"t{layer - 1}-{(at + 1) % width}"})


def write_plan(folder: Path, nodes: Sequence[Node], run: str = "echo {}") -> Path:
    """Write a plan of wf: a phase for each layer, of which none waits for another as a whole.

    `run` is the command of a task, in which `{}` stands for its name.
    """
    phases = [
        {
            "name": f"layer {layer}",
            "parallel": True,
            "tasks": [_plan_task(node, run) for node in nodes if node.layer == layer],
        }
        for layer in sorted({node.layer for node in nodes})
    ]
    return _written(
        folder / "plan.json", json.dumps({"goal": "print a word each", "phases": phases})
    )


def _plan_task(node: Node, run: str) -> dict[str, object]:
    needs = {"depends_on_results": list(node.parents)} if node.parents else {}
    return {"id": node.name, "mode": "read_only", "run": run.format(node.name), **needs}


def write_ninja(folder: Path, nodes: Sequence[Node]) -> Path:
    """Write a file of ninja."""
    rules = [f"build {node.name}: word {' '.join(node.parents)}\n" for node in nodes]
    return _written(
        folder / "build.ninja", "".join(["rule word\n  command = echo $out > $out\n\n", *rules])
    )


def write_makefile(folder: Path, nodes: Sequence[Node]) -> Path:
    """Write a file of make."""
    every = " ".join(node.name for node in nodes)
    rules = [f"{node.name}: {' '.join(node.parents)}\n\t@echo $@ > $@\n" for node in nodes]
    return _written(folder / "Makefile", "".join([f"all: {every}\n", *rules]))


def write_snakefile(folder: Path, nodes: Sequence[Node]) -> Path:
    """Write a file of snakemake, a rule for each task, as a plan has them."""
    every = ", ".join(f'"{node.name}"' for node in nodes)
    rules = [
        f"rule {node.name.replace('-', '_')}:\n    input: {list(node.parents)}\n"
        f'    output: "{node.name}"\n    shell: "echo {node.name} > {{output}}"\n'
        for node in nodes
    ]
    return _written(folder / "Snakefile", "".join([f"rule all:\n    input: {every}\n", *rules]))


_LUIGI = """
import json, subprocess
import luigi

PARENTS = json.load(open("graph.json"))


class Word(luigi.Task):
    name = luigi.Parameter()

    def requires(self):
        return [Word(name=parent) for parent in PARENTS[self.name]]

    def output(self):
        return luigi.LocalTarget(self.name)

    def run(self):
        subprocess.run(["sh", "-c", f"echo {self.name} > {self.name}"], check=True)


class Every(luigi.WrapperTask):
    def requires(self):
        return [Word(name=name) for name in PARENTS]
"""


def write_luigi(folder: Path, nodes: Sequence[Node]) -> Path:
    """Write a module of luigi, and the graph that it reads."""
    _graph(folder, nodes)
    return _written(folder / "words.py", _LUIGI)


_PREFECT = """
import json, subprocess
from prefect import flow, task
from prefect.task_runners import ThreadPoolTaskRunner

PARENTS = json.load(open("graph.json"))


@task
def word(name, parents):
    subprocess.run(["sh", "-c", f"echo {name} > {name}"], check=True)
    return name


@flow(task_runner=ThreadPoolTaskRunner(max_workers=8), log_prints=False)
def every():
    futures = {}
    for name, parents in PARENTS.items():
        futures[name] = word.submit(name, [futures[parent] for parent in parents])
    for future in futures.values():
        future.result()


every()
"""


def write_prefect(folder: Path, nodes: Sequence[Node]) -> Path:
    """Write a flow of prefect, and the graph that it reads."""
    _graph(folder, nodes)
    return _written(folder / "flow.py", _PREFECT)


def _graph(folder: Path, nodes: Sequence[Node]) -> None:
    _written(folder / "graph.json", json.dumps({node.name: node.parents for node in nodes}))


def _written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8")
    return path
