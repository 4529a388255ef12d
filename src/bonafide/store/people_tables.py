"""Tables of the operator's own people: who they are, how they enter, what they think of a case.

They speak of staff. Names stand in the log of accesses as long as that is kept, and so does an account after
its end, lest another come by its name.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, Text

from bonafide.store.metadata import ID, METADATA, SHA256, WHO, of, own_operator
from bonafide.store.moment import Moment

ACCOUNT: Final = Table(
    "account",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    # What the log of accesses calls them.
    Column("name", WHO, nullable=False),
    # Roles, in order, with blanks between.
    Column("roles", String(128), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("ended_at", Moment),
    # Wrong passphrases and codes of late, and until when no more are looked at; both in retention time.
    Column("failures", Integer, nullable=False),
    Column("failed_since", Moment),
    Column("locked_until", Moment),
    # Set when the account ends.
    Column("deadline", Moment),
    Index(None, "operator", "name", unique=True),
    Index(None, "operator", "deadline"),
)

CREDENTIAL: Final = Table(
    "credential",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("account", ID, nullable=False),
    Column("kind", String(16), nullable=False),
    # Of a passkey: what its authenticator calls it (base64url), its public key (COSE), its count of uses. Of
    # the issuer of sign-ins: a hash of whom it names.
    Column("handle", Text),
    Column("public_key", LargeBinary),
    Column("uses", BigInteger, nullable=False),
    # Of one-time codes: what, under the operator's key, their secret is made of; the last step used; and the
    # passphrase beside them (Argon2id, in PHC form).
    Column("salt", String(64)),
    Column("last_step", BigInteger, nullable=False),
    Column("passphrase", Text),
    Column("made_at", Moment, nullable=False),
    of("account", "account"),
    Index(None, "operator", "account"),
    Index(None, "operator", "handle", unique=True),
)

INVITATION: Final = Table(
    "invitation",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("account", ID, nullable=False),
    Column("digest", SHA256, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("account", "account"),
    Index(None, "operator", "account"),
    Index(None, "operator", "deadline"),
)

# What was asked of somebody's authenticator and not yet answered.
CEREMONY: Final = Table(
    "ceremony",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("kind", String(16), nullable=False),
    # The invitation that it takes up, or the customer's session that it is of; None of somebody who enters.
    Column("invitation", ID),
    # What was asked: a challenge, or the salt of one-time codes.
    Column("asked", String(64), nullable=False),
    Column("deadline", Moment, nullable=False),
    Index(None, "operator", "deadline"),
)

WEB_SESSION: Final = Table(
    "web_session",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("account", ID, nullable=False),
    Column("digest", SHA256, nullable=False),
    Column("made_at", Moment, nullable=False),
    # In retention time, like the deadline.
    Column("seen_at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("account", "account"),
    Index(None, "operator", "account"),
    Index(None, "operator", "deadline"),
)

# What a person thought of a referred case, and why; a second one where much hangs on it.
OPINION: Final = Table(
    "opinion",
    METADATA,
    own_operator(),
    Column("id", ID, primary_key=True),
    Column("subject", ID, nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("referred_case", ID, nullable=False),
    Column("who", WHO, nullable=False),
    # How they came: an account, a key or a command; None of those from when it was accounts alone.
    Column("origin", String(16)),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32), nullable=False),
    Column("given_at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    of("subject", "subject"),
    of("referred_case", "referred_case"),
    Index(None, "operator", "referred_case", "who", unique=True),
    Index(None, "operator", "subject"),
    Index(None, "operator", "deadline"),
)
