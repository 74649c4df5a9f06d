"""Monte Carlo of the electromagnetic shower through the real plates: T_±(E) with fluctuations.

The same physics as `cascade`, particle by particle. Showers are simulated in chunks; the random
numbers of a chunk depend on the seed and on the number of the chunk alone, and chunks are merged
in order, so that the result does not depend on who does them, or when.

The path of a step is scored at the energies that the particle has along it (``pre``: hard losses
are at the end of a step), or, as a simulation may choose, at the mean of the energies before and
after the step, with the hard loss at its end (``mid``). A step ends at an interaction, at the end
of a plate or after the largest length; ``mid`` depends on all three, also on how soft a photon
must be to be no interaction, ``pre`` on none.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.checks import HIGHEST_SEED, in_range, one_of, whole
from physics_lib.materials import Material, Stack, target_of
from physics_lib.parallel.tasks import Executor, completed
from physics_lib.shower import checkpoint as checkpoints
from physics_lib.shower.cascade import BEAMS, ENERGY_RANGE
from physics_lib.shower.chunks import Job, Problem, prepared, run_chunks
from physics_lib.shower.track_length import TrackLength

Real = NDArray[np.float64]

SAMPLINGS = ("pre", "mid")
"""Ways to score a step."""
PHOTON_SHARE = 0.01
"""Share of a lepton's energy below which radiated photons are a continuous loss."""
CHUNK = 2500
"""Showers of a chunk."""

_BINS = 200
# Chunks that may be done while the one that is merged next is not: so many sums are in memory.
_FURTHEST = 5000
# Chunks of a task at most: about a second's work, or a scheduler would be busier than its workers.
_TOGETHER = 16


def _checked_target(target: Material | Stack) -> None:
    """Refuse a stack without plates, or with plates that have no thickness."""
    if isinstance(target, Stack):
        whole("repetitions", target.repetitions, 1, 10**6)
        whole("plates of a cell", len(target.cell), 1, 10**4)
        for material, thickness in target.cell:
            in_range(f"thickness of {material.name}", thickness, 1e-4, 1e6, "cm")
    elif not isinstance(target, Material):
        raise ValueError(f"target = {target!r}: allowed a Stack or a Material")


def _checked_edges(edges: ArrayLike | None, energy: float, threshold: float) -> tuple[float, ...]:
    """Edges of the bins, by default equal ones from the threshold to the beam energy."""
    if edges is None:
        edges = np.linspace(threshold, energy, _BINS + 1)
    values = in_range("edges", edges, 0.0, ENERGY_RANGE[1], "GeV")
    if values.ndim != 1 or len(values) < 2 or not np.all(np.diff(values) > 0.0):
        raise ValueError("edges: at least two increasing energies are needed")
    return tuple(values.tolist())


@contextmanager
def _executor(workers: int, executor: Executor | None) -> Iterator[Executor]:
    """The executor given, or threads that end with the block."""
    if executor is not None:
        yield executor
        return
    pool = ThreadPoolExecutor(workers)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def simulate(
    beam: str,
    energy: float,
    target: Material | Stack | str,
    showers: int,
    seed: int,
    threshold: float = 0.5,
    edges: ArrayLike | None = None,
    sampling: str = "pre",
    step_length: float = np.inf,
    workers: int = 1,
    checkpoint: str | PathLike[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
    chunk: int = CHUNK,
    executor: Executor | None = None,
    photon_share: float = PHOTON_SHARE,
) -> TrackLength:
    """T_±(E) of simulated showers, with statistical errors.

    Parameters
    ----------
    beam : str
        ``e-``, ``e+`` or ``gamma``
    energy : float
        Beam energy E₀ [GeV], 0.2 to 1e5.
    target : Material, Stack or str
        A text as for `materials.target_of`.
        A stack of plates, or a block without end.
    showers : int
        Number of showers.
    seed : int
        Seed of the random numbers.
    threshold : float
        Lowest energy [GeV] of the particles that are followed.
    edges : array_like, optional
        Edges [GeV] of the bins; by default 200 equal ones from the threshold to E₀.
    sampling : str
        ``pre`` or ``mid``, see above.
    step_length : float
        Largest step [cm].
    workers : int
        Threads; with an `executor` that does not say how many chunks it has use for (by a method
        `ahead`), a quarter of those that are under way at any time. The result does not depend
        on it.
    checkpoint : path, optional
        File that holds the chunks that are done. If it exists, the run goes on from there. It
        is written so rarely that it takes less than a hundredth of the time.
    progress : callable, optional
        Called with the number of showers done and `showers` after each chunk.
    chunk : int
        Showers of a chunk; part of what defines the random numbers.
    executor : optional
        Runs the chunks instead of threads: anything with `submit` that returns futures with
        `add_done_callback`, such as a client of Dask.
    photon_share : float
        Radiated photons are a continuous loss below this share of the lepton's energy, and of its
        distance from the beam energy plus a hundredth of it.

    Returns
    -------
    TrackLength

    Raises
    ------
    ValueError
        For arguments out of range, and for a checkpoint that is damaged or of another run.
    RuntimeError
        If a chunk fails again and again, be it that the workers that do it are lost.
    """
    one_of("beam", beam, BEAMS)
    one_of("sampling", sampling, SAMPLINGS)
    in_range("energy", energy, *ENERGY_RANGE, "GeV", open_high=True)
    in_range("threshold", threshold, 0.05, 0.5 * energy, "GeV")
    in_range("step_length", step_length, 1e-4, np.inf, "cm")
    workers = whole("workers", workers, 1, 1024)
    in_range("photon_share", photon_share, 1e-5, 0.1)
    target = target_of(target) if isinstance(target, str) else target
    _checked_target(target)
    problem = Problem(
        beam=beam,
        energy=float(energy),
        target=target,
        threshold=float(threshold),
        edges=_checked_edges(edges, energy, threshold),
        sampling=sampling,
        step_length=float(step_length),
        photon_share=float(photon_share),
    )
    job = Job(
        problem,
        showers=whole("showers", showers, 1, 10**12),
        seed=whole("seed", seed, 0, HIGHEST_SEED),
        chunk=whole("chunk", chunk, 1, 10**9),
    )
    path = None if checkpoint is None else Path(checkpoint)
    sums = _summed(job, path, workers, executor, progress)
    return _track_length(problem, sums, job.showers)


def _summed(
    job: Job,
    path: Path | None,
    workers: int,
    executor: Executor | None,
    progress: Callable[[int, int], None] | None,
) -> Real:
    """Sums over all showers of a job; arguments as for `simulate`."""
    state = checkpoints.start(path, job.fingerprint, job.problem.size, job.chunks)
    done = sum(job.size(index) for index in state.waiting)
    done += min(state.merged * job.chunk, job.showers)
    prepared(job.problem)
    with (
        checkpoints.keeper(path, job.fingerprint, state) as keep,
        _executor(workers, executor) as runner,
    ):
        ahead = getattr(runner, "ahead", lambda: 4 * workers)
        # Of threads each chunk is a task: they cost nothing, and what runs must end for Ctrl-C.
        together = 1 if executor is None else max(1, job.chunks // (8 * max(1, ahead())))
        tasks = _tasks(job, keep, min(together, _TOGETHER))
        for results in completed(runner, run_chunks, tasks, ahead):
            for index, sums in results:
                keep.add(index, sums)
                done += job.size(index)
                if progress is not None:
                    progress(done, job.showers)
    return keep.state.sums


def _tasks(
    job: Job, keep: checkpoints.Keeper, together: int
) -> Iterator[tuple[Problem, int, tuple[tuple[int, int], ...]] | None]:
    """Chunks that are not done, so many `together` in a task.

    None where too many would wait for one before them.
    """
    group: list[tuple[int, int]] = []
    for index in range(keep.state.merged, job.chunks):
        while index > keep.state.merged + _FURTHEST:
            yield (job.problem, job.seed, tuple(group)) if group else None
            group = []
        if keep.state.lacks(index):
            group.append((index, job.size(index)))
        if len(group) == together or (group and index == job.chunks - 1):
            yield job.problem, job.seed, tuple(group)
            group = []


def _track_length(problem: Problem, sums: Real, showers: int) -> TrackLength:
    """Means, and their errors from the fluctuation between showers."""
    count = int(np.prod(problem.shape))
    mean = sums[:count].reshape(problem.shape) / showers
    square = sums[count : 2 * count].reshape(problem.shape) / showers
    error = np.sqrt(np.maximum(square - mean * mean, 0.0) / max(showers - 1, 1))
    width = np.diff(problem.edges)
    minus, plus, gamma = mean / width
    return TrackLength(
        beam=problem.beam,
        energy=problem.energy,
        materials=tuple(material.name for material in problem.materials),
        edges=np.array(problem.edges),
        minus=minus,
        plus=plus,
        gamma=gamma,
        minus_error=error[0] / width,
        plus_error=error[1] / width,
        deposit=sums[2 * count : -1] / showers,
    )
