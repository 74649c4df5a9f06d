"""Monte Carlo: against the cascade, conservation, errors, sampling of steps, bits, checkpoints."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import astuple

import numpy as np
import pytest

from physics_lib.materials import LEAD, NA64_ECAL, SCINTILLATOR, Stack, target_of
from physics_lib.shower import processes, quick, sampling
from physics_lib.shower.cascade import track_length
from physics_lib.shower.chunks import Problem, run_chunk
from physics_lib.shower.montecarlo import simulate

EDGES = np.concatenate(
    (np.arange(2.0, 10.0, 0.5), np.arange(10.0, 95.0, 5.0), [95, 99, 99.9, 100])
)
BEAMS = pytest.mark.parametrize("beam", ["e-", "e+", "gamma"])
OTHER = target_of("20 x (0.2 cm tungsten, 0.1 cm silicon, 1 cm water)")
TARGETS = pytest.mark.parametrize(
    "target", [NA64_ECAL, LEAD, OTHER], ids=["na64-ecal", "lead", "other plates"]
)


def run(beam="e-", energy=100.0, target=NA64_ECAL, showers=600, seed=1, chunk=50, **options):
    options = {"threshold": 2.0, "edges": EDGES} | options
    return simulate(beam, energy, target, showers, seed, chunk=chunk, **options)


def same(one, other):
    return all(np.array_equal(a, b) for a, b in zip(astuple(one), astuple(other), strict=True))


# Building blocks


@pytest.mark.parametrize("material", [LEAD, SCINTILLATOR], ids=lambda material: material.name)
def test_radiation_follows_from_two_functions(material):
    """A(δ) and B(δ) give bremsstrahlung and pairs at all energies."""
    tables = sampling.build((SCINTILLATOR, material), 100.0, 1.0, 0.01)
    for energy in (1.0, 7.0, 99.0):
        for y in (1e-3, 0.1, 0.5, 0.9, 0.99):
            a, b = sampling.radiation_pair(y / (energy * (1.0 - y)), tables, 1)
            exact = processes.bremsstrahlung_k_spectrum(energy, y * energy, material)
            assert (1.0 - y) * a + y * y * b == pytest.approx(float(exact), rel=1e-4)
            both = y * (1.0 - y)
            a, b = sampling.radiation_pair(1.0 / (energy * both), tables, 1)
            exact = energy * processes.pair_spectrum(energy, y * energy, material)
            assert b - both * a == pytest.approx(float(exact), rel=1e-4)


def test_rare_densities_integrate_to_the_rates():
    tables = sampling.build((LEAD,), 100.0, 1.0, 0.01)
    energies = np.exp(tables.log_energy + tables.log_step * np.arange(tables.rare.shape[2]))
    totals = np.trapezoid(tables.rare[0], dx=1.0 / (tables.rare.shape[3] - 1), axis=-1)
    annihilation = processes.annihilation_rate(energies, LEAD)
    assert totals[sampling.ANNIHILATION] == pytest.approx(annihilation, rel=2e-3)
    transfer = np.geomspace(1.0, 50.0, 4001)
    moller = np.trapezoid(processes.moller_spectrum(100.0, transfer, LEAD), transfer)
    assert totals[sampling.MOLLER][-1] == pytest.approx(moller, rel=2e-3)


def test_logarithm_and_power():
    rng = np.random.default_rng(5)
    for x in rng.random(200) * 10.0 ** rng.uniform(-12, 6, 200):
        assert quick.logarithm(x) == pytest.approx(np.log(x), abs=1e-11)
        assert quick.power_of_two(30.0 * x % 40.0) == pytest.approx(2.0 ** (30.0 * x % 40.0))


def test_random_numbers_are_those_of_xoshiro():
    """First outputs of the authors' program for the state 1, 2, 3, 4."""
    state = np.array([1, 2, 3, 4], dtype=np.uint64)
    outputs = (41943041, 58720359, 3588806011781223, 3591011842654386)
    for output in outputs:
        assert quick.uniform(state) == ((output >> 11) + 0.5) * 2.0**-53


# Physics


@TARGETS
@BEAMS
def test_cascade(beam, target):
    """χ² of all bins that many showers reach."""
    exact = track_length(beam, 100.0, target, 2.0, EDGES, pivots=80)
    found = run(beam, target=target, showers=20_000, chunk=2500, workers=2)
    for name in ("minus", "plus"):
        value, error = getattr(found, name), getattr(found, name + "_error")
        known = value > 7.0 * error
        pulls = (value - getattr(exact, name))[known] / np.hypot(error, 1e-3 * value)[known]
        assert known.sum() > 20
        assert np.abs(pulls).max() < 4.0
        assert np.mean(pulls**2) < 1.0 + 4.0 * np.sqrt(2.0 / known.sum())
    assert found.gamma == pytest.approx(exact.gamma, rel=0.2, abs=0.01)


@BEAMS
def test_each_shower_keeps_its_energy(beam):
    stack = Stack("thin", NA64_ECAL.cell, 20)
    problem = Problem(beam, 100.0, stack, 1.0, (1.0, 100.0), "pre", np.inf, 0.01)
    leaks = []
    for index in range(100):
        sums = run_chunk(problem, 3, index, 1)[1]
        assert sums[-problem.plates - 1 :].sum() == pytest.approx(100.0, rel=1e-12)
        leaks.append(sums[-1])
    assert 0.0 < min(leaks) < max(leaks) <= 100.0


def test_collision_loss_alone():
    """A thin plate: T_- is the path, spread over the energies along it."""
    thin = Stack("thin", ((SCINTILLATOR, 1e-3),), 1)
    found = run(target=thin, showers=2000, edges=[99.0, 100.0])
    assert found.minus[0, 0] == pytest.approx(1e-3, rel=1e-3)


def test_errors_fall_with_the_root_of_showers():
    few, many = run(showers=1000), run(showers=16_000, workers=2)
    ratio = few.minus_error[:, :10] / many.minus_error[:, :10]
    assert np.mean(ratio) == pytest.approx(4.0, rel=0.1)


def test_length_of_steps_matters_at_their_mean_energy_only():
    whole, short = run(showers=10_000), run(showers=10_000, seed=2, step_length=0.05)
    pulls = (whole.minus - short.minus) / np.hypot(whole.minus_error, short.minus_error)
    assert np.mean(pulls**2) < 1.5
    middle = run(showers=10_000, sampling="mid")
    assert middle.minus[0, -1] < 0.7 * whole.minus[0, -1]


def test_share_of_soft_photons_does_not_matter():
    """Bins at the beam energy, where it matters first."""
    edges = [98.0, 99.0, 99.5, 99.9, 100.0]
    usual, fine = (
        run(showers=5000, edges=edges, threshold=20.0, photon_share=s) for s in (0.01, 1e-3)
    )
    pulls = (usual.minus - fine.minus) / np.hypot(usual.minus_error, fine.minus_error)
    assert np.abs(pulls).max() < 3.5


def test_soft_photons_carry_energy_away_from_where_a_shower_begins():
    """Left on the spot below a hundredth, they would be half as much energy again there."""
    early = {share: [] for share in (0.01, 1e-3)}
    for share, found in early.items():
        for seed in range(4):
            options = {"threshold": 0.1, "photon_share": share}
            shower = simulate("e-", 100.0, NA64_ECAL, 1000, seed, **options)
            found.append(shower.deposit.reshape(-1, 2)[:4].sum())
    exact = track_length("e-", 100.0, NA64_ECAL, threshold=0.2, pivots=60)
    expected = exact.deposit.reshape(-1, 2)[:4].sum()
    error = np.std(early[1e-3], ddof=1) / 2.0
    # The cascade follows to half its threshold, the Monte Carlo to all of its own.
    tolerance = 4.0 * error + 0.02 * expected
    assert np.mean(early[1e-3]) == pytest.approx(expected, abs=tolerance)
    assert np.mean(early[0.01]) > 1.2 * expected


# Runs


def test_same_seed_same_bits():
    reference = run()
    assert same(reference, run(workers=2))
    assert same(reference, run(workers=3))
    with ThreadPoolExecutor(2) as executor:
        assert same(reference, run(executor=executor))
    assert not same(reference, run(seed=2))


class Killed(Exception):
    pass


def test_resumed_run_ends_with_the_same_bits(tmp_path):
    path, rng = tmp_path / "run.npz", np.random.default_rng(11)
    reference, seen = run(), []
    for _ in range(4):
        chunks = rng.integers(1, 4)

        def killer(done, total, calls=iter(range(chunks))):  # noqa: B008
            assert total == 600
            seen.append(done)
            if next(calls, None) is None:
                raise Killed

        with pytest.raises(Killed):
            run(workers=2, checkpoint=path, progress=killer)
    seen.clear()
    assert same(reference, run(checkpoint=path, progress=lambda done, total: seen.append(done)))
    assert seen[-1] == 600
    assert 0 < len(seen) < 9
    assert same(reference, run(checkpoint=path))
    assert [entry.name for entry in tmp_path.iterdir()] == ["run.npz"]


def test_foreign_checkpoint_is_refused_and_kept(tmp_path):
    path = tmp_path / "run.npz"
    run(checkpoint=path)
    before = path.read_bytes()
    for change in ({"seed": 2}, {"showers": 650}, {"beam": "e+"}, {"target": LEAD}, {"chunk": 60}):
        with pytest.raises(ValueError, match="other parameters"):
            run(checkpoint=path, **change)
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["cut", "empty", "flipped", "text", "folder"])
def test_damaged_checkpoint_is_refused_and_kept(tmp_path, damage):
    path = tmp_path / "run.npz"
    run(checkpoint=path)
    whole = path.read_bytes()
    middle = len(whole) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 255]) + whole[middle + 1 :]
    bad = {"cut": whole[:-50], "empty": b"", "flipped": flipped, "text": b"hello\n"}
    if damage == "folder":
        path.unlink()
        path.mkdir()
    else:
        path.write_bytes(bad[damage])
    with pytest.raises(ValueError, match="damaged") as error:
        run(checkpoint=path)
    assert "\n" not in str(error.value)
    assert damage == "folder" or path.read_bytes() == bad[damage]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"beam": "mu-"}, "beam = 'mu-': allowed e-, e., gamma"),
        ({"energy": 0.0}, "energy = 0 GeV"),
        ({"energy": 1e5}, "energy = 100000 GeV"),
        ({"energy": np.nan}, "energy = nan"),
        ({"threshold": 60.0}, "threshold = 60 GeV"),
        ({"threshold": 0.0}, "threshold = 0 GeV"),
        ({"showers": 0}, "showers = 0"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": 1.9}, "seed = 1.9: a whole number is needed"),
        ({"seed": 2**63}, "seed = 9223372036854775808: allowed"),
        ({"showers": 2.7}, "showers = 2.7: a whole number is needed"),
        ({"workers": 1.5}, "workers = 1.5: a whole number is needed"),
        ({"chunk": 10.5}, "chunk = 10.5: a whole number is needed"),
        ({"chunk": 0}, "chunk = 0"),
        ({"workers": 0}, "workers = 0"),
        ({"step_length": 0.0}, "step_length = 0 cm"),
        ({"sampling": "post"}, "sampling = 'post': allowed pre, mid"),
        ({"edges": [3.0, 2.0]}, "edges: at least two increasing"),
        ({"edges": [3.0]}, "edges: at least two increasing"),
        ({"target": Stack("none", (), 3)}, "plates of a cell = 0"),
        ({"target": Stack("none", NA64_ECAL.cell, 0)}, "repetitions = 0"),
        ({"target": Stack("flat", ((LEAD, 0.0),), 3)}, "thickness of lead = 0 cm"),
        ({"target": "steel"}, "target = 'steel'"),
    ],
)
def test_bad_input(options, message):
    with pytest.raises(ValueError, match=message):
        run(**options)
