"""Limits by the ratio method, Eqs. (12)–(15)."""

from dataclasses import replace

import numpy as np
import pytest

from physics_lib.constants import ELECTRON_MASS, MUON_MASS
from physics_lib.data import read_curve
from physics_lib.experiment import load_experiment
from physics_lib.limits import (
    FOUND,
    NO_LIMIT,
    NO_SIGNAL,
    NOT_CONVERGED,
    absolute_limit,
    common_efficiency_of,
    fitted_efficiency,
    ratio_limit,
    reference_search,
)
from physics_lib.mixing import mixing
from physics_lib.models import DarkPhoton, Invisible, Vanilla, invisible_branching
from physics_lib.yields import Search

PUBLISHED = read_curve("na64e_2019_epsilon")
MASSES = np.array([1.08e-3, 0.01, 0.1, 0.2, 0.23, 0.25, 0.3, 0.35, 0.5, 0.7])


@pytest.fixture(scope="module")
def invisible(search):
    return ratio_limit(Invisible(MASSES, 1e-3), search)


@pytest.fixture(scope="module")
def radiative_only(search):
    return ratio_limit(Invisible(MASSES, 1e-3), search, radiative_only=True)


def test_at_one_mev_the_loop_is_a_constant(invisible):
    """g_up = ε_up/|Π(0)|, with |Π(0)| = 0.01443."""
    assert invisible.coupling[0] == pytest.approx(PUBLISHED.at(1.08e-3) / 0.01443, rel=0.02)
    assert invisible.coupling[0] == pytest.approx(5.25e-4, rel=0.02)


def test_radiation_alone_rescales_the_published_limit(radiative_only):
    """g² |Π(m²)|² BR = ε_up², whatever the experiment."""
    at_limit = Invisible(MASSES, radiative_only.coupling)
    strength = radiative_only.coupling * np.abs(mixing(MASSES**2))
    effective = strength * np.sqrt(invisible_branching(at_limit))
    assert effective == pytest.approx(PUBLISHED.at(MASSES), rel=1e-7)


def test_a_dark_photon_by_radiation_alone_is_the_published_limit(search):
    mass = np.array([0.00108, 0.0125, 0.1, 0.7])
    limit = ratio_limit(DarkPhoton(mass, 1e-3), search, radiative_only=True)
    # Visible decays take ε²α against α_D/5: 2e-5 of the branching at most.
    invisible = invisible_branching(DarkPhoton(mass, limit.coupling))
    assert limit.coupling * np.sqrt(invisible) == pytest.approx(PUBLISHED.at(mass), rel=1e-8)
    assert limit.coupling == pytest.approx(PUBLISHED.at(mass), rel=5e-5)


def test_annihilation_gains_a_factor_of_four_at_its_best(invisible, radiative_only):
    gain = dict(zip(MASSES, radiative_only.coupling / invisible.coupling, strict=True))
    assert 3.5 < gain[0.23] < 4.5


def test_annihilation_matters_on_the_resonance_alone(invisible, radiative_only):
    gain = radiative_only.coupling / invisible.coupling
    assert np.all(gain > 1.0)
    assert np.all(gain[MASSES > 0.33] < 1.03)
    assert np.all(gain[MASSES <= 0.1] < 1.01)


def test_the_limit_gives_the_yield_that_was_excluded(search, invisible):
    radiated, resonant = search.signal_yield(Invisible(MASSES, invisible.coupling))
    excluded = search.radiative_yield(MASSES) * PUBLISHED.at(MASSES) ** 2
    assert radiated + resonant == pytest.approx(excluded, rel=1e-7)


def test_the_iteration_closes_in_monotonically(invisible):
    steps = np.abs(np.diff(np.log(invisible.history), axis=0))
    # Down to the rounding of the yield.
    assert np.all((steps[2:] < steps[1:-1]) | (steps[2:] < 1e-12))
    assert np.all(steps[-1] < 1e-8)
    assert np.array_equal(invisible.history[-1], invisible.coupling)


def test_the_first_round_is_the_ansatz_of_the_paper(search, invisible):
    # "considering the decay to dark sector particles only" (Sec. IV): so it is for g → 0.
    at_rest = Invisible(MASSES, 1e-9)
    excluded = search.radiative_yield(MASSES) * PUBLISHED.at(MASSES) ** 2
    events = search.radiated_signal(at_rest) + search.annihilation_yield(at_rest)
    ansatz = 1e-9 * np.sqrt(excluded / events)
    assert invisible.history[1] == pytest.approx(ansatz, rel=1e-6)


def test_two_iterations_are_enough_for_the_eye(invisible):
    assert invisible.history[3] == pytest.approx(invisible.coupling, rel=0.005)


def test_rounds_are_counted_until_nothing_moves(invisible):
    moves = np.abs(invisible.history[1:] / invisible.history[:-1] - 1.0) >= 1e-8
    for count, column in zip(invisible.iterations, moves.T, strict=True):
        assert np.all(column[:count])
        assert not np.any(column[count:])


def test_the_result_does_not_depend_on_the_coupling_of_the_model(search, invisible):
    other = ratio_limit(Invisible(MASSES, 0.5), search)
    assert np.array_equal(other.coupling, invisible.coupling)


def test_the_dark_coupling_hardly_matters(search, invisible):
    light = MASSES < 0.4
    weak = ratio_limit(Invisible(MASSES[light], 1e-3, alpha_d=0.02), search)
    assert weak.coupling == pytest.approx(invisible.coupling[light], rel=0.15)


def test_without_dark_decays_the_limit_is_weaker_above_the_muon_threshold(search, invisible):
    vanilla = ratio_limit(Vanilla(MASSES, 1e-3), search)
    assert vanilla.coupling[:3] == pytest.approx(invisible.coupling[:3], rel=1e-2)
    assert np.all(vanilla.coupling[MASSES > 0.22] > invisible.coupling[MASSES > 0.22])


def test_a_projection_by_radiation_goes_with_the_root_of_the_statistics(search, radiative_only):
    projection = Search.of(load_experiment("na64e-1e13"))
    limit = ratio_limit(Invisible(MASSES, 1e-3), projection, search, radiative_only=True)
    strength, reference = (
        np.square(one.coupling) * invisible_branching(Invisible(MASSES, one.coupling))
        for one in (limit, radiative_only)
    )
    assert strength / reference == pytest.approx(2.84e11 / 1e13, rel=1e-6)
    light = MASSES < 0.15
    assert (limit.coupling / radiative_only.coupling)[light] == pytest.approx(
        np.sqrt(2.84e11 / 1e13), rel=1e-5
    )


def test_a_positron_beam_excludes_more_on_the_resonance(search):
    mass = np.array([0.05, 0.25, 0.3])
    electrons, positrons = (
        ratio_limit(Invisible(mass, 1e-3), Search.of(load_experiment(name)), search).coupling
        for name in ("na64e-1e13", "na64e-positron-1e13")
    )
    gain = electrons / positrons
    assert gain[0] == pytest.approx(1.0, abs=0.02)
    assert np.all(gain[1:] > 2.0)


@pytest.mark.parametrize("bad", [9.9e-4, 0.71])
def test_masses_without_a_published_limit_are_refused(search, bad):
    with pytest.raises(ValueError, match=r"^mass = \S+ GeV: allowed \[0.001, 0.7\] GeV"):
        ratio_limit(Invisible(np.array([0.1, bad]), 1e-3), search)


def test_a_single_mass_gives_arrays_of_one(search):
    limit = ratio_limit(Invisible(0.1, 1e-3), search)
    assert limit.mass.shape == limit.coupling.shape == limit.iterations.shape == (1,)
    assert limit.history.shape[1] == 1


def test_the_absolute_limit_gives_the_events_that_are_excluded(search):
    limit = absolute_limit(Invisible(MASSES, 1e-3), search, common_efficiency=0.5)
    events = sum(search.signal_yield(Invisible(MASSES, limit.coupling)))
    # Nothing observed: CLs excludes ln 10 events whatever the background is.
    assert events == pytest.approx(2.0 * np.log(10.0), rel=1e-7)


def test_statistics_move_the_limit_by_the_root_of_the_events(search):
    light = Vanilla(MASSES[:3], 1e-3)
    cls = absolute_limit(light, search).coupling
    other = absolute_limit(light, search, statistics="feldman-cousins").coupling
    assert np.all(other < cls)
    assert (other / cls) ** 2 == pytest.approx(np.full(3, (other[0] / cls[0]) ** 2), rel=1e-3)


def test_the_fitted_efficiency_makes_the_two_methods_agree_on_average(search):
    constant, closure = fitted_efficiency(search, PUBLISHED, np.log(10.0))
    assert np.exp(np.mean(np.log(closure))) == pytest.approx(1.0, rel=1e-12)
    mass = PUBLISHED.mass_GeV
    ratio, absolute = (
        ratio_limit(DarkPhoton(mass, 1e-3), search, radiative_only=True),
        absolute_limit(DarkPhoton(mass, 1e-3), search, constant, radiative_only=True),
    )
    assert absolute.coupling / ratio.coupling == pytest.approx(closure, rel=1e-4)


@pytest.mark.parametrize("bad", [0.0, -1.0, np.nan, 11.0])
def test_an_efficiency_without_sense_is_refused(search, bad):
    with pytest.raises(ValueError, match="^common_efficiency = "):
        absolute_limit(Vanilla(0.1, 1e-3), search, bad)


def test_off_the_mass_shell_the_limit_moves_on_the_cusp_alone(search):
    mass = np.array([0.01, 0.1, 2.0 * MUON_MASS, 0.4])
    model, off_shell = Invisible(mass, 1e-3), replace(search, off_shell=True)
    moved = ratio_limit(model, off_shell, search).coupling / ratio_limit(model, search).coupling
    assert moved[2] == pytest.approx(1.015, abs=0.007)
    assert np.delete(moved, 2) == pytest.approx(np.ones(3), abs=0.003)


EDGES = np.array(
    [
        np.nextafter(2.0 * MUON_MASS, 0.0),
        2.0 * MUON_MASS,
        np.nextafter(2.0 * MUON_MASS, 1.0),
        # The resonance of the beam energy, and that of the cut.
        np.sqrt(2.0 * ELECTRON_MASS * (100.0 + ELECTRON_MASS)),
        np.sqrt(2.0 * ELECTRON_MASS * 50.0),
        0.001,
        0.7,
    ]
)


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize(
    "model",
    [
        Vanilla(EDGES, 1e-3),
        Invisible(EDGES, 1e-3, 1e-9, 3.0),
        # χ at its threshold, and the widest line allowed.
        Invisible(EDGES, 1e-3, 1.0, 2.0 + 1e-7),
        Invisible(EDGES, 1e-3, 1.0, 1e6),
        DarkPhoton(EDGES, 1e-3),
    ],
)
def test_thresholds_and_edges_have_finite_and_continuous_limits(search, model, full):
    other = replace(search, off_shell=full, nonresonant=full)
    limit = ratio_limit(model, other, search).coupling
    assert np.all(np.isfinite(limit))
    assert np.all(limit > 0.0)
    # One step of floating point on either side of the cusp.
    assert limit[0] == pytest.approx(limit[1], rel=1e-2)
    assert limit[2] == pytest.approx(limit[1], rel=1e-2)


@pytest.mark.parametrize("g", [1e-60, 1e-30, 1e-12, 10.0])
def test_yields_are_finite_for_the_smallest_and_the_largest_coupling(search, g):
    full = replace(search, off_shell=True, nonresonant=True)
    for one in (search, full):
        for model in (Vanilla(0.25, g), Invisible(2.0 * MUON_MASS, g, 1.0)):
            radiated, annihilated = one.signal_yield(model)
            assert np.isfinite(radiated)
            assert np.isfinite(annihilated)
            assert radiated > 0.0


@pytest.mark.parametrize("g", [0.0, 1e-61, -1e-3, 10.1, np.nan])
def test_couplings_without_sense_are_refused(g):
    with pytest.raises(ValueError, match="^coupling = "):
        Vanilla(0.25, g)


def test_without_statistics_there_is_no_limit(search):
    few = replace(search, experiment=replace(search.experiment, particles_on_target=1e6))
    with pytest.raises(ValueError, match="^mass = 0.3 GeV: no limit below a coupling of 10"):
        ratio_limit(Vanilla(np.array([0.001, 0.3]), 1e-3), few, search)


# How the equation is solved: with yields whose solution is known.


class Yields:
    """Stands in for a `Search`: events are what two functions of the model say."""

    experiment = load_experiment("na64e-2018")

    def __init__(self, radiated, annihilated=lambda model: 0.0):
        self.radiated_signal, self.annihilation_yield = radiated, annihilated

    @classmethod
    def power(cls, strength, power):
        return cls(lambda model: strength * np.asarray(model.coupling) ** power)


EXCLUDED = np.log(10.0)
TWO = DarkPhoton(np.array([0.1, 0.3]), 1e-3)


def test_a_yield_with_the_square_of_the_coupling_is_solved_at_once():
    limit = absolute_limit(TWO, Yields.power(1e9, 2.0))
    assert limit.coupling == pytest.approx(np.full(2, np.sqrt(EXCLUDED / 1e9)), rel=1e-12)
    assert np.all(limit.history[0] == 1e-6)
    assert limit.history.shape == (3, 2)
    assert list(limit.iterations) == [1, 1]
    assert list(limit.outcome) == [FOUND, FOUND]
    assert np.array_equal(limit.mass, TWO.mass)


@pytest.mark.parametrize("power", [1.2, 3.0, 3.9])
def test_after_three_plain_rounds_the_power_is_known(power):
    solution = 1e-5
    limit = absolute_limit(TWO, Yields.power(EXCLUDED / solution**power, power))
    assert limit.coupling == pytest.approx(np.full(2, solution), rel=1e-9)
    plain = 1e-6
    for round_ in (1, 2, 3):
        plain *= np.sqrt((solution / plain) ** power)
        assert limit.history[round_] == pytest.approx(np.full(2, plain), rel=1e-9)
    assert limit.history[4] == pytest.approx(np.full(2, solution), rel=1e-9)
    assert list(limit.iterations) == [4, 4]


@pytest.mark.parametrize(("power", "used"), [(0.5, 1.0), (4.5, 4.0)])
def test_steps_stay_moderate_where_the_yield_is_flat_or_steep(power, used):
    limit = absolute_limit(TWO, Yields.power(EXCLUDED / 1e-5**power, power))
    assert limit.coupling == pytest.approx(np.full(2, 1e-5), rel=1e-7)
    missing = (1e-5 / limit.history[3]) ** power
    assert limit.history[4] == pytest.approx(limit.history[3] * missing ** (1 / used), rel=1e-9)


def test_each_mass_is_solved_by_itself_and_left_alone_when_it_is():
    asked = []

    def radiated(model):
        asked.append(tuple(model.mass))
        return 1e6 * model.coupling ** np.where(model.mass < 0.2, 2.0, 3.0)

    limit = absolute_limit(TWO, Yields(radiated))
    assert list(limit.iterations) == [1, 4]
    assert asked == [(0.1, 0.3), (0.1, 0.3), (0.3,), (0.3,), (0.3,)]
    assert limit.coupling == pytest.approx([(EXCLUDED / 1e6) ** (1 / n) for n in (2, 3)], rel=1e-9)
    alone = absolute_limit(DarkPhoton(np.array([0.3]), 1e-3), Yields(radiated))
    assert alone.coupling == limit.coupling[1:]


def test_radiation_and_annihilation_add_up_unless_one_is_left_out():
    both = Yields(lambda model: 1e6 * model.coupling**2, lambda model: 3e6 * model.coupling**2)
    assert absolute_limit(TWO, both).coupling == pytest.approx(np.sqrt(EXCLUDED / 4e6), rel=1e-9)
    alone = absolute_limit(TWO, both, radiative_only=True)
    assert alone.coupling == pytest.approx(np.sqrt(EXCLUDED / 1e6), rel=1e-9)


def test_half_of_the_efficiency_needs_twice_the_events():
    signal = Yields.power(1e9, 2.0)
    half = absolute_limit(TWO, signal, 0.5).coupling / absolute_limit(TWO, signal).coupling
    assert half == pytest.approx(np.sqrt(2.0), rel=1e-12)


def test_a_model_without_signal_is_refused_or_marked():
    signal = Yields(lambda model: np.where(model.mass > 0.2, 0.0, 1e9 * model.coupling**2))
    words = r"^mass = 0\.3 GeV: the model gives no signal events, so no limit$"
    with pytest.raises(ValueError, match=words):
        absolute_limit(TWO, signal)
    limit = absolute_limit(TWO, signal, strict=False)
    assert list(limit.outcome) == [FOUND, NO_SIGNAL]
    assert limit.coupling[0] == absolute_limit(TWO, Yields.power(1e9, 2.0)).coupling[0]
    assert np.isnan(limit.coupling[1])


def test_a_limit_that_is_no_coupling_is_refused_or_marked():
    signal = Yields(lambda model: np.where(model.mass > 0.2, 1e-2, 1e9) * model.coupling**2)
    with pytest.raises(ValueError, match=r"^mass = 0\.3 GeV: no limit below a coupling of 10$"):
        absolute_limit(TWO, signal)
    limit = absolute_limit(TWO, signal, strict=False)
    assert list(limit.outcome) == [FOUND, NO_LIMIT]
    assert np.array_equal(np.isnan(limit.coupling), [False, True])


def test_a_yield_that_never_settles_is_refused_or_marked():
    rounds = []

    def radiated(model):
        rounds.append(len(model.mass))
        # As much too many as too few in turn, whatever the coupling.
        wrong = EXCLUDED * (EXCLUDED if len(rounds) % 2 else 1.0 / EXCLUDED)
        return np.where(model.mass > 0.2, wrong, 1e9 * model.coupling**2)

    with pytest.raises(RuntimeError, match="^limit did not converge in 100 rounds$"):
        absolute_limit(TWO, Yields(radiated))
    assert len(rounds) == 100
    limit = absolute_limit(TWO, Yields(radiated), strict=False)
    assert list(limit.outcome) == [FOUND, NOT_CONVERGED]
    assert np.array_equal(np.isnan(limit.coupling), [False, True])


def test_the_outcomes_are_four():
    assert len({FOUND, NO_SIGNAL, NO_LIMIT, NOT_CONVERGED}) == 4
    # A byte each: scans keep them for every point.
    assert absolute_limit(TWO, Yields.power(1e9, 2.0)).outcome.dtype == np.int8


def test_masses_come_one_at_a_time_as_lists_or_in_single_precision():
    signal = Yields(lambda model: 1e9 * (model.mass * model.coupling) ** 2)
    one = absolute_limit(DarkPhoton(0.1, 1e-3), signal)
    assert one.mass.shape == one.coupling.shape == one.outcome.shape == (1,)
    many = absolute_limit(DarkPhoton([0.1, 0.3], 1e-3), signal)
    assert np.array_equal(many.coupling[:1], one.coupling)
    single = absolute_limit(DarkPhoton(np.array([0.25, 0.5], dtype=np.float32), 1e-3), signal)
    assert single.mass.dtype == np.float64


def test_a_limit_of_the_users_own_can_be_scaled(search):
    """Half of the published ε everywhere: half of the coupling."""
    half = replace(PUBLISHED, upper_limit=0.5 * PUBLISHED.upper_limit)
    mass = np.array([0.01, 0.25])
    for model in (DarkPhoton(mass, 1e-3), Vanilla(mass, 1e-3)):
        limit = ratio_limit(model, search, published=half, radiative_only=True)
        assert limit.coupling == pytest.approx(
            0.5 * ratio_limit(model, search, radiative_only=True).coupling, rel=1e-4
        )


def test_without_a_reference_the_data_of_2018_are_it(search):
    projection = Search.of(load_experiment("na64e-1e13"))
    model = Invisible(np.array([0.02, 0.25]), 1e-3)
    assert np.array_equal(
        ratio_limit(model, projection).coupling, ratio_limit(model, projection, search).coupling
    )


@pytest.mark.parametrize(
    "choice", [{"method": "iww"}, {"method": "ww", "form_factor": "elastic"}], ids=str
)
def test_the_cross_section_cancels_between_an_experiment_and_the_implicit_reference(choice):
    """A projection by radiation goes with the statistics, however radiation is computed."""
    other = replace(Search.of(load_experiment("na64e-1e13")), **choice)
    model = DarkPhoton(np.array([0.02, 0.25]), 1e-3)
    limit = ratio_limit(model, other, radiative_only=True).coupling
    strength = limit * np.sqrt(invisible_branching(DarkPhoton(model.mass, limit)))
    expected = PUBLISHED.at(model.mass) * np.sqrt(2.84e11 / 1e13)
    assert strength == pytest.approx(expected, rel=1e-6)


def test_a_search_of_the_same_data_is_its_own_reference(search):
    lengths = search.track_length
    doubled = replace(lengths, minus=2.0 * lengths.minus, plus=2.0 * lengths.plus)
    model = DarkPhoton(np.array([0.02, 0.25]), 1e-3)
    ours = ratio_limit(model, replace(search, track_length=doubled), radiative_only=True)
    assert ours.coupling == pytest.approx(
        ratio_limit(model, search, radiative_only=True).coupling, rel=1e-7
    )


def test_the_reference_is_set_up_once(monkeypatch):
    projection = Search.of(load_experiment("na64e-1e13"))
    ratio_limit(Vanilla(0.1, 1e-3), projection)

    def again(experiment):
        raise AssertionError("set up again")

    monkeypatch.setattr(Search, "of", again)
    ratio_limit(Vanilla(0.2, 1e-3), projection)
    assert reference_search("etl", "full").experiment == load_experiment("na64e-2018")


def test_the_common_efficiency_is_fitted_for_electrons_and_one_for_muons(search):
    fitted, _ = fitted_efficiency(search, PUBLISHED, np.log(10.0))
    positrons = Search.of(load_experiment("na64e-positron-1e13"))
    for one in (search, positrons):
        assert common_efficiency_of(one) == pytest.approx(fitted, rel=1e-9)
    assert common_efficiency_of(search, "feldman-cousins") < fitted
    elastic = replace(search, form_factor="elastic")
    fitted, _ = fitted_efficiency(elastic, PUBLISHED, np.log(10.0))
    assert common_efficiency_of(elastic) == pytest.approx(fitted, rel=1e-9)
    assert common_efficiency_of(Search.of(load_experiment("na64mu-1e11"))) == 1.0


def test_refusals_say_what_is_allowed(search):
    with pytest.raises(ValueError, match=r"^mass = 0\.75 GeV: allowed \[0\.001, 0\.7\] GeV$"):
        ratio_limit(Vanilla(0.75, 1e-3), search)
    with pytest.raises(ValueError, match=r"^common_efficiency = 11: allowed \(0, 10\]$"):
        absolute_limit(Vanilla(0.1, 1e-3), search, 11.0)


def test_limits_are_told_apart_without_comparing_arrays(invisible):
    assert invisible != replace(invisible, coupling=2.0 * invisible.coupling)
    assert invisible in [invisible]
