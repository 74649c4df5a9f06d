"""Measure the library and the obvious alternative in one run, and print a table.

Times are medians of several warm runs on the machine at hand. They are there to be compared
with each other, not with those of another machine.
"""

import argparse
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from scipy.integrate import quad

from benchmarks.events import events
from benchmarks.nested_quadrature import NestedQuadrature, plain
from benchmarks.scan import scan
from benchmarks.timing import Row, timed
from physics_lib.claims import recompute
from physics_lib.constants import MUON_MASS, TAU_MASS
from physics_lib.experiment import load_experiment
from physics_lib.limits import ratio_limit
from physics_lib.materials import LEAD, NA64_ECAL
from physics_lib.mixing import loop_difference
from physics_lib.models import Invisible, Vanilla
from physics_lib.production import radiative
from physics_lib.production.amplitude import averaged_amplitude
from physics_lib.production.emission import radiation
from physics_lib.production.form_factor import LEAD_NUCLEUS
from physics_lib.production.table import tabulate
from physics_lib.shower.cascade import track_length
from physics_lib.shower.montecarlo import simulate
from physics_lib.simulated_efficiency import signal_events
from physics_lib.yields import Search

WIDTH = 52
"""Width of the first column."""


def furthest(ours, other) -> float:
    """Return the largest relative difference."""
    return float(np.max(np.abs(np.asarray(ours) / np.asarray(other) - 1.0)))


def mixing() -> Iterator[Row]:
    """Real part of the loop, closed form against quadrature of the Feynman integral."""
    q2, leptons = np.linspace(-5.0, 20.0, 400), (MUON_MASS, TAU_MASS)

    def by_quadrature(value: float) -> float:
        def integrand(x: float) -> float:
            w = x * (1.0 - x)
            muon, tau = (m * m - w * value for m in leptons)
            return 2.0 * w * np.log(abs(tau / muon))

        ends = [0.5 - np.sqrt(0.25 - m * m / value) for m in leptons if value > 4.0 * m * m]
        return quad(integrand, 0.0, 0.5, points=ends or None, epsabs=1e-10, epsrel=1e-8)[0]

    once, _ = timed(lambda: loop_difference(0.3), 100)
    many, ours = timed(lambda: loop_difference(q2), 100)
    slow, other = timed(lambda: [by_quadrature(value) for value in q2], 3)
    difference = np.max(np.abs(ours.real - np.array(other)))
    yield "closed form, one point a call", once, ""
    yield f"closed form, per point of {q2.size}", many / q2.size, ""
    yield "scipy quad, per point", slow / q2.size, f"differs by {difference:.0e} at most"


def cascade() -> Iterator[Row]:
    """Time and error of the track lengths from 0.5 to 95 GeV against the number of pivots."""
    edges = np.array([0.5, 1.0, 5.0, 20.0, 50.0, 80.0, 95.0])
    for target, finest, counts in ((LEAD, 300, (60, 80, 120)), (NA64_ECAL, 200, (60, 80, 120))):
        reference = track_length("e-", 100.0, target, edges=edges, pivots=finest)
        for pivots in counts:
            seconds, found = timed(
                lambda target=target, pivots=pivots: track_length(
                    "e-", 100.0, target, edges=edges, pivots=pivots
                ),
                3,
            )
            minus = furthest(found.minus, reference.minus)
            plus = furthest(found.plus, reference.plus)
            remark = f"T₋, T₊ within {minus:.0e}, {plus:.0e} of those with {finest} pivots"
            yield f"{target.name}, {pivots} pivots", seconds, remark


def montecarlo() -> Iterator[Row]:
    """Showers of 100 GeV electrons in the ECAL: time per shower, by what it depends on."""

    def per_shower(remark: str = "", showers: int = 20_000, **changes) -> tuple[float, str]:
        settings = {"threshold": 1.0, "energy": 100.0, "target": NA64_ECAL} | changes
        seconds, _ = timed(lambda: simulate("e-", showers=showers, seed=1, **settings), 3)
        return seconds / showers, remark or f"{showers / seconds:.0f} showers/s"

    yield "above 1 GeV, one core", *per_shower()
    yield "the same, two threads", *per_shower(showers=60_000, workers=2)
    for threshold in (0.5, 2.0, 10.0):
        yield f"above {threshold:g} GeV", *per_shower(threshold=threshold)
    for energy in (20.0, 500.0):
        yield f"beam of {energy:g} GeV", *per_shower(showers=5_000, energy=energy)
    for bins in (10, 2000):
        yield f"{bins} bins", *per_shower(edges=np.linspace(1.0, 100.0, bins + 1))
    for layers in (15, 50, 300):
        target = replace(NA64_ECAL, repetitions=layers)
        yield f"{layers} layers", *per_shower(target=target)
    for showers in (2_500, 100_000):
        yield f"run of {showers} showers", *per_shower(showers=showers)
    yield "steps of 0.5 mm at most", *per_shower(showers=5_000, step_length=0.05)
    yield "GEANT4 11.4 as recorded, above 1 GeV, one core", 1.0 / 201.0, "201 showers/s"
    yield "GEANT4 11.4 as recorded, above 10 GeV", 1.0 / 2590.0, "2590 showers/s"
    seconds = plain_python(showers=3)
    yield "this code without compilation", seconds, f"{1.0 / seconds:.2g} showers/s"


def plain_python(showers: int) -> float:
    """Seconds per shower of the Monte Carlo as plain Python."""
    program = (
        "import time\n"
        "from physics_lib.materials import NA64_ECAL\n"
        "from physics_lib.shower.montecarlo import simulate\n"
        "def run(n): simulate('e-', 100.0, NA64_ECAL, n, seed=1, threshold=1.0)\n"
        "run(1)\n"
        "start = time.perf_counter()\n"
        f"run({showers})\n"
        "print(time.perf_counter() - start)\n"
    )
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-c", program]
    run = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return float(run.stdout) / showers


def precision() -> Iterator[Row]:
    """Time for T₊ above 50 GeV in the ECAL to a given precision, from the two solvers."""
    edges = np.array([50.0, 100.0])
    exact = track_length("e-", 100.0, NA64_ECAL, 5.0, edges, pivots=250).plus[0, 0]
    for pivots in (30, 60, 120):
        seconds, found = timed(
            lambda n=pivots: track_length("e-", 100.0, NA64_ECAL, 5.0, edges, pivots=n), 3
        )
        error = abs(found.plus[0, 0] / exact - 1.0)
        yield f"cascade, {pivots} pivots", seconds, f"off by {error:.0e}"
    for showers in (10_000, 100_000):
        seconds, found = timed(
            lambda n=showers: simulate("e-", 100.0, NA64_ECAL, n, 1, 5.0, edges), 1
        )
        error = found.plus_error[0, 0] / found.plus[0, 0]
        yield f"Monte Carlo, {showers} showers", seconds, f"statistical error {error:.0e}"


def production() -> Iterator[Row]:
    """Radiation off lead at 100 GeV: the library's fixed rules against nested quadrature."""
    energy, mass = 100.0, 0.1
    remainder = np.array([0.5, 0.1, 0.01, 1e-3])
    amplitudes = {"compiled": averaged_amplitude, "plain Python": plain(averaged_amplitude)}
    seconds, ours = timed(lambda: radiative.spectrum(energy, mass, remainder, LEAD_NUCLEUS), 20)
    yield "dσ/dx, this library, per point", seconds / remainder.size, ""
    for name, function in amplitudes.items():
        nested = NestedQuadrature(energy, mass, function, 1e-4)
        seconds, other = timed(lambda n=nested: [n.spectrum(y) for y in remainder], 3)
        remark = f"differs by {furthest(ours, other):.0e} at most"
        yield f"dσ/dx, nested quad, {name} amplitude", seconds / remainder.size, remark
    grid = np.geomspace(5.0, 100.0, 200)[:, None], np.geomspace(1e-6, 0.95, 200)
    seconds, exact = timed(lambda: radiative.spectrum(grid[0], mass, grid[1], LEAD_NUCLEUS), 3)
    yield "dσ/dx for 200 energies × 200 x, every point", seconds, ""
    seconds, table = timed(lambda: tabulate(mass, LEAD_NUCLEUS, (5.0, 100.0)), 5)
    yield "the same by interpolation: building", seconds, ""
    seconds, other = timed(lambda: table(*grid), 5)
    seen = exact > 1e-6 * exact.max()
    remark = f"differs by {furthest(exact[seen], other[seen]):.0e} at most"
    yield "the same by interpolation: evaluating", seconds, remark
    seconds, ours = timed(lambda: radiative.sigma(energy, mass, LEAD_NUCLEUS), 20)
    yield "σ, this library", seconds, ""
    nested = NestedQuadrature(energy, mass, averaged_amplitude, 1e-3)
    seconds, other = timed(nested.sigma, 1, warm=False)
    yield "σ, nested quad, compiled amplitude", seconds, f"differs by {furthest(ours, other):.0e}"


def signal() -> Iterator[Row]:
    """Signal showers with all cuts, and what the claims of the paper take."""
    experiment = load_experiment("na64e-2018")
    for mass in (0.003, 0.3):
        emission = radiation(mass, experiment.energy_GeV)
        seconds, _ = timed(lambda one=emission: signal_events(experiment, one, 4000, 1), 1)
        remark = f"{4000 / seconds:.2g} showers/s on two threads"
        yield f"radiation of {1e3 * mass:g} MeV, per shower", seconds / 4000, remark
    seconds, found = timed(recompute, 1, warm=False)
    yield "all claims of the paper", seconds, f"{len(found)} claims"


def limit() -> Iterator[Row]:
    """The curve of Fig. 7 with 200 masses."""
    mass = np.geomspace(1e-3, 0.6, 200)
    experiment = load_experiment("na64e-2018")
    seconds, _ = timed(lambda: Search.of(experiment), 3)
    yield "shower of the search", seconds, ""

    def first() -> Search:
        search = Search.of(experiment)
        ratio_limit(Invisible(mass, 1e-3), search)
        return search

    seconds, search = timed(first, 3)
    yield "first limit, 200 masses, with the shower", seconds, ""
    seconds, _ = timed(lambda: ratio_limit(Vanilla(mass, 1e-3), search), 3)
    yield "another scenario, same search", seconds, ""
    few = mass[::40]
    radiated = search.radiative_yield(few)
    seconds, alone = timed(lambda: [search._radiative_at(m) for m in few], 3)
    remark = f"200 of them: {40 * seconds:.2g} s; knots differ by {furthest(radiated, alone):.0e}"
    yield "radiated events without knots, per mass", seconds / few.size, remark


def start() -> Iterator[Row]:
    """The command line, start of Python and imports included."""
    bare, _ = timed(lambda: subprocess.run([sys.executable, "-c", ""], check=True))
    yield "python alone", bare, ""
    for arguments in ("mixing --q2 0", "limit --model invisible --masses 0.001:0.6:200"):
        command = [sys.executable, "-m", "physics_lib", *arguments.split()]
        seconds, _ = timed(
            lambda command=command: subprocess.run(command, check=True, capture_output=True), 3
        )
        yield f"na64e {arguments}", seconds, ""


BENCHMARKS = {
    f.__name__: f
    for f in (
        *(mixing, cascade, montecarlo, precision, production, events),
        *(signal, limit, scan, start),
    )
}


def main() -> None:
    """Run what was asked for; print each row as soon as it is known."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", choices=BENCHMARKS, metavar="NAME", help=", ".join(BENCHMARKS))
    only = parser.parse_args().only
    for name, rows in BENCHMARKS.items():
        if only in (None, name):
            print(f"\n| {name:{WIDTH}} | {'ms':>8} | remark |")
            print(f"|{'-' * (WIDTH + 2)}|{'-' * 9}:|{'-' * 8}|")
            for what, seconds, remark in rows():
                print(f"| {what:{WIDTH}} | {1e3 * seconds:8.3g} | {remark} |", flush=True)


if __name__ == "__main__":
    main()
