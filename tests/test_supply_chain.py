"""What the project stands on: locks, lower bounds, licences, and the bill of materials."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.append(str(ROOT / "book"))

import bill_of_materials  # noqa: E402
import supply_chain  # noqa: E402
import vulnerabilities  # noqa: E402

SUM = "a" * 64
PROJECT = {
    "name": "na64e-book",
    "version": "1.0",
    "description": "a book",
    "license": "BSD-3-Clause",
    "dependencies": ["first>=1.0"],
    "optional-dependencies": {"more": ["second>=2"], "dev": ["na64e-book[more]"]},
}
GOOD = f"""# written by hand
first==1.0 \\
    --hash=sha256:{SUM}
    # via na64e-book (pyproject.toml)
inner==3.0 ; sys_platform == 'nowhere' \\
    --hash=sha256:{SUM}
    # via first
second==2.0 \\
    --hash=sha256:{SUM} \\
    --hash=sha256:{"b" * 64}
    # via na64e-book (pyproject.toml)
"""


def lock_of(name):
    return (ROOT / name).read_text(encoding="utf-8")


def test_nothing_is_wrong_with_the_project():
    assert list(supply_chain.faults()) == []


def test_good_lock_has_no_faults():
    assert list(supply_chain.lock_faults(GOOD, PROJECT)) == []
    assert list(supply_chain.bound_faults(GOOD, PROJECT, ("more",))) == []


@pytest.mark.parametrize(
    ("now", "then", "said"),
    [
        (f"first==1.0 \\\n    --hash=sha256:{SUM}", "first==1.0", "first has no hash"),
        (f"first==1.0 \\\n    --hash=sha256:{SUM}", "first==1.0 \\\n    --hash=md5:aa", "no hash"),
        (f"{SUM}\n", "abc\n", "first has no hash"),
        ("first==1.0", "first>=1.0", "first is not locked to one version"),
        ("first==1.0", "first @ https://host/first.whl", "has an address: first @ https"),
        ("# written by hand", "--index-url https://host/simple", "has an address"),
        ("# written by hand", "--find-links wheels", "has an address"),
        ("# written by hand", "-e .", "has an address"),
        ("second==2.0", "second==1.9", "second>=2 is asked for, 1.9 is locked"),
        ("second==2.0", "third==2.0", "second is asked for and not locked"),
        ("second==2.0", "third==2.0", "third is locked for the project, which does not ask"),
    ],
)
def test_fault_of_a_lock_is_named(now, then, said):
    assert now in GOOD
    text = GOOD.replace(now, then, 1)
    found = list(supply_chain.lock_faults(text, PROJECT))
    assert any(said in fault for fault in found), found


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ("first>=0.9", "first>=0.9 is asked for, and tested with 1.0"),
        ("first", "first has no lower bound"),
        ("other>=1", "other>=1 is asked for, and tested with nothing"),
    ],
)
def test_lower_bound_that_is_not_tested_is_named(bound, said):
    project = PROJECT | {"dependencies": [bound]}
    assert list(supply_chain.bound_faults(GOOD, project, ("more",))) == [said]


def test_extras_of_the_lowest_lock_are_those_it_is_compiled_with():
    line = re.search(r"^TESTED = (.*)$", lock_of("Makefile"), re.M)
    assert tuple(line[1].split()) == supply_chain.TESTED


def test_other_version_than_locked_is_named():
    text = "".join(
        f"{pin} \\\n    --hash=sha256:{SUM}\n" for pin in ("pytest==0.1", "no-such-package==1.0")
    )
    packages = supply_chain.read_lock(text)
    other, missing = supply_chain.installed_faults(packages)
    assert re.fullmatch(r"pytest 0\.1 is locked, [\d.]+ is installed", other)
    assert missing == "no-such-package 1.0 is locked and not installed"


def test_package_of_another_platform_need_not_be_here():
    inner = supply_chain.read_lock(GOOD)[1]
    assert (inner.name, inner.version, inner.needed_here) == ("inner", "3.0", False)
    assert list(supply_chain.installed_faults([inner])) == []


@pytest.mark.parametrize(
    ("expression", "kept"),
    [
        ("MIT", True),
        ("MIT AND MPL-2.0", True),
        ("GPL-3.0-only OR MIT", True),
        ("(GPL-3.0-only AND MIT) OR (MIT AND ISC)", True),
        ("Apache-2.0 WITH LLVM-exception", True),
        ("GPL-3.0-only AND MIT", False),
        ("AGPL-3.0-or-later", False),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("Own words", False),
        ("MIT AND", False),
        ("", False),
    ],
)
def test_licences_allowed(expression, kept):
    assert supply_chain.allowed(expression, supply_chain.PERMISSIVE | supply_chain.BY_FILE) is kept


def test_licence_that_nobody_knows_is_named():
    assert list(supply_chain.licence_faults(["numpy", "no-such-package"])) == [
        "no-such-package: licence not known: see book/supply_chain.py"
    ]


def test_exception_for_one_package_is_for_it_alone(monkeypatch):
    monkeypatch.setitem(supply_chain.READ, "numpy", "GPL-2.0-only")
    assert list(supply_chain.licence_faults(["hepdata-validator"])) == []
    assert len(list(supply_chain.licence_faults(["numpy"]))) == 1


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    path = tmp_path_factory.mktemp("bill") / "inner" / "bill.json"
    bill_of_materials.write(path)  # checks it against the schema
    assert [file.name for file in path.parent.iterdir()] == ["bill.json"]
    return path.read_text(encoding="utf-8")


def test_bill_lists_the_lock_with_hashes_and_licences(document):
    components = json.loads(document)["components"]
    locked = supply_chain.read_lock(lock_of("requirements.lock"))
    assert {(c["name"], c["version"]) for c in components} == {(p.name, p.version) for p in locked}
    hashes = {h for p in locked for h in p.hashes}
    files = [c["externalReferences"][0]["hashes"] for c in components]
    assert {h["content"] for of_one in files for h in of_one} == hashes
    assert all(of_one for of_one in files)
    assert all(c["licenses"] for c in components)


def test_bill_tells_what_the_library_cannot_do_without(document):
    scope = {c["name"]: c["scope"] for c in json.loads(document)["components"]}
    assert {scope[name] for name in ("numpy", "numba", "llvmlite", "typer")} == {"required"}
    assert {scope[name] for name in ("pytest", "sphinx", "dask", "ruff")} == {"optional"}


def test_bill_knows_who_needs_whom(document):
    needs = {d["ref"]: d.get("dependsOn", []) for d in json.loads(document)["dependencies"]}
    named = {ref.partition("@")[0].rpartition("/")[2]: needs[ref] for ref in needs}
    assert any("llvmlite@" in ref for ref in named["numba"])
    assert any("numba@" in ref for ref in needs["na64e-book"])
    assert not any("llvmlite@" in ref for ref in needs["na64e-book"])


def test_bill_has_no_time_and_nothing_of_this_machine(document):
    assert "timestamp" not in document
    assert not re.search(r"file:|localhost", document)
    assert str(ROOT) not in document
    assert str(Path.home()) not in document
    assert set(re.findall(r"https?://([^/\"]+)", document)) == {"cyclonedx.org"}


def test_bill_is_the_same_for_the_same_lock_alone():
    def written(text):
        bill = bill_of_materials.bill(text, PROJECT)
        return bill_of_materials.JsonV1Dot6(bill).output_as_string()

    text = GOOD.replace("first", "numpy").replace("inner", "ruff").replace("second", "typer")
    assert written(text) == written(text)
    assert (
        json.loads(written(text))["serialNumber"]
        != json.loads(written(text + "\n"))["serialNumber"]
    )


CLEAN = {"name": "first", "version": "1.0", "vulns": []}
HOLE = CLEAN | {"vulns": [{"id": "CVE-1", "fix_versions": ["1.1"]}]}
SILENT = {"name": "second", "skip_reason": "not found"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([CLEAN], 0, ["No known vulnerabilities in 1 packages."]),
        ([CLEAN, HOLE], 1, ["first 1.0: CVE-1, mended in 1.1"]),
        ([CLEAN, SILENT], 1, ["second: not found"]),
        ([SILENT], 2, ["error: audit: the index that knows of vulnerabilities cannot be reached"]),
    ],
)
def test_audit_is_clean_only_if_everyone_was_asked_for(packages, code, said):
    assert vulnerabilities.verdict(json.dumps({"dependencies": packages})) == (code, said)


@pytest.mark.parametrize("printed", ["", "Traceback", "[]", "{}"])
def test_audit_without_an_answer_is_no_clean_one(printed):
    assert vulnerabilities.verdict(printed)[0] == 2


def test_library_and_command_line_need_no_extra():
    names = "dask distributed zarr pylhe awkward hepdata_lib hepdata_validator jupytext pytest"
    # Its folder `scan` is for those who have the extra of that name.
    code = (
        f"import sys; sys.modules.update(dict.fromkeys({names.split()}))\n"
        "import pkgutil, importlib, physics_lib\n"
        "for found in pkgutil.walk_packages(physics_lib.__path__, 'physics_lib.'):\n"
        "    if not found.name.endswith('__main__') and '.scan.' not in found.name:\n"
        "        importlib.import_module(found.name)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


def test_help_fits_a_terminal():
    rows = re.findall(r"^([a-z-]+):.*## (.*)$", lock_of("Makefile"), re.M)
    assert len(rows) > 10
    assert max(len(f"  make {name:11} {text}") for name, text in rows) <= 80
