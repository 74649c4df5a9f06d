"""Deterministic cascade: conservation, analytic limits, targets, grid, GEANT4."""

from dataclasses import replace

import mpmath
import numpy as np
import pytest
from scipy.integrate import quad
from scipy.linalg import expm

from physics_lib.data import read_track_length_reference
from physics_lib.materials import LEAD, NA64_ECAL, SCINTILLATOR, Stack
from physics_lib.shower import processes
from physics_lib.shower.cascade import (
    BEAMS,
    Medium,
    block_paths,
    energy_pivots,
    stack_paths,
    track_length,
)
from physics_lib.shower.depth import plate_paths
from physics_lib.shower.processes import collision_loss
from physics_lib.shower.transport import Splittings

COUNT = 50
PIVOTS = energy_pivots(100.0, 0.4, COUNT)
SPLITTINGS = Splittings(PIVOTS)
MEDIA = {m.name: (m, Medium.of(m, SPLITTINGS, PIVOTS)) for m in (LEAD, SCINTILLATOR)}
PLATES = pytest.mark.parametrize(("material", "medium"), MEDIA.values(), ids=MEDIA)
ENERGY = np.tile(PIVOTS, 3)
LOWEST = [0, COUNT, 2 * COUNT]
MINUS, PLUS, PHOTON = (slice(i * COUNT, (i + 1) * COUNT) for i in range(3))
COARSE = np.array([1.0, 2.0, 5.0, 10.0, 25.0, 50.0, 80.0, 95.0, 99.5, 100.0])
ON_ELECTRONS = (
    "moller_spectrum",
    "bhabha_spectrum",
    "annihilation_spectrum",
    "compton_spectrum",
)


def primary(beam):
    start = np.zeros(3 * COUNT)
    start[(BEAMS.index(beam) + 1) * COUNT - 1] = 1.0
    return start


def stop(monkeypatch, *names):
    """Replace processes by nothing."""
    for name in names:
        monkeypatch.setattr(processes, name, lambda energy, product, material: 0.0 * product)


def no_loss(energy, material, cut=np.inf, charge=-1):
    return 0.0 * np.asarray(energy)


def complete_bremsstrahlung(energy, photon, material):
    main, small = material.screening_strengths
    y = photon / energy
    return (main * (4.0 / 3.0 * (1.0 - y) + y * y) + small * (1.0 - y)) / photon


def complete_pairs(photon, lepton, material):
    main, small = material.screening_strengths
    product = lepton / photon * (1.0 - lepton / photon)
    return (main * (1.0 - 4.0 / 3.0 * product) - small * product) / photon


@pytest.fixture
def approximation_a(monkeypatch):
    """Radiation and pairs with complete screening, and nothing else."""
    stop(monkeypatch, *ON_ELECTRONS)
    monkeypatch.setattr(processes, "collision_loss", no_loss)
    monkeypatch.setattr(processes, "bremsstrahlung_spectrum", complete_bremsstrahlung)
    monkeypatch.setattr(processes, "pair_spectrum", complete_pairs)


@pytest.fixture
def ionisation_only(monkeypatch):
    stop(monkeypatch, *ON_ELECTRONS[:3], "bremsstrahlung_spectrum")


# Splittings


def test_a_splitting_keeps_number_and_energy():
    transfer = SPLITTINGS.transfer(lambda energy, product: 1.0 + product / energy**2)
    assert PIVOTS @ (transfer.first + transfer.second) == pytest.approx(
        PIVOTS * transfer.total, rel=1e-12
    )
    # Gauss integrates polynomials exactly: ∫ (1 + a/E²) da = E + 1/2.
    assert transfer.total == pytest.approx(PIVOTS + 0.5, rel=1e-12)
    # Shared with zero is (1 − a/e₀) of what falls below the lowest pivot e₀.
    lowest = PIVOTS[0]
    lost = lowest / 2.0 + lowest**2 / (6.0 * PIVOTS**2)
    assert transfer.total - transfer.first.sum(axis=0) == pytest.approx(lost, rel=1e-9)


def test_both_products_are_treated_alike():
    """A symmetric spectrum has two equal halves, and its mirror image swaps them."""
    even = SPLITTINGS.transfer(lambda energy, product: product * (energy - product))
    assert even.first == pytest.approx(even.second, rel=1e-9, abs=1e-9)
    odd = SPLITTINGS.transfer(lambda energy, product: product)
    mirror = SPLITTINGS.transfer(lambda energy, product: energy - product)
    # Products next to the source sit in its peak of 1e-6: rounding.
    assert odd.first == pytest.approx(mirror.second, rel=1e-8, abs=1e-8)


def test_soft_emission_needs_no_cut():
    """A rate 1/k has infinitely many events, but finite losses, all of them on the grid."""
    transfer = SPLITTINGS.transfer(lambda energy, photon: 1.0 / photon)
    change = PIVOTS @ transfer.second - PIVOTS * transfer.total
    # ∫ k dk/k = E
    assert change == pytest.approx(-PIVOTS, rel=1e-9)
    assert PIVOTS @ transfer.first == pytest.approx(PIVOTS, rel=1e-12)


# Conservation


@PLATES
def test_energy_leaves_the_spectra_by_collision_loss_alone(material, medium):
    """Σ eᵢ Aᵢⱼ = −(collision loss below the cut), 0 for photons, to 1e-10 of the turnover."""
    left = ENERGY @ medium.matrix
    turnover = ENERGY * np.abs(np.diag(medium.matrix))
    expected = np.zeros(3 * COUNT)
    for particle, charge in ((MINUS, -1), (PLUS, 1)):
        expected[particle] = -collision_loss(PIVOTS, material, PIVOTS[0], charge)
    expected[LOWEST] = 0.0
    assert np.all(np.abs(left - expected) <= 1e-10 * turnover)


@PLATES
def test_leptons_are_made_in_pairs_or_taken_from_the_medium(material, medium):
    """The net charge changes by knock-ons and annihilation, and by what falls to zero energy."""
    net = medium.matrix[MINUS].sum(axis=0) - medium.matrix[PLUS].sum(axis=0)
    # Photons: pairs are neutral, Compton electrons come out of the medium.
    with_compton = SPLITTINGS.transfer(
        lambda energy, product: processes.compton_spectrum(energy, product, material)
    )
    expected = with_compton.second.sum(axis=0)
    # Either lepton is integrated with its own nodes, and the spectrum has an edge: 2e-4 of it.
    attenuation = processes.pair_attenuation(PIVOTS[1:], material)
    assert np.all(np.abs(net[PHOTON][1:] - expected[1:]) < 2e-4 * attenuation)
    assert np.all(net[PHOTON][1:] > 0.0)


@PLATES
def test_number_is_conserved_but_for_what_falls_to_zero_energy(material, medium, monkeypatch):
    stop(monkeypatch, *ON_ELECTRONS)
    radiation = Medium.of(material, SPLITTINGS, PIVOTS).matrix
    assert np.all(radiation[PLUS, MINUS] == 0.0)
    assert np.all(radiation[MINUS, PLUS] == 0.0)
    lowest = PIVOTS[0]
    for source in (1, 10, 30):
        energy = PIVOTS[source]
        lost, _ = quad(
            lambda e, s=energy: (
                (1.0 - e / lowest) * processes.bremsstrahlung_spectrum(s, s - e, material)
            ),
            0.0,
            lowest,
        )
        # The spectrum at the hard edge, where screening ends, is resolved by four Gauss points.
        assert -radiation[MINUS, source].sum() == pytest.approx(lost, rel=2e-3)
    # A photon becomes one electron and one positron.
    made = -np.diag(radiation)[PHOTON][1:]
    for lepton in (MINUS, PLUS):
        born = radiation[lepton, PHOTON].sum(axis=0)[1:]
        assert np.all(born < made * (1.0 + 1e-12))
        # At 100 GeV next to none falls to zero.
        assert born[-1] == pytest.approx(made[-1], rel=3e-3)


@PLATES
def test_rates_lead_down_only_and_the_lowest_pivot_absorbs(material, medium):
    for gain in (MINUS, PLUS, PHOTON):
        for parent in (MINUS, PLUS, PHOTON):
            block = medium.matrix[gain, parent]
            assert np.all(np.tril(block, -1) == 0.0)
            # The collision loss is a derivative with three pivots, the third with a minus sign.
            assert np.all(np.triu(block, 3) >= 0.0)
            assert np.all(np.diag(block, 1) >= 0.0)
            assert np.all(np.diag(block)[1:] < 0.0) or gain != parent
    assert np.all(medium.matrix[:, LOWEST] == 0.0)


@PLATES
def test_an_electron_makes_no_positron_without_a_photon(material, medium):
    assert np.all(medium.matrix[PLUS, MINUS] == 0.0)
    # … but a positron knocks electrons on.
    assert medium.matrix[MINUS, PLUS].sum() > 0.0


@PLATES
@pytest.mark.parametrize("beam", BEAMS)
@pytest.mark.parametrize("depth", [0.01, 1.0, 8.0])
def test_a_plate_conserves_energy(material, medium, beam, depth):
    """E₀ = energy behind the plate + collision loss along the path inside it."""
    before = primary(beam)
    after = expm(medium.matrix * depth * material.radiation_length) @ before
    path = medium.path(after - before)
    deposit = sum(
        collision_loss(PIVOTS[1:], material, PIVOTS[0], charge) @ path[particle][1:]
        for particle, charge in ((MINUS, -1), (PLUS, 1))
    )
    # The exponential squares a matrix whose largest rate is 1e6 per cm: 1e-16 · 1e6.
    assert ENERGY @ after + deposit == pytest.approx(100.0, rel=1e-9)
    assert np.all(after >= -1e-6)
    assert np.all(path >= -1e-6)


@PLATES
@pytest.mark.parametrize("beam", BEAMS)
def test_a_block_turns_all_energy_into_collision_loss_and_slow_particles(material, medium, beam):
    path = medium.path(-primary(beam))
    arrived = PIVOTS[0] * (medium.matrix[LOWEST] @ path).sum()
    lost = sum(
        collision_loss(PIVOTS, material, PIVOTS[0], charge) @ path[particle]
        for particle, charge in ((MINUS, -1), (PLUS, 1))
    )
    assert arrived + lost == pytest.approx(100.0, rel=1e-10)
    assert np.all(path >= -1e-14 * path.max())


def test_two_plates_are_one_of_their_sum():
    _, medium = MEDIA["lead"]
    once = expm(0.5 * medium.matrix) @ primary("e-")
    twice = expm(0.3 * medium.matrix) @ (expm(0.2 * medium.matrix) @ primary("e-"))
    assert twice == pytest.approx(once, rel=1e-9, abs=1e-13)


@pytest.mark.parametrize("beam", BEAMS)
def test_a_deep_stack_keeps_the_energy_of_the_beam(beam):
    """40 X₀: what leaks out behind is of order exp(−7/9 · 30)."""
    _, deposit = stack_paths(NA64_ECAL, PIVOTS, primary(beam))
    assert deposit.shape == (300,)
    assert deposit.sum() == pytest.approx(100.0, rel=1e-6)
    assert np.all(deposit > 0.0)


def test_the_shower_deepens_with_the_logarithm_of_the_energy():
    """Maximum at ln(E₀/ε) − 1/2 (electrons), + 1/2 (photons), here ε = the cut of 0.45 GeV."""
    cell = NA64_ECAL.radiation_lengths / NA64_ECAL.repetitions
    depth = (np.arange(NA64_ECAL.repetitions) + 0.5) * cell
    mean, peak = {}, {}
    for beam, energy in (("e-", 10.0), ("e-", 100.0), ("gamma", 100.0)):
        deposit = track_length(beam, energy, NA64_ECAL, pivots=25).deposit
        cells = deposit.reshape(-1, 2).sum(axis=1)
        assert deposit.sum() == pytest.approx(energy, rel=1e-6)
        # Extrapolated: far behind, rounding may show.
        assert cells.min() > -1e-7 * energy
        inside = cells[depth < 25.0]
        assert np.sum(np.diff(np.sign(np.diff(inside))) != 0) == 1  # one maximum
        mean[beam, energy] = depth @ cells / energy
        peak[beam, energy] = depth[np.argmax(cells)]
    # Cells of 0.27 X₀, a broad maximum, a formula made for the critical energy.
    assert peak["e-", 100.0] == pytest.approx(np.log(100.0 / 0.45) - 0.5, abs=0.5)
    assert peak["e-", 10.0] == pytest.approx(np.log(10.0 / 0.45) - 0.5, abs=0.5)
    assert mean["e-", 100.0] - mean["e-", 10.0] == pytest.approx(np.log(10.0), rel=0.05)
    # A photon starts 9/7 X₀ later, and then has two particles: 0.8 X₀ in the mean.
    assert 0.6 < mean["gamma", 100.0] - mean["e-", 100.0] < 1.0


# Analytic limits


@pytest.mark.usefixtures("approximation_a")
def test_approximation_a_far_below_the_beam_energy():
    """T_− + T_+ = 0.437 X₀ E₀/E² (Rossi), and its exact value for complete screening."""
    beam, material = 1e4, LEAD
    lengths = track_length("e-", beam, material, threshold=0.5, edges=[5.0, 5.05], pivots=100)
    energy = np.sqrt(5.0 * 5.05)
    scaled = (lengths.minus + lengths.plus)[0, 0] * energy**2 / beam
    # Rossi's cross sections lack the small term of complete screening: 2 %.
    assert scaled / material.radiation_length == pytest.approx(0.437, rel=0.02)

    # Spectra a/E² and c/k² carry a constant flow of energy E₀ past every energy.
    main, small = material.screening_strengths
    photons = (main + small / 2.0) / (7.0 / 9.0 * main - small / 6.0)

    def flow(y):
        brems = y * complete_bremsstrahlung(1.0, y, material)
        leptons = -brems * (np.log(y) + (1.0 - y) / y * np.log1p(-y))
        return leptons - photons * 2.0 * complete_pairs(1.0, y, material) * y * np.log(y)

    exact = 1.0 / quad(flow, 0.0, 1.0)[0]
    # The next term of the Mellin transform is of order E/E₀ · few.
    assert scaled == pytest.approx(exact, rel=2e-3)


@pytest.mark.usefixtures("approximation_a")
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
    lengths = track_length("e-", 100.0, LEAD, edges=edges, pivots=100)
    leading = (lengths.minus - lengths.plus)[0, 0]
    # The grid's own error here is below 1e-3, the rest is the curvature within the bin.
    assert leading == pytest.approx(float(density(100.0 * fraction)), rel=3e-3)


@pytest.mark.usefixtures("ionisation_only")
@pytest.mark.parametrize("beam", ["e-", "e+"])
@pytest.mark.parametrize("material", [LEAD, SCINTILLATOR], ids=["lead", "scintillator"])
def test_without_radiation_the_track_length_is_one_over_the_loss(material, beam):
    lengths = track_length(beam, 100.0, material, edges=COARSE, pivots=200)
    ours, none = (lengths.minus, lengths.plus)[:: 1 if beam == "e-" else -1]

    def slowness(energy):
        # Knock-ons are off; the cut is the lowest pivot, at half of the threshold.
        return 1.0 / collision_loss(energy, material, 0.25, -1 if beam == "e-" else 1)

    for i in range(len(COARSE) - 1):
        inverse, _ = quad(slowness, COARSE[i], COARSE[i + 1])
        # In the peak of the primaries the loss is of first order: half of the spacing.
        precision = 3e-2 if COARSE[i + 1] == 100.0 else 5e-3
        assert ours[0, i] * np.diff(COARSE)[i] == pytest.approx(inverse, rel=precision)
    assert np.all(np.abs(none) < 1e-12 * ours)


def test_a_thin_plate_is_crossed_once():
    thickness = 1e-3 * LEAD.radiation_length
    paths, deposit = stack_paths(Stack("foil", ((LEAD, thickness),), 1), PIVOTS, primary("e-"))
    path = paths["lead"]
    # Less what falls below the lowest pivot, a few per mille of a per mille.
    assert path[MINUS].sum() == pytest.approx(thickness, rel=1e-2)
    rate = MEDIA["lead"][1].matrix[COUNT - 1, COUNT - 1]
    # At the beam energy itself: ∫ exp(−λ t) dt.
    assert path[COUNT - 1] == pytest.approx(-np.expm1(rate * thickness) / -rate, rel=1e-9)
    # Fewer than one photon of 7/9 · 0.001 converts, or knocks a fast electron on.
    assert path[PLUS].sum() < 1e-3 * thickness
    assert 0.0 < deposit[0] < 0.1


@pytest.mark.parametrize("factor", [2.0])
def test_far_below_the_beam_the_track_length_goes_with_its_energy(factor):
    """Rossi's scaling E₀/E², here with every process: the loss at energy E is the same."""
    edges = [4.0, 5.0]
    once = track_length("e-", 200.0, SCINTILLATOR, edges=edges, pivots=60)
    more = track_length("e-", 200.0 * factor, SCINTILLATOR, edges=edges, pivots=60)
    for name in ("minus", "plus", "gamma"):
        ratio = getattr(more, name)[0, 0] / getattr(once, name)[0, 0]
        # Corrections: E/E₀ · few, and the energy that was lost on the way, loss · X₀/E.
        assert ratio == pytest.approx(factor, rel=0.03)


# Targets and beams


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_track_length_goes_inversely_with_density_but_for_suppression(factor):
    normal = track_length("e-", 20.0, LEAD, edges=[1.0, 5.0, 15.0], pivots=30)
    other = replace(LEAD, density=factor * LEAD.density)
    scaled = track_length("e-", 20.0, other, edges=[1.0, 5.0, 15.0], pivots=30)
    # Suppression sets in at E² over E_LPM ~ 1/density: photons below 0.3 GeV at most.
    assert factor * scaled.minus == pytest.approx(normal.minus, rel=0.01)
    assert factor * scaled.plus == pytest.approx(normal.plus, rel=0.01)


def test_suppression_lengthens_the_path_close_to_the_beam_energy():
    edges = [20.0, 50.0, 90.0, 99.0, 99.9, 100.0]
    gas = replace(LEAD, density=1e-6 * LEAD.density)
    normal = track_length("e-", 100.0, LEAD, edges=edges, pivots=60).minus[0]
    without = track_length("e-", 100.0, gas, edges=edges, pivots=60).minus[0] * 1e-6
    gain = normal / without
    # Fewer soft photons: an electron stays where it is longer, by a fifth in the last 0.1 GeV.
    assert 1.1 < gain[-1] < 1.4
    # Hard emission decides elsewhere, where energy conservation keeps the total.
    assert gain[:2] == pytest.approx(1.0, abs=0.02)


def test_a_stack_of_one_material_is_a_block():
    stack = Stack("plates", ((LEAD, 0.15), (replace(LEAD, name="other"), 0.2)), 120)
    plates, deposit = stack_paths(stack, PIVOTS, primary("e-"))
    block, total = block_paths(LEAD, PIVOTS, primary("e-"))
    # 75 X₀: what comes out behind is below exp(−7/9 · 75) times the numbers in front.
    both = plates["lead"] + plates["other"]
    assert both == pytest.approx(block["lead"], rel=1e-7, abs=1e-10)
    assert deposit.sum() == pytest.approx(total.sum(), rel=1e-8)


def test_a_positron_beam_nearly_exchanges_the_two():
    electrons = track_length("e-", 100.0, NA64_ECAL, edges=[2.0, 10.0, 50.0, 90.0], pivots=30)
    positrons = track_length("e+", 100.0, NA64_ECAL, edges=[2.0, 10.0, 50.0, 90.0], pivots=30)
    ours, mirror = positrons.plus, electrons.minus
    assert ours == pytest.approx(mirror, rel=0.01)
    assert positrons.minus == pytest.approx(electrons.plus, rel=0.01)
    # Annihilation and a knock-on's electron: at low energy there are fewer positrons, so …
    assert np.all(ours[:, 0] < mirror[:, 0])
    assert np.all(positrons.minus[:, 0] > electrons.plus[:, 0])
    assert np.abs(ours / mirror - 1.0).max() > 1e-4


def test_a_photon_beam_makes_nearly_as_many_of_either_charge():
    lengths = track_length("gamma", 100.0, NA64_ECAL, edges=COARSE, pivots=30)
    assert lengths.plus == pytest.approx(lengths.minus, rel=0.02)
    # Compton scattering and knock-ons make electrons, annihilation takes positrons.
    assert np.all(lengths.minus[:, :6] > lengths.plus[:, :6])
    # The beam itself is the path of the photons next to its energy.
    assert np.all(lengths.gamma[:, -1] > 50.0 * lengths.minus[:, -1])


def test_photons_outnumber_leptons_below_the_beam_energy():
    """In approximation A T_γ/(T_− + T_+) = 1.31 far below the beam energy."""
    lengths = track_length("e-", 1000.0, LEAD, edges=[2.0, 4.0], pivots=60)
    ratio = (lengths.gamma / (lengths.minus + lengths.plus))[0, 0]
    main, small = LEAD.screening_strengths
    # Pairs of low-energy photons are fewer than with complete screening: 5 %.
    assert ratio == pytest.approx((main + small / 2) / (7 / 9 * main - small / 6), rel=0.06)


def test_knock_ons_and_annihilation_matter_at_the_per_cent_only(monkeypatch):
    edges = [1.0, 2.0, 10.0, 50.0]
    full = track_length("e-", 100.0, LEAD, edges=edges, pivots=40)
    stop(monkeypatch, *ON_ELECTRONS)
    without = track_length("e-", 100.0, LEAD, edges=edges, pivots=40)
    assert without.minus == pytest.approx(full.minus, rel=0.02)
    assert without.plus == pytest.approx(full.plus, rel=0.02)
    assert np.all(without.minus[:, 0] < full.minus[:, 0])


@pytest.mark.parametrize(
    ("target", "pivots"), [(LEAD, 100), (NA64_ECAL, 60)], ids=["lead", "stack"]
)
def test_the_stated_error_covers_a_finer_grid(target, pivots):
    coarse = track_length("e-", 100.0, target, edges=COARSE, pivots=pivots)
    fine = track_length("e-", 100.0, target, edges=COARSE, pivots=2 * pivots)
    assert np.all(np.abs(coarse.minus - fine.minus) <= coarse.minus_error)
    assert np.all(np.abs(coarse.plus - fine.plus) <= coarse.plus_error)
    # and the error itself is small, and falls with the square of the spacing
    assert np.all(coarse.minus_error < 0.01 * coarse.minus)
    assert np.sum(fine.plus_error) < 0.35 * np.sum(coarse.plus_error)


def test_a_hundred_pivots_are_within_a_per_mille_in_lead():
    ours = track_length("e-", 100.0, LEAD, edges=COARSE)
    fine = track_length("e-", 100.0, LEAD, edges=COARSE, pivots=300)
    assert ours.minus == pytest.approx(fine.minus, rel=1e-3)
    # Positrons in the last 20 GeV are a thousand times rarer.
    assert ours.plus[:, :6] == pytest.approx(fine.plus[:, :6], rel=1.5e-3)


def test_the_threshold_does_not_matter_above_it():
    low = track_length("e-", 100.0, LEAD, threshold=0.5, edges=COARSE, pivots=100)
    high = track_length("e-", 100.0, LEAD, threshold=4.0, edges=COARSE, pivots=100)
    assert high.minus[0, 2:] == pytest.approx(low.minus[0, 2:], rel=2e-3)
    # Close to the beam energy positrons are rare, and so is what their grid resolves.
    assert high.plus[0, 2:7] == pytest.approx(low.plus[0, 2:7], rel=3e-3)


# GEANT4


@pytest.fixture(scope="module")
def stack_shower():
    reference = read_track_length_reference("pre")
    # The first bin, below their threshold, has no logarithm.
    edges = np.append(reference.energy_low_GeV[1:], reference.energy_high_GeV[-1])
    return reference, track_length("e-", 100.0, NA64_ECAL, edges=edges)


def merged(path, error):
    """Neighbouring bins together until the error is below 15 %.

    Above 80 GeV a reference bin holds a handful of positrons or none, whose stated error
    (zero for none) says nothing.
    """
    groups, group = [], []
    for i in range(len(path)):
        group.append(i)
        if np.hypot.reduce(error[group]) < 0.15 * path[group].sum():
            groups.append(group)
            group = []
    groups[-1].extend(group)
    return groups


@pytest.mark.parametrize("material", ["lead", "scintillator"])
@pytest.mark.parametrize("sign", ["minus", "plus"])
def test_every_bin_agrees_with_geant4(stack_shower, material, sign):
    """2–98 GeV: 3 % ⊕ 3 σ of 100,000 showers, and no more spread than their statistics."""
    reference, shower = stack_shower
    used = (reference.energy_low_GeV >= 2.0) & (reference.energy_high_GeV <= 98.0)
    theirs = getattr(reference, sign)[material][used]
    error = getattr(reference, f"{sign}_error")[material][used]
    ours = getattr(shower, sign)[shower.row(material)][used[1:]]
    groups = merged(theirs, error)
    assert len(groups) >= 160
    pulls = []
    for group in groups:
        total, sigma = theirs[group].sum(), np.hypot.reduce(error[group])
        difference = ours[group].sum() - total
        assert abs(difference) < np.hypot(0.03 * total, 3.0 * sigma)
        pulls.append(difference / sigma)
    # χ²/ndf has a spread of √(2/160) = 0.11; common shifts of the bins, 0.5 %, add to it.
    assert np.mean(np.square(pulls)) < 1.5


@pytest.mark.parametrize("material", ["lead", "scintillator"])
@pytest.mark.parametrize("sign", ["minus", "plus"])
def test_track_length_above_1_GeV_agrees_with_geant4(stack_shower, material, sign):
    reference, shower = stack_shower
    used = reference.energy_low_GeV >= 1.0
    ours = getattr(shower, sign)[shower.row(material)][used[1:]].sum()
    # Statistics: 0.04 %.
    assert ours == pytest.approx(getattr(reference, sign)[material][used].sum(), rel=0.01)


def test_homogeneous_lead_above_50_GeV_agrees_with_geant4():
    lengths = track_length("e-", 100.0, LEAD)
    minus, plus = np.array(lengths.integral("lead", 50.0, 100.0)) / LEAD.radiation_length
    assert minus == pytest.approx(0.862, rel=0.005)
    # Few positrons there: statistics of their run.
    assert plus == pytest.approx(0.0413, rel=0.05)


def test_lead_and_scintillator_differ_at_the_beam_energy_alone(stack_shower):
    _, shower = stack_shower
    there = shower.rebinned(COARSE)
    ratio = there.minus[0] / there.minus[1]
    # Plates of equal thickness share the path of slow electrons alike …
    assert ratio[:6] == pytest.approx(1.0, abs=0.02)
    assert np.all(np.abs(there.plus[0, :-1] / there.plus[1, :-1] - 1.0) < 0.1)
    # … but the first plate is lead, behind which few stay close to the beam energy.
    assert 2.0 < ratio[-1] < 4.0


def test_path_by_plate_adds_up_to_that_by_material():
    """Also where plates of one material differ in thickness."""
    stack = Stack("steps", ((LEAD, 1.0), (SCINTILLATOR, 2.0), (LEAD, 0.1)), 3)
    plates = plate_paths("e-", 100.0, stack, 0.8, len(PIVOTS))
    paths, _ = stack_paths(stack, PIVOTS, primary("e-"))
    for name, path in paths.items():
        here = np.array(plates.materials) == name
        expected = path.reshape(3, -1)[:, 1:]
        largest = np.abs(expected).max()
        assert plates.paths[here].sum(axis=0) == pytest.approx(
            expected, rel=1e-9, abs=1e-12 * largest
        )
    assert plates.boundaries[-1] == pytest.approx(3 * 3.1)


def test_pivots_crowd_towards_the_beam_energy():
    assert PIVOTS[[0, -1]].tolist() == [0.4, 100.0]
    # Equal ratios of the energy below, of the distance from the beam energy above.
    below, above = PIVOTS[1:10] / PIVOTS[:9], (100.0 + 1e-2 - PIVOTS)[-12:]
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
        (("e-", 100.0, LEAD, 0.5, None, 20.5), "pivots"),
    ],
)
def test_bad_arguments_are_refused_by_name(arguments, name):
    with pytest.raises(ValueError, match=f"^{name} = "):
        track_length(*arguments)
