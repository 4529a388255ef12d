"""Invented licences and seals, and pictures of their codes."""

from __future__ import annotations

import warnings
from datetime import date

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

TODAY = date(2026, 11, 20)
# No issuer has this number: the tests that need a known one change it.
INVENTED = "639999"

ELEMENTS = {
    "DAQ": "T64235789",
    "DCS": "MUSTERMANN",
    "DDE": "N",
    "DAC": "ERIKA",
    "DDF": "N",
    "DAD": "JOHANNA",
    "DDG": "N",
    "DBD": "06062019",
    "DBB": "06061986",
    "DBA": "12102034",
    "DBC": "2",
    "DAG": "1 NOWHERE STREET",
    "DAI": "UTOPIA",
    "DAJ": "UT",
    "DAK": "000010000",
    "DCG": "USA",
}


def licence(issuer: str = INVENTED, version: int = 10, shift: int = 0, /, **changed: str) -> bytes:
    """A licence's code by the standard; `shift` moves the stated offset off the subfile."""
    body = "DL" + "\n".join(name + value for name, value in (ELEMENTS | changed).items()) + "\r"
    header = f"@\n\x1e\rANSI {issuer}{version:02}" + ("01" if version > 1 else "") + "01"
    offset = len(header) + 10
    return f"{header}DL{offset + shift:04}{len(body):04}{body}".encode()


def code_picture(
    content: bytes | str, kind: zxingcpp.BarcodeFormat, scale: int, columns: int = 8
) -> NDArray[np.uint8]:
    """The code, uint8 HxW, as many pixels a module as `scale`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        code = zxingcpp.create_barcode(content, kind, **columns_of(kind, columns))
        return np.array(zxingcpp.write_barcode_to_image(code, scale=scale), np.uint8)


def columns_of(kind: zxingcpp.BarcodeFormat, columns: int) -> dict[str, int]:
    """How wide the writer makes a PDF417; the other kinds are square."""
    return {"columns": columns} if kind == zxingcpp.BarcodeFormat.PDF417 else {}


def on_card(code: NDArray[np.uint8], degrees: float = 0.0, blur: float = 0.8) -> NDArray[np.uint8]:
    """The code in the middle of a card with print above it, turned counter-clockwise, blurred and noisy."""
    height, width = 900, 1400
    card = np.full((height, width), 190, np.uint8)
    for line in range(6):
        cv2.putText(
            card, "LICENCE 12345 SPECIMEN", (60, 60 + 30 * line), cv2.FONT_HERSHEY_SIMPLEX, 0.8, (40,), 2
        )
    top, left = (height - code.shape[0]) // 2, (width - code.shape[1]) // 2
    card[top : top + code.shape[0], left : left + code.shape[1]] = code
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    turned = cv2.GaussianBlur(cv2.warpAffine(card, turn, (width, height), borderValue=(190,)), (0, 0), blur)
    noise = np.random.default_rng(7).normal(0, 5, turned.shape)
    noisy: NDArray[np.uint8] = np.clip(turned + noise, 0, 255).astype(np.uint8)
    return noisy
