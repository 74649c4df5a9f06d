"""Models and targets of a user's own on the command line."""

import csv
import io
import json
import os
from contextlib import contextmanager
from pathlib import Path

import pytest
import zarr

from physics_lib import definitions, tables
from physics_lib.cli.main import main
from physics_lib.models import DarkPhoton, Invisible
from physics_lib.own_model import OwnModel, load_model
from physics_lib.provenance import records

MINE = """\
title: L_mu - L_tau
charges:
  muon: 1
  tau: -1
loop: yes
dark:
  alpha_d: 0.2
  mass_ratio: 4
"""

THIN = """\
title: 8 GeV electrons on a thin target
beam: e-
energy_GeV: 8
particles_on_target: 4e14
target: 0.035 cm tungsten
resolution_stochastic: 0.1
resolution_constant: 0.04
ecal_cut_GeV: 1.5
observed: 0
background: 0
background_error: 0
source: none
"""


@pytest.fixture
def file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("mine.yaml").write_text(MINE, encoding="utf-8")
    Path("bare").mkdir()
    Path("bare/model").write_text("title: x\ncharges:\n  electron: 1\n", encoding="utf-8")


def run(capsys, command):
    status = main(command.split())
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def table(capsys, command):
    status, out, err = run(capsys, command)
    assert (status, err) == (0, "")
    return list(csv.DictReader(io.StringIO(out)))


def widths(capsys, options):
    rows = table(capsys, f"widths --mass 0.25 {options}")
    return {row["channel"]: float(row["width_GeV"]) for row in rows}


def test_a_file_is_the_model_it_describes(file, capsys):
    ours = widths(capsys, "--model mine.yaml --g 1e-3")
    assert ours == pytest.approx(Invisible(0.25, 1e-3, 0.2, 4.0).widths(0.25), rel=1e-14)


def test_options_take_the_place_of_the_dark_sector_of_the_file(file, capsys):
    ours = widths(capsys, "--model ./mine.yaml --g 1e-3 --alpha-d 0.1")
    assert ours == pytest.approx(Invisible(0.25, 1e-3, 0.1, 4.0).widths(0.25), rel=1e-14)
    # The default value counts as well if it is given.
    ours = widths(capsys, "--model mine.yaml --g 1e-3 --mass-ratio 3")
    assert ours == pytest.approx(Invisible(0.25, 1e-3, 0.2, 3.0).widths(0.25), rel=1e-14)


def test_a_path_needs_no_ending_if_it_has_a_slash(file, capsys):
    assert widths(capsys, "--model bare/model --g 1")["taus"] == 0.0


def test_names_of_the_data_file(capsys):
    ours = widths(capsys, "--model dark-photon-dirac --epsilon 1e-3")
    expected = OwnModel(0.25, 1e-3, load_model("dark-photon-dirac")).widths(0.25)
    assert ours == pytest.approx(expected, rel=1e-14)
    scalar = DarkPhoton(0.25, 1e-3).widths(0.25)
    assert ours["electrons"] == pytest.approx(scalar["electrons"], rel=1e-14)
    assert ours["dark"] > 8.0 * scalar["dark"]


def test_the_column_is_named_after_the_coupling(capsys):
    (row,) = table(capsys, "limit --model dark-photon-dirac --masses 0.01 --radiative-only")
    assert list(row) == ["mass_GeV", "epsilon_up", "iterations"]
    (other,) = table(capsys, "limit --model b-minus-l-dark --masses 0.01 --radiative-only")
    assert float(other["g_up"]) == pytest.approx(0.30282212 * float(row["epsilon_up"]), rel=1e-5)


def test_cross_section_and_yield_of_an_own_model(file, capsys):
    for command in ("sigma --process resonant --energy 61.2", "yield"):
        ours, built_in = (
            table(capsys, f"{command} --mass 0.25 --g 1e-3 {model}")
            for model in ("--model mine.yaml", "--model invisible --alpha-d 0.2 --mass-ratio 4")
        )
        for one, other in zip(ours, built_in, strict=True):
            assert {k: float(v) for k, v in one.items()} == pytest.approx(
                {k: float(v) for k, v in other.items()}, rel=1e-12
            )


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("widths --model none.yaml --mass 0.1 --g 1", "none.yaml: no such file"),
        ("widths --model . --mass 0.1 --g 1", "--model = '.': allowed vanilla, invisible, dark-"),
        ("widths --model ./ --mass 0.1 --g 1", "cannot be read"),
        ("widths --model nobody --mass 0.1 --g 1", "b-minus-l, "),
        ("widths --model mine.yaml --mass 0.1", "--g: missing"),
        ("widths --model mine.yaml --mass 0.1 --epsilon 1", "--epsilon: allowed only with"),
        ("widths --model mine.yaml --mass 0.1 --g 11", "g = 11: allowed"),
        ("widths --model mine.yaml --mass 0 --g 1", "mass = 0 GeV: allowed"),
        ("widths --model mine.yaml --mass 0.1 --g 1 --alpha-d 2", "alpha_d = 2: allowed (0, 1]"),
        ("widths --model mine.yaml --mass 0.1 --g 1 --alpha-d nan", "--alpha-d"),
        ("widths --model mine.yaml --mass 0.1 --g 1 --mass-ratio 2", "mass_ratio = 2: allowed (2"),
        (
            "widths --model b-minus-l --mass 0.1 --g 1 --alpha-d 0.1",
            "--alpha-d: not allowed with --model b-minus-l, which has no dark sector",
        ),
        ("widths --model dark-photon-dirac --mass 0.1", "--epsilon: missing"),
        ("limit --model none.yml --masses 0.1", "none.yml: no such file"),
    ],
)
def test_bad_models_are_refused_in_one_line(file, capsys, command, words):
    status, out, err = run(capsys, command)
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("na64e: error: ")
    assert words in err


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", ("0.2", "4.0")),
        ("--alpha-d 0.05", ("0.05", "4.0")),
        ("--mass-ratio 3", ("0.2", "3")),
    ],
)
def test_the_record_has_the_dark_sector_that_counts(file, capsys, options, expected):
    run(capsys, f"widths --mass 0.25 --model mine.yaml --g 1e-3 --out w.csv {options}")
    record = json.loads(Path("w.csv.provenance.json").read_text(encoding="utf-8"))
    assert (record["parameters"]["alpha_d"], record["parameters"]["mass_ratio"]) == expected
    assert run(capsys, "verify w.csv")[0] == 0


@contextmanager
def pipe(text):
    """Name of a file that can be read once, such as the <(...) of a shell."""
    reading, writing = os.pipe()
    os.write(writing, text.encode("utf-8"))
    os.close(writing)
    try:
        yield f"/dev/fd/{reading}"
    finally:
        os.close(reading)


def recorded_text(path, option):
    record = json.loads(Path(path).read_text(encoding="utf-8"))
    (found,) = [entry["text"] for entry in record["inputs"] if entry["option"] == option]
    return found


def test_a_model_that_can_be_read_once_is_enough(file, capsys):
    with pipe(MINE) as model:
        rows = f"widths --mass 0.25 --model {model} --g 1e-3 --out w.csv"
        assert run(capsys, rows) == (0, "", "")
    assert recorded_text("w.csv.provenance.json", "model") == MINE
    again = run(capsys, "widths --mass 0.25 --model mine.yaml --g 1e-3")[1]
    assert Path("w.csv").read_text(encoding="utf-8") == again
    assert run(capsys, "verify w.csv")[0] == 0


def test_an_experiment_that_can_be_read_once_is_enough(file, capsys):
    with pipe(THIN) as experiment:
        command = f"efficiency --energy 3,7.9 --experiment {experiment} --out eta.csv"
        assert run(capsys, command) == (0, "", "")
    assert recorded_text("eta.csv.provenance.json", "experiment") == THIN
    assert run(capsys, "verify eta.csv")[0] == 0


def test_a_scan_reads_its_files_once(file, capsys):
    command = "scan --quantity yield --g 1e-3 --masses 0.1,0.2 --out s.zarr"
    with pipe(MINE) as model, pipe(THIN) as experiment:
        command += f" --model {model},vanilla --experiment {experiment}"
        assert run(capsys, command)[0] == 0
    group = zarr.open_group("s.zarr", mode="r")
    texts = [entry["text"] for entry in group.attrs["provenance"]["inputs"]]
    assert [text for text in texts if text is not None] == [THIN, MINE]
    assert list(group["alpha_d"][...]) == [0.2]


def test_a_file_that_is_replaced_in_between_is_the_old_one_everywhere(file, capsys, monkeypatch):
    read, other = tables.read_bytes, MINE.replace("0.2", "0.5")

    def replaced(path, *limit):
        content = read(path, *limit)
        if path.name == "mine.yaml":
            path.write_text(other, encoding="utf-8")
        return content

    with monkeypatch.context() as patched:
        for module in (definitions, records):
            patched.setattr(module, "read_bytes", replaced)
        assert run(capsys, "widths --mass 0.25 --model mine.yaml --g 1e-3 --out w.csv")[0] == 0
    assert recorded_text("w.csv.provenance.json", "model") == MINE
    rows = csv.DictReader(io.StringIO(Path("w.csv").read_text(encoding="utf-8")))
    used = {row["channel"]: row["width_GeV"] for row in rows}
    # The next command reads what is there by then.
    found = widths(capsys, "--model mine.yaml --g 1e-3")
    assert found["dark"] == pytest.approx(2.5 * float(used["dark"]), rel=1e-14)
