"""Mutation testing: does a small wrong change of a module make one of its tests fail?

    python tests/proof/mutate.py [MODULE ...] [--json] [--every N] [--scope NAME]

Each mutant runs in a fork of one process that has everything imported and compiled; modules that
import the mutated one are imported again, and of the tests of the module only those run that
execute the mutated line, the quickest first. Nothing is written.

Mutants that no test could notice are listed, with the reason, in `equivalent.toml`; they run and
count all the same, and are shown in a column of their own.
"""

import argparse
import ast
import contextlib
import gc
import importlib
import importlib.util
import json
import os
import signal
import sys
import time
import tomllib
from collections import Counter, defaultdict
from pathlib import Path

import pytest
from mutations import Mutant, mutants

ROOT = Path(__file__).parents[2]
TESTS = {
    "mixing": ["tests/test_mixing.py"],
    "models": ["tests/test_models.py"],
    "shower.processes": ["tests/shower/test_processes.py", "tests/shower/test_lpm.py"],
    "production.radiative": ["tests/production/test_radiative.py"],
    "production.resonant": ["tests/production/test_resonant.py"],
    "limits": ["tests/test_limits.py"],
}
OPTIONS = ["-q", "-x", "-o", "addopts=", "-p", "no:cacheprovider"]
# It collects garbage at each end of a run, which takes longer than most of the tests.
OPTIONS += ["-p", "no:unraisableexception"]
COMMAND = "python tests/proof/mutate.py"


class Recorder:
    """A plugin of pytest: which lines of one file each test executes, and how long it takes."""

    def __init__(self, path: Path) -> None:
        self.path = str(path)
        self.lines: dict[str, set[int]] = defaultdict(set)
        self.shared: dict[str, set[int]] = defaultdict(set)
        self.seconds: Counter[str] = Counter()
        self.now: set[int] = set()

    def trace(self, frame, event, _):
        """Note a line of the file; of other files nothing."""
        if frame.f_code.co_filename != self.path:
            return None
        self.now.add(frame.f_lineno)
        return self.trace

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item):
        # What a fixture executes is there for all tests of the file.
        self.now = self.shared[item.location[0]]
        sys.settrace(self.trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item):
        self.now = self.lines[item.nodeid]
        start = time.perf_counter()
        sys.settrace(self.trace)
        try:
            return (yield)
        finally:
            sys.settrace(None)
            self.seconds[item.nodeid] = time.perf_counter() - start

    def tests(self, lines: range | None = None) -> list[str]:
        """Return the tests that execute one of these lines, or all; the quickest first."""
        chosen = [
            test
            for test, own in self.lines.items()
            if lines is None
            or not own.isdisjoint(lines)
            or not self.shared[test.partition("::")[0]].isdisjoint(lines)
        ]
        return sorted(chosen, key=self.seconds.__getitem__)


def importers(name: str) -> list[str]:
    """Return the loaded modules of the library that import a module, directly or not."""
    imports = {}
    for module in [name for name in sys.modules if name.startswith("physics_lib")]:
        found = set()
        for node in ast.walk(ast.parse(Path(sys.modules[module].__file__).read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        imports[module] = found
    above = {name}
    while more := {module for module, found in imports.items() if found & above} - above:
        above |= more
    return sorted(above)


def forget(names: list[str]) -> None:
    """Make Python import these modules again."""
    for name in names:
        sys.modules.pop(name, None)
        package, _, attribute = name.rpartition(".")
        if package in sys.modules:
            sys.modules[package].__dict__.pop(attribute, None)


def install(name: str, path: Path, source: str) -> None:
    """Import a module from other source; what is compiled there runs in Python."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = [
                one for one in node.decorator_list if "njit" not in ast.unparse(one)
            ]
    module = importlib.util.module_from_spec(importlib.util.spec_from_file_location(name, path))
    sys.modules[name] = module
    package, _, attribute = name.rpartition(".")
    setattr(sys.modules[package], attribute, module)
    exec(compile(tree, str(path), "exec"), module.__dict__)


def verdict(name: str, path: Path, source: str, tests: list[str], seconds: float) -> str:
    """Run the tests with a mutant in a child: killed, survived, or timeout, which kills too."""
    if not tests:
        return "survived"
    child = os.fork()
    if child == 0:
        # The alarm ends the child in compiled code as well.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(seconds))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        try:
            install(name, path, source)
            failed = pytest.main([*OPTIONS, *tests]) != 0
        except BaseException:
            failed = True
        os._exit(1 if failed else 0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) == signal.SIGALRM else "killed"
    return "killed" if os.WEXITSTATUS(status) else "survived"


def examine(short: str, every: int, scope: str | None) -> tuple[dict, list[Mutant]]:
    """Run the mutants of one module; return the counts and the survivors."""
    name = f"physics_lib.{short}"
    path = ROOT / (name.replace(".", "/") + ".py")
    source = path.read_text()
    recorder = Recorder(path)
    before = set(sys.modules)
    # Standard output is for the result.
    with contextlib.redirect_stdout(sys.stderr):
        if pytest.main([*OPTIONS, *TESTS[short]], plugins=[recorder]) != 0:
            raise SystemExit(f"the tests of {name} fail without any mutant")
    tests = [module for module in set(sys.modules) - before if "test_" in module]
    forget([*importers(name), *tests, "conftest"])
    # Children need not look through what is there already.
    gc.freeze()

    whole = recorder.tests()
    limit = 20.0 + 5.0 * sum(recorder.seconds.values())
    if verdict(name, path, source, whole, limit) != "survived":
        raise SystemExit(f"the tests of {name} fail in a fork without any mutant")
    counts, survivors, start = Counter(), [], time.perf_counter()
    for mutant in mutants(source)[::every]:
        if scope and scope not in mutant.scope:
            continue
        likely = recorder.tests(mutant.lines)
        result = verdict(name, path, mutant.source, likely, limit)
        if result == "survived":
            # What runs at import or is cached may show in any test.
            others = [test for test in whole if test not in likely]
            result = verdict(name, path, mutant.source, others, limit)
        counts[result] += 1
        if result == "survived":
            survivors.append(mutant)
    return {**counts, "seconds": round(time.perf_counter() - start)}, survivors


def say(line: str) -> None:
    """Print a line that is not the result."""
    print(line, file=sys.stderr, flush=True)


def report(short: str, counts: dict, survivors: list[Mutant], complete: bool) -> dict:
    """Return the numbers of one module, with the equivalent mutants among the survivors."""
    listed = tomllib.loads((Path(__file__).parent / "equivalent.toml").read_text())
    known = {mutant for group in listed.get(short, []) for mutant in group["mutants"]}
    equivalent = [one for one in survivors if str(one) in known]
    for one in survivors:
        if one not in equivalent:
            say(f"{short}:{one.lines.start} {one.scope}\n  - {one.before}\n  + {one.after}")
    for mutant in sorted(known - {str(one) for one in survivors}) if complete else ():
        say(f"{short}: listed as equivalent, but killed or not there: {mutant}")
    total = sum(counts.get(key, 0) for key in ("killed", "survived", "timeout"))
    killed = total - len(survivors)
    return {
        "mutants": total,
        "killed": killed,
        "timeout": counts.get("timeout", 0),
        "survived": len(survivors) - len(equivalent),
        "equivalent": len(equivalent),
        "killed_of_all": round(killed / total, 4),
        "killed_of_detectable": round(killed / max(total - len(equivalent), 1), 4),
        "seconds": counts["seconds"],
        "command": f"{COMMAND} {short}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("modules", nargs="*", metavar="MODULE", help=", ".join(TESTS))
    parser.add_argument("--json", action="store_true", help="print the counts as JSON")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="one mutant in N")
    parser.add_argument("--scope", metavar="NAME", help="of functions of this name alone")
    asked = parser.parse_args()
    if unknown := set(asked.modules) - set(TESTS):
        parser.error(f"MODULE = {unknown.pop()}: allowed {', '.join(TESTS)}")
    os.chdir(ROOT)
    # What other packages bring to pytest is not needed, and takes time for each mutant.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    result = {}
    complete = asked.every == 1 and asked.scope is None
    for short in asked.modules or TESTS:
        result[short] = report(short, *examine(short, asked.every, asked.scope), complete)
        if not asked.json:
            counts = (f"{key} {value}" for key, value in result[short].items())
            print(f"{short}: {', '.join(counts)}", flush=True)
    if asked.json:
        print(json.dumps(result, indent=2))


if __name__ == "__main__":
    main()
