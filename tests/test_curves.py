"""Tables of the curves: complete, described, equal to independent calls and to `data/results`."""

import json

import numpy as np
import pytest

from physics_lib import curves, data, export
from physics_lib.claims.recomputation import Recomputation
from physics_lib.constants import MUON_MASS, TAU_MASS
from physics_lib.constraints import delta_a_mu, equivalent_f
from physics_lib.curves import limits as limit_curves
from physics_lib.experiment import load_experiment
from physics_lib.limits import absolute_limit, ratio_limit
from physics_lib.materials import NA64_ECAL
from physics_lib.mixing import mixing
from physics_lib.models import Invisible, Vanilla
from physics_lib.provenance.records import data_input
from physics_lib.provenance.results import find_result
from physics_lib.relic import FreezeOut
from physics_lib.shower.cascade import track_length
from physics_lib.yields import Search

RESULTS = data.data_folder() / "results"
EXPECTED = {
    "Fig. 2": ("mixing_muon_threshold", "mixing_tau_threshold"),
    "Fig. 5": ("track_lengths_lead", "track_lengths_scintillator"),
    "Fig. 6": (
        "efficiency_curve",
        "efficiency_preshower",
        "efficiency_radiated",
        "efficiency_resonant",
    ),
    "Fig. 7": (
        "limits_vanilla",
        "limits_invisible",
        "limits_invisible_weak",
        "g_minus_2_band",
        "relic_density",
        "thermal_target",
        "published_ccfr_trident",
        "published_borexino_be7",
        "published_belle2_2019_invisible",
        "published_babar_4mu",
    ),
    "Fig. 8": ("parameterisation",),
    "How sure": ("limit_band", "limit_choices", "closure_radiation", "closure_invisible"),
}
NAMES = [name for names in EXPECTED.values() for name in names]


@pytest.fixture(scope="module")
def found():
    """Every table."""
    return {table.name: table for table in curves.tables(context=Recomputation())}


def test_every_figure_has_its_tables(found):
    assert list(found) == NAMES
    for figure, names in EXPECTED.items():
        assert all(found[name].figure.startswith(figure) for name in names)


@pytest.mark.parametrize("name", NAMES)
def test_tables_say_what_they_are(found, name):
    table = found[name]
    assert table.title
    assert table.description.endswith(".")
    assert table.method.endswith(".")
    assert not table.axis.qualifiers
    for column in table.columns:
        assert column.title
        assert len(column.qualifiers) >= 1
        assert all(key and value != "" for key, value, _ in column.qualifiers)
        assert all(np.any(error.plus > 0.0) for error in column.errors)
    axis = table.axis.values if table.axis.values.ndim == 1 else table.axis.values[:, 0]
    assert np.all(np.diff(axis) > 0.0)


def columns(table):
    return {column.name: column for column in table.columns}


def test_mixing_is_that_of_equation_6(found):
    for name in ("mixing_muon_threshold", "mixing_tau_threshold"):
        table = found[name]
        q2, pi = table.axis.values, columns(table)
        unit = 2.0 * np.pi**2 / np.sqrt(4.0 * np.pi / 137.035999084)
        expected = unit * mixing(q2)
        assert pi["re_pi"].values == pytest.approx(expected.real, rel=1e-9, abs=1e-12)
        assert pi["im_pi"].values == pytest.approx(expected.imag, rel=1e-9, abs=1e-12)
        assert pi["abs_pi"].values == pytest.approx(np.abs(expected), rel=1e-9)
    assert 4.0 * MUON_MASS**2 in found["mixing_muon_threshold"].axis.values
    assert 4.0 * TAU_MASS**2 in found["mixing_tau_threshold"].axis.values


@pytest.mark.parametrize("material", ["lead", "scintillator"])
def test_track_lengths_are_those_of_cascade_and_geant4(found, material):
    table = found[f"track_lengths_{material}"]
    bins, lengths = table.axis.values, columns(table)
    wide = np.array([0.5, 10.0, 50.0, 100.0])
    direct = track_length("e-", 100.0, NA64_ECAL, threshold=0.5, edges=wide)
    reference = data.read_track_length_reference("pre")
    for sign in ("minus", "plus"):
        path = np.concatenate(([0.0], np.cumsum(lengths[f"T_{sign}"].values * 0.5)))
        ours = np.diff(np.interp(wide, np.append(bins[:, 0], 100.0), path)) / np.diff(wide)
        assert ours == pytest.approx(getattr(direct, sign)[direct.row(material)], rel=1e-6)
        theirs = lengths[f"T_{sign}_geant4"]
        assert np.array_equal(theirs.values, getattr(reference, sign)[material][1:])
        expected = getattr(reference, f"{sign}_error")[material][1:]
        assert np.array_equal(theirs.errors[0].plus, expected)


def test_efficiency_is_a_threshold_at_50_gev(found):
    curve = found["efficiency_curve"]
    energy, eta = curve.axis.values, columns(curve)
    simple, full = eta["eta_threshold"].values, eta["eta"].values
    assert simple[energy == 50.0] == pytest.approx(0.5, abs=1e-12)
    assert np.all(full <= simple)
    assert full[energy == 65.0] == pytest.approx(simple[energy == 65.0], abs=0.02)
    assert full[-1] == 0.0
    kept = found["efficiency_preshower"]
    at = np.interp(100.0 - energy[-60:-4], kept.axis.values, kept.columns[0].values)
    assert full[-60:-4] == pytest.approx(at * simple[-60:-4], abs=2e-3)


def test_simulated_points_scatter_about_the_curve(found):
    points, curve = columns(found["efficiency_radiated"]), found["efficiency_curve"]
    full = columns(curve)["eta"].values
    bins = found["efficiency_radiated"].axis.values
    for mass in ("3MeV", "30MeV", "300MeV"):
        where, eta = points[f"E_F_mean_{mass}"].values, points[f"eta_{mass}"]
        assert np.all((where >= bins[:, 0]) & (where <= bins[:, 1]))
        assert np.all(eta.values <= points[f"kept_{mass}"].values + 1e-12)
        # Energies alone do not fix η: samples differ by some per cent.
        away = eta.values - np.interp(where, curve.axis.values, full)
        assert np.all(np.abs(away) < 0.06 + 3.0 * eta.errors[0].plus)
    resonant = found["efficiency_resonant"]
    place = columns(resonant)["E_F_mean"].values
    assert place == pytest.approx(resonant.axis.values**2 / (2.0 * 0.51099895e-3), rel=0.02)


@pytest.mark.parametrize(
    ("name", "model", "column"),
    [
        ("limits_vanilla", Vanilla, "g_up_na64e"),
        ("limits_invisible", Invisible, "g_up_na64e"),
        ("limits_invisible", Invisible, "g_up_electrons_1e13"),
        ("limits_vanilla", Vanilla, "g_up_positrons_1e13"),
    ],
)
def test_limits_are_those_of_the_ratio_method(found, search, name, model, column):
    rows = [0, 120, 205, 239]
    table = found[name]
    experiment = {
        "g_up_na64e": "na64e-2018",
        "g_up_electrons_1e13": "na64e-1e13",
        "g_up_positrons_1e13": "na64e-positron-1e13",
    }[column]
    run = Search.of(load_experiment(experiment))
    direct = ratio_limit(model(table.axis.values[rows], 1e-3), run, search)
    assert columns(table)[column].values[rows] == pytest.approx(direct.coupling, rel=1e-6)
    given = {key: value for key, value, _ in columns(table)[column].qualifiers}
    assert given["Particles on target"] == run.experiment.particles_on_target
    assert given["Beam"] == run.experiment.beam
    assert given["Confidence level"] == "90 %"
    assert (given.get(r"$\alpha_D$") == 0.1) == (model is Invisible)


def test_smaller_dark_coupling_and_muons(found, search):
    table = found["limits_invisible_weak"]
    model = Invisible(table.axis.values[::80], 1e-3, alpha_d=0.02)
    direct = ratio_limit(model, search, search)
    assert table.columns[0].values[::80] == pytest.approx(direct.coupling, rel=1e-6)
    table = found["limits_invisible"]
    muons = Search.of(load_experiment("na64mu-1e11"))
    direct = absolute_limit(Invisible(table.axis.values[::80], 1e-3), muons)
    ours = columns(table)["g_up_muons_1e11"].values[::80]
    assert ours == pytest.approx(direct.coupling, rel=1e-6)


def test_band_of_g_minus_2_and_thermal_target(found):
    band, target = found["g_minus_2_band"], found["thermal_target"]
    for name, excess in (("g_low", 251 - 2 * 59), ("g_high", 251 + 2 * 59)):
        anomaly = delta_a_mu(band.axis.values, columns(band)[name].values)
        assert anomaly == pytest.approx(excess * 1e-11, rel=1e-9)
    for name, f in (("g_f_1", 1.0), ("g_f_10", 10.0)):
        g = columns(target)[name].values
        assert equivalent_f(target.axis.values, g, 0.1, 3.0) == pytest.approx(f, rel=1e-9)


def test_relic_density_is_the_observed_one(found):
    table = found["relic_density"]
    for column, alpha_d in zip(table.columns, (0.1, 0.02), strict=True):
        history = FreezeOut(float(table.axis.values[0]), alpha_d, 3.0)
        assert history.density(float(column.values[0])) == pytest.approx(0.12, rel=1e-5)


def test_published_curves_are_those_of_the_data_folder(found):
    for label, name in limit_curves.OTHERS.items():
        curve, table = data.read_curve(name), found[f"published_{name}"]
        assert np.array_equal(table.axis.values, curve.mass_GeV)
        assert np.array_equal(table.columns[0].values, curve.upper_limit)
        assert table.taken_over
        assert table.sources == ((curve.source, f"https://doi.org/{curve.doi}"),)
        assert ("Experiment", label, "") in table.columns[0].qualifiers


def test_parameterisation_stays_below_and_within_5_per_cent(found):
    table = columns(found["parameterisation"])
    ratio = table["f_re"].values / table["re_pi"].values
    assert ratio == pytest.approx(table["ratio"].values, rel=1e-12)
    assert np.all((ratio > 0.95) & (ratio <= 1.0))
    q2 = found["parameterisation"].axis.values
    unit = table["re_pi"].values / mixing(q2).real
    assert np.ptp(unit) < 1e-9


def test_band_is_made_of_the_choices(found, search):
    table = found["limit_band"]
    (limit,) = table.columns
    direct = ratio_limit(Invisible(table.axis.values[::50], 1e-3), search, search)
    assert limit.values[::50] == pytest.approx(direct.coupling, rel=1e-6)
    groups = {}
    for column in found["limit_choices"].columns:
        group = next(value for key, value, _ in column.qualifiers if key == "Group")
        groups.setdefault(group, []).append(column.values)
    assert len(found["limit_choices"].columns) == 10
    for side, pick, sign in (("plus", np.max, 1.0), ("minus", np.min, -1.0)):
        largest = [pick([*group, np.zeros(len(table))], axis=0) for group in groups.values()]
        expected = limit.values * np.sqrt(np.sum(np.square(largest), axis=0))
        assert getattr(limit.errors[0], side) == pytest.approx(expected, rel=1e-9, abs=1e-15)
        assert np.all(sign * np.array(largest) >= 0.0)
        exact = getattr(limit.errors[1], side)
        assert np.all(exact <= expected * (1.0 + 1e-9) + 1e-15)


def test_closure_is_one_on_average(found):
    closure = columns(found["closure_radiation"])["closure"].values
    assert np.mean(np.log(closure)) == pytest.approx(0.0, abs=1e-9)
    one = found["closure_invisible"]
    light = one.axis.values < 0.1
    published = found["closure_radiation"].axis.values
    expected = np.exp(np.interp(np.log(one.axis.values), np.log(published), np.log(closure)))
    assert one.columns[0].values[light] == pytest.approx(expected[light], rel=0.03)


@pytest.mark.parametrize("name", NAMES)
def test_the_stored_results_are_the_recomputed_ones(found, name):
    ours = found[name].flat()
    stored = data.read_table(RESULTS / f"{name}.csv", tuple(ours))
    for column, values in zip(stored.T, ours.values(), strict=True):
        assert column == pytest.approx(values, rel=1e-6, abs=1e-8)


def test_the_stored_results_know_where_they_come_from():
    result = find_result(RESULTS, "results")
    assert (result.sound, result.wrong_files(), result.record.command) == (True, [], "export")
    assert result.record.program.modified is False
    names = [entry.name for entry in result.record.inputs]
    assert result.record.inputs == tuple(map(data_input, names))


def test_the_stored_results_are_described(found, tmp_path):
    export.write_tables(tmp_path / "csv", list(found.values()), "csv")
    fresh, stored = (
        json.loads((folder / export.DESCRIPTION).read_text(encoding="utf-8"))["resources"]
        for folder in (tmp_path / "csv", RESULTS)
    )
    assert stored == fresh
    assert {path.stem for path in RESULTS.glob("*.csv")} == {entry["name"] for entry in stored}


def test_the_page_of_the_book_links_every_table(found):
    page = (data.data_folder().parent / "book" / "data.md").read_text(encoding="utf-8")
    assert page.count("{download}") == len(found) + 1
    for table in found.values():
        link = f"{{download}}`{table.name}.csv <../data/results/{table.name}.csv>`"
        assert f"| {table.title} | {link} |" in page


def test_figures_that_are_not_there_are_refused():
    with pytest.raises(ValueError, match="figure = '1': allowed 2, 5, 6, 7, 8, band"):
        curves.tables(["1"])


X = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"unit": "MeV"}, "unit of g = 'MeV'"),
        ({"name": "g up"}, "name = 'g up'"),
        ({"values": np.array([1.0, np.nan])}, "finite"),
        ({"values": np.ones((2, 3))}, "shape"),
        ({"errors": (curves.Error("err", "statistical", -X),)}, "statistical"),
        ({"errors": (curves.Error("err", "statistical", X[:1]),)}, "statistical"),
    ],
)
def test_columns_a_file_could_not_hold_are_refused(fields, message):
    with pytest.raises(ValueError, match=message):
        curves.Column(**{"name": "g", "title": "g", "unit": "1", "values": X} | fields)


@pytest.mark.parametrize("other", [X[:1], X])
def test_columns_that_do_not_belong_together_are_refused(other):
    axis = curves.Column("m", "m", "GeV", X)
    column = curves.Column("m", "m", "GeV", other)
    with pytest.raises(ValueError, match="same"):
        curves.Table("t", "f", "t", "d.", "m.", axis, (column,))
