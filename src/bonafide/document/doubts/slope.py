"""Least squares on a few terms."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def fitted(terms: NDArray[np.float32], values: NDArray[np.float32]) -> NDArray[np.float64]:
    """The weights (m,) or (m, k) of terms (n, m) that come nearest to values (n,) or (n, k).

    By the normal equations, which are exact enough for a few terms of like size. A library's solver would
    wake a thread for each core, at twice the cost.
    """
    wide = terms.astype(np.float64)
    return np.asarray(np.linalg.pinv(wide.T @ wide, hermitian=True) @ (wide.T @ values.astype(np.float64)))
