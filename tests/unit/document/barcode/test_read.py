"""Reading codes that were drawn, turned, blurred; and pictures without any."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
import zxingcpp
from tests.unit.document.barcode.cards import code_picture, licence, on_card

from bonafide.document.barcode import BarcodeKind, read_barcodes
from bonafide.errors import UsageError

PDF417 = zxingcpp.BarcodeFormat.PDF417


@pytest.mark.parametrize("degrees", [-30, -23, -17, -11, -7, -4, 0, 4, 7, 11, 17, 23, 30, 90, 135, 180])
def test_a_turned_pdf417(degrees: int) -> None:
    picture = on_card(code_picture(licence(), PDF417, 3), degrees)
    (code,) = read_barcodes(picture)
    assert (code.kind, code.content) == (BarcodeKind.PDF417, licence())
    assert abs((code.turned_by + degrees + 180) % 360 - 180) < 3
    assert code.corners.shape == (4, 2)
    assert code.corners.dtype == np.float32
    assert np.abs(code.corners.mean(axis=0) - (700, 450)).max() < 60


@pytest.mark.parametrize("degrees", [-30, -9, 0, 6, 21])
@pytest.mark.parametrize("columns", [5, 14])
def test_narrow_and_wide_codes_of_small_modules(degrees: int, columns: int) -> None:
    codes = read_barcodes(on_card(code_picture(licence(), PDF417, 2, columns), degrees))
    assert [code.content for code in codes] == [licence()]


@pytest.mark.parametrize(
    ("written", "kind"),
    [
        (zxingcpp.BarcodeFormat.QRCode, BarcodeKind.QR),
        (zxingcpp.BarcodeFormat.DataMatrix, BarcodeKind.DATA_MATRIX),
        (zxingcpp.BarcodeFormat.Aztec, BarcodeKind.AZTEC),
    ],
)
@pytest.mark.parametrize("degrees", [0, 25, -40])
def test_square_codes(written: zxingcpp.BarcodeFormat, kind: BarcodeKind, degrees: int) -> None:
    content = bytes([0xDC, 0x03, 0, 255, *range(60)])
    (code,) = read_barcodes(on_card(code_picture(content, written, 6), degrees))
    assert (code.kind, code.content) == (kind, content)
    assert abs(code.turned_by + degrees) < 6


def test_a_code_seen_from_the_side_by_its_outline() -> None:
    flat = on_card(code_picture(licence(), PDF417, 3))
    corners = np.array([[0, 0], [1400, 0], [1400, 900], [0, 900]], np.float32)
    seen = np.array([[150, 120], [1300, 40], [1250, 860], [90, 700]], np.float32)
    picture = cv2.warpPerspective(
        flat, cv2.getPerspectiveTransform(corners, seen), (1400, 900), borderValue=(190,)
    ).astype(np.uint8)
    (code,) = read_barcodes(picture, seen)
    assert code.content == licence()
    assert np.abs(code.corners.mean(axis=0) - seen.mean(axis=0)).max() < 90


def test_pictures_without_a_code() -> None:
    noise = np.random.default_rng(3).integers(0, 256, (300, 400)).astype(np.uint8)
    for picture in (
        noise,
        np.zeros((300, 400), np.uint8),
        np.zeros((1, 1), np.uint8),
        np.zeros((0, 0), np.uint8),
    ):
        assert read_barcodes(picture) == ()


@pytest.mark.parametrize(
    "quad", [np.zeros((4, 2)), np.full((4, 2), np.nan), np.array([[0, 0], [1e9, 0], [1e9, 1e9], [0, 1e9]])]
)
def test_outlines_that_are_none(quad: np.typing.NDArray[np.float64]) -> None:
    assert read_barcodes(np.full((300, 400), 90, np.uint8), quad.astype(np.float32)) == ()


def test_calls_that_are_wrong() -> None:
    with pytest.raises(UsageError):
        read_barcodes(np.zeros((30, 30, 3), np.uint8))
    with pytest.raises(UsageError):
        read_barcodes(np.zeros((30, 30), np.uint8), np.zeros((3, 2), np.float32))
