"""HEPData submission and CSV files of the curves: valid, complete, the same every time."""

import json
import shutil
import socket

import numpy as np
import pytest
import yaml

from physics_lib import export
from physics_lib.curves import Column, Error, Table
from physics_lib.tables import read_table

X = np.geomspace(1e-3, 1.0 / 3.0, 4)


def table(name="curve", **fields):
    given = (("Beam", "e-", ""), ("Beam energy", 100.0, "GeV"))
    both = (Error("err", "statistical", 0.1 * X), Error("band", "choices", 0.3 * X, 0.2 * X))
    settings = {
        "figure": "Fig. 9",
        "title": "A curve",
        "description": "Made up.",
        "method": "By hand.",
        "axis": Column("mass", "$m$", "GeV", X),
        "columns": (
            Column("g", "$g$", "1", X**2, given, both),
            Column("T", "$T$", "cm/GeV", -X, given),
        ),
    }
    return Table(name, **settings | fields)


BINS = Column("E", "$E$", "GeV", np.column_stack((X[:-1], X[1:])))
BINNED = table("binned", axis=BINS, columns=(Column("T", "$T$", "cm/GeV", X[1:]),))
QUOTED = table("quoted", sources=(("Theirs", "https://doi.org/10.0/0"),), taken_over=True)
TABLES = (table(), BINNED, QUOTED)


@pytest.fixture
def submission(tmp_path):
    export.write_tables(tmp_path / "hepdata", TABLES, "hepdata")
    return tmp_path / "hepdata"


def load(path):
    return list(yaml.safe_load_all(path.read_text(encoding="utf-8")))


def content(folder):
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_submission_is_complete(submission):
    head, *documents = load(submission / "submission.yaml")
    assert "https://arxiv.org/abs/2206.03101" in str(head["additional_resources"])
    assert head["data_license"]["name"] == "BSD-3-Clause"
    assert "na64e-book" in head["comment"]
    assert [document["name"] for document in documents] == ["curve", "binned", "quoted"]
    assert {path.name for path in submission.iterdir()} == {
        "submission.yaml",
        *(document["data_file"] for document in documents),
    }
    for document in documents:
        assert document["location"] == "Fig. 9"
        assert document["description"] == "A curve. Made up. Method: By hand."
        assert document["keywords"]
    assert documents[2]["data_license"]["url"] == "https://doi.org/10.0/0"
    assert documents[2]["additional_resources"][0]["description"] == "Theirs"


def test_the_submission_has_units_qualifiers_and_errors(submission):
    (data,) = load(submission / "curve.yaml")
    (axis,) = data["independent_variables"]
    coupling, length = data["dependent_variables"]
    assert axis["header"] == {"name": "$m$", "units": "GeV"}
    assert length["header"]["units"] == "cm/GeV"
    assert coupling["qualifiers"][1] == {"name": "Beam energy", "value": 100.0, "units": "GeV"}
    assert [row["value"] for row in axis["values"]] == pytest.approx(X, rel=1e-7)
    for x, row in zip(X, coupling["values"], strict=True):
        assert row["value"] == pytest.approx(x**2, rel=1e-7)
        statistical, choices = row["errors"]
        assert statistical["label"] == "statistical"
        assert statistical["symerror"] == pytest.approx(0.1 * x, rel=1e-7)
        assert choices["asymerror"]["minus"] == pytest.approx(-0.2 * x, rel=1e-7)
        assert choices["asymerror"]["plus"] == pytest.approx(0.3 * x, rel=1e-7)
    (binned,) = load(submission / "binned.yaml")
    (edges,) = binned["independent_variables"]
    assert [row["low"] for row in edges["values"]] == pytest.approx(X[:-1], rel=1e-7)
    assert [row["high"] for row in edges["values"]] == pytest.approx(X[1:], rel=1e-7)


def test_the_validator_works_without_network(submission, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("network")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert export.problems(submission) == []


def without_header(folder):
    path = folder / "curve.yaml"
    (data,) = load(path)
    del data["dependent_variables"][0]["header"]
    path.write_text(yaml.safe_dump(data))


def with_text_for_an_edge(folder):
    path = folder / "binned.yaml"
    (data,) = load(path)
    data["independent_variables"][0]["values"][0]["low"] = "low"
    path.write_text(yaml.safe_dump(data))


def with_unknown_keyword(folder):
    path = folder / "submission.yaml"
    path.write_text(path.read_text().replace("name: phrases", "name: words"))


DAMAGE = {
    "a file is missing": lambda folder: (folder / "curve.yaml").unlink(),
    "a file nobody names": lambda folder: (folder / "extra.txt").touch(),
    "a curve without header": without_header,
    "text for a number": with_text_for_an_edge,
    "an unknown keyword": with_unknown_keyword,
    "no YAML": lambda folder: (folder / "curve.yaml").write_text("a: ["),
}


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE)
def test_the_validator_refuses_a_damaged_submission(submission, damage):
    damage(submission)
    assert export.problems(submission)


def test_a_refused_submission_leaves_nothing(tmp_path):
    with pytest.raises(ValueError, match="validator refuses the submission: .*too long"):
        export.write_tables(tmp_path / "new", [table(figure=300 * "x")], "hepdata")
    assert list(tmp_path.iterdir()) == []


def test_csv_brings_back_the_numbers(tmp_path):
    export.write_tables(tmp_path / "csv", TABLES, "csv")
    for one in TABLES:
        columns = one.flat()
        found = read_table(tmp_path / "csv" / f"{one.name}.csv", tuple(columns)).T
        for ours, values in zip(found, columns.values(), strict=True):
            assert ours == pytest.approx(values, rel=1e-7)
    assert tuple(TABLES[0].flat()) == (
        "mass_GeV",
        "g",
        "g_err",
        "g_band_minus",
        "g_band_plus",
        "T_cm_per_GeV",
    )
    assert tuple(BINNED.flat()) == ("E_lo_GeV", "E_hi_GeV", "T_cm_per_GeV")


def test_csv_files_are_described(tmp_path):
    export.write_tables(tmp_path / "csv", TABLES, "csv")
    package = json.loads((tmp_path / "csv" / export.DESCRIPTION).read_text(encoding="utf-8"))
    assert len(content(tmp_path / "csv")) == 1 + len(package["resources"])
    for entry, one in zip(package["resources"], TABLES, strict=True):
        header = (tmp_path / "csv" / entry["path"]).read_text().split("\n")[0].split(",")
        assert [field["name"] for field in entry["schema"]["fields"]] == header
        assert all(field["unit"] for field in entry["schema"]["fields"])
        assert entry["obtained"] == one.method
        assert entry["sources"]
        assert entry["licenses"]
    given = package["resources"][0]["schema"]["fields"][1]["qualifiers"]
    assert given == {"Beam": "e-", "Beam energy [GeV]": 100.0}


def test_the_same_bytes_twice(tmp_path):
    for name in ("one", "other"):
        export.write_tables(tmp_path / name, TABLES, "both")
    one = content(tmp_path / "one")
    assert one == content(tmp_path / "other")
    assert len(one) == 2 * (len(TABLES) + 1)


def test_zero_has_no_sign(tmp_path):
    zero = table(columns=(Column("g", "$g$", "1", -0.0 * X),))
    export.write_tables(tmp_path / "csv", [zero], "csv")
    assert "-0" not in (tmp_path / "csv" / "curve.csv").read_text().replace("e-0", "")


def test_an_empty_folder_is_taken(tmp_path):
    (tmp_path / "empty").mkdir()
    export.write_tables(tmp_path / "empty", TABLES, "csv")
    assert (tmp_path / "empty" / "curve.csv").is_file()


@pytest.mark.parametrize("kind", ["full", "file", "link", "nowhere"])
def test_other_folders_are_refused(tmp_path, kind):
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "older").touch()
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "full")
    folder = tmp_path / ("missing/new" if kind == "nowhere" else kind)
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(ValueError, match="folder") as refusal:
        export.write_tables(folder, TABLES, "csv")
    assert "\n" not in str(refusal.value)
    assert sorted(tmp_path.rglob("*")) == before


@pytest.mark.parametrize("form", ["hepdata", "csv", "both"])
def test_nothing_is_left_behind_on_failure(tmp_path, monkeypatch, form):
    def fail(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(export, "_resource" if form != "hepdata" else "problems", fail)
    with pytest.raises(ValueError, match="No space left"):
        export.write_tables(tmp_path / "new", TABLES, form)
    assert list(tmp_path.iterdir()) == []


def test_missing_packages_are_named(tmp_path, monkeypatch):
    def missing(name):
        raise ImportError(name)

    monkeypatch.setattr(export, "import_module", missing)
    with pytest.raises(ValueError, match="needs hepdata-lib and hepdata-validator"):
        export.write_tables(tmp_path / "new", TABLES, "hepdata")
    assert list(tmp_path.iterdir()) == []


def test_unknown_formats_are_refused(tmp_path):
    with pytest.raises(ValueError, match="format = 'root': allowed hepdata, csv, both"):
        export.write_tables(tmp_path / "new", TABLES, "root")


def test_validation_does_not_change_the_folder(submission, tmp_path):
    copy = shutil.copytree(submission, tmp_path / "copy")
    export.problems(submission)
    assert content(copy) == content(submission)
