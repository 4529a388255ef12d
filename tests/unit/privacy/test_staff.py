"""Whoever acts has a name that fits into one line of the log."""

from __future__ import annotations

import pytest

from bonafide.errors import UsageError
from bonafide.privacy.staff import require_staff_name


@pytest.mark.parametrize("who", ["clerk 7", "欧阳", "x" * 64])
def test_names_are_taken(who: str) -> None:
    require_staff_name(who)


@pytest.mark.parametrize("who", ["", " ", " clerk", "clerk ", "x" * 65, "a\nb", "a\x00", "a\u2028b"])
def test_what_is_none_is_refused_and_not_repeated(who: str) -> None:
    with pytest.raises(UsageError) as refused:
        require_staff_name(who)
    assert not who.strip() or who not in str(refused.value)
