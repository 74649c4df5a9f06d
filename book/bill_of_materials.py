"""Write a software bill of materials: ``python book/bill_of_materials.py [FILE]``.

A CycloneDX document of what ``requirements.lock`` holds: versions, hashes of every file,
licences, who needs whom.  It has no time and no random number, and of this machine only
whether a package is here to be asked for its licence: the same lock gives the same bytes.
"""

from __future__ import annotations

import os
import sys
import uuid
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import (
    ExternalReference,
    ExternalReferenceType,
    HashAlgorithm,
    HashType,
    Property,
    XsUri,
)
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.model.license import License, LicenseAcknowledgement
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from supply_chain import (
    LOCK,
    PROJECT,
    ROOT,
    Locked,
    canonical,
    licence_of,
    read_lock,
    read_project,
)

DEFAULT = ROOT / "_build" / "na64e-book.cdx.json"


def required(packages: list[Locked], project: dict) -> set[str]:
    """Names of the packages that the library cannot run without."""
    found = {canonical(Requirement(line).name) for line in project["dependencies"]}
    while more := {p.name for p in packages if p.asked_by & found} - found:
        found |= more
    return found


def licences(expression: str) -> list[License]:
    """Licence as the document has it: a name of the SPDX list or an expression of them."""
    stated = LicenseAcknowledgement.DECLARED
    return [LicenseFactory().make_from_string(expression, license_acknowledgement=stated)]


def component(package: Locked, scope: ComponentScope) -> Component:
    """One locked package."""
    marker = package.requirement.marker
    link = PackageURL("pypi", name=package.name, version=package.version)
    files = ExternalReference(
        type=ExternalReferenceType.DISTRIBUTION,
        url=XsUri(str(link)),
        comment="SHA-256 of every file that the lock accepts",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=h) for h in package.hashes],
    )
    return Component(
        type=ComponentType.LIBRARY,
        name=package.name,
        version=package.version,
        bom_ref=str(link),
        purl=link,
        scope=scope,
        licenses=licences(licence_of(package.name)),
        external_references=[files],
        properties=[Property(name="na64e-book:marker", value=str(marker))] if marker else [],
    )


def bill(text: str, project: dict) -> Bom:
    """Bill of materials of a lock."""
    packages = read_lock(text)
    needed = required(packages, project)
    made = Bom(serial_number=uuid.uuid5(uuid.NAMESPACE_URL, text))
    made.metadata.timestamp = None
    made.metadata.component = root = Component(
        type=ComponentType.APPLICATION,
        name=PROJECT,
        version=project["version"],
        bom_ref=PROJECT,
        description=project["description"],
        licenses=licences(project["license"]),
    )
    components = [
        component(p, ComponentScope.REQUIRED if p.name in needed else ComponentScope.OPTIONAL)
        for p in packages
    ]
    made.components = components
    # One package may be locked twice, for older and newer Pythons.
    asking = list(zip(packages, components, strict=True))
    for name, asker in [(PROJECT, root), *((p.name, c) for p, c in asking)]:
        made.register_dependency(asker, [c for p, c in asking if name in p.asked_by])
    return made


def write(path: Path) -> None:
    """Write the document, completely or not at all; it follows its schema."""
    text = (ROOT / LOCK).read_text(encoding="utf-8")
    document = JsonV1Dot6(bill(text, read_project())).output_as_string(indent=1) + "\n"
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)
    if fault is not None:
        raise ValueError(f"the bill of materials does not follow its schema: {fault}")
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    partial.write_text(document, encoding="utf-8")
    partial.replace(path)


def main(arguments: list[str]) -> int:
    """Write it to the named file; return the exit code."""
    write(Path(arguments[0]) if arguments else DEFAULT)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
