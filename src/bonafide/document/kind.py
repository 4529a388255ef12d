"""The kinds of documents that are read."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a document is. Zones are named after their formats in ICAO 9303."""

    CN_RESIDENT_ID = "cn-resident-id"
    CN_HMT_PERMIT = "cn-hmt-residence-permit"
    CN_FOREIGN_PERMANENT = "cn-foreign-permanent-resident"
    TD1 = "td1"
    TD2 = "td2"
    TD3 = "td3"
    MRV_A = "mrv-a"
    MRV_B = "mrv-b"
    AAMVA = "aamva"
    UNKNOWN = "unknown"
