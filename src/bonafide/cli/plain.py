"""Text of others on a terminal."""

from __future__ import annotations


def plain(text: str) -> str:
    """What may hold anything, without what is not printed: a terminal's control characters are not for it to
    send.
    """
    return "".join(character if character.isprintable() else "�" for character in text)
