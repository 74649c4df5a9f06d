"""Event files: round trip through pylhe, G4DarkBreM's rules of reading, nothing left behind."""

import gzip
import json
import sys
from pathlib import Path

import numpy as np
import pylhe
import pytest

from physics_lib.constants import MUON_MASS
from physics_lib.events.lhe import write_events
from physics_lib.events.library import CROSS_SECTIONS, DESCRIPTION, write_library
from physics_lib.events.sample import radiative_events
from physics_lib.events.target import ThickTarget, thick_target_events
from physics_lib.experiment import load_experiment
from physics_lib.models import Invisible
from physics_lib.production import radiative
from physics_lib.production.form_factor import LEAD_NUCLEUS

COUNT = 200


@pytest.fixture(scope="module")
def sample():
    target = ThickTarget.of(load_experiment("na64e-2018"), 30.0, pivots=40)
    return thick_target_events(Invisible(0.25, 1e-3), target, COUNT, 5)


def read(path):
    return pylhe.LHEFile.fromfile(str(path), generator=False)


@pytest.mark.parametrize("name", ["a.lhe", "a.lhe.gz"])
def test_a_file_brings_back_every_bit(tmp_path, sample, name):
    path = tmp_path / name
    write_events(path, sample, {"seed": 5})
    content = read(path)
    assert len(content.events) == COUNT
    for i, event in enumerate(content.events):
        there = sample.ids[i] != 0
        assert [p.id for p in event.particles] == sample.ids[i][there].tolist()
        momenta = np.array([[p.e, p.px, p.py, p.pz] for p in event.particles])
        assert np.array_equal(momenta, sample.momenta[i][there])
        assert np.array_equal([p.m for p in event.particles], sample.masses[i][there])
        assert event.eventinfo.nparticles == len(event.particles)
        assert event.eventinfo.pid == (2 if sample.resonant[i] else 1)
        assert event.eventinfo.weight == 1.0
        (comment,) = event.optional
        assert float(comment.split()[-1]) == pytest.approx(sample.depth[i], abs=1e-6)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_mothers_and_statuses_make_a_tree(tmp_path, sample):
    path = tmp_path / "a.lhe"
    write_events(path, sample)
    for event in read(path).events:
        statuses = [p.status for p in event.particles]
        (mediator,) = (i for i, p in enumerate(event.particles) if p.id == 622)
        assert statuses.count(-1) == 2
        assert statuses[mediator] == 2
        for i, particle in enumerate(event.particles):
            mothers = event.mother_indices(particle)
            if particle.status == -1:
                assert mothers == []
            elif abs(particle.id) in (14, 16, 51):
                assert set(mothers) == {mediator}
            else:
                assert mothers == [0, 1]
            assert i < 2 or max(mothers) < i
        final = [[p.e, p.px, p.py, p.pz] for p in event.particles if p.status == 1]
        start = [[p.e, p.px, p.py, p.pz] for p in event.particles if p.status == -1]
        assert np.sum(final, axis=0) == pytest.approx(np.sum(start, axis=0), abs=1e-10)


def test_the_header_says_what_was_drawn(tmp_path, sample):
    path = tmp_path / "a.lhe.gz"
    write_events(path, sample, {"seed": 5})
    content = read(path)
    (element,) = content.header.extra_elements
    assert json.loads(element.text)["seed"] == 5
    assert content.init.initInfo.weightingStrategy == 3
    found = [process.xSection for process in content.init.procInfo]
    assert found == pytest.approx(sample.cross_sections, rel=1e-6)
    assert content.init.initInfo.beamB == 1_000_822_070


def test_the_same_seed_gives_the_same_file(tmp_path):
    files = [tmp_path / name for name in ("a.lhe.gz", "b.lhe.gz")]
    for path in files:
        write_events(path, radiative_events(50.0, 0.1, LEAD_NUCLEUS, 20, 3))
    assert files[0].read_bytes() == files[1].read_bytes()


def as_g4darkbrem(folder):
    """Events as the rules of its parser find them: Z, E, recoil lepton, sum with the mediator."""
    library = {}
    for path in sorted(folder.iterdir()):
        if path.name.endswith(".csv"):
            raise AssertionError("taken for a table of events")
        if not path.name.endswith((".lhe", ".lhe.gz")):
            continue
        opened = gzip.open if path.name.endswith(".gz") else open
        with opened(path, "rt", encoding="utf-8") as file:
            lines = file.read().split("\n")
        charge, i = -1, 0
        while i < len(lines):
            if "Znuc" in lines[i]:
                first, second = lines[i].split()[:2]
                assert int(first) == 2
                charge = int(float(second))
            incoming = numbers(lines[i])
            if incoming and abs(incoming[0]) in (11, 13) and incoming[1] == -1:
                lepton, mediator = numbers(lines[i + 2]), numbers(lines[i + 4])
                assert (lepton[0], lepton[1]) in ((11, 1), (13, 1))
                assert (mediator[0], mediator[1]) == (622, 1)
                assert charge > 0
                event = np.array(lepton[6:10]), np.array(mediator[6:10])
                library.setdefault((charge, incoming[9]), []).append(event)
                i += 4
            i += 1
    return library


def numbers(line):
    """At least eleven numbers at the start of a line, else nothing."""
    parts = line.split()
    try:
        return [float(part) for part in parts[:11]] if len(parts) > 10 else []
    except ValueError:
        return []


@pytest.mark.parametrize("lepton_mass", [None, MUON_MASS])
def test_a_library_follows_the_rules_of_g4darkbrem(tmp_path, lepton_mass):
    folder, energies = tmp_path / "library", [10.0, 5.123456789]
    extra = {} if lepton_mass is None else {"lepton_mass": lepton_mass}
    done = []
    found = write_library(
        folder, 0.1, energies, LEAD_NUCLEUS, 50, 3, progress=done.append, **extra
    )
    library = as_g4darkbrem(folder)
    assert done == [1, 2]
    assert set(library) == {(82, 10.0), (82, 5.123456789)}
    assert [len(events) for events in library.values()] == [50, 50]
    for (_, energy), events in library.items():
        (seed,) = (f["seed"] for f in found["files"] if f["energy_GeV"] == energy)
        again = radiative_events(energy, 0.1, LEAD_NUCLEUS, 50, seed, **extra)
        leptons, mediators = (np.array(column) for column in zip(*events, strict=True))
        assert np.array_equal(leptons, np.roll(again.of("lepton"), -1, axis=1))
        assert np.array_equal(mediators, np.roll(again.of("mediator"), -1, axis=1))
    table = np.genfromtxt(folder / CROSS_SECTIONS, delimiter=",", names=True)
    sigma = radiative.sigma(np.sort(energies), 0.1, LEAD_NUCLEUS, **extra)
    assert np.array_equal(table["energy_GeV"], np.sort(energies))
    assert table["sigma_pb"] == pytest.approx(sigma, rel=1e-12)
    assert json.loads((folder / DESCRIPTION).read_text()) == found
    for file in found["files"]:
        content = read(folder / file["name"])
        assert content.init.initInfo.energyA == pytest.approx(file["energy_GeV"])
        assert content.init.procInfo[0].xSection == pytest.approx(file["sigma_pb"], rel=1e-6)


def test_the_events_of_a_library_stay_as_they_are(tmp_path, monkeypatch):
    """In its files the nucleus has another number, but not in the events it is made from."""
    made = []

    def kept(*arguments, **options):
        made.append(radiative_events(*arguments, **options))
        return made[-1]

    monkeypatch.setattr("physics_lib.events.library.radiative_events", kept)
    write_library(tmp_path / "library", 0.1, [10.0], LEAD_NUCLEUS, 5)
    assert np.all(made[0].ids[:, [1, 3]] == 1_000_822_070)


def test_folders_in_use_are_refused(tmp_path):
    (tmp_path / "mine").write_text("older")
    for folder in (tmp_path, tmp_path / "mine"):
        with pytest.raises(ValueError, match="new or empty folder"):
            write_library(folder, 0.1, [10.0], LEAD_NUCLEUS, 5)
    assert (tmp_path / "mine").read_text() == "older"
    empty = tmp_path / "empty"
    empty.mkdir()
    write_library(empty, 0.1, [10.0], LEAD_NUCLEUS, 5)
    assert (empty / DESCRIPTION).exists()


@pytest.mark.parametrize(
    ("mass", "energies", "expected"),
    [(0.1, [10.0, 10.0], "twice"), (6.0, [10.0, 5.0], "mass"), (0.1, [10.0, 1e6], "energy")],
)
def test_a_library_that_fails_leaves_nothing(tmp_path, mass, energies, expected):
    with pytest.raises(ValueError, match=expected):
        write_library(tmp_path / "library", mass, energies, LEAD_NUCLEUS, 5)
    assert not list(tmp_path.iterdir())


def test_a_full_disk_leaves_the_older_file(tmp_path, sample, monkeypatch):
    path = tmp_path / "a.lhe"
    path.write_text("older")

    def fail(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", fail)
    with pytest.raises(ValueError, match="No space left"):
        write_events(path, sample)
    assert path.read_text() == "older"
    with pytest.raises(ValueError, match="No space left"):
        write_library(tmp_path / "library", 0.1, [10.0], LEAD_NUCLEUS, 5)
    assert list(tmp_path.iterdir()) == [path]


def test_other_names_are_refused(tmp_path, sample):
    with pytest.raises(ValueError, match=r"\.lhe or \.lhe\.gz"):
        write_events(tmp_path / "a.root", sample)


def test_without_pylhe_one_line_says_so(tmp_path, sample, monkeypatch):
    monkeypatch.setitem(sys.modules, "pylhe", None)
    with pytest.raises(ValueError, match=r"na64e-book\[events\]") as found:
        write_events(tmp_path / "a.lhe", sample)
    assert "\n" not in str(found.value)
    assert not list(tmp_path.iterdir())
