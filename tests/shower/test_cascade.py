"""Deterministic cascade: conservation, analytic limits, targets, grid, GEANT4."""

from dataclasses import replace

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad

from physics_lib.data import read_track_length_reference
from physics_lib.materials import LEAD, NA64_ECAL, SCINTILLATOR, Stack
from physics_lib.shower import cascade
from physics_lib.shower.cascade import (
    Medium,
    Spectra,
    block_paths,
    energy_pivots,
    stack_paths,
    track_length,
)
from physics_lib.shower.processes import (
    bremsstrahlung_k_spectrum,
    collision_loss,
    pair_attenuation,
    pair_spectrum,
)

PIVOTS = energy_pivots(100.0, 0.4, 50)
MEDIA = {plate.name: (plate, Medium.of(plate, PIVOTS)) for plate in (LEAD, SCINTILLATOR)}
PLATES = pytest.mark.parametrize(("material", "medium"), MEDIA.values(), ids=MEDIA)
COARSE = np.array([1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 80.0, 95.0, 99.5, 100.0])


@pytest.fixture
def radiation_only(monkeypatch):
    """Approximation A: no collision loss."""
    monkeypatch.setattr(cascade, "collision_loss", lambda energy, material: 0.0 * energy)


@pytest.fixture
def ionisation_only(monkeypatch):
    monkeypatch.setattr(
        cascade, "bremsstrahlung_k_spectrum", lambda energy, photon, material: 0.0 * photon
    )


# Conservation


@PLATES
def test_energy_leaves_leptons_at_the_mean_rate(material, medium):
    """Σ eᵢ Aᵢⱼ = −(collision loss + ∫ k (dN/dk) dk)."""
    loss = -(PIVOTS @ medium.leptons)[1:]
    radiated = [
        quad(lambda k, e=e: bremsstrahlung_k_spectrum(e, k, material), 0.0, e)[0]
        for e in PIVOTS[1:]
    ]
    assert loss == pytest.approx(collision_loss(PIVOTS[1:], material) + radiated, rel=1e-11)
    assert (PIVOTS @ medium.emission)[1:] == pytest.approx(radiated, rel=1e-11)


@PLATES
def test_energy_that_arrives_is_energy_that_left(material, medium):
    change = PIVOTS @ medium.leptons + PIVOTS @ medium.emission
    turnover = PIVOTS @ medium.emission
    balance = change[1:] + collision_loss(PIVOTS[1:], material)
    assert np.all(np.abs(balance) < 1e-10 * turnover[1:])


@PLATES
def test_a_pair_has_the_energy_of_its_photon(material, medium):
    arriving = 2.0 * PIVOTS @ medium.pairs
    assert arriving[1:] == pytest.approx(medium.attenuation * PIVOTS[1:], rel=1e-12)


@PLATES
def test_leptons_and_pairs_are_counted_once(material, medium):
    """What leaves the grid is the part of the lowest interval that is shared with zero."""
    lowest = PIVOTS[0]

    def below(spectrum):
        return quad(lambda e: (1.0 - e / lowest) * spectrum(e), 0.0, lowest)[0]

    lepton = [
        below(lambda e, s=s: bremsstrahlung_k_spectrum(s, s - e, material) / (s - e))
        for s in PIVOTS[1:]
    ]
    # Collision losses end in the lowest pivot: nothing leaves by them.
    # Five Gauss points in the lowest interval resolve 1/(s − e) next to it to 1e-5.
    assert -medium.leptons.sum(axis=0)[1:] == pytest.approx(lepton, rel=1e-5)
    pairs = [below(lambda e, s=s: pair_spectrum(s, e, material)) for s in PIVOTS[1:]]
    assert medium.pairs.sum(axis=0)[1:] + pairs == pytest.approx(
        pair_attenuation(material), rel=1e-11
    )


@PLATES
def test_rates_lead_down_only_and_the_lowest_pivot_absorbs(material, medium):
    for matrix in (medium.leptons, medium.emission, medium.pairs):
        assert np.all(np.tril(matrix, -1) == 0.0)
        assert np.all(np.triu(matrix, 1) >= 0.0)
        assert np.all(matrix[:, 0] == 0.0)
    assert np.all(np.diag(medium.leptons)[1:] < 0.0)


@PLATES
@pytest.mark.parametrize("beam", ["e-", "gamma"])
@pytest.mark.parametrize("depth", [0.01, 1.0, 8.0])
def test_a_plate_conserves_energy(material, medium, beam, depth):
    """E₀ = energy behind the plate + collision loss along the path inside it."""
    before = Spectra.primary(beam, len(PIVOTS))
    after = medium.plate(depth * material.radiation_length)(before)
    path = medium.path(
        Spectra(
            after.leptons - before.leptons,
            after.difference - before.difference,
            after.photons - before.photons,
        )
    )
    deposit = collision_loss(PIVOTS[1:], material) @ path.leptons[1:]
    behind = PIVOTS @ (after.leptons + after.photons)
    assert behind + deposit == pytest.approx(100.0, rel=1e-9)
    assert np.all(after.leptons >= -1e-12)
    assert np.all(after.photons >= -1e-12)


def test_two_plates_are_one_of_their_sum():
    _, medium = MEDIA["lead"]
    primary = Spectra.primary("e-", len(PIVOTS))
    once = medium.plate(0.5)(primary)
    twice = medium.plate(0.3)(medium.plate(0.2)(primary))
    for name in ("leptons", "difference", "photons"):
        assert getattr(twice, name) == pytest.approx(getattr(once, name), rel=1e-9, abs=1e-13)


# Analytic limits


@pytest.mark.usefixtures("radiation_only")
def test_approximation_a_far_below_the_beam_energy():
    """T_− + T_+ = 0.437 X₀ E₀/E² (Rossi), and its exact value for our cross sections."""
    beam, material = 1e4, LEAD
    lengths = track_length("e-", beam, material, threshold=0.5, edges=[5.0, 5.05], pivots=150)
    energy = np.sqrt(5.0 * 5.05)
    scaled = (lengths.minus + lengths.plus)[0, 0] * energy**2 / beam
    # Rossi's cross sections lack the small term of complete screening: 2 %.
    assert scaled / material.radiation_length == pytest.approx(0.437, rel=0.02)

    # Spectra a/E² and c/k² carry a constant flow of energy E₀ past every energy.
    main, small = material.screening_strengths
    photons = (main + small / 2.0) / pair_attenuation(material)

    def flow(y):
        brems = bremsstrahlung_k_spectrum(1.0, y, material)
        leptons = -brems * (np.log(y) + (1.0 - y) / y * np.log1p(-y))
        return leptons - photons * 2.0 * pair_spectrum(1.0, y, material) * y * np.log(y)

    exact = 1.0 / quad(flow, 0.0, 1.0)[0]
    # The next term of the Mellin transform is of order E/E₀ · few.
    assert scaled == pytest.approx(exact, rel=2e-3)


@pytest.mark.usefixtures("radiation_only")
@pytest.mark.parametrize("fraction", [0.999, 0.99, 0.9, 0.7, 0.5, 0.2, 0.05])
def test_primary_electron_follows_its_renewal_equation(fraction):
    """Without collision loss ln(E₀/E) is a process with independent increments.

    E (T_− − T_+) is its potential density, whose Laplace transform is 1/ψ(s) with
    ψ = ∫ dy/y b(y) [1 − (1 − y)^s].
    """
    main, small = LEAD.screening_strengths

    def transform(s):
        soft = mpmath.digamma(s + 2) - mpmath.digamma(2)
        hard = mpmath.mpf(1) / 2 - 1 / ((s + 1) * (s + 2))
        return 1 / ((4 * main / 3 + small) * soft + main * hard)

    def density(energy):
        return mpmath.invertlaplace(transform, mpmath.log(100 / energy), method="talbot") / energy

    width = 2.0 * fraction * (1.0 - fraction)
    edges = 100.0 * fraction + width * np.array([-0.5, 0.5])
    lengths = track_length("e-", 100.0, LEAD, edges=edges, pivots=120)
    primary = (lengths.minus - lengths.plus)[0, 0]
    assert primary == pytest.approx(float(density(100.0 * fraction)), rel=3e-3)


@pytest.mark.usefixtures("ionisation_only")
@PLATES
def test_without_radiation_the_track_length_is_one_over_the_loss(material, medium):
    lengths = track_length("e-", 100.0, material, edges=COARSE, pivots=400)
    for i in range(len(COARSE) - 1):
        inverse, _ = quad(lambda e: 1.0 / collision_loss(e, material), COARSE[i], COARSE[i + 1])
        # The step to the next pivot is of first order: half of the spacing of ln E.
        assert lengths.minus[0, i] * np.diff(COARSE)[i] == pytest.approx(inverse, rel=1e-2)
    assert np.all(np.abs(lengths.plus) < 1e-12 * lengths.minus)


def test_a_thin_plate_is_crossed_once():
    thickness = 1e-3 * LEAD.radiation_length
    primary = Spectra.primary("e-", len(PIVOTS))
    paths = stack_paths(Stack("foil", ((LEAD, thickness),), 1), PIVOTS, primary)["lead"]
    # Less what falls below the lowest pivot, a few per mille of a per mille.
    assert paths.leptons.sum() == pytest.approx(thickness, rel=1e-2)
    assert paths.leptons.sum() < thickness * (1.0 + 1e-2)
    loss = MEDIA["lead"][1].leptons[-1, -1]
    # At the beam energy itself: ∫ exp(−λ t) dt.
    assert paths.leptons[-1] == pytest.approx(-np.expm1(loss * thickness) / -loss, rel=1e-9)


# Targets and beams


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_track_length_goes_inversely_with_density(factor):
    normal = track_length("e-", 100.0, LEAD, edges=COARSE, pivots=40)
    other = replace(LEAD, density=factor * LEAD.density)
    scaled = track_length("e-", 100.0, other, edges=COARSE, pivots=40)
    assert factor * scaled.minus == pytest.approx(normal.minus, rel=1e-10)
    assert factor * scaled.plus == pytest.approx(normal.plus, rel=1e-9)


def test_a_stack_of_one_material_is_a_block():
    primary = Spectra.primary("e-", len(PIVOTS))
    stack = Stack("plates", ((LEAD, 0.15), (replace(LEAD, name="other"), 0.2)), 120)
    plates = stack_paths(stack, PIVOTS, primary)
    block = block_paths(LEAD, PIVOTS, primary)["lead"]
    # 75 X₀: what comes out behind is below exp(−7/9 · 75) times the numbers in front.
    for name in ("leptons", "difference", "photons"):
        both = getattr(plates["lead"], name) + getattr(plates["other"], name)
        assert both == pytest.approx(getattr(block, name), rel=1e-8)


def test_a_positron_beam_exchanges_the_two():
    electrons = track_length("e-", 100.0, NA64_ECAL, edges=COARSE, pivots=30)
    positrons = track_length("e+", 100.0, NA64_ECAL, edges=COARSE, pivots=30)
    assert np.array_equal(electrons.minus, positrons.plus)
    assert np.array_equal(electrons.plus, positrons.minus)


def test_a_photon_beam_makes_as_many_of_either_charge():
    lengths = track_length("gamma", 100.0, NA64_ECAL, edges=COARSE, pivots=30)
    assert np.array_equal(lengths.minus, lengths.plus)
    assert np.all(lengths.minus > 0.0)


@pytest.mark.parametrize("target", [LEAD, NA64_ECAL], ids=["lead", "stack"])
def test_the_stated_error_covers_a_finer_grid(target):
    coarse = track_length("e-", 100.0, target, edges=COARSE, pivots=60)
    fine = track_length("e-", 100.0, target, edges=COARSE, pivots=120)
    assert np.all(np.abs(coarse.minus - fine.minus) <= coarse.minus_error)
    assert np.all(np.abs(coarse.plus - fine.plus) <= coarse.plus_error)
    # and the error itself is small, and falls
    assert np.all(coarse.minus_error[:, :-1] < 0.01 * coarse.minus[:, :-1])
    assert np.sum(fine.plus_error) < 0.5 * np.sum(coarse.plus_error)


def test_the_threshold_does_not_matter_above_it():
    low = track_length("e-", 100.0, LEAD, threshold=0.5, edges=COARSE, pivots=100)
    high = track_length("e-", 100.0, LEAD, threshold=4.0, edges=COARSE, pivots=100)
    assert high.minus[0, 2:] == pytest.approx(low.minus[0, 2:], rel=1e-3)
    assert high.plus[0, 2:] == pytest.approx(low.plus[0, 2:], rel=1e-3)


@pytest.mark.parametrize("material", ["lead", "scintillator"])
def test_track_lengths_agree_with_geant4(material):
    """5–50 GeV, 100,000 showers; ours: complete screening, no Landau–Pomeranchuk–Migdal effect."""
    reference = read_track_length_reference("pre")
    lengths = track_length("e-", 100.0, NA64_ECAL, pivots=100)
    inside = (reference.energy_low_GeV >= 5.0) & (reference.energy_high_GeV <= 50.0)
    width = (reference.energy_high_GeV - reference.energy_low_GeV)[inside]
    ours = lengths.integral(material, 5.0, 50.0)
    for mine, theirs in zip(ours, (reference.minus, reference.plus), strict=True):
        assert mine == pytest.approx(theirs[material][inside] @ width, rel=0.02)


def test_lead_and_scintillator_differ_at_the_beam_energy_alone():
    lengths = track_length("e-", 100.0, NA64_ECAL, edges=COARSE, pivots=60)
    ratio = lengths.minus[0] / lengths.minus[1]
    # Plates of equal thickness share the path of slow electrons alike …
    assert ratio[:6] == pytest.approx(1.0, abs=0.02)
    assert np.all(np.abs(lengths.plus[0] / lengths.plus[1] - 1.0) < 0.1)
    # … but the first plate is lead, behind which few stay close to the beam energy.
    assert 2.0 < ratio[-1] < 4.0


def test_pivots_crowd_towards_the_beam_energy():
    assert PIVOTS[[0, -1]].tolist() == [0.4, 100.0]
    # Equal ratios of the energy below, of the distance from the beam energy above.
    below, above = PIVOTS[1:10] / PIVOTS[:9], (100.0 + 1e-4 - PIVOTS)[-12:]
    assert below == pytest.approx(below[0], rel=0.05)
    assert above[:-1] / above[1:] == pytest.approx(below[0], rel=0.1)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        (("mu-", 100.0, LEAD), "beam"),
        (("e-", np.nan, LEAD), "energy"),
        (("e-", 0.1, LEAD), "energy"),
        (("e-", 1e6, LEAD), "energy"),
        (("e-", 100.0, LEAD, 60.0), "threshold"),
        (("e-", 100.0, LEAD, 0.01), "threshold"),
        (("e-", 100.0, LEAD, 0.5, None, 5), "pivots"),
        (("e-", 100.0, LEAD, 0.5, None, 10_000), "pivots"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=f"^{name} = "):
        track_length(*arguments)
