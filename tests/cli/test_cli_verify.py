"""The command `na64e verify`: what it finds good, what it notices, what it refuses."""

import csv
import gzip
import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from physics_lib import claims
from physics_lib.cli import io as cli_io
from physics_lib.cli import recorded, rerun
from physics_lib.cli.main import main
from physics_lib.provenance import origin, records
from physics_lib.tables import data_folder

MIXING = ("mixing", "--q2=-0.01,0.03,0.36")
RESONANT = ("sigma", "--process", "resonant", "--model", "vanilla", "--g", "1e-3")
MODEL = ("--model", "invisible", "--g", "1e-3", "--mass", "0.25")
FEW = ("--n", "5", "--threshold", "40", "--process", "resonant")
COMMANDS = {
    "mixing": MIXING,
    "widths": ("widths", *MODEL, "--alpha-d", "0.05"),
    "tracklength": ("tracklength", "--pivots", "20", "--bins", "4", "--target", "lead"),
    "montecarlo": (
        *("tracklength", "--method", "montecarlo", "--energy", "10", "--bins", "4"),
        *("--showers", "20", "--seed", "3", "--workers", "2"),
    ),
    "sigma": (*RESONANT, "--energy", "50", "--mass", "0.2"),
    "efficiency": ("efficiency", "--energy", "10,49,50,51"),
    "yield": ("yield", *MODEL),
    "limit": ("limit", "--model", "vanilla", "--masses", "0.1"),
    "claims": ("claims", "--json"),
    "events.lhe": ("events", *MODEL, *FEW),
    "events.lhe.gz": ("events", *MODEL, *FEW, "--seed", "2"),
    "library": ("library", "--mass", "0.1", "--energies", "10", "--n", "5"),
    "hepdata": ("export", "--figures", "2"),
    "csv": ("export", "--figures", "2", "--format", "csv"),
    "both": ("export", "--figures", "2", "--format", "both"),
    "scan.zarr": (
        *("scan", "--model", "vanilla", "--masses", "0.1", "--quantity", "yield"),
        *("--g", "1e-4,1e-3"),
    ),
}
EXPERIMENT = """\
title: Mine
beam: e-
energy_GeV: 80.0
particles_on_target: 1e+11
target: na64-ecal
resolution_stochastic: 0.10
resolution_constant: 0.04
ecal_cut_GeV: 40.0
observed: 0
background: 0.0
background_error: 0.0
source: Made up.
"""


@pytest.fixture(autouse=True)
def few_claims(monkeypatch):
    """A part of the claims that takes no time."""
    whole = claims.recompute
    monkeypatch.setattr(claims, "recompute", lambda: whole(("magnetic moments",)))


def verify(capsys, *arguments):
    """Status and rows of `na64e verify`."""
    capsys.readouterr()
    status = main(["verify", *map(str, arguments)])
    printed = capsys.readouterr()
    assert printed.err == ""
    return status, list(csv.DictReader(io.StringIO(printed.out)))


def verdicts(rows):
    return {row["check"]: row["verdict"] for row in rows}


def detail(rows, check):
    return next(row["detail"] for row in rows if row["check"] == check)


def refused(capsys, *arguments):
    capsys.readouterr()
    assert main(list(map(str, arguments))) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("na64e: error: ")
    assert printed.err.count("\n") == 1
    return printed.err


@pytest.fixture
def table(tmp_path):
    """A result of the quickest command."""
    path = tmp_path / "mixing.csv"
    assert main([*MIXING, "--out", str(path)]) == 0
    return path


def content(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder): path.read_bytes() for path in files}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_result_can_be_verified_elsewhere(capsys, tmp_path, monkeypatch, name):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert main([*COMMANDS[name], "--out", name]) == 0
    shutil.move(tmp_path / "here", tmp_path / "there")
    before = content(tmp_path / "there")
    status, rows = verify(capsys, tmp_path / "there" / name)
    assert status == 0
    assert set(verdicts(rows).values()) == {"good"}
    assert detail(rows, "recomputed") == "same bits"
    assert {row["file"] for row in rows} == {name}
    assert content(tmp_path / "there") == before


@pytest.mark.parametrize("name", ["mixing", "montecarlo", "events.lhe.gz", "library", "csv"])
def test_records_and_results_are_the_same_every_time(capsys, tmp_path, name):
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        assert main([*COMMANDS[name], "--out", str(tmp_path / folder / name)]) == 0
    one = content(tmp_path / "one")
    assert one == content(tmp_path / "other")
    assert not any(str(tmp_path).encode() in text for text in one.values())


def test_what_changes_no_bit_is_not_in_the_record(capsys, tmp_path):
    path = tmp_path / "t.csv"
    assert main([*COMMANDS["montecarlo"], "--out", str(path)]) == 0
    record = json.loads(records.beside(path).read_text())
    assert record["seed"] == 3
    assert not {"workers", "dask", "out"} & set(record["parameters"])
    assert record["parameters"]["beam"] == "e-"
    assert "--workers=2" not in record["arguments"]


def test_long_lists_can_be_verified(capsys, tmp_path):
    path = tmp_path / "m.csv"
    numbers = ",".join(f"{q2:.4f}" for q2 in np.linspace(-1.0, 1.0, 600))
    assert main(["mixing", f"--q2={numbers}", "--out", str(path)]) == 0
    status, rows = verify(capsys, path)
    assert status == 0
    assert set(verdicts(rows).values()) == {"good"}


def test_a_changed_digit_is_found(capsys, table):
    table.write_text(table.read_text().replace("0.36,", "0.36,1", 1))
    status, rows = verify(capsys, table)
    assert status == 1
    assert (verdicts(rows)["output"], verdicts(rows)["recomputed"]) == ("bad", "bad")
    assert "first line 4, re" in detail(rows, "recomputed")
    assert verify(capsys, "--no-recompute", table)[0] == 1


@pytest.mark.parametrize("name", ["events.lhe", "events.lhe.gz"])
def test_a_changed_event_file_is_found(capsys, tmp_path, name):
    path = tmp_path / name
    assert main([*COMMANDS[name], "--out", str(path)]) == 0
    whole = gzip.decompress(path.read_bytes()) if name.endswith("gz") else path.read_bytes()
    place = whole.rindex(b"# vertex_z_cm ") + len(b"# vertex_z_cm ")
    other = whole[:place] + b"9" + whole[place + 1 :]
    path.write_bytes(gzip.compress(other) if name.endswith("gz") else other)
    status, rows = verify(capsys, path)
    assert (status, verdicts(rows)["output"], verdicts(rows)["recomputed"]) == (1, "bad", "bad")
    cut = whole[: len(whole) // 2]
    path.write_bytes(gzip.compress(cut) if name.endswith("gz") else cut)
    status, rows = verify(capsys, "--no-recompute", path)
    assert (status, detail(rows, "output")[:11]) == (1, "no checksum")


def test_a_cut_archive_is_refused(capsys, tmp_path):
    path = tmp_path / "events.lhe.gz"
    assert main([*COMMANDS[path.name], "--out", str(path)]) == 0
    path.write_bytes(path.read_bytes()[:-20])
    assert "cannot be read" in refused(capsys, "verify", path)


@pytest.mark.parametrize("damage", ["changed", "missing", "more"])
def test_a_changed_folder_is_found(capsys, tmp_path, damage):
    folder = tmp_path / "csv"
    assert main([*COMMANDS["csv"], "--out", str(folder)]) == 0
    path = folder / "mixing_muon_threshold.csv"
    if damage == "missing":
        path.unlink()
    elif damage == "more":
        (folder / "more.csv").touch()
    else:
        path.write_text(path.read_text().replace("1", "2", 1))
    status, rows = verify(capsys, folder)
    assert status == 1
    assert (verdicts(rows)["output"], verdicts(rows)["recomputed"]) == ("bad", "bad")


def test_a_store_with_a_changed_or_missing_block_is_found(capsys, tmp_path):
    folder = tmp_path / "scan.zarr"
    assert main([*COMMANDS[folder.name], "--out", str(folder)]) == 0
    (chunk,) = (path for path in (folder / "n_resonant" / "c").rglob("*") if path.is_file())
    chunk.write_bytes(chunk.read_bytes()[:-1] + b"\0")
    status, rows = verify(capsys, "--no-recompute", folder)
    assert (status, detail(rows, "output")) == (1, "n_resonant: a block is damaged")
    chunk.unlink()
    status, rows = verify(capsys, "--no-recompute", folder)
    assert (status, detail(rows, "output")) == (1, "n_resonant: 1 of 1 blocks are missing")


@pytest.mark.filterwarnings("ignore")
def test_a_store_that_claims_to_be_huge_is_refused(capsys, tmp_path):
    zarr = pytest.importorskip("zarr")
    inputs = [records.data_input("experiments.yaml")]
    record = records.new_record("scan", [], {}, inputs).as_dict()
    for name, shape, chunks in (("long", 10**12, 1000), ("block", 10**9, 10**8 + 1)):
        group = zarr.create_group(tmp_path / name, attributes={"provenance": record})
        group.create_array("x", shape=(shape, 1), chunks=(chunks, 1), dtype="float64")
        assert "larger than is allowed" in refused(capsys, "verify", tmp_path / name)


def edit(path, forged=False, **fields):
    """Change the record of a file; `forged` with a checksum that fits."""
    record = json.loads(path.read_text()) | fields
    if forged:
        del record["sha256"]
        record["sha256"] = records.content_sha256(record)
    path.write_text(json.dumps(record))


def test_a_changed_record_is_found(capsys, table):
    edit(records.beside(table), seed=7)
    status, rows = verify(capsys, "--no-recompute", table)
    assert (status, verdicts(rows)["record"]) == (1, "bad")


def test_a_forged_record_is_found_by_computing_again(capsys, table):
    edit(records.beside(table), forged=True, arguments=["--q2=-0.01,0.03,0.37"])
    status, rows = verify(capsys, table)
    assert status == 1
    assert verdicts(rows)["record"] == "good"
    assert verdicts(rows)["recomputed"] == "bad"


def test_a_changed_data_file_is_noted_and_matters_where_nothing_is_computed(
    capsys, tmp_path, monkeypatch
):
    path = tmp_path / "eta.csv"
    assert main([*COMMANDS["efficiency"], "--out", str(path)]) == 0
    other = tmp_path / "data"
    shutil.copytree(data_folder(), other)
    text = (other / "experiments.yaml").read_text()
    (other / "experiments.yaml").write_text(text + "# more\n")
    monkeypatch.setattr(records, "data_folder", lambda: other)
    status, rows = verify(capsys, path)
    assert (status, verdicts(rows)["input experiments.yaml"]) == (0, "note")
    status, rows = verify(capsys, "--no-recompute", path)
    assert (status, verdicts(rows)["input experiments.yaml"]) == (1, "bad")
    (other / "experiments.yaml").unlink()
    rows = verify(capsys, "--no-recompute", path)[1]
    assert detail(rows, "input experiments.yaml") == "no longer there"


def test_a_file_of_the_user_is_part_of_the_record(capsys, tmp_path):
    mine, path = tmp_path / "mine.yaml", tmp_path / "eta.csv"
    mine.write_text(EXPERIMENT)
    command = ("efficiency", "--energy", "30,45", "--experiment", str(mine), "--out", str(path))
    assert main(command) == 0
    mine.unlink()
    status, rows = verify(capsys, path)
    assert (status, verdicts(rows)["input mine.yaml"]) == (0, "good")
    record = json.loads(records.beside(path).read_text())
    assert str(tmp_path) not in json.dumps(record)
    record["inputs"][0]["text"] = EXPERIMENT.replace("40.0", "41.0")
    edit(records.beside(path), forged=True, inputs=record["inputs"])
    status, rows = verify(capsys, path)
    assert (status, verdicts(rows)["input mine.yaml"]) == (1, "bad")
    assert verdicts(rows)["recomputed"] == "bad"


def test_files_of_the_same_name_stay_apart(tmp_path):
    paths = [tmp_path / name / "mine.yaml" for name in ("one", "other")]
    for path in paths:
        path.parent.mkdir()
        path.write_text(EXPERIMENT + f"# {path}\n")
    names = f"{paths[0]},na64e-2018, {paths[1]}"
    inputs = recorded._inputs("scan", {"model": "vanilla", "experiment": names})
    kept = [entry for entry in inputs if entry.option == "experiment"]
    folder = tmp_path / "again"
    shown = ["mine.yaml", "na64e-2018", "mine.yaml"]
    one, known, other = rerun._unpacked(shown, kept, folder)
    assert known == "na64e-2018"
    assert [Path(name).read_text() for name in (one, other)] == [p.read_text() for p in paths]
    assert all(Path(name).is_relative_to(folder) for name in (one, other))
    with pytest.raises(ValueError, match="not in it"):
        rerun._unpacked([*shown, "mine.yaml"], kept, tmp_path / "more")


@pytest.mark.parametrize(("change", "status"), [(1e-13, 0), (1e-3, 1)])
def test_another_machine_may_differ_within_the_tolerance(
    capsys, table, monkeypatch, change, status
):
    lines = table.read_text().splitlines()
    q2, re, im = lines[2].split(",")
    lines[2] = f"{q2},{float(re) * (1.0 + change)!r},{im}"
    text = "\n".join(lines) + "\n"
    record = json.loads(records.beside(table).read_text())
    record["environment"]["processor"] = "another"
    sums = [{"name": table.name, "sha256": records.sha256(text.encode())}]
    edit(records.beside(table), True, environment=record["environment"], outputs=sums)
    table.write_text(text)
    found, rows = verify(capsys, table)
    assert found == status
    assert verdicts(rows)["environment"] == "note"
    assert "at line 3, re; allowed 1e-09" in detail(rows, "recomputed")


def test_the_same_machine_must_give_the_same_bits(capsys, table, monkeypatch):
    lines = table.read_text().splitlines()
    q2, re, im = lines[2].split(",")
    lines[2] = f"{q2},{np.nextafter(float(re), 1.0).item()!r},{im}"
    text = "\n".join(lines) + "\n"
    sums = [{"name": table.name, "sha256": records.sha256(text.encode())}]
    edit(records.beside(table), True, outputs=sums)
    table.write_text(text)
    status, rows = verify(capsys, table)
    assert status == 1
    assert "same program and machine" in detail(rows, "recomputed")


def test_another_version_is_noted(capsys, table):
    record = json.loads(records.beside(table).read_text())
    other = record["program"] | {"version": "0.0.1", "source": "0" * 64}
    edit(records.beside(table), True, program=other)
    status, rows = verify(capsys, table)
    assert (status, verdicts(rows)["program"]) == (0, "note")
    assert detail(rows, "program").startswith("then 0.0.1, commit ")


def test_a_new_default_is_named(capsys, tmp_path):
    path = tmp_path / "eta.csv"
    assert main([*COMMANDS["efficiency"], "--out", str(path)]) == 0
    record = json.loads(records.beside(path).read_text())
    edit(records.beside(path), True, parameters=record["parameters"] | {"experiment": "older"})
    assert "other defaults now: experiment" in detail(verify(capsys, path)[1], "recomputed")


def test_a_crash_between_the_two_files_is_noticed(capsys, table, monkeypatch):
    whole = Path.replace

    def once(self, target):
        if not str(target).endswith(records.FILE_NAME):
            raise KeyboardInterrupt
        return whole(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", once)
        assert main(["mixing", "--q2=1", "--out", str(table)]) == 130
    assert verdicts(verify(capsys, table)[1])["output"] == "bad"
    table.unlink()
    assert "ordinary file" in refused(capsys, "verify", table)
    assert list(table.parent.iterdir()) == [records.beside(table)]


def test_several_files_and_the_record_itself(capsys, table, tmp_path):
    other = tmp_path / "other.csv"
    assert main(["mixing", "--q2=1", "--out", str(other)]) == 0
    status, rows = verify(capsys, table, records.beside(other))
    assert status == 0
    assert {row["file"] for row in rows} == {table.name, other.name}
    capsys.readouterr()
    assert main(["verify", str(table), "--json"]) == 0
    assert {row["verdict"] for row in json.loads(capsys.readouterr().out)} == {"good"}


def test_what_has_no_record_does_not_hide_the_others(capsys, table, tmp_path):
    (tmp_path / "own.csv").write_text("1\n")
    status, rows = verify(capsys, table, tmp_path / "own.csv")
    assert status == 1
    assert {(row["file"], row["verdict"]) for row in rows} >= {("own.csv", "bad")}
    assert [row["verdict"] for row in rows if row["file"] == "mixing.csv"] == ["good"] * 5


def test_a_folder_of_results_is_all_of_them_once(capsys, table, tmp_path):
    shutil.copy(table, tmp_path / "other.csv")
    shutil.copy(f"{table}.provenance.json", tmp_path / "other.csv.provenance.json")
    status, rows = verify(capsys, tmp_path, table, f"{table}.provenance.json")
    assert [row["file"] for row in rows if row["check"] == "recomputed"] == [
        "mixing.csv",
        "other.csv",
    ]
    assert status == 0


def test_results_without_provenance_are_refused(capsys, tmp_path):
    (tmp_path / "a.csv").write_text("1\n")
    (tmp_path / "a.lhe").write_text("<LesHouchesEvents>\n<init>\n")
    (tmp_path / "folder").mkdir()
    (tmp_path / "zarr").mkdir()
    (tmp_path / "zarr" / "zarr.json").write_text("{}")
    for name in ("a.csv", "a.lhe", "folder", "zarr"):
        assert "no provenance" in refused(capsys, "verify", tmp_path / name)
    assert "ordinary file" in refused(capsys, "verify", tmp_path / "missing.csv")
    assert "FILE" in refused(capsys, "verify")
    (tmp_path / "a.csv.provenance.json").write_bytes(b"\xff{")
    assert "UTF-8" in refused(capsys, "verify", tmp_path / "a.csv")
    (tmp_path / "a.csv.provenance.json").write_bytes(b" " * (records.MAX_RECORD_SIZE + 1))
    assert "larger than" in refused(capsys, "verify", tmp_path / "a.csv")


FORGERIES = [
    {"command": "verify"},
    {"command": "rm"},
    {"arguments": ["--out=elsewhere.csv"]},
    {"arguments": ["--q2=1", "--out", "elsewhere.csv"]},
    {"arguments": ["--q2=1", "elsewhere.csv"]},
    {"arguments": ["--q2"]},
    {"arguments": ["--json=1"]},
    {"arguments": ["--help"]},
    {"arguments": ["--q2=1", "--"]},
    {"command": "tracklength", "arguments": ["--workers=1000"]},
    {"command": "tracklength", "arguments": ["--method=montecarlo", "--dask=tcp://x:1"]},
    {"command": "efficiency", "arguments": ["--energy=1", "--experiment=/etc/passwd"]},
    {"command": "efficiency", "arguments": ["--energy=1", "--experiment=mine.yaml"]},
    {"command": "scan", "arguments": ["--model=vanilla,/dev/zero", "--masses=0.1"]},
]


@pytest.mark.parametrize("forgery", FORGERIES, ids=str)
def test_forged_commands_are_refused(capsys, table, monkeypatch, forgery):
    monkeypatch.chdir(table.parent)
    edit(records.beside(table), True, **forgery)
    before = content(table.parent)
    refused(capsys, "verify", table)
    assert content(table.parent) == before


@pytest.mark.parametrize("arguments", [["--q2=x"], [], ["--q2=1", "--q2=nan"]])
def test_arguments_that_no_longer_hold_are_bad(capsys, table, arguments):
    edit(records.beside(table), True, arguments=arguments)
    status, rows = verify(capsys, table)
    assert (status, verdicts(rows)["recomputed"]) == (1, "bad")
    assert detail(rows, "recomputed").startswith("refused: ")
    assert "--q2" in detail(rows, "recomputed")


def test_long_lines_are_refused(capsys, table, monkeypatch):
    monkeypatch.setattr("physics_lib.provenance.results.LONGEST_LINE", 10)
    assert "larger than is allowed" in refused(capsys, "verify", table)


@pytest.mark.parametrize("name", ["mixing", "widths", "efficiency", "limit"])
def test_the_record_names_every_data_file_that_is_opened(tmp_path, monkeypatch, name):
    folder, opened = data_folder(), set()
    whole = Path.open

    def watched(self, *arguments, **keywords):
        opened.add(self)
        return whole(self, *arguments, **keywords)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "open", watched)
        assert main(list(COMMANDS[name])) == 0
    used = {path.relative_to(folder).as_posix() for path in opened if path.is_relative_to(folder)}
    path = tmp_path / name
    assert main([*COMMANDS[name], "--out", str(path)]) == 0
    record = json.loads(records.beside(path).read_text())
    assert used <= {entry["name"] for entry in record["inputs"]}
    assert used or name in ("mixing", "widths")


@pytest.mark.parametrize("command", ["limit", "scan"])
def test_the_data_behind_the_published_limit_are_on_record(tmp_path, command):
    """They are read whatever the experiment."""
    mine, path = tmp_path / "mine.yaml", tmp_path / "result"
    mine.write_text(EXPERIMENT)
    options = ("--model", "vanilla", "--masses", "0.1", "--experiment", str(mine))
    assert main([command, *options, "--out", str(path)]) == 0
    if command == "scan":
        record = json.loads((path / "zarr.json").read_text())["attributes"]["provenance"]
    else:
        record = json.loads(records.beside(path).read_text())
    names = {entry["name"] for entry in record["inputs"]}
    assert {"experiments.yaml", "limits/na64e_2019_epsilon.csv", "mine.yaml"} <= names


def test_a_scan_of_files_can_be_verified_elsewhere(capsys, tmp_path):
    (tmp_path / "here").mkdir()
    mine, path = tmp_path / "here" / "mine.yaml", tmp_path / "here" / "scan.zarr"
    mine.write_text(EXPERIMENT)
    assert main([*COMMANDS["scan.zarr"], "--experiment", str(mine), "--out", str(path)]) == 0
    shutil.move(path, tmp_path / "scan.zarr")
    shutil.rmtree(tmp_path / "here")
    status, rows = verify(capsys, tmp_path / "scan.zarr")
    assert (status, set(verdicts(rows).values())) == (0, {"good"})
    assert not any(str(tmp_path).encode() in text for text in content(tmp_path).values())


def test_nothing_is_left_when_the_result_cannot_be_written(capsys, tmp_path, monkeypatch):
    def fail(self, content):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", fail)
    assert "No space left" in refused(capsys, *MIXING, "--out", tmp_path / "m.csv")
    assert list(tmp_path.iterdir()) == []


def test_standard_output_is_as_before(capsys, table):
    assert main(list(MIXING)) == 0
    assert capsys.readouterr().out == table.read_text()
    assert cli_io.output_path() is None


def test_the_program_is_looked_at_once():
    assert origin.program() is origin.program()


@pytest.mark.parametrize("text", ["0.1,\t0.2", "0.1, 0.2", " 0.1,0.2\n", "0.1,\u20030.2"])
def test_white_space_in_lists_can_be_verified(capsys, tmp_path, text):
    path = tmp_path / "m.csv"
    assert main(["mixing", f"--q2={text}", "--out", str(path)]) == 0
    status, rows = verify(capsys, path)
    assert status == 0
    assert set(verdicts(rows).values()) == {"good"}
