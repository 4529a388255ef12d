"""Check digits, written apart from the reader's own so that one tests the other."""

from __future__ import annotations

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def citizen_check(first17: str) -> str:
    """The last character of a citizen number (GB 11643-1999, ISO 7064 MOD 11-2): 0 to 9 or X."""
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, first17, strict=True))
    return "10X98765432"[total % 11]


def mrz_check(text: str) -> str:
    """The check digit of a part of a machine-readable zone (ICAO 9303-3, 4.9)."""
    values = [0 if c == "<" else int(c) if c.isdigit() else ord(c) - 55 for c in text]
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)


def other_digit(digit: str, step: int = 3) -> str:
    """Another digit than this one (X counts as 10)."""
    value = 10 if digit == "X" else int(digit)
    return str((value + step) % 10 if value != 10 else step)
