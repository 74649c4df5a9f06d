"""The command `na64e export`: files, answers, bad input."""

import csv
import io
import json

import pytest

from physics_lib.cli.main import main
from physics_lib.curves import tables
from physics_lib.export import problems


def answer(capsys, *arguments):
    assert main(list(arguments)) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def test_a_submission(capsys, tmp_path):
    folder = tmp_path / "hepdata"
    printed = answer(capsys, "export", "--figures", "2,8", "--out", str(folder))
    rows = list(csv.DictReader(io.StringIO(printed)))
    expected = tables(("2", "8"))
    assert [row["table"] for row in rows] == [table.name for table in expected]
    assert [row["figure"] for row in rows] == [table.figure for table in expected]
    assert [int(row["rows"]) for row in rows] == [len(table) for table in expected]
    assert problems(folder) == []
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize(("form", "files"), [("csv", "*.csv"), ("both", "csv/*.csv")])
def test_csv_files(capsys, tmp_path, form, files):
    folder = tmp_path / "tables"
    options = ("--format", form, "--figures", "2", "--out", str(folder), "--json")
    records = json.loads(answer(capsys, "export", *options))
    found = {path.stem: path.read_text().count("\n") - 1 for path in folder.glob(files)}
    assert found == {record["table"]: record["rows"] for record in records}
    assert (folder / "hepdata" / "submission.yaml").is_file() == (form == "both")


BAD = [
    ("", "--out"),
    ("--out full", "empty folder"),
    ("--out file", "empty folder"),
    ("--out new.lhe", "not ending in .lhe"),
    ("--out new.provenance.json", "name of a record"),
    ("--out missing/new", "folder inside one that exists"),
    ("--out new --format root", "--format"),
    ("--out new --figures 1", "--figures"),
    ("--out new --figures 2,", "--figures"),
]


@pytest.mark.parametrize(("line", "expected"), BAD)
def test_bad_input_is_one_line_and_leaves_nothing(capsys, tmp_path, monkeypatch, line, expected):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").touch()
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "older").touch()
    assert main(["export", *line.split()]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("na64e: error: ")
    assert printed.err.count("\n") == 1
    assert expected in printed.err
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full", "older"]


def test_an_empty_name_is_refused(capsys):
    assert main(["export", "--out", ""]) == 2
    assert "name of a folder" in capsys.readouterr().err


def test_help(capsys):
    assert "Example" in answer(capsys, "export", "--help")
