"""An authenticator of software, which answers as a telephone's does (W3C Web Authentication, 6.1 and 6.5)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

_PRESENT, _VERIFIED, _WITH_KEY = 0x01, 0x04, 0x40


@dataclass
class Authenticator:
    """It holds one passkey; what it says of itself can be set."""

    origin: str
    handle: bytes = b"a handle of sixteen and more bytes"
    flags: int = _PRESENT | _VERIFIED
    cross_origin: bool = False
    uses: int = 1
    owner: bytes = b""
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def makes(self, options: str) -> str:
        """The answer to the options of a creation."""
        asked = json.loads(options)
        self.owner = base64url_to_bytes(asked["user"]["id"])
        numbers = self.key.public_key().public_numbers()
        public = cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )
        data = self._data(asked["rp"]["id"], _WITH_KEY)
        data += bytes(16) + len(self.handle).to_bytes(2, "big") + self.handle + public
        return self._answer(
            {
                "clientDataJSON": bytes_to_base64url(self._client("webauthn.create", asked)),
                "attestationObject": bytes_to_base64url(
                    cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
                ),
                "transports": ["internal", "hybrid", "of-the-future"],
            }
        )

    def answers(self, options: str) -> str:
        """The answer to the options of a request."""
        asked = json.loads(options)
        self.uses += 1
        client, data = self._client("webauthn.get", asked), self._data(asked["rpId"])
        signed = self.key.sign(data + hashlib.sha256(client).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": bytes_to_base64url(client),
                "authenticatorData": bytes_to_base64url(data),
                "signature": bytes_to_base64url(signed),
                "userHandle": bytes_to_base64url(self.owner),
            }
        )

    def _data(self, host: str, more: int = 0) -> bytes:
        flags = bytes([self.flags | more])
        return hashlib.sha256(host.encode()).digest() + flags + self.uses.to_bytes(4, "big")

    def _client(self, kind: str, asked: dict[str, Any]) -> bytes:
        said = {"type": kind, "challenge": asked["challenge"], "origin": self.origin}
        return json.dumps({**said, "crossOrigin": self.cross_origin}).encode()

    def _answer(self, response: dict[str, Any]) -> str:
        handle = bytes_to_base64url(self.handle)
        said = {"id": handle, "rawId": handle, "type": "public-key", "response": response}
        return json.dumps({**said, "clientExtensionResults": {}, "authenticatorAttachment": "platform"})
