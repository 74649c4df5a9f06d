"""No file that is read can run code: nothing in the source that could make it so."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = sorted(
    path
    for folder in ("physics_lib", "book", "benchmarks", "notebooks", "tests/fuzz")
    for path in (ROOT / folder).rglob("*.py")
)
MODULES = {
    "cloudpickle",
    "dill",
    "joblib",
    "jsonpickle",
    "marshal",
    "pickle",
    "shelve",
    "telnetlib",
}
CALLS = {"eval", "exec", "compile", "__import__"}
METHODS = {
    *(("os", name) for name in ("system", "popen", "spawnl", "spawnv")),
    *(("subprocess", name) for name in ("getoutput", "getstatusoutput")),
    *(("yaml", name) for name in ("full_load", "full_load_all", "unsafe_load", "unsafe_load_all")),
    *(("tempfile", "mktemp"), ("pandas", "read_pickle"), ("pd", "read_pickle")),
}
# Tasks go through pipes between the program and processes of its own; no file leads into them.
ALLOWED = {"physics_lib/parallel/workers.py": {"import pickle"}}
SAFE_LOADERS = {"SafeLoader", "CSafeLoader"}


def _name(node):
    """Dotted name of a function, as far as it has one."""
    if isinstance(node, ast.Attribute):
        return (*_name(node.value), node.attr)
    return (node.id,) if isinstance(node, ast.Name) else ("",)


def _keywords(call):
    return {word.arg: word.value for word in call.keywords}


def _is(node, value):
    return isinstance(node, ast.Constant) and node.value is value


def dangers(source):
    """What in a source could run what is read, each with its line."""
    found = []
    for node in ast.walk(ast.parse(source)):
        names = ()
        if isinstance(node, ast.Import):
            names = [alias.name.split(".")[0] for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [(node.module or "").split(".")[0]]
        found += [(node.lineno, f"import {name}") for name in names if name in MODULES]
        if isinstance(node, ast.Call) and (danger := _danger_of_call(node)):
            found.append((node.lineno, danger))
    return found


def _danger_of_call(call):
    name, words = _name(call.func), _keywords(call)
    if len(name) == 1 and name[0] in CALLS:
        return name[0]
    if name[-2:] in METHODS:
        return ".".join(name)
    if (
        name[0] == "subprocess"
        and call.args
        and isinstance(call.args[0], ast.Constant | ast.JoinedStr)
    ):
        return "subprocess with a text"
    if "shell" in words and not _is(words["shell"], False):
        return "shell"
    if "allow_pickle" in words and not _is(words["allow_pickle"], False):
        return "allow_pickle"
    if name[-2:] in (("np", "load"), ("numpy", "load")) and "allow_pickle" not in words:
        return "np.load without allow_pickle=False"
    loads = ("load", "load_all", "compose", "scan", "parse")
    if name[0] == "yaml" and name[-1] in loads:
        loader = words.get("Loader", call.args[1] if len(call.args) > 1 else None)
        if loader is None or _name(loader)[-1] not in SAFE_LOADERS:
            return "yaml without a safe loader"
    return ""


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_runs_what_is_read(path):
    allowed = ALLOWED.get(path.relative_to(ROOT).as_posix(), set())
    found = dangers(path.read_text(encoding="utf-8"))
    assert [danger for danger in found if danger[1] not in allowed] == []


@pytest.mark.parametrize(
    "source",
    [
        "import pickle",
        "from dill import loads",
        "import marshal as m",
        "eval('1')",
        "exec(text)",
        "__import__(name)",
        "os.system('ls')",
        "os.popen('ls')",
        "subprocess.run('ls')",
        "subprocess.run(f'ls {x}')",
        "subprocess.run(words, shell=True)",
        "subprocess.Popen(words, shell=flag)",
        "subprocess.getoutput('ls')",
        "np.load(path)",
        "np.load(path, allow_pickle=True)",
        "zarr.open(path, allow_pickle=flag)",
        "yaml.load(text)",
        "yaml.load(text, yaml.Loader)",
        "yaml.load(text, Loader=yaml.UnsafeLoader)",
        "yaml.unsafe_load(text)",
        "yaml.full_load(text)",
        "tempfile.mktemp()",
    ],
)
def test_each_danger_is_noticed(source):
    assert len(dangers(source)) == 1


def test_harmless_sources_pass():
    source = """
import json, yaml
yaml.safe_load(text); yaml.load(text, Loader=yaml.SafeLoader); yaml.load(text, yaml.CSafeLoader)
np.load(path, allow_pickle=False)
subprocess.run([sys.executable]); subprocess.run(words, shell=False)
re.compile("a"); model.eval(); compiled.exec(); literal_eval("1")
"""
    assert dangers(source) == []


def test_the_library_is_looked_at():
    assert len(FILES) > 100
    assert ROOT / "physics_lib" / "experiment.py" in FILES
