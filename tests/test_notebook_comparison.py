"""How the stored outputs of notebooks are compared with new ones."""

import importlib.util
from pathlib import Path

import pytest

PATH = Path(__file__).parents[1] / "notebooks" / "conftest.py"
TABLE = """# panel 1: x = E [GeV], y = σ
panel,curve,x,y,y_low,y_high
1,"a, b",1,2e-05,,
1,"a, b",2,1000,,
1,band,1,,0.1,0.2
"""


@pytest.fixture(scope="module")
def rules():
    spec = importlib.util.spec_from_file_location("notebook_rules", PATH)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1000", "1000.0009"),  # the last digit
        ("2e-05", "2.03e-05"),  # next to nothing beside 1000 on the same curve
        ("0.2", "0.2000001"),
    ],
)
def test_tables_that_draw_the_same_are_equal(rules, old, new):
    assert rules.DrawnTable(TABLE) == rules.DrawnTable(TABLE.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1000", "1000.003"),
        ("2e-05", "3e-05"),
        ("2e-05", ""),
        ("1,band,1,,0.1,0.2\n", ""),
        ("1,band", "1,strip"),
        ("[GeV]", "[MeV]"),
        ("1,band,1,", "1,band,1.1,"),
        ("0.2", "nan"),
    ],
)
def test_tables_that_draw_something_else_differ(rules, old, new):
    assert old in TABLE
    assert rules.DrawnTable(TABLE) != rules.DrawnTable(TABLE.replace(old, new))


@pytest.mark.parametrize(("new", "same"), [("1.0000001 GeV", True), ("1.00001 GeV", False)])
def test_numbers_in_text_have_a_tolerance(rules, new, same):
    assert (rules.Tolerant("1.0000000 GeV") == rules.Tolerant(new)) is same
