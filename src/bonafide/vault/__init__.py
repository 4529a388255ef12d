"""Keys; the only place that unwraps one."""

from bonafide.vault.binding import Binding, KeyBinding
from bonafide.vault.envelope import Sealed
from bonafide.vault.file_holder import UnsafeFileHolder
from bonafide.vault.holder import KeyHolder, KeyName, KeyUse
from bonafide.vault.memory import wipe, without_core_dumps
from bonafide.vault.opening import open_holder
from bonafide.vault.signing_key import FileSigner, KeyFile, key_id, read_public_key
from bonafide.vault.vault import Vault

__all__ = [
    "Binding",
    "FileSigner",
    "KeyBinding",
    "KeyFile",
    "KeyHolder",
    "KeyName",
    "KeyUse",
    "Sealed",
    "UnsafeFileHolder",
    "Vault",
    "key_id",
    "open_holder",
    "read_public_key",
    "wipe",
    "without_core_dumps",
]
