"""From what a picture stores to light."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def linear(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB 0..1 to linear light 0..1 (IEC 61966-2-1)."""
    return np.where(values <= 0.04045, values / 12.92, ((values + 0.055) / 1.055) ** 2.4)
