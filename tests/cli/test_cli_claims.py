"""The command `na64e claims`."""

import csv
import io
import json

import pytest

from physics_lib import claims
from physics_lib.cli import io as cli_io
from physics_lib.cli.main import main

HEADER = ["id", "where", "claim", "paper", "recomputed", "verdict"]
TOPICS = ("magnetic moments", "loop", "formulas of the Appendix")


@pytest.fixture
def found(monkeypatch):
    """A part of the claims that takes no time: all are recomputed in test_claims."""
    some = claims.recompute(TOPICS)
    monkeypatch.setattr(claims, "recompute", lambda: some)
    return some


def answer(capsys, *arguments):
    assert main(["claims", *arguments]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


def row(claim):
    said = claim.statement, claim.paper, claim.recomputed
    return [claim.id, claim.where, *said, claim.verdict]


def test_csv_has_one_row_for_each_claim(capsys, found):
    header, *rows = csv.reader(io.StringIO(answer(capsys)))
    assert header == HEADER
    assert rows == [row(claim) for claim in found]


def test_json_says_the_same(capsys, found):
    records = json.loads(answer(capsys, "--json"))
    assert [list(record) for record in records] == [HEADER] * len(found)
    assert [list(record.values()) for record in records] == [row(claim) for claim in found]


@pytest.mark.parametrize("text", ["plain", "a, b", 'so "called"', "two\nlines", "a\rb", ""])
def test_a_field_comes_back_as_it_was(text):
    table = cli_io.render({"a": ["x"], "b, c": [text], "d": [0.1]}, as_json=False)
    header, row = csv.reader(io.StringIO(table, newline=""))
    assert header == ["a", "b, c", "d"]
    assert row == ["x", text, "0.1"]


def test_fields_are_quoted_only_if_they_need_it():
    assert cli_io.render({"a": ["Fig. 2", "1, 2"]}, as_json=False) == 'a\nFig. 2\n"1, 2"\n'


def test_an_unknown_option_is_refused(capsys):
    assert main(["claims", "--verbose"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
