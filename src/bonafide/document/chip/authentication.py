"""Passive authentication: did the state sign what the chip's files say, and may its signer do so today?

ICAO 9303-11 section 5.1 and 9303-12 section 6, BSI TR-03110-1. It shows that the content is genuine and
unchanged; a copy of all of it on another chip passes as well, for only the chip itself can show that it is no
copy.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from bonafide.document.check import DocumentCheck, Result
from bonafide.document.chip.algorithms import Unsupported
from bonafide.document.chip.cms import SignedData
from bonafide.document.chip.data_groups import PortraitFormat, portrait_format, read_portrait, read_zone
from bonafide.document.chip.files import ChipFiles
from bonafide.document.chip.security_object import HashList, read_hashes, read_sod
from bonafide.document.chip.signers import (
    check_revocation,
    check_signer,
    check_validity,
    find_issuer,
    find_signer,
)
from bonafide.document.chip.states import check_country
from bonafide.document.chip.tlv import Malformed
from bonafide.document.chip.trust import TrustStore
from bonafide.errors import UsageError
from bonafide.outcome import Reason

COMPLETE: Final = "chip.complete"
DATA_GROUPS: Final = "chip.data_groups"
COVERAGE: Final = "chip.coverage"
SIGNATURE: Final = "chip.signature"
SIGNER: Final = "chip.signer"
CHAIN: Final = "chip.chain"
VALIDITY: Final = "chip.validity"
REVOCATION: Final = "chip.revocation"
COUNTRY: Final = "chip.country"


@dataclass(frozen=True, slots=True)
class ChipAuthentication:
    """What passive authentication found: authentic only where every check that is listed passed.

    `reasons` are those of the checks that did not pass, in order and each once, or `CHIP_AUTHENTIC` alone.
    `zone` holds the lines of the machine-readable zone in DG1, `portrait` the encoded picture in DG2 and
    `format` how it is encoded, all as read: they are the state's word only where `authentic` is true,
    and empty and None where they cannot be read. `country` is that of the CSCA that vouches, two letters in
    lower case, to be held against the issuing state in the zone: every trusted CSCA could sign in every
    state's name.
    """

    authentic: bool
    checks: tuple[DocumentCheck, ...]
    reasons: tuple[Reason, ...]
    zone: tuple[str, ...] = field(repr=False)
    portrait: bytes | None = field(repr=False)
    format: PortraitFormat | None
    country: str | None = None


def authenticate(files: ChipFiles, trust: TrustStore, now: datetime) -> ChipAuthentication:
    """Check a chip's files against the authorities in `trust` at the moment `now`, which has a time zone.

    Checks, each with a reason where it did not pass:
    - `chip.complete`: DG1, DG2 and SOD are there and can be read (ICAO 9303-10 section 4.6 and 4.7);
    - `chip.data_groups`: each data group's hash is the one in the SOD (9303-11 section 5.1);
    - `chip.coverage`: each data group that was given is in the SOD;
    - `chip.signature`: the document signer signed the SOD (RFC 5652 section 5.4);
    - `chip.signer`: its certificate and the CSCA's are meant for that, and of one country (9303-12 section
      7.1);
    - `chip.chain`: a trusted CSCA signed its certificate;
    - `chip.country`, where there is a zone: it is of the state that the zone names as issuer;
    - `chip.validity`: both certificates are valid now;
    - `chip.revocation`, only where `trust` holds a revocation list of that CSCA: the list can be relied on
      and does not name the signer.

    Never raises for what the files hold. Raises `UsageError` for a `now` without time zone.
    """
    if now.tzinfo is None:
        raise UsageError("The time of the check has no time zone", "Pass a time in UTC")
    zone, picture, problem = _read_content(files)
    sod = _read_sod(files.sod)
    if isinstance(sod, Reason):
        # A missing file weighs more than one that cannot be read.
        complete = DocumentCheck.failed(COMPLETE, problem if problem is Reason.CHIP_INCOMPLETE else sod)
        others = (DATA_GROUPS, COVERAGE, SIGNATURE, SIGNER, CHAIN, VALIDITY, COUNTRY)
        return _conclude(
            (complete, *(DocumentCheck.not_assessable(name, sod) for name in others)), zone, picture, None
        )
    complete = DocumentCheck.passed(COMPLETE) if problem is None else DocumentCheck.failed(COMPLETE, problem)
    checks, country = _check_signers(sod, trust, now, zone)
    return _conclude((complete, *_check_hashes(sod, files), *checks), zone, picture, country)


def _conclude(
    checks: tuple[DocumentCheck, ...], zone: tuple[str, ...], picture: bytes | None, country: str | None
) -> ChipAuthentication:
    authentic = all(check.result is Result.PASSED for check in checks)
    reasons = dict.fromkeys(check.reason for check in checks if check.reason is not None)
    return ChipAuthentication(
        authentic,
        checks,
        (Reason.CHIP_AUTHENTIC,) if authentic else tuple(reasons),
        zone,
        picture,
        None if picture is None else portrait_format(picture),
        country,
    )


def _read_content(files: ChipFiles) -> tuple[tuple[str, ...], bytes | None, Reason | None]:
    """Zone, portrait, and what is wrong with the data groups that hold them."""
    first, second = files.data_groups.get(1), files.data_groups.get(2)
    problem = Reason.CHIP_INCOMPLETE if first is None or second is None else None
    zone: tuple[str, ...] = ()
    picture: bytes | None = None
    if first is not None:
        try:
            zone = read_zone(first)
        except Malformed:
            problem = problem or Reason.CHIP_MALFORMED
    if second is not None:
        try:
            picture = read_portrait(second)
        except Malformed:
            problem = problem or Reason.CHIP_MALFORMED
    if picture is not None and portrait_format(picture) is None:
        picture, problem = None, problem or Reason.CHIP_PORTRAIT_UNREADABLE
    return zone, picture, problem


def _read_sod(data: bytes | None) -> SignedData | Reason:
    if data is None:
        return Reason.CHIP_INCOMPLETE
    try:
        return read_sod(data)
    except Malformed:
        return Reason.CHIP_MALFORMED


def _check_hashes(sod: SignedData, files: ChipFiles) -> Iterator[DocumentCheck]:
    hashes = _read_hashes(sod)
    groups = files.data_groups
    if isinstance(hashes, Reason) or not groups:
        reason = hashes if isinstance(hashes, Reason) else Reason.CHIP_INCOMPLETE
        yield DocumentCheck.not_assessable(DATA_GROUPS, reason)
        yield DocumentCheck.not_assessable(COVERAGE, reason)
        return
    covered = groups.keys() & hashes.hashes.keys()
    if covered:
        unchanged = all(
            hashlib.new(hashes.algorithm, groups[number]).digest() == hashes.hashes[number]
            for number in covered
        )
        yield DocumentCheck.of(DATA_GROUPS, unchanged, Reason.CHIP_DATA_CHANGED)
    else:
        yield DocumentCheck.not_assessable(DATA_GROUPS, Reason.CHIP_DATA_UNCOVERED)
    yield DocumentCheck.of(COVERAGE, covered == groups.keys(), Reason.CHIP_DATA_UNCOVERED)


def _read_hashes(sod: SignedData) -> HashList | Reason:
    try:
        return read_hashes(sod.content)
    except Malformed:
        return Reason.CHIP_MALFORMED
    except Unsupported:
        return Reason.CHIP_SIGNATURE_UNSUPPORTED


def _check_signers(
    sod: SignedData, trust: TrustStore, now: datetime, zone: tuple[str, ...]
) -> tuple[tuple[DocumentCheck, ...], str | None]:
    """The checks of signature and certificates, and the country of the CSCA that vouches."""
    signature, signer = find_signer(SIGNATURE, sod)
    if signer is None:
        reason = signature.reason or Reason.CHIP_SIGNER_UNTRUSTED
        names = (SIGNER, CHAIN, VALIDITY, COUNTRY)
        return (signature, *(DocumentCheck.not_assessable(name, reason) for name in names)), None
    chain, issuer = find_issuer(CHAIN, signer, trust, now)
    checks = (
        signature,
        check_signer(SIGNER, signer, issuer, chain),
        chain,
        check_validity(VALIDITY, signer, issuer, chain, now),
    )
    if issuer is None:
        untrusted = DocumentCheck.not_assessable(COUNTRY, chain.reason or Reason.CHIP_SIGNER_UNTRUSTED)
        return (*checks, untrusted), None
    country = issuer.subject.country
    revocation = check_revocation(REVOCATION, signer, issuer, trust, now)
    own = check_country(COUNTRY, zone, country) if country and zone else None
    return (*checks, *(check for check in (own, revocation) if check)), country
