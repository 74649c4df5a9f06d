"""Experiments: the known ones, a user's own, and what is refused."""

import dataclasses
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from physics_lib.constants import ELECTRON_MASS, MUON_MASS
from physics_lib.experiment import (
    MOST_EVENTS,
    Experiment,
    list_experiments,
    load_experiment,
)
from physics_lib.statistics import upper_limit

KNOWN = load_experiment("na64e-2018")
MUONS = load_experiment("na64mu-1e11")
MINE = """\
title: mine
beam: e+
energy_GeV: 70
particles_on_target: 1e12
target: lead
resolution_stochastic: 0.1
resolution_constant: 0.0
ecal_cut_GeV: 35
observed: 1
background: 0.2
background_error: 0.1
source: thought up
"""


@pytest.fixture
def write(tmp_path):
    def write_file(content):
        path = tmp_path / "mine.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write_file


def test_data_set_of_the_paper():
    assert KNOWN.particles_on_target == 2.84e11
    assert (KNOWN.beam, KNOWN.energy_GeV, KNOWN.ecal_cut_GeV) == ("e-", 100.0, 50.0)
    assert (KNOWN.observed, KNOWN.background, KNOWN.background_error) == (0, 0.53, 0.17)


def test_projections_differ_only_in_beam_statistics_and_background():
    electron, positron = (load_experiment(f"na64e-{name}") for name in ("1e13", "positron-1e13"))
    assert (electron.beam, positron.beam) == ("e-", "e+")
    for projection in (electron, positron):
        assert projection.particles_on_target == 1e13
        assert projection.background == 0.0
        for name in ("energy_GeV", "target", "ecal_cut_GeV", "resolution_stochastic"):
            assert getattr(projection, name) == getattr(KNOWN, name)


@pytest.mark.parametrize("name", list_experiments())
def test_every_listed_experiment_loads(name):
    assert load_experiment(name).title


def test_resolution():
    assert KNOWN.resolution(100.0) == pytest.approx(1.0 + 4.0)
    assert KNOWN.resolution(np.array([[25.0]])) == pytest.approx(np.array([[0.5 + 1.0]]))
    with pytest.raises(ValueError, match="energy_GeV = 0"):
        KNOWN.resolution(0.0)


@pytest.mark.parametrize("content", [MINE, "\ufeff" + MINE, MINE.replace("\n", "\r\n")])
def test_own_file(write, content):
    path = write(content)
    mine = load_experiment(path)
    assert mine == load_experiment(str(path))
    assert mine.particles_on_target == 1e12
    assert isinstance(mine.energy_GeV, float)


@pytest.mark.parametrize("field", ["momentum_cut_GeV", "momentum_resolution"])
def test_a_muon_beam_without_a_spectrometer_is_refused(field):
    with pytest.raises(ValueError, match=f"^{field}: missing or 0, needed for beams of muons$"):
        dataclasses.replace(MUONS, **{field: 0.0})


def test_own_file_with_muons(write):
    content = MINE.replace("beam: e+", "beam: mu+").replace("lead", "na64-ecal")
    spectrometer = "momentum_cut_GeV: 3e1\nmomentum_resolution: 0.02\n"
    mine = load_experiment(write(content + spectrometer))
    assert (mine.momentum_cut_GeV, mine.momentum_resolution) == (30.0, 0.02)
    with pytest.raises(ValueError, match=r"mine\.yaml: momentum_cut_GeV: missing or 0"):
        load_experiment(write(content))


@pytest.mark.parametrize(
    "target", ["tungsten", "0.035 cm tungsten", "2 x (1 cm iron, 2e0 cm water)"]
)
def test_own_targets(write, target):
    mine = load_experiment(write(MINE.replace("lead", target)))
    assert mine.target == target
    assert dataclasses.replace(mine, observed=2).target == target


def test_muons_leave_plates_but_not_a_block():
    assert dataclasses.replace(MUONS, target="40 cm iron").has_muons
    with pytest.raises(ValueError, match=r"target with beam mu- = 'iron': allowed na64-ecal, or"):
        dataclasses.replace(MUONS, target="iron")


@pytest.mark.parametrize(
    ("line", "old", "new", "words"),
    [
        (2, "e+", "pi+", "beam = 'pi\\+': allowed e-"),
        (3, "70", "0.5", r"energy_GeV = 0.5 GeV: allowed \[1, 1000\] GeV"),
        (4, "1e12", "0", "particles_on_target = 0: allowed"),
        (5, "lead", "lard", "target = 'lard': allowed na64-ecal"),
        (5, "lead", "3 cm lard", "target: material = 'lard': allowed lead"),
        (5, "lead", "0 cm lead", r"target: thickness of lead = 0 cm: allowed \[0.0001"),
        (5, "lead", "20000 x (1 cm lead)", r"target: plates = 20000: allowed \[1, 10000"),
        (8, "35", "75", r"ecal_cut_GeV = 75 GeV: allowed \(0, 70\) GeV"),
        (9, "observed: 1", "observed: 1.5", "observed = 1.5: a whole number"),
        (12, "thought up", "''", "source = '': allowed a text"),
    ],
)
def test_values_out_of_range_are_refused_with_their_line(write, line, old, new, words):
    with pytest.raises(ValueError, match=rf"mine\.yaml line {line}: {words}"):
        load_experiment(write(MINE.replace(old, new)))


def test_later_runs_differ_from_the_paper_in_beam_statistics_and_background():
    for name, particles, beam in (("2022", 9.37e11, "e-"), ("positron-2022", 1.01e10, "e+")):
        run = load_experiment(f"na64e-{name}")
        assert (run.particles_on_target, run.beam) == (particles, beam)
        for field in ("energy_GeV", "target", "ecal_cut_GeV", "resolution_stochastic"):
            assert getattr(run, field) == getattr(KNOWN, field)


def test_experiments_are_frozen():
    with pytest.raises(dataclasses.FrozenInstanceError):
        KNOWN.observed = 3


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("title", "", "text"),
        ("title", 3, "text"),
        ("source", "x" * 501, "text"),
        ("beam", "pi-", r"e-, e\+, mu-, mu\+"),
        ("beam", None, "e-, e+"),
        ("beam", ["e-"], "e-, e+"),
        ("target", "gold", "na64-ecal, lead, scintillator, tungsten, .* or plates:"),
        ("target", "0.1 mm lead", "or plates:"),
        ("target", "", "text"),
        ("target", ["lead"], "text"),
        ("energy_GeV", 0.5, r"\[1, 1000\]"),
        ("energy_GeV", float("nan"), r"\[1, 1000\]"),
        ("energy_GeV", True, "number"),
        ("energy_GeV", "high", "number"),
        ("energy_GeV", 10**400, "number"),
        ("particles_on_target", 0.0, r"\(0, 1e\+20\]"),
        ("particles_on_target", float("inf"), r"\(0, 1e\+20\]"),
        ("resolution_stochastic", -0.1, r"\[0, 1\]"),
        ("resolution_constant", 4, r"\[0, 1\]"),
        ("ecal_cut_GeV", 0.0, r"\(0, 100\)"),
        ("ecal_cut_GeV", 100.0, r"\(0, 100\)"),
        ("observed", -1, r"\[0, 1e\+06\]"),
        ("observed", 0.5, "whole number"),
        ("observed", True, "whole number"),
        ("background", -0.1, r"\[0, 1e\+06\]"),
        ("background_error", float("nan"), r"\[0, 1e\+06\]"),
        ("momentum_cut_GeV", 50.0, r"mu-, mu\+ alone"),
        ("momentum_cut_GeV", float("nan"), r"mu-, mu\+ alone"),
        ("momentum_cut_GeV", "low", "number"),
        ("momentum_resolution", 0.03, r"mu-, mu\+ alone"),
    ],
)
def test_bad_values_are_named(field, value, allowed):
    with pytest.raises(ValueError, match=f"{field} = .*{allowed}") as caught:
        dataclasses.replace(KNOWN, **{field: value})
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("target", "lead", "allowed na64-ecal, or plates"),
        ("momentum_cut_GeV", 160.0, r"\(0, 160\) GeV"),
        ("momentum_cut_GeV", float("inf"), r"\(0, 160\) GeV"),
        ("momentum_resolution", float("nan"), r"\(0, 1\]"),
        ("momentum_resolution", None, "number"),
    ],
)
def test_bad_values_of_a_muon_beam_are_named(field, value, allowed):
    with pytest.raises(ValueError, match=f"{field}.* = .*{allowed}") as caught:
        dataclasses.replace(MUONS, **{field: value})
    assert "\n" not in str(caught.value)


def test_projection_with_muons():
    assert (MUONS.beam, MUONS.energy_GeV, MUONS.momentum_cut_GeV) == ("mu-", 160.0, 80.0)
    assert (MUONS.particles_on_target, MUONS.observed, MUONS.background) == (1e11, 0, 0.0)


def test_what_the_beam_consists_of():
    assert (MUONS.has_muons, KNOWN.has_muons) == (True, False)
    assert (MUONS.lepton_mass, KNOWN.lepton_mass) == (MUON_MASS, ELECTRON_MASS)


@given(
    energy=st.floats(2.0, 1000.0),
    fraction=st.floats(0.01, 0.99),
    events=st.integers(0, 1_000_000),
    particles=st.floats(1.0, 1e20),
)
def test_values_in_range_are_kept(energy, fraction, events, particles):
    made = dataclasses.replace(
        KNOWN,
        energy_GeV=energy,
        ecal_cut_GeV=energy * fraction,
        observed=events,
        particles_on_target=particles,
    )
    assert isinstance(made, Experiment)
    assert (made.energy_GeV, made.observed) == (energy, events)


BOMB = "a: &a [x,x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("", "empty file"),
        ("# nothing\n", "NoneType found, a mapping is needed"),
        ("- 1\n- 2\n", "line 1: only `key: value` lines"),
        ("text", "str found, a mapping is needed"),
        (MINE + "colour: red\n", "line 13: unknown key 'colour': allowed title, beam"),
        (MINE + "3: red\n", "line 13: '3': a key must be plain text"),
        (MINE.replace("lead", "\n  lead: 1"), "line 5: target = a mapping: allowed a text"),
        (MINE.replace("e+", "\n  lead: 1"), "line 2: beam = .Definition.*: allowed e-"),
        (MINE.replace("observed: 1\n", ""), "missing observed"),
        (MINE.replace("beam: e+\n", "").replace("target: lead\n", ""), "missing beam, target"),
        (MINE + "beam: e-\n", "line 13: 'beam' appears twice"),
        (MINE.replace("70", "high"), "energy_GeV = 'high': a number is needed"),
        (MINE.replace("70", ""), "energy_GeV = None: a number is needed"),
        (MINE.replace("70", ".nan"), "energy_GeV = nan GeV"),
        (MINE.replace("70", "0x" + "f" * 3000), "energy_GeV = .*: a decimal number is needed"),
        (MINE.replace("70", "9" * 5000), "plain text and numbers are needed"),
        (MINE.replace("lead", "[lead]"), "line 5: only `key: value` lines"),
        (MINE.replace("70", "2022-13-45"), "plain text and numbers are needed"),
        (BOMB, r"line 1: only `key: value` lines are allowed \(no lists, braces, anchors"),
        (MINE.replace("70", "!!python/object/apply:os.getcwd x"), "line 3: only `key: value`"),
        ("? [a, b]\n: 1\n", "line 1: only `key: value`"),
        ("title: [unclosed\n", "line 1: only"),
        ("title: 'unclosed\n", "YAML is needed"),
        ("a:\n  b:\n    c: d\n", "line 3: only"),
        ("title: a\n\tbeam: b\n", "line 2: .*YAML is needed"),
        ("a: b: c\n", "line 1: .*YAML is needed"),
        ("title: a\n---\ntitle: b\n", "YAML is needed"),
        ("[" * 20_000, "line 1: only"),
        ("{" * 20_000, "line 1: only"),
        ("- " * 20_000, "line 1: only"),
        ("? " * 20_000, "line 1: only"),
        (MINE.encode() + b"\xff", "line 13: byte 0xff: UTF-8 is needed"),
        ("title: \x00\n", "YAML is needed"),
        ("#" * 70_000, "larger than the 65536 bytes"),
    ],
)
def test_damaged_files_are_refused_in_one_line(write, content, words):
    with pytest.raises(ValueError, match=words) as caught:
        load_experiment(write(content))
    message = str(caught.value)
    assert "mine.yaml" in message
    assert "\n" not in message
    assert len(message) < 500


@given(st.text(max_size=60))
def test_any_text_is_loaded_or_refused_cleanly(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "any.yaml"
    path.write_text(text, encoding="utf-8", errors="replace")
    with pytest.raises(ValueError, match=r"any\.yaml") as caught:
        load_experiment(path)
    assert "\n" not in str(caught.value)


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(ValueError, match=re.escape("'na62': allowed na64e-2018, na64e-1e13")):
        load_experiment("na62")


def test_missing_file_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"none\.yaml: no such file"):
        load_experiment(tmp_path / "none.yaml")
    with pytest.raises(FileNotFoundError, match=r"none\.yml: no such file"):
        load_experiment("none.yml")


@pytest.mark.parametrize("method", ["cls", "bayesian"])
def test_as_many_events_as_an_experiment_may_have_have_a_limit(method):
    most = dataclasses.replace(KNOWN, observed=MOST_EVENTS, background=1e6, background_error=1e3)
    counts = most.observed, most.background, most.background_error
    # σ² = n + δb², and half of a normal distribution lies above zero.
    assert upper_limit(*counts, method) == pytest.approx(1.645 * np.sqrt(2e6), rel=2e-3)
