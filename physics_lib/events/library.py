"""Vertex library for G4DarkBreM: files of events over a grid of energies, with σ(E) beside them.

G4DarkBreM (LDMX-Software/G4DarkBreM, `ParseLibrary`) reads every ``.lhe``, ``.lhe.gz``, ``.csv``
and ``.csv.gz`` file of a folder, not those of folders within. It takes the nuclear charge from a
line ``2 Z # Znuc`` of the header, and from each event the particles lepton, nucleus, lepton,
nucleus, mediator in this order, the mediator with status 1; energies in GeV. So the table of
cross sections is in a folder of its own.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from physics_lib.constants import ELECTRON_MASS
from physics_lib.events.lhe import write_file
from physics_lib.events.sample import (
    MEDIATOR_ID,
    Events,
    lepton_id,
    nucleus_id,
    radiative_events,
)
from physics_lib.folders import new_folder
from physics_lib.production.form_factor import Nucleus
from physics_lib.provenance.origin import generator
from physics_lib.provenance.records import Record, write_folder_record

CROSS_SECTIONS = "cross_section/sigma.csv"
"""Where σ(E) is in a library."""
DESCRIPTION = "library.json"
"""What a library is made of, in its folder."""

_LIBRARY_NUCLEUS = -623


def write_library(
    folder: Path,
    mass: float,
    energies: ArrayLike,
    nucleus: Nucleus,
    count: int,
    seed: int = 1,
    lepton_mass: float = ELECTRON_MASS,
    progress: Callable[[int], None] = lambda done: None,
    record: Record | None = None,
) -> dict[str, Any]:
    """Write a vertex library that G4DarkBreM reads, completely or not at all.

    Parameters
    ----------
    folder : Path
        To be made; it may exist if it is empty.
    mass : float
        m_V [GeV]
    energies : array_like, shape (n,)
        Total energies of the incident lepton [GeV], one file for each.
    nucleus : Nucleus
    count : int
        Events per energy.
    seed : int
    lepton_mass : float
        m [GeV], that of the electron or the muon.
    progress : callable
        Told how many energies are done.
    record : Record, optional
        Where the library comes from, for a file of its own in the folder.

    Returns
    -------
    dict
        What `DESCRIPTION` says.

    Raises
    ------
    ValueError
        For arguments out of range, or if the folder cannot be written.
    """
    values = np.unique(np.asarray(energies, dtype=np.float64))
    if values.size != np.size(energies):
        raise ValueError(f"energies: {np.size(energies) - values.size} of them appear twice")
    with new_folder(folder) as partial:
        (partial / CROSS_SECTIONS).parent.mkdir()
        found = _fill(partial, mass, values, nucleus, (count, seed), lepton_mass, progress)
        if record is not None:
            write_folder_record(partial, record)
    return found


def _fill(
    folder: Path,
    mass: float,
    energies: NDArray[np.float64],
    nucleus: Nucleus,
    size: tuple[int, int],
    lepton_mass: float,
    progress: Callable[[int], None],
) -> dict[str, Any]:
    """Write files, cross sections and description of a library; `size` is count and seed."""
    count, seed = size
    description: dict[str, Any] = {
        "generator": generator(),
        "mediator_mass_GeV": mass,
        "mediator_id": MEDIATOR_ID,
        "lepton_id": lepton_id(lepton_mass),
        "nucleus": {
            "Z": nucleus.atomic_number,
            "A": nucleus.atomic_mass,
            "mass_GeV": nucleus.mass,
        },
        "amplitude": "exact tree level, elastic and inelastic form factor",
        "coupling": "epsilon = 1, in units of e",
        "seed": seed,
        "events_per_energy": count,
        "cross_sections": CROSS_SECTIONS,
        "files": [],
    }
    table = ["energy_GeV,sigma_pb"]
    for i, energy in enumerate(energies.tolist()):
        # Each file has a seed of its own, with which it can be made again alone.
        own = int(np.random.SeedSequence([seed, i]).generate_state(1)[0])
        events = radiative_events(energy, mass, nucleus, count, own, lepton_mass=lepton_mass)
        name = f"{i:04d}_{energy:.6g}GeV.lhe.gz"
        sections = _library_header(events, mass, lepton_mass, nucleus)
        write_file(folder / name, _renumbered(events, nucleus), sections, _LIBRARY_NUCLEUS, None)
        sigma = events.cross_sections[0]
        table.append(f"{energy!r},{sigma!r}")
        description["files"].append(
            {"name": name, "energy_GeV": energy, "sigma_pb": sigma, "seed": own}
        )
        progress(i + 1)
    (folder / CROSS_SECTIONS).write_text("\n".join(table) + "\n", encoding="utf-8")
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")
    return description


def _renumbered(events: Events, nucleus: Nucleus) -> Events:
    """Events with the nucleus called as MadGraph's model of these libraries calls it."""
    ids = np.where(events.ids == nucleus_id(nucleus), _LIBRARY_NUCLEUS, events.ids)
    return replace(events, ids=ids)


def _library_header(
    events: Events, mass: float, lepton_mass: float, nucleus: Nucleus
) -> dict[str, str]:
    """Sections of the header that readers of these libraries look at."""
    slha = (
        "\nBLOCK MASS\n"
        f"  {lepton_id(lepton_mass)} {lepton_mass:.9e} # lepton mass\n"
        f"  {MEDIATOR_ID} {mass:.9e} # APMASS\n"
        f"  {abs(_LIBRARY_NUCLEUS)} {nucleus.mass:.9e} # HPMASS\n"
        "BLOCK MGUSER\n"
        "  1 1.000000000e+00 # epsilon ,mixing coefficient\n"
        f"  2 {nucleus.atomic_number:.9e} # Znuc ,nuclear charge\n"
    )
    info = (
        f"\n#  Number of Events : {len(events)}\n"
        f"#  Integrated weight (pb) : {events.cross_sections[0]:.9e}\n"
    )
    return {"na64e": generator(), "slha": slha, "MGGenerationInfo": info}
