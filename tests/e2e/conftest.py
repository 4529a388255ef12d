"""The command line as a stranger has it: a process of its own, no configuration, no network."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from bonafide.cli import main

_COMMAND = Path(sys.executable).with_name("bonafide")

Run = Callable[..., subprocess.CompletedProcess[bytes]]

# Python runs this before anything of ours; whatever then reaches for a network dies of it.
NO_NETWORK = """
import socket
def refuse(*arguments, **options):
    raise AssertionError("the network was reached for")
class Refused(socket.socket):  # the standard library makes classes of it
    __init__ = refuse
socket.socket, socket.create_connection, socket.getaddrinfo = Refused, refuse, refuse
"""


@pytest.fixture
def own(models_home: Path, tmp_path: Path) -> Path:
    """A data folder with weights as they are, keys and calibrations of this test's own."""
    own = tmp_path / "home"
    own.mkdir()
    (own / "models").symlink_to(models_home / "models", target_is_directory=True)
    return own


@pytest.fixture
def run(own: Path, tmp_path: Path) -> Run:
    """Run `bonafide` with the shipped models; `home` names another data folder, `environment` adds to it."""
    blocked = tmp_path / "blocked"
    blocked.mkdir()
    (blocked / "sitecustomize.py").write_text(NO_NETWORK)

    def call(
        *arguments: object,
        stdin: bytes = b"",
        home: Path = own,
        environment: dict[str, str] | None = None,
        timeout: float = 120,
    ) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [_COMMAND, *map(str, arguments)],
            input=stdin,
            capture_output=True,
            check=False,
            timeout=timeout,
            cwd=tmp_path,
            env={
                "PATH": os.environ["PATH"],
                "HOME": str(tmp_path),
                "PYTHONPATH": str(blocked),
                "PYTHONWARNINGS": "error",
                "BONAFIDE_HOME": str(home),
                **(environment or {}),
            },
        )

    return call


@pytest.fixture
def bare_run_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """Run `bonafide` in this process, which has loaded what commands need: for what no other process would
    tell. `home` names the data folder, `environment` adds to it.
    """

    def call(
        *arguments: object,
        stdin: bytes = b"",
        home: Path = tmp_path,
        environment: dict[str, str] | None = None,
    ) -> subprocess.CompletedProcess[bytes]:
        with monkeypatch.context() as here:
            for name in [name for name in os.environ if name.startswith("BONAFIDE_")]:
                here.delenv(name)
            for name, value in {"BONAFIDE_HOME": str(home), **(environment or {})}.items():
                here.setenv(name, value)
            here.chdir(tmp_path)
            here.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
            capfd.readouterr()
            with pytest.raises(SystemExit) as done:
                main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert isinstance(done.value.code, int)
        return subprocess.CompletedProcess(
            [*map(str, arguments)], done.value.code, out.encode(), err.encode()
        )

    return call


@pytest.fixture
def run_here(own: Path, bare_run_here: Run) -> Run:
    """The same with the shipped models."""
    return partial(bare_run_here, home=own)


@pytest.fixture(scope="session")
def specimen(sample_pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A drawn document of no kind that anybody knows, with the sample customer's portrait."""
    import cv2
    import numpy as np

    from specimen import SAMPLE_HEAD, draw_specimen

    portrait = np.asarray(cv2.imread(str(sample_pictures / "obama.jpg"), cv2.IMREAD_COLOR_RGB), np.uint8)
    path = tmp_path_factory.mktemp("specimen") / "specimen.jpg"
    path.write_bytes(draw_specimen(portrait[SAMPLE_HEAD]))
    return path


@dataclass(frozen=True)
class Specimens:
    """Drawn documents of the sample customer's, photographed by hand, and what they say."""

    front: Path
    back: Path
    expired_back: Path
    passport: Path
    chip: Path
    csca: Path
    card_says: dict[str, str]
    passport_says: dict[str, str]

    @property
    def card(self) -> tuple[str, str, str, str]:
        """The resident card as options of `verify`."""
        return "--document", str(self.front), "--document-back", str(self.back)

    def said_by(self, text: bytes) -> list[str]:
        """What of the holder's data a text holds."""
        values = {*self.card_says.values(), *self.passport_says.values()}
        # A sex, a people and a date are found in texts that say nothing of anybody.
        return [value for value in values if len(value) > 3 and value in text.decode()]


@pytest.fixture(scope="session")
def specimens(sample_pictures: Path, tmp_path_factory: pytest.TempPathFactory) -> Specimens:
    """Documents with which nothing is wrong, so that a reader may accept them; every one says SPECIMEN."""
    if not (sample_pictures / "NotoSansSC-Regular.otf").is_file():
        pytest.skip("needs the fonts: run `python demo/fetch_samples.py`")
    import cv2
    import numpy as np

    from specimens import resident, travel
    from specimens.cases import WIDTH, photographed
    from specimens.chip import Issuer
    from specimens.drawn import Drawn
    from specimens.numbers import citizen_check
    from specimens.people import Resident
    from specimens.portraits import SAMPLE_HEADS, fitted

    folder = tmp_path_factory.mktemp("specimens")
    picture = np.asarray(cv2.imread(str(sample_pictures / "obama.jpg"), cv2.IMREAD_COLOR_RGB), np.uint8)
    portrait = picture[SAMPLE_HEADS["obama.jpg"]]

    def photo(drawn: Drawn[object], name: str, shot: int) -> Path:
        path = folder / name
        path.write_bytes(photographed(drawn, shot, "easy").photo.jpeg)
        return path

    # A region that the reader's table knows, or the card could not pass. It was retired in 1981, before there
    # were numbers, so nobody has this one.
    first17 = "11020119650505999"
    holder = Resident(
        name="王样本",
        sex="男",
        ethnicity="汉",
        born=date(1965, 5, 5),
        address="云岚省星河市青石区样本路1号",
        number=first17 + citizen_check(first17),
        authority="星河市公安局青石分局",
        valid_from=date(2015, 1, 1),
        valid_until=None,
    )
    expired = replace(holder, valid_from=date(2005, 3, 4), valid_until=date(2025, 3, 4))
    # A real issuer, or the passport could not pass, yet no country: the United Nations.
    traveller = travel.Traveller(
        "Specimen",
        "Sample",
        "SP0000000",
        holder.born,
        "M",
        date(2035, 12, 31),
        nationality="UNO",
        issuer="UNO",
    )
    page = travel.draw(traveller, travel.Kind.TD3, portrait, px_per_mm=WIDTH / 85.6)
    size = (480, 600)
    encoded = cv2.imencode(".jpg", fitted(portrait, *size)[:, :, ::-1])[1].tobytes()
    chip = Issuer(signed=datetime.now(UTC), country="UN").issue(page.truth.mrz, encoded, size)
    (folder / "chip").mkdir()
    for name, content in {"DG1": chip.dg1, "DG2": chip.dg2, "SOD": chip.sod, "COM": chip.com}.items():
        (folder / "chip" / f"{name}.bin").write_bytes(content)
    (folder / "csca.der").write_bytes(chip.csca)
    return Specimens(
        front=photo(resident.draw_front(holder, portrait, width=WIDTH), "front.jpg", 300),
        back=photo(resident.draw_back(holder, width=WIDTH), "back.jpg", 301),
        expired_back=photo(resident.draw_back(expired, width=WIDTH), "expired.jpg", 301),
        passport=photo(page, "passport.jpg", 121),
        chip=folder / "chip",
        csca=folder / "csca.der",
        card_says={
            "name": holder.name,
            "sex": holder.sex,
            "ethnicity": holder.ethnicity,
            "birth_date": "1965-05-05",
            "address": holder.address,
            "number": holder.number,
            "authority": holder.authority,
            "valid_from": "2015-01-01",
            "valid_until": "长期",
        },
        passport_says={
            "surname": "SPECIMEN",
            "given_names": "SAMPLE",
            "number": "SP0000000",
            **{f"line {number}": line for number, line in enumerate(page.truth.mrz)},
        },
    )
