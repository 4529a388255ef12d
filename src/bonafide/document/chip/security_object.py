"""The document security object, EF.SOD: the hash of each data group, signed by the state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bonafide.document.chip import identifiers
from bonafide.document.chip.algorithms import HASHES, read_digest
from bonafide.document.chip.cms import SignedData, read_signed_data
from bonafide.document.chip.tlv import (
    INTEGER,
    OCTET_STRING,
    SEQUENCE,
    Malformed,
    parse,
    parse_padded,
)

_SOD: Final = 0x77
# Real ones take 2 to 10 kB, certificate included.
MOST_SOD_BYTES: Final = 100_000
DATA_GROUPS: Final = range(1, 17)
_VERSIONS: Final = (0, 1)


@dataclass(frozen=True, slots=True, repr=False)
class HashList:
    """What the state says each data group's hash is; `algorithm` is a key of `algorithms.HASHES`."""

    algorithm: str
    hashes: Mapping[int, bytes]


def read_sod(data: bytes) -> SignedData:
    """The signed message in EF.SOD (ICAO 9303-10 section 4.6.10); only zeros may follow it.

    Raises `Malformed`, also for a message of another type.
    """
    if len(data) > MOST_SOD_BYTES:
        raise Malformed("the security object is too large")
    signed = read_signed_data(parse_padded(data, _SOD).only(SEQUENCE))
    if signed.content_type != identifiers.LDS_SECURITY_OBJECT:
        raise Malformed("the security object is of another type")
    return signed


def read_hashes(content: bytes) -> HashList:
    """An LDSSecurityObject of version 0 or 1 (ICAO 9303-10 section 4.6.10.1).

    Raises `Malformed`, also where a data group comes twice or a hash has another length than its algorithm's;
    `Unsupported` for a hash algorithm that is not accepted.
    """
    reader = parse(content, SEQUENCE).reader()
    version = reader.take(INTEGER).integer()
    algorithm = read_digest(reader.take(SEQUENCE))
    entries = reader.take(SEQUENCE)
    if version not in _VERSIONS:
        raise Malformed("the list of hashes is of another version")
    if version:
        reader.optional(SEQUENCE)  # which version of the data structure: it changes nothing here
    reader.end()
    size = HASHES[algorithm]().digest_size
    hashes: dict[int, bytes] = {}
    for entry in entries.children(len(DATA_GROUPS)):
        pair = entry.reader()
        number, value = pair.take(INTEGER).integer(), pair.take(OCTET_STRING).content
        pair.end()
        if number not in DATA_GROUPS or number in hashes or len(value) != size:
            raise Malformed("a hash is of no data group, of one that comes twice, or of another length")
        hashes[number] = value
    return HashList(algorithm, hashes)
