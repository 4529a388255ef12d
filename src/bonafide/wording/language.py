"""The languages we speak."""

from __future__ import annotations

from enum import StrEnum


class Language(StrEnum):
    """Language of the sentences people read (BCP 47)."""

    ENGLISH = "en"
    CHINESE = "zh-Hans"
