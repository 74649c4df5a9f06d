"""The page "How it is tested" shows every recorded number, and states none by hand."""

import json
import re
import sys
from pathlib import Path

import pytest
from fuzz.adopt import KINDS
from fuzz.record import record

ROOT = Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "book" / "_ext"))

from proof_tables import section, shown, table, total  # noqa: E402

PROOF = json.loads((ROOT / "book" / "proof.json").read_text(encoding="utf-8"))
PAGE = (ROOT / "book" / "how_it_is_tested.md").read_text(encoding="utf-8")
SECTION = {
    "title": "Damaged files",
    "command": "make fuzz",
    "program": {"version": "1", "source": "abc"},
    "columns": ["reader", "inputs"],
    "rows": [["one", 100000], ["other", 20]],
}


def test_a_section_becomes_a_table():
    made = table(SECTION)
    rows = [[entry.astext() for entry in row] for row in made.findall() if row.tagname == "row"]
    assert rows == [["reader", "inputs"], ["one", "100\u202f000"], ["other", "20"]]
    assert total(SECTION, "inputs") == 100020


def test_what_is_not_there_is_named():
    with pytest.raises(ValueError, match="no section 'kills', but readers"):
        section({"sections": {"readers": SECTION}}, "kills")
    with pytest.raises(ValueError, match="no column 'output', but reader, inputs"):
        total(SECTION, "output")


def test_only_whole_numbers_are_set_apart():
    assert [shown(value) for value in (1234567, 12.5, True, "1234")] == [
        *("1\u202f234\u202f567", "12.5", "True", "1234"),
    ]


@pytest.mark.parametrize("name", PROOF["sections"])
def test_every_section_is_sound_and_on_the_page(name):
    found = PROOF["sections"][name]
    assert found.keys() == {"title", "command", "program", "columns", "rows"}
    assert found["rows"]
    assert all(len(row) == len(found["columns"]) for row in found["rows"])
    assert f"{{proof-table}} {name}\n" in PAGE


def test_the_page_asks_for_nothing_else():
    asked = re.findall(r"\{proof-table\} (\S+)\n(:or:)?", PAGE)
    assert {name for name, instead in asked if not instead} <= PROOF["sections"].keys()
    for name, column in re.findall(r"\{proof-total\}`(\S+) ([^`]+)`", PAGE):
        assert total(PROOF["sections"][name], column) >= 0


@pytest.mark.parametrize("name", ["readers", "commands", "disks", "signals"])
def test_nothing_was_handled_wrongly(name):
    assert total(PROOF["sections"][name], "wrong") == 0


def test_the_counts_are_what_is_promised():
    inputs = {row[0]: row[1] for row in PROOF["sections"]["readers"]["rows"]}
    assert all(count >= 100_000 for count in inputs.values())
    assert len(inputs) >= 14
    assert total(PROOF["sections"]["commands"], "inputs") >= 10_000
    assert total(PROOF["sections"]["signals"], "signals") >= 200


@pytest.mark.parametrize(
    ("name", "text", "row"),
    [
        (
            "coverage",
            '{"line": 98.5, "branch": 95.0, "statements": 5000, "branches": 900}',
            ["lines", 5000, 98.5],
        ),
        (
            "mutation",
            '{"mixing": {"mutants": 90, "killed": 88, "equivalent": 2, "survived": 0,'
            ' "killed_of_detectable": 1.0}}',
            ["mixing", 90, 88, 2, 0, 100.0],
        ),
        (
            "kills",
            '{"scan": {"of": {"run SIGINT": 4, "run SIGKILL": 3, "worker SIGKILL": 6,'
            ' "dask worker SIGKILL": 1}, "resumed": 7, "wrong": 0}}',
            ["scan", 7, 6, 1, 7, 0],
        ),
        (
            "processors",
            "command,setting,lines,different,largest,where\n"
            '"mixing a","old",10,0,0.0e+00,""\n"limit b","old",5,2,1.0e-12,"line 2, g_up"\n',
            ["old", 15, 2, "1.0e-12", "limit, line 2, g_up"],
        ),
    ],
)
def test_what_other_measurements_print_is_taken_in(name, text, row):
    title, command, columns, rows = KINDS[name](text)
    assert title
    assert command
    assert len(columns) == len(row)
    assert rows[0] == row


def test_rows_are_replaced_by_their_names(tmp_path):
    path = tmp_path / "proof.json"
    record("a", "A", "make a", ("what", "n"), [["one", 1], ["two", 2]], path)
    record("a", "A", "make a", ("what", "n"), [["two", 3], ["three", 4]], path)
    record("b", "B", "make b", ("what",), [["one"]], path)
    found = json.loads(path.read_text(encoding="utf-8"))["sections"]
    assert found["a"]["rows"] == [["one", 1], ["two", 3], ["three", 4]]
    assert found["b"]["rows"] == [["one"]]
    assert list(tmp_path.iterdir()) == [path]
