"""The two sides of a comparison: pictures in the part of the document's portrait, and pictures in the
selfie's.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Side:
    """Templates that all play one part.

    `vectors` float32 (n, d), of length 1; `people` int32 (n,), whose each is, 0-based; `pictures` int32 (n,),
    which picture each was made from, so that none is compared with itself.
    """

    vectors: NDArray[np.float32]
    people: NDArray[np.int32]
    pictures: NDArray[np.int32]

    def only(self, kept: NDArray[np.bool_]) -> Side:
        """Those for which `kept`, bool (n,), says so."""
        return Side(self.vectors[kept], self.people[kept], self.pictures[kept])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Sides:
    """References against probes.

    Without `probes` every two references are compared, once. `people` says how many people there may be.
    """

    references: Side
    probes: Side | None
    people: int
