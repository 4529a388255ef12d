"""Keys of machines: shown once, known by their digest, of one operator, and over when they are over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from bonafide.errors import UsageError
from bonafide.service.api_keys import ApiKey, Scope, api_key_of, api_keys, make_api_key, revoke_api_key
from bonafide.service.bearer import Bearer, BearerKind
from bonafide.service.retention import Retention
from bonafide.settings import Settings

if TYPE_CHECKING:
    from tests.integration.service.conftest import Counter

OPERATOR = "counter.example"


def found(counter: Counter, text: str) -> tuple[str, ApiKey] | None:
    return api_key_of(counter.kept.store, text, counter.machine.now)


def test_a_key_is_known_by_what_was_shown_once(counter: Counter, everything: Callable[[], bytes]) -> None:
    key, text = make_api_key(counter.kept, "till 4", [Scope.SIGN_UPS, Scope.ATTEND, Scope.ATTEND])
    assert found(counter, text) == (OPERATOR, key)
    assert (key.name, set(key.scopes)) == ("till 4", {Scope.SIGN_UPS, Scope.ATTEND})
    assert (key.made_at, key.expires_at, key.revoked_at) == (counter.machine.now, None, None)
    assert api_keys(counter.kept) == (key,)
    assert key.id.encode() in everything()
    secret = text.rpartition("/")[2]
    assert secret.encode() not in everything()
    counter.machine.passes(timedelta(days=4000))
    assert found(counter, text)


def test_what_is_not_the_key_opens_nothing(counter: Counter) -> None:
    key, text = make_api_key(counter.kept, "till 4", [Scope.VERIFY])
    _, other = make_api_key(counter.kept, "till 5", [Scope.VERIFY])
    secret = other.rpartition("/")[2]
    kept_of_other = Retention(
        Settings(counter.folder, operator="other.example"), counter.kept.store, counter.kept.clock
    )
    for wrong in (
        f"bfk/{OPERATOR}/{key.id}/{secret}",  # another's secret
        f"bfk/other.example/{key.id}/{text.rpartition('/')[2]}",  # another operator's
        text.replace("bfk/", "bfl/"),
        text[:-1],
        text + " ",
        Bearer.made_of(BearerKind.KEY, OPERATOR, "0" * 8 + key.id[8:], bytes(32)).text,
        "",
    ):
        assert found(counter, wrong) is None
    assert found(counter, text)
    assert api_keys(kept_of_other) == ()
    assert revoke_api_key(kept_of_other, key.id) is None
    assert found(counter, text)


def test_a_revoked_key_opens_nothing_from_then_on(counter: Counter) -> None:
    key, text = make_api_key(counter.kept, "till 4", [Scope.LINES])
    _, other = make_api_key(counter.kept, "till 5", [Scope.LINES])
    counter.machine.passes(timedelta(hours=1))
    revoked = revoke_api_key(counter.kept, key.id)
    assert revoked
    assert revoked.revoked_at == counter.machine.now
    assert found(counter, text) is None
    assert found(counter, other)
    counter.machine.passes(timedelta(hours=1))
    assert revoke_api_key(counter.kept, key.id) == revoked  # the first time counts
    assert revoked in api_keys(counter.kept)
    assert revoke_api_key(counter.kept, "0" * 36) is None


def test_a_key_with_a_term_ends_with_it(counter: Counter) -> None:
    key, text = make_api_key(counter.kept, "till 4", [Scope.LINES], life=timedelta(days=1))
    assert key.expires_at == counter.machine.now + timedelta(days=1)
    counter.machine.passes(timedelta(days=1, milliseconds=-1))
    assert found(counter, text)
    counter.machine.passes(timedelta(milliseconds=1))
    assert found(counter, text) is None
    # Nor does a clock that is set back bring it back.
    counter.machine.now = key.made_at - timedelta(hours=1)
    assert found(counter, text) is None


@pytest.mark.parametrize(
    ("name", "scopes", "life"),
    [
        ("", [Scope.LINES], None),
        ("two\nlines", [Scope.LINES], None),
        ("x" * 65, [Scope.LINES], None),
        ("till", [], None),
        ("till", [Scope.LINES], timedelta(0)),
        ("till", [Scope.LINES], timedelta(days=-1)),
        ("till", [Scope.LINES], timedelta.max),
    ],
)
def test_no_key_is_made_that_is_none(
    counter: Counter, name: str, scopes: list[Scope], life: timedelta | None
) -> None:
    with pytest.raises(UsageError):
        make_api_key(counter.kept, name, scopes, life=life)
    assert api_keys(counter.kept) == ()
