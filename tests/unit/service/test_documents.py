"""When the models of text are loaded: with the first document, once, whoever asks."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from threading import Barrier
from typing import TYPE_CHECKING

import pytest

from bonafide.document.reader import DocumentReader
from bonafide.errors import WeightsMissing
from bonafide.models import ModelStore, Role
from bonafide.service.documents import Documents
from bonafide.settings import Settings

if TYPE_CHECKING:
    from tests.unit.service.conftest import Patch, Studio, TellingReader

TODAY = date(2026, 11, 25)


class Opening:
    """Opens a reader slowly and counts how often."""

    def __init__(self, reader: DocumentReader) -> None:
        self.times = 0
        self._reader = reader

    def __call__(self) -> DocumentReader:
        self.times += 1
        time.sleep(0.02)
        return self._reader


@pytest.fixture
def opening(reader: TellingReader) -> Opening:
    return Opening(reader)


@pytest.fixture
def documents(opening: Opening) -> Documents:
    shipped = ModelStore(Path("nowhere"))
    models = shipped.serving(Role.TEXT_DETECTOR), shipped.serving(Role.TEXT_RECOGNISER)
    return Documents(*models, opening)


def test_the_models_are_loaded_with_the_first_document_and_once(
    documents: Documents, opening: Opening, studio: Studio, patch: type[Patch]
) -> None:
    assert opening.times == 0
    found = studio.faces.find(studio.draw(patch(0.5)))
    for _ in range(3):
        documents.read(studio.faces, found, None, TODAY)
    assert opening.times == 1


def test_threads_that_come_at_once_load_them_once(
    documents: Documents, opening: Opening, reader: TellingReader, studio: Studio, patch: type[Patch]
) -> None:
    found = studio.faces.find(studio.draw(patch(0.5)))
    gate = Barrier(8)

    def read(_: int) -> object:
        gate.wait()
        return documents.read(studio.faces, found, None, TODAY)

    with ThreadPoolExecutor(8) as pool:
        readings = list(pool.map(read, range(8)))
    assert opening.times == 1
    assert readings == [reader.reading] * 8


def test_what_could_not_be_loaded_is_tried_again(
    studio: Studio, reader: TellingReader, patch: type[Patch]
) -> None:
    tries = iter([WeightsMissing("The weights are not there", "Pull them"), None])

    def open_reader() -> DocumentReader:
        if error := next(tries):
            raise error
        return reader

    shipped = ModelStore(Path("nowhere"))
    models = shipped.serving(Role.TEXT_DETECTOR), shipped.serving(Role.TEXT_RECOGNISER)
    documents = Documents(*models, open_reader)
    found = studio.faces.find(studio.draw(patch(0.5)))
    with pytest.raises(WeightsMissing):
        documents.read(studio.faces, found, None, TODAY)
    assert documents.read(studio.faces, found, None, TODAY) is reader.reading


def test_wiring_loads_nothing_and_missing_weights_are_told_with_the_first_document(
    studio: Studio, tmp_path: Path, patch: type[Patch]
) -> None:
    documents = Documents.of(Settings(data_dir=tmp_path))
    assert documents.text_detector.role is Role.TEXT_DETECTOR
    assert documents.text_recogniser.role is Role.TEXT_RECOGNISER
    with pytest.raises(WeightsMissing):
        documents.read(studio.faces, studio.faces.find(studio.draw(patch(0.5))), None, TODAY)


def test_the_reader_is_told_which_face_is_the_portrait(
    documents: Documents, reader: TellingReader, studio: Studio, patch: type[Patch]
) -> None:
    front = studio.faces.find(studio.draw(patch(0.5), patch(0.45, 0.5)))
    stranger = studio.faces.find(studio.draw(patch(0.02), patch(1, 0.5)))
    documents.read(studio.faces, front, stranger, TODAY, 18)
    ((one, other, today, minimum_age),) = reader.asked
    assert other is not None
    assert (today, minimum_age) == (TODAY, 18)
    assert (one.portrait.portrait, one.portrait.others, one.portrait.alike) == (
        *front.faces[:1],
        front.faces[1:],
        True,
    )
    assert (other.portrait.others, other.portrait.alike) == (stranger.faces[1:], False)
