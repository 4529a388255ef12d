"""A random person, card and photograph for each seed; the same seed gives the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic

import numpy as np

from specimens import licence, residence, resident, travel
from specimens.drawn import Drawn, Pixels, Truth_co
from specimens.people import random_resident
from specimens.photograph import Photo, photograph

# Finer than a phone sees it, so that the drawing does not limit what can be read.
WIDTH = 1800


@dataclass(frozen=True, slots=True)
class Case(Generic[Truth_co]):
    """One side of a card as drawn, and a photograph of it."""

    drawn: Drawn[Truth_co]
    photo: Photo


def resident_case(
    seed: int,
    *,
    side: str = "front",
    portrait: Pixels | None = None,
    difficulty: str = "mixed",
    faults: resident.Faults = resident.SOUND,
) -> Case[resident.ResidentTruth]:
    """A resident identity card, front or back, photographed by hand."""
    person = random_resident(np.random.default_rng([seed, 0]))
    if side == "front":
        drawn = resident.draw_front(person, portrait, width=WIDTH, faults=faults)
    else:
        drawn = resident.draw_back(person, width=WIDTH, faults=faults)
    # The two sides are two photographs.
    return photographed(drawn, 2 * seed + (side != "front"), difficulty)


def permit_case(
    seed: int, *, portrait: Pixels | None = None, difficulty: str = "mixed"
) -> tuple[Case[resident.ResidentTruth], Case[residence.PermitTruth]]:
    """Both sides of a residence permit for somebody from Hong Kong, Macao or Taiwan."""
    permit = residence.random_permit(np.random.default_rng([seed, 0]))
    front = residence.draw_permit_front(permit, portrait, width=WIDTH)
    back = residence.draw_permit_back(permit, width=WIDTH)
    return photographed(front, 2 * seed, difficulty), photographed(back, 2 * seed + 1, difficulty)


def foreigner_case(
    seed: int, *, version: int = 2023, portrait: Pixels | None = None, difficulty: str = "mixed"
) -> tuple[Case[residence.ForeignerTruth], Case[residence.ForeignerTruth]]:
    """Both sides of a foreigner's permanent resident card, of 2017 or 2023."""
    person = residence.random_foreigner(np.random.default_rng([seed, 0]), version=version)
    front = residence.draw_foreigner_front(person, portrait, width=WIDTH)
    back = residence.draw_foreigner_back(person, version=version, width=WIDTH)
    return photographed(front, 2 * seed, difficulty), photographed(back, 2 * seed + 1, difficulty)


def travel_case(
    seed: int,
    kind: travel.Kind = travel.Kind.TD3,
    *,
    back: bool = False,
    portrait: Pixels | None = None,
    ghost: travel.Ghost = travel.Ghost.NONE,
    other: Pixels | None = None,
    difficulty: str = "mixed",
    faults: travel.Faults = travel.SOUND,
) -> Case[travel.TravelTruth]:
    """A travel document's side: the data page, or with `back` the zone's side of a TD1 card."""
    person = travel.random_traveller(np.random.default_rng([seed, 0]))
    drawn = travel.draw(
        person, kind, portrait, back=back, ghost=ghost, other=other, px_per_mm=WIDTH / 85.6, faults=faults
    )
    return photographed(drawn, 2 * seed + back, difficulty)


def licence_case(
    seed: int, *, portrait: Pixels | None = None, difficulty: str = "mixed"
) -> tuple[Case[licence.LicenceTruth], Case[licence.LicenceTruth]]:
    """Both sides of a driving licence."""
    driver = licence.random_driver(np.random.default_rng([seed, 0]))
    front = licence.draw_front(driver, portrait, width=WIDTH)
    back = licence.draw_back(driver, width=WIDTH)
    return photographed(front, 2 * seed, difficulty), photographed(back, 2 * seed + 1, difficulty)


def photographed(drawn: Drawn[Truth_co], seed: int, difficulty: str = "mixed") -> Case[Truth_co]:
    """A case of any drawing."""
    photo = photograph(
        drawn.pixels,
        seed,
        difficulty,
        width_mm=drawn.width_mm,
        text_mm=drawn.text_mm,
        fields=drawn.fields.values(),
    )
    return Case(drawn, photo)
