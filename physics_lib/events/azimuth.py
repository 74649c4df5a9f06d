"""Azimuths drawn from the amplitude of ℓ N → ℓ N V before its average; compiled."""

import numpy as np
from numba import njit

from physics_lib.production.amplitude import amplitude
from physics_lib.shower.quick import uniform

# tan(πv/2) at nine quantiles v of the azimuth, where its bound is looked for.
_QUANTILES = np.tan(0.5 * np.pi * np.linspace(0.0, 1.0, 9)[:-1])
_AZIMUTH_MARGIN = 1.1


@njit(cache=True, error_model="numpy")
def _cosine(tangent, ratio):  # type: ignore[no-untyped-def]
    """cos φ at tan((π − φ)/2) = ratio · tangent."""
    half = ratio * tangent
    return (half * half - 1.0) / (half * half + 1.0)


@njit(cache=True, error_model="numpy")
def draw_azimuth(form, state):  # type: ignore[no-untyped-def]
    """cos φ distributed as A(φ): proposed as 1/s̃, which has a closed quantile."""
    ratio = np.sqrt((form.a - form.b) / (form.a + form.b))
    bound = amplitude(1.0, form) * (form.a + form.b)
    for i in range(_QUANTILES.size):
        cosine = _cosine(_QUANTILES[i], ratio)
        bound = max(bound, amplitude(cosine, form) * (form.a + form.b * cosine))
    bound *= _AZIMUTH_MARGIN
    while True:
        cosine = _cosine(np.tan(0.5 * np.pi * uniform(state)), ratio)
        value = amplitude(cosine, form) * (form.a + form.b * cosine)
        if uniform(state) * bound < value:
            return cosine
