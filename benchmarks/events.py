"""Events: how fast they are drawn and written, and whether a million of them fit the integrals."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy.integrate import cumulative_simpson
from scipy.stats import kstest

from benchmarks.timing import Row, timed
from physics_lib.constants import ELECTRON_MASS
from physics_lib.events.lhe import write_events
from physics_lib.events.library import write_library
from physics_lib.events.sample import radiative_events
from physics_lib.events.sampler import Sampler
from physics_lib.events.target import ThickTarget, thick_target_events
from physics_lib.experiment import load_experiment
from physics_lib.models import DarkPhoton, Invisible
from physics_lib.production import radiative
from physics_lib.production.form_factor import LEAD_NUCLEUS

MILLION = 1_000_000


def events() -> Iterator[Row]:
    """Unweighted events with full kinematics on one core, and their files."""
    for energy, mass in ((100.0, 1e-3), (100.0, 0.1), (4.0, 0.3)):
        seconds, sampler = timed(lambda e=energy, m=mass: Sampler.at(e, m, LEAD_NUCLEUS), 3)
        yield f"set-up of {energy:g} GeV, {mass:g} GeV", seconds, f"{sampler.bounds.size} cells"
        seconds, sample = timed(
            lambda e=energy, m=mass: radiative_events(e, m, LEAD_NUCLEUS, MILLION), 1
        )
        remark = f"{MILLION / seconds:.2g}/s with set-up; {agreement(sample, energy, mass)}"
        yield "radiation at this energy, per event", seconds / MILLION, remark
    seconds, target = timed(lambda: ThickTarget.of(load_experiment("na64e-2018"), 30.0))
    yield "shower of the thick target, by plate", seconds, ""
    for name, model in (("ε", DarkPhoton(0.1, 1e-4)), ("Z′", Invisible(0.25, 1e-3))):
        seconds, sample = timed(lambda m=model: thick_target_events(m, target, MILLION), 1)
        remark = f"{MILLION / seconds:.2g}/s with set-up, {np.mean(sample.resonant):.1%} resonant"
        remark += f", overweight {sample.overweight:.0e}"
        yield f"thick target, {name}, per event", seconds / MILLION, remark
    with tempfile.TemporaryDirectory() as name:
        few = thick_target_events(Invisible(0.25, 1e-3), target, 20_000)
        seconds, _ = timed(lambda: write_events(Path(name) / "a.lhe.gz", few))
        yield "writing .lhe.gz, per event", seconds / len(few), ""
        start = time.perf_counter()
        grid = np.geomspace(4.0, 100.0, 25)
        write_library(Path(name) / "library", 0.1, grid, LEAD_NUCLEUS, 10_000)
        remark = "25 energies, 10000 events each"
        yield "vertex library for G4DarkBreM", time.perf_counter() - start, remark


def agreement(sample, energy: float, mass: float) -> str:
    """Return the KS probability of ln x/(1−x) against dσ/dx, and the overweight share."""
    ends = np.log(mass / (energy - mass)), np.log((energy - ELECTRON_MASS) / ELECTRON_MASS)
    logit = np.linspace(*ends, 4001)
    y = 1.0 / (1.0 + np.exp(logit))
    density = y * (1.0 - y) * radiative.spectrum(energy, mass, y, LEAD_NUCLEUS)
    below = cumulative_simpson(density, x=logit, initial=0.0)
    found = kstest(
        np.log(energy / sample.left - 1.0), lambda v: np.interp(v, logit, below / below[-1])
    )
    return f"KS p = {found.pvalue:.2g}, overweight {sample.overweight:.0e}"
