"""Keys; the only place that unwraps one."""

from bonafide.vault.signing_key import FileSigner, key_id, read_public_key

__all__ = ["FileSigner", "key_id", "read_public_key"]
