"""Modules of the library do not import each other in circles, be it inside functions."""

import ast
from graphlib import TopologicalSorter
from pathlib import Path

import physics_lib

ROOT = Path(physics_lib.__file__).resolve().parent


def modules():
    """Modules of the library by name, and their files."""
    found = {}
    for path in ROOT.rglob("*.py"):
        parts = path.relative_to(ROOT.parent).with_suffix("").parts
        found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def for_types_alone(node):
    return isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"


def imported(node):
    """Names of everything that is imported below a node when the program runs."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ImportFrom):
            yield from (f"{child.module}.{alias.name}" for alias in child.names)
        elif isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif not for_types_alone(child):
            yield from imported(child)


def test_no_import_goes_in_a_circle():
    found = modules()
    graph = {}
    for name, path in found.items():
        wanted = imported(ast.parse(path.read_text(encoding="utf-8")))
        # What is imported from a module is a module or something in it.
        owners = {one if one in found else one.rpartition(".")[0] for one in wanted}
        graph[name] = (owners & set(found)) - {name}
    assert "physics_lib.tables" in graph["physics_lib.data"]
    TopologicalSorter(graph).prepare()
