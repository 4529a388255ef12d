"""Which pictures of a labelled set are compared with which, and whose they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bonafide.errors import UnreadableData
from bonafide.evaluation.calibration.sides import Side, Sides
from bonafide.evaluation.datasets import LabelledPairs, LabelledSet
from bonafide.evaluation.extract import Acquisition

EVERYONE = "everyone"


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Parts:
    """`people` int32 (pictures,); `references` and `probes` bool (pictures,), both true where a set has no
    roles.
    """

    people: NDArray[np.int32]
    references: NDArray[np.bool_]
    probes: NDArray[np.bool_]

    @property
    def roles(self) -> bool:
        """Whether documents and selfies are told apart."""
        return not bool((self.references & self.probes).any())


def parts_of(labelled: LabelledSet) -> Parts:
    """The parts in a set: in a pairs file whose columns share no picture, the first column has the documents.

    Raises `UnreadableData` if the pairs contradict themselves.
    """
    everything = np.ones(len(labelled.pictures), np.bool_)
    pairs = labelled.pairs
    people = labelled.people
    if pairs is None:
        if people is None:
            raise TypeError("a gallery names everybody")
        return Parts(people, everything, everything)
    if people is None or len(np.unique(people)) == 1:
        people = _linked(pairs, len(labelled.pictures))
    first, second = np.zeros_like(everything), np.zeros_like(everything)
    first[pairs.first], second[pairs.second] = True, True
    return Parts(people, everything, everything) if (first & second).any() else Parts(people, first, second)


def groups_of(
    labelled: LabelledSet, parts: Parts, photos: Acquisition, portraits: Acquisition | None
) -> Iterator[tuple[str, Sides]]:
    """Each group by name and what is compared in it: photos, and simulated portraits with photos."""
    count = int(parts.people.max()) + 1
    own = [picture.group for picture in labelled.pictures]
    names = sorted({group for group in own if group is not None})
    for name in (EVERYONE, *names):
        member = np.array([name in (EVERYONE, group) for group in own], np.bool_)
        probes = _side(parts, photos, member & parts.probes)
        if parts.roles:
            yield name, Sides(_side(parts, photos, member & parts.references), probes, count)
            continue
        yield name, Sides(probes, None, count)
        if portraits is not None:
            yield f"{name}, small portraits", Sides(_side(parts, portraits, member), probes, count)


def _side(parts: Parts, acquisition: Acquisition, wanted: NDArray[np.bool_]) -> Side:
    pictures = np.flatnonzero(wanted & acquisition.acquired).astype(np.int32)
    return Side(acquisition.vectors[pictures], parts.people[pictures], pictures)


def _linked(pairs: LabelledPairs, count: int) -> NDArray[np.int32]:
    """Whose each picture is: those linked by pairs of one person are one person's, all others are not."""
    same = pairs.same
    links = coo_array(
        (np.ones(int(same.sum())), (pairs.first[same], pairs.second[same])), shape=(count, count)
    )
    people = np.asarray(connected_components(links, directed=False)[1], np.int32)
    if (people[pairs.first[~same]] == people[pairs.second[~same]]).any():
        raise UnreadableData(
            "The pairs say of two pictures that they show one person, and that they do not",
            "Correct the third column",
        )
    return people
