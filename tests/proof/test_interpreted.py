"""Compiled kernels do what their text says: the same numbers when Python executes it.

What the compiler leaves out (bounds of arrays, overflow, division by zero) shows here, and the
measurement of coverage sees the lines of the kernels.
"""

import importlib
import sys
from types import SimpleNamespace

import numba
import numpy as np
import pytest

from physics_lib.constants import ELECTRON_MASS, MUON_MASS

# Overflow is what random numbers are made of.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered in scalar:RuntimeWarning")

# Numbers agree to rounding: the compiled code has other functions for exp, log and powers.
ROUNDING = 1e-9
MODULES = {
    "angular": "production.angular",
    "kernel": "events.kernel",
    "materials": "materials",
    "montecarlo": "shower.montecarlo",
    "radiative": "production.radiative",
    "sampler": "events.sampler",
    "signal": "shower.signal",
    "table": "production.table",
    "nucleus": "production.form_factor",
}


def plain(function=None, **_):
    """Stand in for numba.njit: the function itself."""
    if function is None:
        return plain
    function.py_func = function
    return function


def loaded():
    """Import the modules that hold kernels or call them."""
    return SimpleNamespace(
        **{
            short: importlib.import_module(f"physics_lib.{name}")
            for short, name in MODULES.items()
        }
    )


@pytest.fixture(scope="module")
def compiled():
    return loaded()


@pytest.fixture(scope="module")
def interpreted(compiled):
    """A second copy of the library in which nothing is compiled."""
    mine = {name: sys.modules.pop(name) for name in list(sys.modules) if "physics_lib" in name}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(numba, "njit", plain)
        copy = loaded()
    for name in [name for name in sys.modules if "physics_lib" in name]:
        del sys.modules[name]
    sys.modules.update(mine)
    assert copy.kernel.point is not compiled.kernel.point
    return copy


def same(one, other):
    assert np.asarray(one) == pytest.approx(np.asarray(other), rel=ROUNDING, abs=1e-300)


@pytest.mark.parametrize(
    ("beam", "energy", "showers", "options"),
    [
        ("e-", 20.0, 10, {}),
        ("gamma", 20.0, 10, {}),
        ("e-", 20.0, 10, {"sampling": "mid", "step_length": 0.05}),
        # Annihilation and Compton scattering are a per-mille, less rare at low energy.
        ("e+", 1.0, 300, {"threshold": 0.05}),
        ("gamma", 1.0, 300, {"threshold": 0.05}),
    ],
)
def test_showers(compiled, interpreted, beam, energy, showers, options):
    one, other = (
        lib.montecarlo.simulate(beam, energy, lib.materials.NA64_ECAL, showers, 1, **options)
        for lib in (compiled, interpreted)
    )
    assert np.any(one.minus > 0.0)
    same(one.minus, other.minus)
    same(one.plus, other.plus)


def test_showers_in_a_block_and_behind_a_thin_stack(compiled, interpreted):
    for lib in (compiled, interpreted):
        lib.short = lib.materials.Stack("short", lib.materials.NA64_ECAL.cell, 3)
        lib.both = [
            lib.montecarlo.simulate("e-", 20.0, target, 3, 2, 0.5)
            for target in (lib.materials.LEAD, lib.short)
        ]
    for one, other in zip(compiled.both, interpreted.both, strict=True):
        same(one.minus, other.minus)


@pytest.mark.parametrize("beam", ["e-", "e+"])
def test_signal_showers(compiled, interpreted, beam):
    grid = np.linspace(5.0, 20.0, 4)
    one, other = (
        lib.signal.simulate_signal(
            beam,
            20.0,
            lib.materials.Stack("short", lib.materials.NA64_ECAL.cell, 12),
            lib.signal.Emission(
                "lead", grid, 0.1 * grid, 0.3 * grid, np.tile([-2.0, 3.0], (4, 1))
            ),
            showers=20,
            seed=1,
            threshold=0.1,
            cells=[2, 4],
            deep_threshold=0.5,
        )
        for lib in (compiled, interpreted)
    )
    for name in (
        "weight",
        "vertex_energy",
        "missing_energy",
        "vertex_plate",
        "deposit",
        "leakage",
    ):
        same(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize("form_factor", ["full", "elastic"])
@pytest.mark.parametrize("method", ["etl", "ww", "iww"])
def test_spectra(compiled, interpreted, method, form_factor):
    # Light and heavy, soft and hard; where the phase space ends, and outside of it.
    energy = np.array([100.0, 100.0, 5.0, 100.0, 100.0])
    mass = np.array([1e-3, 0.1, 1.0, 0.1, 0.1])
    remainder = np.array([0.5, 1e-4, 0.3, ELECTRON_MASS / 100.0 * (1.0 + 1e-9), 1.0])
    one, other = (
        lib.radiative.spectrum(
            energy, mass, remainder, nucleus_of(lib), method=method, form_factor=form_factor
        )
        for lib in (compiled, interpreted)
    )
    assert np.all(one[:3] > 0.0)
    assert one[4] == 0.0
    same(one, other)


def nucleus_of(lib):
    return lib.nucleus.Nucleus.of(lib.materials.LEAD.composition[0][0])


def test_angles(compiled, interpreted):
    turn, remainder = np.array([0.0, 1e-8, 1e-3, 1.9, 1.9]), [0.1, 1e-3, 0.5, 2e-5, 0.9995]
    one, other = (
        lib.angular.angular_spectrum(100.0, 0.1, remainder, turn, nucleus_of(lib))
        for lib in (compiled, interpreted)
    )
    same(one, other)


def test_tables(compiled, interpreted, monkeypatch):
    remainder = np.array([1e-6, 1e-5, 1e-3, 0.3, 0.99, 0.9995])
    for lib in (compiled, interpreted):
        monkeypatch.setattr(lib.table, "_ENERGY_NODES", 2)
        monkeypatch.setattr(lib.table, "_SPECTRUM_NODES", 4)
        lib.values = lib.table.tabulate(0.1, nucleus_of(lib), (50.0, 100.0))(80.0, remainder)
    assert np.any(compiled.values > 0.0)
    assert np.any(compiled.values == 0.0)
    same(compiled.values, interpreted.values)


@pytest.mark.parametrize(
    ("lepton_mass", "mass", "energy"), [(ELECTRON_MASS, 0.1, 20.0), (MUON_MASS, 1.0, 3.0)]
)
def test_events(compiled, interpreted, monkeypatch, lepton_mass, mass, energy):
    edges, path = energy * np.array([1.0, 2.0, 5.0]), np.array([1.0, 2.0])
    for lib in (compiled, interpreted):
        for name, value in {"_LATTICE_POINTS": 1, "_ROUNDS": 1, "_PROPOSALS": 200}.items():
            monkeypatch.setattr(lib.sampler, name, value)
        monkeypatch.setattr(lib.sampler, "_SLICE_RATIO", 4.0)
        sampler = lib.sampler.Sampler.along(
            edges, path, mass, nucleus_of(lib), lepton_mass=lepton_mass
        )
        state = lib.sampler.random_state(np.random.SeedSequence(1))
        lib.events = sampler.draw(5, state), sampler.draw_weighted(50, state)
    for one, other in zip(compiled.events, interpreted.events, strict=True):
        assert one.proposals == other.proposals
        for name in ("energy", "left", "u", "t", "cosine", "weight"):
            same(getattr(one, name), getattr(other, name))


@pytest.mark.parametrize(
    ("energy", "cube"),
    [
        (100.0, (0.3, 0.4, 0.5)),
        # Too little energy; the ends of the spectrum; a nucleus that would have to run away.
        (1.05, (0.3, 0.4, 0.5)),
        (100.0, (0.0, 0.4, 0.5)),
        (100.0, (1.0, 0.4, 0.5)),
        (100.0, (1.0 - 1e-13, 0.4, 0.5)),
        (100.0, (0.3, 0.0, 0.0)),
        (100.0, (0.3, 1.0, 1.0)),
    ],
)
def test_points_of_phase_space(compiled, interpreted, energy, cube):
    one, other = (
        lib.kernel.point(
            energy,
            cube,
            (1.0, MUON_MASS, nucleus_of(lib).mass),
            nucleus_of(lib).form_factor("full"),
        )
        for lib in (compiled, interpreted)
    )
    same(one, other)
    assert np.all(np.isfinite(one))
