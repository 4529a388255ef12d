"""What is asked of authenticators, and what is believed of their answers (W3C Web Authentication, level 3).

Of staff and of customers alike: discoverable passkeys, and only with user verification, which the device does
by itself. `webauthn` checks what sections 7.1 and 7.2 ask for but two things, which are checked here: that
nobody was asked from within another site's page, and that a passkey is whose it says it is.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    base64url_to_bytes,
    bytes_to_base64url,
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

CHALLENGE_BYTES: Final = 32

_NAME: Final = "Bonafide"
_LONGEST_ANSWER: Final = 16 * 1024


@dataclass(frozen=True, slots=True)
class Site:
    """Where the pages stand: the origin that browsers name, and its host, to which passkeys are bound."""

    origin: str
    host: str


@dataclass(frozen=True, slots=True)
class Asked:
    """What a browser is to ask of an authenticator: the ceremony, and its options as JSON."""

    ceremony: str
    options: str


@dataclass(frozen=True, slots=True)
class Made:
    """A new passkey: what its authenticator calls it (base64url), its public key (COSE), its count of uses,
    and by which ways it can be asked, with blanks between.
    """

    handle: str
    public_key: bytes = field(repr=False)
    uses: int
    transports: str


def written(challenge: bytes) -> str:
    """A challenge as a ceremony keeps it."""
    return bytes_to_base64url(challenge)


def creation_options(
    site: Site, challenge: bytes, *, owner: bytes, name: str, known: Iterable[tuple[str, str]] = ()
) -> str:
    """How a browser is to have a passkey made, as JSON. `owner` (1 to 64 bytes) is whose it will say it is,
    `name` what a device shows them; `known` are handles and transports of those that they have, of which an
    authenticator makes no second one (5.4.3).
    """
    options = generate_registration_options(
        rp_id=site.host,
        rp_name=_NAME,
        user_name=name,
        user_id=owner,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            PublicKeyCredentialDescriptor(
                base64url_to_bytes(handle),
                transports=[AuthenticatorTransport(way) for way in transports.split()] or None,
            )
            for handle, transports in known
        ],
    )
    return options_to_json(options)


def request_options(site: Site, challenge: bytes) -> str:
    """How a browser is to have one used, as JSON; whose it is the authenticator says, and nobody is named."""
    options = generate_authentication_options(
        rp_id=site.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
    )
    return options_to_json(options)


def read_made(answer: str, asked: str, site: Site) -> Made | None:
    """The passkey of an authenticator's answer to a challenge, as it was written; None for another answer."""
    try:
        credential = parse_registration_credential_json(_bounded(answer))
        _require_own_page(credential.response.client_data_json)
        made = verify_registration_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(asked),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    ways = " ".join(sorted({way.value for way in credential.response.transports or ()}))
    return Made(bytes_to_base64url(made.credential_id), made.credential_public_key, made.sign_count, ways)


def handle_of(answer: str) -> str | None:
    """What an authenticator calls the passkey that it says it used; nothing of the answer is believed yet."""
    try:
        return parse_authentication_credential_json(_bounded(answer)).id
    except (WebAuthnException, ValueError):
        return None


def read_used(
    answer: str, asked: str, site: Site, *, owner: bytes, public_key: bytes, uses: int
) -> int | None:
    """The new count of uses, if a passkey of theirs answered a challenge; None for another answer, and for a
    count that did not grow, whose passkey was copied.
    """
    try:
        credential = parse_authentication_credential_json(_bounded(answer))
        _require_own_page(credential.response.client_data_json)
        verified = verify_authentication_response(
            credential=credential,
            expected_challenge=base64url_to_bytes(asked),
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=public_key,
            credential_current_sign_count=uses,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError):
        return None
    said = credential.response.user_handle
    if said is None or not hmac.compare_digest(said, owner):
        return None
    return verified.new_sign_count


def _require_own_page(client_data: bytes) -> None:
    """Raises `ValueError` where the page stood within another site's (7.1, step 10; 7.2, step 13)."""
    if parse_client_data_json(client_data).cross_origin:
        raise ValueError("asked from within another site's page")


def _bounded(answer: str) -> str:
    if len(answer) > _LONGEST_ANSWER:
        raise ValueError("longer than any authenticator's answer")
    return answer
