"""The mutator: what it changes, what it leaves alone."""

import ast

from mutations import mutants

SOURCE = '''"""A module."""

import math

LIMIT = 2.0


def share(x: float, of: float = 3.0, *, strict: bool = True) -> float:
    """A share."""
    if x < LIMIT and not strict:
        raise ValueError("too small")
    total = math.sqrt(x) + max(x, of)
    total -= math.pow(x, of)
    return total
'''


def after(text):
    return [one.after for one in mutants(SOURCE) if one.before.startswith(text)]


def test_numbers_are_one_per_cent_off_and_truths_turned():
    assert after("LIMIT = 2.0") == ["LIMIT = 2.02"]
    head = "def share(x: float, of: float={}, *, strict: bool={}) -> float:"
    assert set(after("def share")) == {
        head.format("3.0300000000000002", "True"),
        head.format("3.0", "False"),
    }


def test_conditions_operators_and_statements():
    assert set(after("if ")) == {
        "if not (x < LIMIT and (not strict)):",
        "if x < LIMIT or not strict:",
        "if x <= LIMIT and (not strict):",
        "if x >= LIMIT and (not strict):",
        "if x < LIMIT and strict:",
    }
    assert set(after("raise")) == {
        "pass",
        "raise 'too small'",
        "raise ValueError('not too small')",
    }
    assert set(after("total -=")) == {
        "pass",
        "total += math.pow(x, of)",
        "total -= math.pow(of, x)",
    }
    assert after("return") == ["return None"]


def test_symmetric_functions_keep_the_order_of_their_arguments():
    assert set(after("total =")) == {
        "total = math.sqrt(x) - max(x, of)",
        "total = x + max(x, of)",
    }


def test_every_mutant_differs_and_is_valid():
    sources = [one.source for one in mutants(SOURCE)]
    assert len(set(sources)) == len(sources)
    for source in sources:
        assert ast.unparse(ast.parse(source)) != ast.unparse(ast.parse(SOURCE))
        assert source.startswith('"""A module."""\nimport math\n')
