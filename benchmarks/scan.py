"""Scans: points a second against a loop over the points, and what limits many workers."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.timing import Row, timed
from physics_lib.cli.cluster import cluster
from physics_lib.experiment import load_experiment
from physics_lib.materials import NA64_ECAL
from physics_lib.models import Invisible
from physics_lib.parallel.tasks import completed
from physics_lib.parallel.workers import Processes
from physics_lib.scan import points
from physics_lib.scan.grid import Choices, Scan, builder
from physics_lib.scan.run import run
from physics_lib.scan.store import opened
from physics_lib.shower.checkpoint import Keeper, Progress
from physics_lib.shower.montecarlo import simulate
from physics_lib.yields import Search


def scan() -> Iterator[Row]:
    """A million yields, and the parts of a scan that do not shrink with more workers."""
    grid = _grid(1000)
    found = {}
    for workers in (1, 2):
        seconds, found[workers] = timed(lambda n=workers: _filled(grid, n), 1, warm=False)
        rate = f"{grid.points / seconds:.3g} points/s, start of the processes included"
        yield f"10⁶ yields, worker processes: {workers}", seconds, rate
    assert np.array_equal(found[1], found[2])
    search = Search.of(load_experiment("na64e-2018"))
    chosen = np.random.default_rng(1).integers(0, 1000, (200, 2))

    def loop() -> list[float]:
        couples = ((grid.mass[m], grid.coupling[g]) for g, m in chosen)
        return [float(search.signal_yield(Invisible(m, g))[1]) for m, g in couples]

    seconds, single = timed(loop, 3)
    difference = np.max(np.abs(found[1][tuple(chosen.T)] / single - 1.0))
    remark = f"{chosen.shape[0] / seconds:.3g} points/s, differs by {difference:.0e} at most"
    yield "yields in a loop over the points, per 10⁶", seconds / 200 * 1e6, remark
    yield from _coordinator(grid)


def _grid(couplings: int) -> Scan:
    """A scan of a thousand masses and some couplings."""
    return Scan(
        Choices("yield"),
        ("invisible",),
        ("na64e-2018",),
        mass=np.geomspace(1e-3, 0.6, 1000),
        alpha_d=np.array([0.1]),
        mass_ratio=np.array([3.0]),
        coupling=np.geomspace(1e-5, 1e-2, couplings),
    )


def _filled(grid: Scan, workers: int) -> np.ndarray:
    """Resonant events of a whole scan."""
    import zarr

    pool = Processes(workers)
    try:
        with tempfile.TemporaryDirectory() as name:
            path = Path(name) / "scan.zarr"
            run(grid, path, pool, lambda: 2 * workers)
            return zarr.open_array(path / "n_resonant", mode="r")[0, 0, 0, 0]
    finally:
        pool.close()


def _coordinator(grid: Scan) -> Iterator[Row]:
    """What the process in the middle does for a block and for a chunk."""
    worlds = grid.worlds()
    ((block,),) = grid.todo([(0,) * 6], builder(grid.models), worlds)
    points.compute(block)
    start = time.perf_counter()
    place, columns = points.compute(block)
    yield f"a block of {np.prod(block.shape)} yields", time.perf_counter() - start, "in a worker"
    with tempfile.TemporaryDirectory() as name, opened(Path(name) / "s", grid, {"scan": 0}) as s:
        seconds, _ = timed(lambda: s.write(place, columns), 20)
    yield "the block written to the store", seconds, "in the process that coordinates"
    pool = Processes(1)
    try:
        many = iter([(i,) for i in range(500)])
        start = time.perf_counter()
        list(completed(pool, abs, many, lambda: 2))
        seconds = (time.perf_counter() - start) / 500
    finally:
        pool.close()
    yield "a task of no content, sent and received", seconds, "one process, its start included"
    yield "the same over Dask", _over_dask(1000), "two worker processes"
    chunk = 2500
    seconds, _ = timed(
        lambda: simulate("e-", 100.0, NA64_ECAL, chunk, 1, threshold=1.0, chunk=chunk), 3
    )
    yield f"a chunk of {chunk} showers", seconds, f"{chunk / seconds:.4g} showers/s in a worker"
    for workers in (1, 2):
        many = 100_000 * workers
        seconds, _ = timed(
            lambda n=workers, many=many: simulate(
                "e-", 100.0, NA64_ECAL, many, 1, threshold=1.0, workers=n
            ),
            3,
        )
        yield f"{many} showers, threads: {workers}", seconds, f"{many / seconds:.4g} showers/s"
    with tempfile.TemporaryDirectory() as name:
        keep = Keeper(Path(name) / "c", "", Progress(0, np.zeros(2701), {}))
        start = time.perf_counter()
        for index in range(2000):
            keep.add(index, np.ones(2701))
        seconds = (time.perf_counter() - start) / 2000
    yield "the chunk merged, checkpoint included", seconds, "in the process that coordinates"


def _over_dask(tasks: int) -> float:
    """Seconds that a task of no content takes over Dask."""
    from distributed import LocalCluster

    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as local,
        cluster(local.scheduler_address) as executor,
    ):
        list(completed(executor, abs, iter([(1,)]), executor.ahead))
        many = iter([(i,) for i in range(tasks)])
        start = time.perf_counter()
        list(completed(executor, abs, many, lambda: 100))
        return (time.perf_counter() - start) / tasks
