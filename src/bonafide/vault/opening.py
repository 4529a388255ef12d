"""The holder that the settings name."""

from __future__ import annotations

from bonafide.errors import SettingInvalid
from bonafide.settings import Settings
from bonafide.vault.file_holder import UnsafeFileHolder
from bonafide.vault.holder import KeyHolder
from bonafide.vault.pkcs11_uri import TokenUri


def open_holder(settings: Settings) -> KeyHolder:
    """The token that `BONAFIDE_KEY_HOLDER` names, or, without it, the unsafe folder `keys/vault` in the data
    folder.

    Raises `SettingInvalid` for the folder in production and for a URI that is none, `VaultClosed` if the
    token or folder cannot be reached, `KeyUnusable` if it refuses the PIN or is open to other accounts.
    """
    if settings.key_holder is not None:
        uri = TokenUri.parse(settings.key_holder)
        # It loads a library, which those who need no token do without.
        from bonafide.vault.pkcs11_holder import Pkcs11Holder  # noqa: PLC0415

        return Pkcs11Holder(uri)
    if settings.production:
        raise SettingInvalid(
            "BONAFIDE_PRODUCTION is yes, and a folder of keys is unsafe for production",
            "Set BONAFIDE_KEY_HOLDER to the URI of a PKCS #11 token",
        )
    return UnsafeFileHolder(settings.data_dir / "keys" / "vault")
