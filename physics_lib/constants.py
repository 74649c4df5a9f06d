"""Physical constants, each with its source. Energies and masses in GeV, lengths in cm."""

from math import pi, sqrt
from typing import Final

# Particle Data Group 2022 (Workman et al., PTEP 2022, 083C01).
ELECTRON_MASS: Final = 0.51099895000e-3
"""m_e [GeV]"""
MUON_MASS: Final = 0.1056583755
"""m_μ [GeV]"""
TAU_MASS: Final = 1.77686
"""m_τ [GeV]"""
PROTON_MASS: Final = 0.93827208816
"""m_p [GeV]"""
ATOMIC_MASS_UNIT: Final = 0.93149410242
"""u [GeV]"""
PROTON_MAGNETIC_MOMENT: Final = 2.7928473446
"""μ_p in nuclear magnetons"""
ALPHA: Final = 1.0 / 137.035999
"""fine-structure constant at q² = 0"""
AVOGADRO: Final = 6.02214076e23
"""N_A [1/mol]"""
ELECTRON_RADIUS: Final = 2.8179403262e-13
"""classical electron radius r_e [cm]"""
GEV_INVERSE_SQUARED_IN_PB: Final = 3.893793721e8
"""(ħc)² [pb GeV²]"""
HBAR_C: Final = 1.973269804e-14
"""ħc [GeV cm]"""
BOLTZMANN: Final = 8.617333262e-14
"""k_B [GeV/K]"""
CM2_IN_PB: Final = 1e36
"""one cm² in pb"""

ELEMENTARY_CHARGE: Final = sqrt(4.0 * pi * ALPHA)
"""e in Heaviside–Lorentz natural units"""

# Abi et al. (Muon g-2), PRL 126, 141801 (2021), against the 2020 white paper.
MUON_ANOMALY_EXCESS: Final = 251e-11
"""a_μ(experiment) − a_μ(Standard Model)"""
MUON_ANOMALY_ERROR: Final = 59e-11
"""its standard error"""
