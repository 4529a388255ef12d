"""Which of our languages a reader prefers."""

from __future__ import annotations

from bonafide.wording.language import Language

# Nobody lists more; what comes after is not read.
_MOST = 16


def accepted_language(header: str, otherwise: Language) -> Language:
    """The language that an Accept-Language header (RFC 9110, 12.5.4) prefers among ours; Chinese of any kind
    is answered in Simplified Chinese. `otherwise` where it names none of them.
    """
    best, chosen = 0.0, otherwise
    for entry in header.split(",")[:_MOST]:
        name, _, parameters = entry.strip().partition(";")
        language = _ours(name.strip().lower(), otherwise)
        weight = _weight(parameters)
        if language is not None and weight > best:
            best, chosen = weight, language
    return chosen


def _ours(name: str, otherwise: Language) -> Language | None:
    primary = name.partition("-")[0]
    return {"en": Language.ENGLISH, "zh": Language.CHINESE, "*": otherwise}.get(primary)


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
