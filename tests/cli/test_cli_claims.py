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


@pytest.mark.parametrize("text", ["plain", "a, b", 'so "called"', ""])
def test_a_field_comes_back_as_it_was(text):
    line = f"x,{cli_io.quoted(text)},y"
    assert next(csv.reader([line])) == ["x", text, "y"]


def test_an_unknown_option_is_refused(capsys):
    assert main(["claims", "--verbose"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
