"""The places pip would ask for a package, asked without letting pip (which runs what it downloads) near it.

`unearth` reads package indexes and finds credentials the way pip does; where to look comes from pip's own
configuration. docs/adr/0003-fetching-weights.md says why it is not pip itself.
"""

from __future__ import annotations

import hashlib
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar, cast
from urllib.parse import urlsplit

import httpx2
from unearth import Link, PackageFinder
from unearth.auth import MultiDomainBasicAuth
from unearth.fetchers import Fetcher, PyPIClient

from bonafide.errors import SettingInvalid
from bonafide.models.complaints import Complaints
from bonafide.models.entry import PackageFile
from bonafide.models.files import explained
from bonafide.models.pip_settings import PipSettings, Place
from bonafide.models.progress import Progress

_CHUNK = 1 << 16
# pip's own default is five; an unreachable index should not take half a minute to be called that.
_MAX_RETRIES = 3

T = TypeVar("T")


class PackageIndexes:
    """Package indexes and folders of archives. Use as a context manager: it holds connections.

    `sleep` waits, in seconds, between attempts.
    """

    def __init__(
        self, settings: PipSettings, progress: Progress, sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._settings = settings
        self._progress = progress
        self._sleep = sleep
        self._client = _client(settings)

    def __enter__(self) -> PackageIndexes:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @contextmanager
    def archive(self, wanted: PackageFile, scratch: Path) -> Iterator[IO[bytes]]:
        """The archive that holds a file, its digest checked; a nameless file in `scratch` that goes when
        closed.

        Raises `FetchFailed` saying what was the matter with the places that were asked.
        """
        with explained(scratch):
            file = tempfile.TemporaryFile(dir=scratch)  # noqa: SIM115 - closed below; only making it is explained
        complaints = Complaints()
        with file:
            with explained(scratch):
                found = any(
                    self._download(link, file, wanted, complaints)
                    for place in self._settings.places
                    for link in self._links(place, wanted, complaints)
                )
            if not found:
                raise complaints.failure(wanted, asked=bool(self._settings.places))
            yield file

    def _links(self, place: Place, wanted: PackageFile, complaints: Complaints) -> list[Link]:
        finder = PackageFinder(
            # Its own client is a fetcher in all but the details of the annotations.
            cast(Fetcher, self._client),
            index_urls=[place.url] if place.is_index else [],
            find_links=[] if place.is_index else [place.url],
            # The package is never imported or installed, so neither its platform nor its Python matters.
            ignore_compatibility=True,
        )
        requirement = f"{wanted.package}=={wanted.version}"
        with complaints.overheard():
            found = self._patiently(
                lambda: list(finder.find_matches(requirement, allow_yanked=True)), place.url, complaints
            )
        return [package.link for package in found or ()]

    def _download(self, link: Link, file: IO[bytes], wanted: PackageFile, complaints: Complaints) -> bool:
        """Whether `file` now holds the wanted archive."""
        announced = (link.hash_option or {}).get("sha256", [wanted.archive_sha256])
        if wanted.archive_sha256 not in announced:
            complaints.other_digest(announced[0])
            return False
        digest = self._patiently(lambda: self._receive(link, file, wanted), link.url, complaints)
        if digest is None:
            return False
        if digest != wanted.archive_sha256:
            complaints.other_digest(digest)
            return False
        return True

    def _receive(self, link: Link, file: IO[bytes], wanted: PackageFile) -> str:
        """Download into `file` and give the SHA-256; hardly more is taken than the archive is long."""
        file.seek(0)
        file.truncate()
        digest = hashlib.sha256()
        with self._client.get_stream(link.normalized) as response:
            response.raise_for_status()
            for chunk in response.iter_bytes(_CHUNK):
                file.write(chunk)
                digest.update(chunk)
                done = min(file.tell(), wanted.archive_size)
                self._progress.download(f"{wanted.package} {wanted.version}", done, wanted.archive_size)
                if file.tell() > wanted.archive_size:
                    break
        file.flush()
        return digest.hexdigest()

    def _patiently(self, attempt: Callable[[], T], url: str, complaints: Complaints) -> T | None:
        """Try, and again where that may help; None, and a complaint, if it did not."""
        host = urlsplit(url).hostname or urlsplit(url).path
        for wait in (*(0.5 * 2**count for count in range(min(self._settings.retries, _MAX_RETRIES))), None):
            try:
                return attempt()
            except httpx2.TransportError as error:
                if wait is not None:
                    self._sleep(wait)
                    continue
                slow = isinstance(error, httpx2.TimeoutException)
                complaints.add(f"{host} {'does not answer in time' if slow else 'cannot be reached'}")
            except httpx2.HTTPStatusError as error:
                complaints.add(f"{host} answered {error.response.status_code}")
            except (PermissionError, FileNotFoundError, NotADirectoryError) as error:
                complaints.add(f"{host} cannot be read ({error.strerror})")
            except (httpx2.HTTPError, httpx2.InvalidURL, ValueError):
                complaints.add(f"{host} does not answer as a package index does")
            return None
        return None


def _client(settings: PipSettings) -> PyPIClient:
    client = PyPIClient(
        trusted_hosts=settings.trusted_hosts,
        verify=_tls(settings),
        proxy=settings.proxy,
        trust_env=settings.proxy is None,
        timeout=settings.timeout,
        follow_redirects=True,
    )
    # Asking for a password would put a question where only the answer may stand.
    client.auth = MultiDomainBasicAuth(
        prompting=False, index_urls=[place.url for place in settings.places if place.is_index]
    )
    return client


def _tls(settings: PipSettings) -> ssl.SSLContext | bool:
    bundle, own = settings.certificates, settings.client_certificate
    if bundle is None and own is None:
        return True
    try:
        folder = bundle is not None and bundle.is_dir()
        context = ssl.create_default_context(
            cafile=None if folder else bundle, capath=bundle if folder else None
        )
        if own is not None:
            context.load_cert_chain(own)
    except OSError:
        raise SettingInvalid(
            "A certificate that pip's configuration names cannot be read", "Correct cert or client-cert there"
        ) from None
    return context
