"""Species of attack, grouped by idea; `ALL` has each once."""

from bonafide.evaluation.attack_lab.case import Species
from bonafide.evaluation.attack_lab.species import injections, liars, prints, puppets, screens, swaps

ALL: tuple[Species, ...] = (
    *prints.SPECIES,
    *screens.SPECIES,
    *injections.SPECIES,
    *puppets.SPECIES,
    *liars.SPECIES,
    *swaps.SPECIES,
)

__all__ = ["ALL", "Species"]
