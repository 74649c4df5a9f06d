"""The track length that an experiment's beam has in its target."""

from physics_lib.experiment import Experiment
from physics_lib.materials import Stack, target_of
from physics_lib.shower import cascade, muon
from physics_lib.shower.track_length import TrackLength


def beam_track_length(experiment: Experiment, threshold: float, pivots: int = 100) -> TrackLength:
    """T_±(E) of the beam particle: of its shower (e±), or of the muon itself (μ±).

    Parameters
    ----------
    experiment : Experiment
    threshold : float
        Lowest energy [GeV] that is asked for.
    pivots : int
        Pivots of the cascade's coarser grid; a muon has no use for them.

    Raises
    ------
    ValueError
        For energies or pivots out of range.
    """
    beam, energy, target = experiment.beam, experiment.energy_GeV, target_of(experiment.target)
    if experiment.has_muons and isinstance(target, Stack):
        return muon.track_length(beam, energy, target, threshold)
    return cascade.track_length(beam, energy, target, threshold, pivots=pivots)
