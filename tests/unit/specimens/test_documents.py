from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import cv2
import numpy as np

from bonafide.document.chip import authenticate, read_chip_files, read_trust
from bonafide.outcome import Reason
from documents import documents_in
from specimens.portraits import SAMPLE_HEADS, on_plain_ground


def test_the_demonstrations_documents_are_drawn_once(sample_pictures: Path, tmp_path: Path) -> None:
    today = date(2026, 3, 1)
    customer = sample_pictures / "obama.jpg"
    documents = documents_in(tmp_path, customer, today)
    drawn = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")}
    documents_in(tmp_path, customer, today.replace(month=12))
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*")} == drawn
    trust, now = read_trust([documents.authority]), datetime(2026, 1, 1, tzinfo=UTC)
    assert authenticate(read_chip_files(documents.chip), trust, now).authentic
    changed = authenticate(read_chip_files(documents.changed_chip), trust, now)
    assert changed.reasons == (Reason.CHIP_DATA_CHANGED,)


def test_a_portrait_is_cut_out_of_its_surroundings(sample_pictures: Path) -> None:
    picture = cv2.imread(str(sample_pictures / "obama.jpg"), cv2.IMREAD_COLOR_RGB)
    head = np.asarray(picture, np.uint8)[SAMPLE_HEADS["obama.jpg"]]
    cut = on_plain_ground(head)
    assert cut.shape == head.shape
    assert (cut[:400, :40] == 236).all()
    assert (cut[:400, -40:] == 236).all()
    assert np.array_equal(cut[150:400, 200:300], head[150:400, 200:300])
