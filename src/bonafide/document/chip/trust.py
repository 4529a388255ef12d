"""Whom the operator trusts: the signing authorities of states (CSCA), and what those have revoked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bonafide.document.chip.certificate import Certificate
from bonafide.document.chip.revocation import RevocationList
from bonafide.document.chip.trust_file import read_trust_file
from bonafide.errors import UnreadableData

# ICAO's master lists of all states together take some 10 MB, their revocation lists 30.
_MOST_BYTES: Final = 100_000_000
_REMEDY: Final = (
    "Give CSCA certificates or revocation lists (DER or PEM), master lists, or an LDIF with master lists"
)


@dataclass(frozen=True, slots=True)
class TrustStore:
    """Trusted CSCA certificates, and revocation lists (trusted only as far as those sign them).

    `unreadable` counts certificates of master lists that could not be read: those states' documents are not
    trusted.
    """

    authorities: tuple[Certificate, ...] = ()
    revocation_lists: tuple[RevocationList, ...] = ()
    unreadable: int = 0

    def candidates(self, certificate: Certificate) -> tuple[Certificate, ...]:
        """Who may have signed it: by the key that it names, then by its issuer's name.

        Only a signature shows who did.
        """
        wanted = certificate.authority_key_identifier
        by_key = [known for known in self.authorities if wanted and known.key_identifier == wanted]
        by_name = [known for known in self.authorities if known.subject == certificate.issuer]
        return tuple({known.encoded: known for known in (*by_key, *by_name)}.values())

    def lists_for(self, signer: Certificate, authority: Certificate) -> tuple[RevocationList, ...]:
        """The revocation lists of a signer's issuer, by the name that either certificate has for it."""
        names = (signer.issuer, authority.subject)
        return tuple(known for known in self.revocation_lists if known.issuer in names)

    def issuers_of(self, revocation_list: RevocationList) -> tuple[Certificate, ...]:
        """The authorities of its issuer's name: one list, signed with the newest key, serves all of them."""
        return tuple(
            known
            for known in self.authorities
            if known.subject == revocation_list.issuer and known.may_sign_lists
        )


def read_trust(paths: Sequence[Path]) -> TrustStore:
    """The trust store that files make up; of a folder, every file that is not hidden, without its subfolders.

    A file is a certificate or revocation list in DER, any number of them in PEM, a CSCA master list (ICAO
    9303-12 section 8), or an LDIF with master lists and revocation lists as ICAO's public key directory
    publishes it.

    Whatever certificate is in these files is trusted because the operator put it there: nothing here can tell
    a genuine CSCA from another. A master list's signature is checked against the certificate inside it, which
    shows damage, not where it came from; check that when you fetch it.

    Raises `UnreadableData` when a file is none of these, damaged, too large, or cannot be read.
    """
    authorities: dict[bytes, Certificate] = {}
    lists: dict[bytes, RevocationList] = {}
    unreadable = 0
    for path in _files(paths):
        found = read_trust_file(_read(path))
        if found is None:
            raise UnreadableData(f"The trust file {path.name} is none that we read, or damaged", _REMEDY)
        authorities |= {certificate.encoded: certificate for certificate in found.certificates}
        lists |= {listed.signed.body + listed.signed.signature: listed for listed in found.revocation_lists}
        unreadable += found.unreadable
    return TrustStore(tuple(authorities.values()), tuple(lists.values()), unreadable)


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        try:
            if path.is_dir():
                yield from sorted(
                    inner for inner in path.iterdir() if inner.is_file() and not inner.name.startswith(".")
                )
            else:
                yield path
        except (OSError, ValueError):
            raise _unreadable(path) from None


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():
            raise _unreadable(path)
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError):
        raise _unreadable(path) from None
    if len(data) > _MOST_BYTES:
        raise UnreadableData(f"The trust file {path.name} is larger than 100 MB", _REMEDY)
    return data


def _unreadable(path: Path) -> UnreadableData:
    return UnreadableData(
        f"The trust file {path.name!r} cannot be read", "Check its path and its permissions"
    )
