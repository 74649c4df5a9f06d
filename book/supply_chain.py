"""What the project stands on, without asking the network: ``python book/supply_chain.py``.

The locks are in step with ``pyproject.toml``, every file in them has a hash and none an
address; what is installed is what is locked; and every licence is one of those below.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from binder_environment import canonical, entries
from license_expression import ExpressionError, get_spdx_licensing
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "na64e-book"
LOCK = "requirements.lock"
LOWEST = "requirements-lowest.lock"
# The extras that the tests of `make test-lowest` need: their lower bounds are tested.
TESTED = ("book", "test", "events", "export", "cluster", "scan")
HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})(?![0-9a-f])")
ADDRESS = re.compile(
    r"\S*(?:://| @ |(?:^|\s)-(?:e|f|i)\s|--(?:extra-)?(?:index-url|find-links))\S*"
)

# Licences that ask for no more than to be named, when code is used as it comes.
PERMISSIVE = {
    "0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "BSL-1.0", "CC0-1.0", "HPND", "ISC",
    "LLVM-exception", "MIT", "MIT-CMU", "PSF-2.0", "Zlib",
}  # fmt: skip
# Copyleft by file: the packages are used as they come, none of their files is changed.
BY_FILE = {"MPL-2.0"}
# Others, for one package each.
FOR_ONE_PACKAGE = {
    # Called by `make hepdata` in the extra `export` alone; nothing of it is distributed.
    "hepdata-validator": {"GPL-2.0-only"},
}
# What packages say in place of a name of the SPDX list.
SPELLINGS = {
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "BSD": "BSD-3-Clause",
    "BSD License": "BSD-3-Clause",
    "GPLv2": "GPL-2.0-only",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
}
# Read from their files: the metadata say nothing or too much, or the package is for another
# platform and so not installed here.
READ = {
    "appnope": "BSD-2-Clause",
    "axe-playwright-python": "MIT AND MPL-2.0",  # carries axe-core
    "cffi": "MIT",
    "colorama": "BSD-3-Clause",
    # A mode of Emacs in its source archive is under the GPL; it is not installed.
    "docutils": "CC0-1.0 AND BSD-2-Clause AND PSF-2.0",
    "future": "MIT",
    "msgspec": "BSD-3-Clause",
    "nest-asyncio": "BSD-2-Clause",
    "pycparser": "BSD-3-Clause",
    "pyyaml-ft": "MIT",
    "toml": "MIT",
}


@dataclass(frozen=True)
class Locked:
    """One entry of a lock."""

    name: str
    version: str
    requirement: Requirement
    hashes: tuple[str, ...]
    asked_by: frozenset[str]

    @property
    def needed_here(self) -> bool:
        """Whether this platform and this Python need it."""
        return self.requirement.marker is None or self.requirement.marker.evaluate()


def read_lock(text: str) -> list[Locked]:
    """Entries of a lock, each an exact version."""
    found = []
    without_options = re.sub(r"^-.*\n", "", text, flags=re.M)
    for name, block, asked in entries(without_options):
        requirement = Requirement(block.split("\\\n")[0].strip())
        pins = [pin.version for pin in requirement.specifier if pin.operator == "=="]
        version = pins[0] if len(pins) == 1 else ""
        found.append(
            Locked(name, version, requirement, tuple(HASH.findall(block)), frozenset(asked))
        )
    return found


def read_project() -> dict:
    """The section ``[project]`` of ``pyproject.toml``."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def asked(project: dict, extras: tuple[str, ...] | None = None) -> list[Requirement]:
    """What the project asks for, with all of its extras or some."""
    optional = project["optional-dependencies"]
    lists = [project["dependencies"], *(optional[name] for name in (extras or optional))]
    found = [Requirement(line) for lines in lists for line in lines]
    return [requirement for requirement in found if canonical(requirement.name) != PROJECT]


def lock_faults(text: str, project: dict, extras: tuple[str, ...] | None = None) -> Iterator[str]:
    """What is wrong with a lock: addresses, missing hashes, steps missed."""
    for address in ADDRESS.findall("\n".join(re.sub("#.*", "", row) for row in text.split("\n"))):
        yield f"has an address: {address.strip()}"
    packages = read_lock(text)
    for package in packages:
        if not package.version:
            yield f"{package.name} is not locked to one version"
        if not package.hashes:
            yield f"{package.name} has no hash"
    wanted = asked(project, extras)
    for requirement in wanted:
        versions = [p.version for p in packages if p.name == canonical(requirement.name)]
        if not versions:
            yield f"{requirement.name} is asked for and not locked"
        for version in versions:
            if version and version not in requirement.specifier:
                yield f"{requirement} is asked for, {version} is locked"
    names = {canonical(requirement.name) for requirement in wanted}
    for package in packages:
        if PROJECT in package.asked_by and package.name not in names:
            yield f"{package.name} is locked for the project, which does not ask for it"


def bound_faults(text: str, project: dict, extras: tuple[str, ...]) -> Iterator[str]:
    """Lower bounds that are not what the lock of the lowest versions holds."""
    versions: dict[str, set[str]] = {}
    for package in read_lock(text):
        versions.setdefault(package.name, set()).add(package.version)
    for requirement in asked(project, extras):
        bounds = [s for s in requirement.specifier if s.operator in (">=", "==")]
        if len(bounds) != 1:
            yield f"{requirement.name} has no lower bound"
            continue
        lowest = {f"=={version}" for version in versions.get(canonical(requirement.name), ())}
        if len(lowest) != 1 or not Requirement(f"x{lowest.pop()}").specifier.contains(
            bounds[0].version
        ):
            found = sorted(versions.get(canonical(requirement.name), ()))
            yield f"{requirement} is asked for, and tested with {', '.join(found) or 'nothing'}"


def installed_faults(packages: list[Locked]) -> Iterator[str]:
    """Locked packages of this platform that are missing here, or are others."""
    for package in packages:
        if not package.needed_here:
            continue
        try:
            version = metadata.version(package.name)
        except metadata.PackageNotFoundError:
            yield f"{package.name} {package.version} is locked and not installed"
            continue
        if version != package.version:
            yield f"{package.name} {package.version} is locked, {version} is installed"


def licence_of(name: str) -> str:
    """Licence of a package in words of the SPDX list, or as the package has it."""
    if name in READ:
        return READ[name]
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    # With `get`: where importlib_metadata is loaded, a missing key is an error.
    if expression := about.get("License-Expression"):
        return expression
    stated = (about.get("License") or "").strip().partition("\n")[0]
    if understood(stated):
        return stated
    classified = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or []
        if line.startswith("License :: ")
    ]
    return " AND ".join(SPELLINGS.get(word, word) for word in classified or [stated] if word)


SPDX = get_spdx_licensing()


def understood(expression: str) -> bool:
    """Whether every licence of an expression is in the SPDX list."""
    try:
        return bool(expression) and not SPDX.unknown_license_keys(expression)
    except ExpressionError:
        return False


def allowed(expression: str, licences: set[str]) -> bool:
    """Whether an expression such as ``A OR (B AND C)`` can be kept with some licences."""

    def kept(part) -> bool:
        parts = getattr(part, "args", ())
        if parts:
            return (any if part.operator.strip() == "OR" else all)(map(kept, parts))
        return all(symbol in licences for symbol in str(part).split(" WITH "))

    return understood(expression) and kept(SPDX.parse(expression))


def licence_faults(names: list[str]) -> Iterator[str]:
    """Packages whose licence is not known, or not one of those allowed."""
    for name in names:
        licence = licence_of(name)
        if not allowed(licence, PERMISSIVE | BY_FILE | FOR_ONE_PACKAGE.get(name, set())):
            yield f"{name}: licence {licence or 'not known'}: see book/supply_chain.py"


def faults() -> Iterator[str]:
    """All that is wrong, one line each."""
    project = read_project()
    text, lowest = ((ROOT / name).read_text(encoding="utf-8") for name in (LOCK, LOWEST))
    packages = read_lock(text)
    yield from (f"{LOCK}: {fault}" for fault in lock_faults(text, project))
    yield from (f"{LOWEST}: {fault}" for fault in lock_faults(lowest, project, TESTED))
    yield from (f"{LOWEST}: {fault}" for fault in bound_faults(lowest, project, TESTED))
    yield from installed_faults(packages)
    names = sorted({p.name for p in packages} | {p.name for p in read_lock(lowest)})
    yield from licence_faults(names)


def main() -> int:
    """Print what is wrong; return the exit code."""
    found = list(faults())
    for fault in found:
        print(fault, file=sys.stderr)
    if not found:
        count = len(read_lock((ROOT / LOCK).read_text(encoding="utf-8")))
        print(f"Supply chain: {count} locked packages with hashes and allowed licences.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
