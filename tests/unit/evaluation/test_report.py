from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import pytest

from bonafide.evaluation.extract import Acquisition
from bonafide.evaluation.report import policy_point, power, render_report, small_rate
from bonafide.evaluation.results import Evaluation

if TYPE_CHECKING:
    from tests.unit.evaluation.conftest import Made

Measured = Callable[..., Evaluation]

_VOID = {"meta", "br", "line"}


class _Balance(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name.startswith("on") for name, _ in attrs)
        if tag not in _VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in _VOID:
            assert self.open.pop() == tag


@pytest.fixture(scope="module")
def page(made: Made, measured: Measured) -> str:
    """What is made of a measurement with which nothing is wrong; drawing its figures takes a second."""
    return render_report(measured(made.labelled, made.acquisition))


def test_the_page_is_whole_and_needs_nothing_else(page: str) -> None:
    reader = _Balance()
    reader.feed(page)
    assert reader.open == []
    assert not reader.seen & {"script", "link", "iframe", "img", "object", "form"}
    addresses = set(re.findall(r"https?://[^\s\"'<>]+", page))
    assert {address for address in addresses if "www.w3.org" not in address} == set()
    assert not re.search(r"url\((?!#)|@import", page)
    assert "Content-Security-Policy" in page


def test_it_has_its_five_figures_as_sound_svg(page: str) -> None:
    figures = re.findall(r'<svg role="img".*?</svg>', page, re.S)
    assert len(figures) == 5
    for figure in figures:
        assert ElementTree.fromstring(figure).tag.endswith("svg")  # noqa: S314 - we have just written it
        assert "aria-label" in figure


def test_nobody_is_named(page: str) -> None:
    assert "person-" not in page
    assert "secret" not in page
    assert "/nowhere" not in page


def test_it_says_by_what_it_was_measured(page: str) -> None:
    for digest in "cdef":
        assert digest * 64 in page
    assert "2026-11-24 09:30 UTC" in page
    assert "Says nothing about faces" in page


def test_both_languages_are_there(page: str) -> None:
    headings = re.findall(r"<h2>.*?</h2>", page)
    assert len(headings) >= 6
    assert all('lang="zh-Hans"' in heading for heading in headings)


def test_words_of_the_operator_are_escaped(made: Made, measured: Measured) -> None:
    pictures = tuple(
        replace(picture, group=picture.group and f"<b onload=x>{picture.group} 北")
        for picture in made.labelled.pictures
    )
    found = measured(replace(made.labelled, pictures=pictures), made.acquisition)
    page = render_report(replace(found, about="<script>alert(1)</script>"))
    assert "<script" not in page
    assert "<b onload" not in page
    assert "&lt;b onload=x&gt;north 北" in page


def test_the_same_measurement_gives_the_same_page(page: str, made: Made, measured: Measured) -> None:
    assert render_report(measured(made.labelled, made.acquisition)) == page


def test_a_broken_promise_opens_the_page(made: Made, measured: Measured) -> None:
    found = measured(made.labelled, made.acquisition)
    north = found.groups["north"]
    points = (replace(north.operating_points[0], promised=(0, 1e-9)), *north.operating_points[1:])
    page = render_report(replace(found, groups={"north": replace(north, operating_points=points)}))
    assert "A promised false match rate was exceeded" in page
    assert "Exceeded: north at 10⁻¹." in page
    assert "<b>A promised" not in render_report(found)


def test_nothing_acquired_is_still_a_page(made: Made, measured: Measured) -> None:
    nothing = Acquisition(np.zeros((240, 0), np.float32), ("no_face",) * 240)
    assert "Nothing can be said about false matches" in render_report(measured(made.labelled, nothing))


def test_many_groups_are_told_apart(made: Made, measured: Measured) -> None:
    pictures = tuple(
        replace(picture, group=f"group {index // 4 % 14}")
        for index, picture in enumerate(made.labelled.pictures)
    )
    page = render_report(measured(replace(made.labelled, pictures=pictures), made.acquisition))
    strokes = re.findall(r'stroke="(#\w+)" stroke-width="2.2" stroke-dasharray="([^"]+)"', page)
    assert len(strokes) == 15
    assert len(set(strokes)) == 15


def test_the_policys_operating_point_is_chosen(made: Made, measured: Measured) -> None:
    overall = measured(made.labelled, made.acquisition).overall
    assert policy_point(overall, 1e-3).fmr_target == 1e-3
    assert policy_point(overall, 1e-7).fmr_target == 1e-4


@pytest.mark.parametrize(
    ("rate", "text"),
    [(None, "–"), (0, "0"), (1.234e-5, "1.23 × 10⁻⁵"), (0.25, "0.25"), (9.999e-4, "1.00 × 10⁻³")],
)
def test_small_rates_read_as_powers_of_ten(rate: float | None, text: str) -> None:
    assert small_rate(rate) == text


@pytest.mark.parametrize(("rate", "text"), [(1e-4, "10⁻⁴"), (0.1, "10⁻¹"), (2e-4, "2.00 × 10⁻⁴")])
def test_promised_rates_are_bare_powers(rate: float, text: str) -> None:
    assert power(rate) == text
