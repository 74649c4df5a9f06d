"""The command line: its answers against the library, and how it refuses bad input."""

import contextlib
import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from physics_lib.cli import io as cli_io
from physics_lib.cli.main import main
from physics_lib.constants import MUON_MASS
from physics_lib.efficiency import ThresholdEfficiency, efficiency_of
from physics_lib.experiment import load_experiment
from physics_lib.limits import ratio_limit
from physics_lib.materials import target_of
from physics_lib.mixing import mixing
from physics_lib.models import MODELS, DarkPhoton, Invisible, Vanilla, total_width
from physics_lib.production import nonresonant, radiative, resonant
from physics_lib.production.form_factor import LEAD_NUCLEUS
from physics_lib.shower.cascade import track_length
from physics_lib.yields import Search

DARK = ("--alpha-d", "0.05", "--mass-ratio", "4")
COUPLING = {"vanilla": "--g", "invisible": "--g", "dark-photon": "--epsilon"}
SHOWER = "material,E_lo_GeV,E_hi_GeV,T_minus_cm_per_GeV,T_minus_err,T_plus_cm_per_GeV,T_plus_err"
FAST_SHOWER = ("tracklength", "--target", "lead", "--pivots", "20", "--bins", "8")


def run(*arguments):
    """Exit status, standard output and standard error of the command line."""
    with (
        contextlib.redirect_stdout(io.StringIO()) as out,
        contextlib.redirect_stderr(io.StringIO()) as err,
    ):
        status = main(arguments)
    return status, out.getvalue(), err.getvalue()


def answer(*arguments, with_json=True):
    """Header and columns of a command that succeeds; its JSON must say the same."""
    status, out, err = run(*arguments)
    assert (status, err) == (0, "")
    header, *rows = csv.reader(io.StringIO(out))
    records = [dict(zip(header, map(_plain, row), strict=True)) for row in rows]
    if with_json:
        status, out, err = run(*arguments, "--json")
        assert (status, err) == (0, "")
        assert json.loads(out) == records
    return ",".join(header), [np.array([r[name] for r in records]) for name in header]


def _plain(text):
    try:
        return float(text)
    except ValueError:
        return text


def make(name, mass, coupling):
    alpha_d, mass_ratio = float(DARK[1]), float(DARK[3])
    if name == "vanilla":
        return Vanilla(mass, coupling)
    return MODELS[name](mass, coupling, alpha_d, mass_ratio)


@pytest.fixture(scope="module")
def search():
    return Search.of(load_experiment("na64e-2018"))


def test_mixing():
    header, (q2, re, im) = answer("mixing", "--q2=-0.01,0.03,0.36,-1:1:5")
    expected = mixing(np.array([-0.01, 0.03, 0.36, -1.0, -0.5, 0.0, 0.5, 1.0]))
    assert header == "q2_GeV2,re,im"
    assert q2.tolist() == [-0.01, 0.03, 0.36, -1.0, -0.5, 0.0, 0.5, 1.0]
    assert np.array_equal(re, expected.real)
    assert np.array_equal(im, expected.imag)


@pytest.mark.parametrize("name", MODELS)
def test_widths(name):
    arguments = ("widths", "--model", name, "--mass", "0.25", COUPLING[name], "1e-3", *DARK)
    header, (channel, width, branching) = answer(*arguments)
    model = make(name, 0.25, 1e-3)
    expected = model.widths(0.25)
    assert header == "channel,width_GeV,branching"
    assert channel.tolist() == list(expected)
    assert width.tolist() == [float(value) for value in expected.values()]
    assert branching == pytest.approx(width / total_width(model), rel=1e-15)


def test_defaults_of_the_dark_sector():
    given = ("widths", "--model", "dark-photon", "--mass", "0.25", "--g", "1e-3")
    _, (channel, width, _) = answer(*given)
    expected = DarkPhoton(0.25, 1e-3, alpha_d=0.1, mass_ratio=3.0).widths(0.25)
    assert dict(zip(channel, width, strict=True)) == expected


@pytest.mark.parametrize(
    "target", ["na64-ecal", "lead", "tungsten", "2 x (1 cm iron, 1 cm water)"]
)
def test_tracklength(target):
    options = ("--beam", "e+", "--energy", "50", "--threshold", "5", "--bins", "10")
    header, columns = answer("tracklength", "--target", target, "--pivots", "20", *options)
    edges = np.linspace(0.0, 50.0, 11)
    expected = track_length("e+", 50.0, target_of(target), 5.0, edges, 20)
    assert header == SHOWER
    assert columns[0].tolist() == list(np.repeat(expected.materials, 10))
    assert np.array_equal(columns[1], np.tile(edges[:-1], len(expected.materials)))
    assert np.array_equal(columns[2], np.tile(edges[1:], len(expected.materials)))
    parts = (expected.minus, expected.minus_error, expected.plus, expected.plus_error)
    for column, part in zip(columns[3:], parts, strict=True):
        assert np.array_equal(column, part.ravel())


@pytest.mark.parametrize("as_json", [False, True])
def test_tracklength_to_a_file(tmp_path, as_json):
    path = tmp_path / "lead.csv"
    path.write_text("older")
    form = ("--json",) if as_json else ()
    assert run(*FAST_SHOWER, *form, "--out", str(path)) == (0, "", "")
    assert path.read_text() == run(*FAST_SHOWER, *form)[1]
    assert set(tmp_path.iterdir()) == {path, tmp_path / "lead.csv.provenance.json"}


def test_radiative_spectrum():
    arguments = ("sigma", "--process", "radiative", "--energy", "100,50", "--mass", "0.1,0.2")
    header, columns = answer(*arguments, "--x", "0.5,0.9,0.99")
    e, m, x = (
        a.ravel() for a in np.meshgrid([100.0, 50.0], [0.1, 0.2], [0.5, 0.9, 0.99], indexing="ij")
    )
    assert header == "energy_GeV,mass_GeV,x,dsigma_dx_pb"
    for column, expected in zip(columns, (e, m, x), strict=False):
        assert np.array_equal(column, expected)
    assert np.array_equal(columns[3], radiative.spectrum(e, m, 1.0 - x, LEAD_NUCLEUS))


@pytest.mark.parametrize(
    ("options", "keywords"),
    [
        ((), {}),
        (("--x-min", "0.5"), {"x_min": 0.5}),
        (("--method", "ww"), {"method": "ww"}),
        (
            ("--method", "iww", "--form-factor", "elastic"),
            {"method": "iww", "form_factor": "elastic"},
        ),
        (("--lepton", "mu", "--x-min", "0.5"), {"lepton_mass": MUON_MASS, "x_min": 0.5}),
    ],
)
def test_radiative_total(options, keywords):
    arguments = ("sigma", "--process", "radiative", "--energy", "20:100:2", "--mass", "0.1,0.3")
    header, (e, m, sigma) = answer(*arguments, *options)
    assert header == "energy_GeV,mass_GeV,sigma_pb"
    assert e.tolist() == [20.0, 20.0, 100.0, 100.0]
    assert m.tolist() == [0.1, 0.3, 0.1, 0.3]
    assert np.array_equal(sigma, radiative.sigma(e, m, LEAD_NUCLEUS, **keywords))


@pytest.mark.parametrize("name", MODELS)
def test_resonant(name):
    model = ("--model", name, COUPLING[name], "1e-3", *DARK)
    arguments = ("sigma", "--process", "resonant", "--energy", "40,60", "--mass", "0.2,0.22")
    header, (e, m, sigma) = answer(*arguments, *model)
    assert header == "energy_GeV,mass_GeV,sigma_pb"
    assert e.tolist() == [40.0, 40.0, 60.0, 60.0]
    assert m.tolist() == [0.2, 0.22, 0.2, 0.22]
    assert np.array_equal(sigma, resonant.sigma(make(name, m, 1e-3), e))


def test_nonresonant():
    arguments = ("sigma", "--process", "nonresonant", "--energy", "50,100", "--mass", "0.1,0.2")
    header, (e, m, sigma) = answer(*arguments)
    assert header == "energy_GeV,mass_GeV,sigma_pb"
    assert np.array_equal(sigma, nonresonant.sigma(e, m))


def test_efficiency_of_muons():
    options = ("--experiment", "na64mu-1e11")
    _, (energy, eta) = answer("efficiency", "--energy", "70,80,90,120", *options)
    assert np.array_equal(eta, efficiency_of(load_experiment("na64mu-1e11"))(energy))


def test_efficiency():
    header, (energy, eta) = answer("efficiency", "--energy", "10,49,50,51,60,90")
    assert header == "E_F_GeV,eta"
    assert np.array_equal(eta, ThresholdEfficiency(load_experiment("na64e-2018"))(energy))


@pytest.mark.parametrize("name", ["vanilla", "dark-photon"])
def test_yield(search, name):
    options = ("--model", name, COUPLING[name], "1e-4,1e-3", *DARK)
    header, (mass, g, radiated, annihilated) = answer("yield", "--mass", "0.1,0.22", *options)
    assert header == f"mass_GeV,{COUPLING[name][2:]},n_radiative,n_resonant"
    assert mass.tolist() == [0.1, 0.1, 0.22, 0.22]
    assert g.tolist() == [1e-4, 1e-3, 1e-4, 1e-3]
    expected = search.signal_yield(make(name, mass, g))
    assert np.array_equal((radiated, annihilated), expected)


def test_yield_with_what_the_paper_neglects(search):
    options = ("--off-shell", "--electrons", "bound", "--photons")
    arguments = ("yield", "--model", "vanilla", "--mass", "0.2,0.25", "--g", "1e-3")
    _, (mass, g, *found) = answer(*arguments, *options, with_json=False)
    full = replace(search, off_shell=True, electrons="bound", nonresonant=True)
    assert np.array_equal(found, full.signal_yield(Vanilla(mass, g)))


@pytest.mark.parametrize("name", MODELS)
def test_limit(search, name):
    arguments = ("limit", "--model", name, "--masses", "0.1:0.3:3", *DARK)
    header, (mass, up, rounds) = answer(*arguments, with_json=name == "vanilla")
    expected = ratio_limit(make(name, mass, 1e-3), search)
    assert header == f"mass_GeV,{COUPLING[name][2:]}_up,iterations"
    assert np.array_equal(mass, np.geomspace(0.1, 0.3, 3))
    assert np.array_equal(up, expected.coupling)
    assert np.array_equal(rounds, expected.iterations)


def test_limit_without_annihilation_in_another_experiment():
    options = ("--experiment", "na64e-positron-1e13", "--radiative-only")
    _, (mass, up, _) = answer(
        "limit", "--model", "invisible", "--masses", "0.25", *options, with_json=False
    )
    positrons = Search.of(load_experiment("na64e-positron-1e13"))
    expected = ratio_limit(Invisible(mass, 1e-3), positrons, radiative_only=True)
    assert np.array_equal(up, expected.coupling)


def test_many_points_go_in_blocks(monkeypatch):
    command = ("yield", "--model", "vanilla", "--mass", "0.1:0.3:5", "--g", "1e-3")
    whole = run(*command)
    monkeypatch.setattr(cli_io, "_BLOCK", 2)
    assert run(*command) == whole


SIGMA = "sigma --energy 100 --mass 0.1 --process"
BAD = [
    ("", "command"),
    ("mixng", "Did you mean 'mixing'"),
    ("mixing", "--q2"),
    ("mixing --q2", "--q2"),
    ("mixing --q3=1", "--q3"),
    ("mixing --q2=1 extra", "extra"),
    ("mixing --q2=1 --json=yes", "--json"),
    *[
        (f"mixing --q2={text}", "--q2")
        for text in (
            *(",", "1,", ",1", "1,,2", "x", "nan", "inf", "-inf", "1e400", "1_0", "0x10", "１"),
            *(":", "1:2", "1:2:", ":2:3", "1:2:3:4", "1:2:x", "1:2:0", "1:2:-1", "1:2:1.5"),
            *("1:2:1000001", "1:2:99999999999", "1:2:1", "nan:2:3", "0:1:600000,0:1:600000"),
        )
    ],
    ("mixing --q2=1e13", "q2"),
    ("widths --model invisible --mass 0.1", "--g"),
    ("widths --model dark-photon --mass 0.1", "--epsilon"),
    ("widths --model invisible --g 1e-3", "--mass"),
    ("widths --mass 0.1 --g 1e-3", "--model"),
    ("widths --model nobody --mass 0.1 --g 1e-3", "vanilla, invisible, dark-photon"),
    ("widths --model vanilla --mass -0.1 --g 1e-3", "mass"),
    ("widths --model vanilla --mass nan --g 1e-3", "--mass"),
    ("widths --model vanilla --mass 0.1,0.2 --g 1e-3", "--mass"),
    ("widths --model vanilla --mass 0.1 --g 0", "g = 0"),
    ("widths --model vanilla --mass 0.1 --g inf", "--g"),
    ("widths --model dark-photon --mass 0.1 --epsilon 11", "epsilon = 11"),
    ("widths --model vanilla --mass 0.1 --epsilon 1e-3", "--epsilon"),
    ("widths --model dark-photon --mass 0.1 --epsilon 1e-3 --g 1e-3", "--g"),
    ("widths --model dark-photon --mass 1e-3 --epsilon 1e-3 --alpha-d 5e-324", "channel"),
    ("widths --model invisible --mass 0.1 --g 1e-3 --mass-ratio 2", "mass_ratio"),
    ("widths --model invisible --mass 0.1 --g 1e-3 --alpha-d 1.5", "alpha_d"),
    ("widths --model vanilla --mass 0.1 --g 1e-3 --alpha-d nan", "--alpha-d"),
    ("yield --model vanilla --mass 0.1 --g 1e-4 --experiment na64mu-1e11 --photons", "--photons"),
    ("tracklength --beam mu-", "e-, e+, gamma"),
    ("tracklength --method geant4", "cascade, montecarlo"),
    ("tracklength --target gold", "--target = 'gold': allowed na64-ecal, lead"),
    ("tracklength --energy 0.1", "--energy"),
    ("tracklength --energy 10,20", "--energy"),
    ("tracklength --threshold 60", "threshold"),
    ("tracklength --bins 0", "--bins"),
    ("tracklength --bins 1.5", "--bins"),
    ("tracklength --pivots 5", "--pivots"),
    (f"{SIGMA} comptonian", "radiative, resonant"),
    (f"{SIGMA} radiative --method exact", "etl, ww, iww"),
    (f"{SIGMA} radiative --form-factor none", "full"),
    (f"{SIGMA} radiative --x 1.5", "--x"),
    (f"{SIGMA} radiative --x=", "--x"),
    (f"{SIGMA} radiative --x 0.5 --x-min 0", "--x-min"),
    (f"{SIGMA} radiative --x-min 2", "--x-min"),
    (f"{SIGMA} radiative --model vanilla", "--model"),
    (f"{SIGMA} radiative --alpha-d 0.1", "--alpha-d"),
    (f"{SIGMA} resonant --g 1e-3", "--model"),
    (f"{SIGMA} resonant --model vanilla", "--g"),
    (f"{SIGMA} resonant --model vanilla --g 1e-3 --x 0.5", "--x"),
    (f"{SIGMA} resonant --model vanilla --g 1e-3 --x-min 0", "--x-min"),
    (f"{SIGMA} resonant --model vanilla --g 1e-3 --method etl", "--method"),
    (f"{SIGMA} radiative --lepton tau", "e, mu"),
    (f"{SIGMA} resonant --model vanilla --g 1e-3 --lepton mu", "--lepton"),
    (f"{SIGMA} nonresonant --model vanilla", "--model"),
    (f"{SIGMA} nonresonant --x 0.5", "--x"),
    ("sigma --process radiative --energy 0 --mass 0.1", "energy"),
    ("sigma --process radiative --energy 0:100:5 --mass 0.1", "logarithmic"),
    ("sigma --process radiative --energy 100 --mass -0.1", "mass"),
    ("sigma --process radiative --energy 1:9:9999 --mass 0.1:1:9999", "at most 1000000"),
    ("efficiency --energy 101", "100"),
    ("efficiency --energy=-1", "0, 100"),
    ("efficiency --energy 50 --experiment na62", "na64e-2018"),
    ("efficiency --energy 50 --experiment /no/such/file.yaml", "no such file"),
    ("yield --model vanilla --mass 0.1", "--g"),
    ("yield --model vanilla --mass=-0.1 --g 1e-3", "mass"),
    ("yield --model vanilla --mass 5 --g 1e-3", "mass"),
    ("yield --model nobody --mass 0.1 --g 1e-3", "--model"),
    ("yield --model vanilla --mass 0.1 --g 1e-3 --electrons free", "rest, bound"),
    ("limit --model vanilla", "--masses"),
    ("limit --model vanilla --masses=", "--masses"),
    ("limit --model vanilla --masses 0.9", "0.7"),
    ("limit --model vanilla --masses 0.1 --method guess", "ratio, absolute"),
    ("limit --model invisible --masses 0.1 --mass-ratio 2", "mass_ratio"),
    ("limit --model invisible --masses 0.1 --g 1e-3", "--g"),
    ("limit --model dark-photon --masses 0.1 --alpha-d 5e-324", "no signal events"),
    ("limit --model dark-photon --masses 0.1 --alpha-d 0", "alpha_d = 0: allowed (0, 1]"),
]


def assert_refused(result, expected=""):
    status, out, err = result
    assert status == 2
    assert out == ""
    assert err.startswith("na64e: error: ")
    assert err.count("\n") == 1
    assert err.endswith("\n")
    assert expected in err


@pytest.mark.parametrize(("line", "expected"), BAD)
def test_bad_input(line, expected):
    assert_refused(run(*line.split()), expected)


@pytest.mark.parametrize("text", ["", " ", "1\n2", "\x1b[31m", "\udc80", "9" * 5000])
@pytest.mark.parametrize("command", ["mixing --q2", "efficiency --energy 50 --experiment"])
def test_strange_text(command, text):
    status, out, err = run(*command.split(), text)
    assert_refused((status, out, err))
    assert err.strip().isprintable()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\xff", b"- a\n- b\n", b"title: half", b"title: [", b"beam: mu-\n" * 2],
)
def test_damaged_experiment_file(tmp_path, content):
    path = tmp_path / "mine.yaml"
    path.write_bytes(content)
    assert_refused(run("efficiency", "--energy", "50", "--experiment", str(path)), "mine.yaml")
    assert_refused(
        run("limit", "--model", "vanilla", "--masses", "0.1", "--experiment", str(path))
    )


@pytest.mark.parametrize("name", ["", ".", "missing/out.csv", "file/out.csv", "n" * 300])
def test_unwritable_file(tmp_path, monkeypatch, name):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    assert_refused(run(*FAST_SHOWER, "--out", name))
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_one_point_of_a_range_is_both_its_ends():
    assert run("mixing", "--q2=0.1:0.1:1") == run("mixing", "--q2=0.1")
    assert_refused(run("mixing", "--q2=0.1:0.2:1"), "two points or more")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("d.csv.provenance.json", "name of a record"),
        ("provenance.json", "name of a record"),
        ("m.lhe", "not ending in .lhe or .gz"),
        ("m.lhe.gz", "not ending in .lhe or .gz"),
        ("m.csv.gz", "not ending in .lhe or .gz"),
    ],
)
def test_tables_do_not_take_the_names_of_other_results(tmp_path, name, reason):
    path = tmp_path / "d.csv"
    assert run("mixing", "--q2=0.1", "--out", str(path))[0] == 0
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    assert_refused(run("mixing", "--q2=0.2", "--out", str(tmp_path / name)), reason)
    (tmp_path / "link").symlink_to(tmp_path / name)
    assert_refused(run("mixing", "--q2=0.2", "--out", str(tmp_path / "link")), reason)
    (tmp_path / "link").unlink()
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_devices_are_not_replaced():
    assert_refused(run(*FAST_SHOWER, "--out", os.devnull), "--out")


def test_nothing_is_left_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "out.csv"
    path.write_text("older")

    def fail(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    assert_refused(run(*FAST_SHOWER, "--out", str(path)), "No space left")
    assert path.read_text() == "older"
    assert list(tmp_path.iterdir()) == [path]


def test_bad_input_leaves_no_file(tmp_path):
    assert_refused(run("tracklength", "--energy", "0.1", "--out", str(tmp_path / "out.csv")))
    assert not list(tmp_path.iterdir())


def broken_mixing(error):
    def raise_it(q2):
        raise error

    return raise_it


def test_defects_are_not_called_bad_input(monkeypatch):
    monkeypatch.delenv("NA64E_DEBUG", raising=False)
    monkeypatch.setattr("physics_lib.mixing.mixing", broken_mixing(TypeError("a\nb")))
    assert run("mixing", "--q2=1") == (1, "", "na64e: internal error: TypeError: a b\n")
    monkeypatch.setenv("NA64E_DEBUG", "1")
    status, out, err = run("mixing", "--q2=1")
    assert (status, out) == (1, "")
    assert err.startswith("Traceback")


def test_interrupt_is_quiet(monkeypatch):
    monkeypatch.setattr("physics_lib.mixing.mixing", broken_mixing(KeyboardInterrupt()))
    assert run("mixing", "--q2=1") == (130, "", "")


def test_answers_that_are_not_finite_are_refused(monkeypatch):
    monkeypatch.setattr("physics_lib.mixing.mixing", lambda q2: np.array([1.0, np.nan + 0j]))
    assert_refused(run("mixing", "--q2=1,2"), "row 2")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_goes_to_a_terminal():
    with contextlib.redirect_stderr(Terminal()) as err:
        (result,) = cli_io.in_blocks("counting", lambda a: (2.0 * a,), np.arange(5000.0))
    assert np.array_equal(result, 2.0 * np.arange(5000.0))
    assert "counting" in err.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "",
        *[
            "mixing",
            "widths",
            "tracklength",
            "sigma",
            "efficiency",
            "yield",
            "limit",
            "scan",
            "verify",
        ],
    ],
)
def test_help(name):
    status, out, err = run(*name.split(), "--help")
    assert (status, err) == (0, "")
    assert "Example" in out or not name


def test_the_short_option_helps_as_well():
    assert run("-h") == run("--help")


def test_without_a_command_one_is_asked_for():
    assert run() == (2, "", "na64e: error: a command is missing: na64e --help lists them\n")


def test_either_name_of_the_masses_does():
    for command, name in (
        ("limit --model vanilla", "masses"),
        ("yield --model vanilla --g 1e-3", "mass"),
    ):
        expected = run(*command.split(), f"--{name}", "0.1")
        assert expected[0] == 0
        assert run(*command.split(), "--mass", "0.1") == expected
        assert run(*command.split(), "--masses", "0.1") == expected


def test_a_narrow_encoding_gets_escapes():
    environment = os.environ | {"PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "physics_lib", "verify", "ö.csv"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"na64e: error: \\xf6.csv: an ordinary file or a folder is needed\n"


def test_version():
    status, out, err = run("--version")
    assert (status, err) == (0, "")
    assert out.startswith("na64e ")


NUMBERS = st.sampled_from(
    ["0.1", "-1", "1e-3", "nan", "0.1,0.2", "0.1:0.3:3", "1:2", "2", "50", ""]
)
WORDS = st.sampled_from(["vanilla", "invisible", "dark-photon", "resonant", "na64e-2018", "etl"])
OPTIONS = {
    "mixing": ["--q2"],
    "widths": ["--model", "--mass", "--g", "--epsilon", "--alpha-d", "--mass-ratio"],
    "sigma": ["--process", "--model", "--mass", "--g", "--energy", "--x", "--method"],
    "efficiency": ["--energy", "--experiment"],
    "limit": ["--model", "--method", "--experiment", "--radiative-only"],
}


@st.composite
def command_lines(draw):
    """Arguments that are often nearly right; nothing among them takes long."""
    command = draw(st.sampled_from(list(OPTIONS)))
    arguments = [command]
    for _ in range(draw(st.integers(0, 6))):
        arguments.append(
            draw(st.sampled_from([*OPTIONS[command], "--json", "--help", "--nothing"]))
        )
        arguments.append(draw(NUMBERS | WORDS | st.text(max_size=8)))
    return arguments


@settings(max_examples=150, deadline=None)
@given(command_lines() | st.lists(st.text(max_size=8), max_size=3))
def test_any_arguments_give_an_answer_or_one_line(arguments):
    status, out, err = run(*arguments)
    if status == 0:
        assert out
        assert err == ""
    else:
        assert_refused((status, out, err))


@settings(deadline=None)
@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=5))
def test_numbers_survive_the_way_through_text(values):
    text = ",".join(map(repr, values))
    _, (q2, *_) = answer("mixing", f"--q2={text}")
    assert q2.tolist() == values


def shell(*arguments, **options):
    command = [sys.executable, "-m", "physics_lib", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, **options)


def test_module_in_a_process_of_its_own():
    done = shell("mixing", "--q2=-0.01,0.03,0.36")
    assert (done.returncode, done.stdout, done.stderr) == run("mixing", "--q2=-0.01,0.03,0.36")
    done = shell("limit", "--model", "nobody", "--masses", "0.1")
    assert_refused((done.returncode, done.stdout, done.stderr), "--model")


def test_reader_that_leaves_early():
    command = [sys.executable, "-m", "physics_lib", "mixing", "--q2=0:1:100000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"q2_GeV2,re,im\n"
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (["--help"], {"numpy", "scipy", "numba", "rich"}),
        (["mixing", "--q2=0.1"], {"scipy", "numba", "rich"}),
    ],
)
def test_light_commands_load_little(arguments, absent):
    code = f"""
import sys
from physics_lib.cli.main import main
assert main({arguments!r}) == 0
assert not {absent!r} & set(sys.modules), {absent!r} & set(sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
