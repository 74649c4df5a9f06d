"""The commands `na64e events` and `na64e library`: files, answers, bad input."""

import csv
import io
import json

import numpy as np
import pylhe
import pytest

from physics_lib.cli.main import main
from physics_lib.events.sample import radiative_events
from physics_lib.events.target import ThickTarget, thick_target_events
from physics_lib.experiment import load_experiment
from physics_lib.models import Invisible
from physics_lib.production import radiative
from physics_lib.production.form_factor import LEAD_NUCLEUS
from physics_lib.yields import Search

EVENTS = ("events", "--model", "invisible", "--mass", "0.25", "--g", "1e-3", "--n", "100")
LIBRARY = ("library", "--mass", "0.1", "--n", "20")


def answer(capsys, *arguments):
    assert main(list(arguments)) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def read(path):
    return pylhe.LHEFile.fromfile(str(path), generator=False)


def test_events_are_those_of_the_library(capsys, tmp_path):
    path = tmp_path / "events.lhe.gz"
    printed = answer(capsys, *EVENTS, "--seed", "4", "--out", str(path))
    experiment = load_experiment("na64e-2018")
    target = ThickTarget.of(experiment, lengths=Search.of(experiment).track_length)
    expected = thick_target_events(Invisible(0.25, 1e-3), target, 100, 4)
    found = [[p.e for p in event.particles] for event in read(path).events]
    assert found == [row[row > 0.0].tolist() for row in expected.momenta[:, :, 0]]
    rows = list(csv.DictReader(io.StringIO(printed)))
    assert [row["process"] for row in rows] == ["radiative", "resonant"]
    assert [int(row["events"]) for row in rows] == [
        int(np.sum(~expected.resonant)),
        int(np.sum(expected.resonant)),
    ]
    sigma = np.array([float(row["cross_section_pb"]) for row in rows])
    assert np.array_equal(sigma, expected.cross_sections)
    assert [float(row["expected"]) for row in rows] == pytest.approx(sigma * expected.luminosity)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("vanilla", {}),
        ("b-minus-l", {}),
        ("invisible", {"alpha_d": 0.1, "mass_ratio": 3.0}),
        ("mine.yaml", {"particle": "dirac-fermion", "alpha_d": 0.5, "mass_ratio": 5.0}),
    ],
)
def test_the_header_has_the_dark_sector_of_the_events(
    capsys, tmp_path, monkeypatch, model, expected
):
    monkeypatch.chdir(tmp_path)
    text = "title: x\nkinetic_mixing: 0.1\ndark:\n  particle: dirac-fermion\n"
    (tmp_path / "mine.yaml").write_text(f"{text}  alpha_d: 0.5\n  mass_ratio: 5\n")
    options = ("--mass", "0.2", "--g", "1e-3", "--n", "5", "--out", "e.lhe")
    answer(capsys, "events", "--model", model, *options)
    settings, _ = (json.loads(element.text) for element in read("e.lhe").header.extra_elements)
    found = {
        key: settings[key] for key in ("particle", "alpha_d", "mass_ratio") if key in settings
    }
    assert found == expected


@pytest.mark.parametrize("process", ["radiative", "resonant"])
def test_one_process_from_a_threshold(capsys, tmp_path, process):
    path = tmp_path / "events.lhe"
    options = ("--process", process, "--threshold", "20", "--out", str(path), "--json")
    records = json.loads(answer(capsys, *EVENTS, *options))
    assert {r["process"]: r["events"] for r in records}[process] == 100
    events = read(path).events
    assert {event.eventinfo.pid for event in events} == {1 if process == "radiative" else 2}
    assert min(event.particles[0].e for event in events) > 20.0


def test_a_library_with_its_cross_sections(capsys, tmp_path):
    folder = tmp_path / "library"
    printed = answer(capsys, *LIBRARY, "--energies", "4:100:3", "--out", str(folder))
    rows = list(csv.DictReader(io.StringIO(printed)))
    energies = np.geomspace(4.0, 100.0, 3)
    assert [float(row["energy_GeV"]) for row in rows] == pytest.approx(energies, rel=1e-15)
    sigma = radiative.sigma(energies, 0.1, LEAD_NUCLEUS)
    assert [float(row["sigma_pb"]) for row in rows] == pytest.approx(sigma, rel=1e-12)
    seeds = [file["seed"] for file in json.loads((folder / "library.json").read_text())["files"]]
    for row, seed in zip(rows, seeds, strict=True):
        expected = radiative_events(float(row["energy_GeV"]), 0.1, LEAD_NUCLEUS, 20, seed)
        found = [event.particles[4].e for event in read(folder / row["file"]).events]
        assert found == expected.of("mediator")[:, 0].tolist()
    assert list(tmp_path.iterdir()) == [folder]


def test_a_library_of_muons(capsys, tmp_path):
    folder = tmp_path / "library"
    answer(capsys, *LIBRARY, "--energies", "50", "--lepton", "mu-", "--out", str(folder))
    (path,) = folder.glob("*.lhe.gz")
    assert {event.particles[2].id for event in read(path).events} == {13}


def test_any_seed_may_be_given(capsys, tmp_path):
    most = str(2**63 - 1)
    options = ("--seed", most, "--threshold", "40", "--process", "resonant")
    answer(capsys, *EVENTS, *options, "--out", str(tmp_path / "a.lhe"))
    answer(capsys, *LIBRARY, "--energies", "10", "--seed", most, "--out", str(tmp_path / "new"))
    assert main(["verify", str(tmp_path / "a.lhe"), str(tmp_path / "new")]) == 0


BAD = [
    (EVENTS, "", "--out"),
    (EVENTS, "--out a.root", ".lhe"),
    (EVENTS, "--out missing/a.lhe", "--out"),
    (EVENTS, "--out a.lhe --n 0", "--n"),
    (EVENTS, "--out a.lhe --n 1e4", "--n"),
    (EVENTS, "--out a.lhe --n 2000001", "--n"),
    (EVENTS, "--out a.lhe --seed -1", "--seed"),
    (EVENTS, "--out a.lhe --seed 9223372036854775808", "9223372036854775807"),
    (EVENTS, "--out a.lhe.provenance.json", ".lhe"),
    (EVENTS, "--out a.lhe --process elastic", "--process"),
    (EVENTS, "--out a.lhe --epsilon 1e-3", "--epsilon"),
    (EVENTS, "--out a.lhe --threshold 60", "--threshold"),
    (EVENTS, "--out a.lhe --threshold nan", "--threshold"),
    (EVENTS, "--out a.lhe --experiment na64mu-1e11", "beam"),
    (EVENTS, "--out a.lhe --experiment nobody", "na64e-2018"),
    (EVENTS, "--out a.lhe --mass-ratio 2", "mass_ratio"),
    (EVENTS, "--out a.lhe --mass 0.1,0.2", "--mass"),
    (EVENTS, "--out a.lhe --mass 20", "mass"),
    (EVENTS, "--out a.lhe --model nobody", "--model"),
    (LIBRARY, "--out new", "--energies"),
    (LIBRARY, "--energies 10", "--out"),
    (LIBRARY, "--energies 10 --out .", "empty folder"),
    (LIBRARY, "--energies 10 --out new.lhe", "not ending in .lhe"),
    (LIBRARY, "--energies 10 --out full", "empty folder"),
    (LIBRARY, "--energies 10 --out file", "empty folder"),
    (LIBRARY, "--energies 10 --out missing/new", "--out"),
    (LIBRARY, "--energies 10,10 --out new", "twice"),
    (LIBRARY, "--energies 10,0.01 --out new", "energy"),
    (LIBRARY, "--energies 10:1 --out new", "--energies"),
    (LIBRARY, "--energies 1:2:1001 --out new", "at most 1000"),
    (LIBRARY, "--energies 10 --out new --mass 11", "mass"),
    (LIBRARY, "--energies 10 --out new --mass 9.9999", "heavy"),
    (LIBRARY, "--energies 10 --out new --n 0", "--n"),
    (LIBRARY, "--energies 10 --out new --lepton tau", "--lepton"),
]


@pytest.mark.parametrize(("command", "line", "expected"), BAD)
def test_bad_input_is_one_line_and_leaves_nothing(
    capsys, tmp_path, monkeypatch, command, line, expected
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "older").touch()
    assert main([*command, *line.split()]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("na64e: error: ")
    assert printed.err.count("\n") == 1
    assert expected in printed.err
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "older"]


@pytest.mark.parametrize("name", ["events", "library"])
def test_help(capsys, name):
    assert "Example" in answer(capsys, name, "--help")
