"""Runs of a scan: what is missing in the store is computed, by whom and in whatever order."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from importlib.metadata import version
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from physics_lib.data import read_curve
from physics_lib.definitions import shown_name
from physics_lib.experiment import Experiment, load_experiment
from physics_lib.limits import REFERENCE_EXPERIMENT, REFERENCE_LIMIT
from physics_lib.parallel.tasks import Executor, completed, versions
from physics_lib.scan.grid import Builder, Scan, builder
from physics_lib.scan.points import compute
from physics_lib.scan.store import opened


def run(
    scan: Scan,
    path: str | PathLike[str],
    executor: Executor,
    ahead: Callable[[], int],
    build: Builder | None = None,
    progress: Callable[[int, int], None] | None = None,
    provenance: dict[str, Any] | None = None,
) -> dict[str, int]:
    """Compute what the store at `path` lacks; create it if it is not there.

    Parameters
    ----------
    scan : Scan
    path : path
        Folder of the store, by custom with a name in ``.zarr``.
    executor : Executor
        Computes the blocks. The result does not depend on it.
    ahead : callable
        How many blocks are to be under way now.
    build : callable, optional
        Model of a name, α_D and mass ratio, its mass and coupling not used; by default those of
        `models.MODELS`, `own_model.list_models` and YAML files.
    progress : callable, optional
        Called with the number of points done and of all, at the start and after each block.
    provenance : dict, optional
        Further attributes of a new store.

    Returns
    -------
    dict of str to int
        Number of points by what became of them.

    Raises
    ------
    ValueError
        For a scan or a store that is not in order, before anything is computed.
    RuntimeError
        If a block fails again and again; all others that were done are kept.
    """
    build = builder(scan.models) if build is None else build
    worlds = scan.worlds()
    scan.check_models(build, worlds)
    record = {"scan": description(scan, worlds, build), "provenance": provenance or {}}
    with opened(Path(path), scan, record) as store:
        missing = store.missing()
        done = scan.points - sum(_size(scan, place) for place in missing)
        if progress is not None:
            progress(done, scan.points)
        tasks = scan.todo(missing, build, worlds)
        for place, columns in completed(executor, compute, tasks, ahead):
            store.write(place, columns)
            done += _size(scan, place)
            if progress is not None:
                progress(done, scan.points)
        return store.counts()


def description(scan: Scan, worlds: dict[str, Experiment], build: Builder) -> dict[str, Any]:
    """All that the numbers of a scan depend on, as JSON has it."""
    axes = {
        name: list(values) if isinstance(values, tuple) else _digest(values.tolist())
        for name, values in scan.axes.items()
    }
    models = {shown_name(name): repr(build(name, 0.1, 3.0)) for name in scan.models}
    inputs = {
        f"experiment {shown_name(name)}": _digest(asdict(world)) for name, world in worlds.items()
    }
    inputs |= {f"model {name}": _digest(text) for name, text in models.items()}
    if scan.choices.quantity == "limit":
        reference = load_experiment(REFERENCE_EXPERIMENT)
        inputs[f"reference {REFERENCE_EXPERIMENT}"] = _digest(asdict(reference))
        published = read_curve(REFERENCE_LIMIT)
        points = [published.mass_GeV.tolist(), published.upper_limit.tolist()]
        inputs[f"limit {REFERENCE_LIMIT}"] = _digest(points)
    return {
        "choices": asdict(scan.choices),
        "axes": axes,
        "inputs_sha256": inputs,
        "versions": versions() | {"zarr": version("zarr")},
    }


def _digest(content: Any) -> str:
    """SHA-256 of what JSON makes of something."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _size(scan: Scan, place: tuple[int, ...]) -> int:
    """Points of a block."""
    return int(np.prod([part.stop - part.start for part in scan.region(place)]))
