"""Nothing in a page but what its policy allows: every script and style is a file of ours."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import bonafide.web
from bonafide.web.rendering import POLICY, REASONS, STATIC, static_address, static_file
from bonafide.web.visit import Room

FOLDER = Path(bonafide.web.__file__).parent
TEMPLATES = sorted((FOLDER / "templates").glob("*.html"))


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_a_template_holds_neither_script_nor_style_nor_another_origin(template: Path) -> None:
    text = template.read_text("utf-8")
    assert not re.search(r"<script(?![^>]* src=)", text)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|javascript:|\|\s*safe\b", text)
    own = next((f"/{room}" for room in ("mine", "capture") if template.name.startswith(room)), "/staff")
    assert not re.search(rf"(?:src|href|action|data-ask|data-answer)=\"(?!{own}|\{{\{{|#)", text)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_form_that_is_posted_has_a_token(template: Path) -> None:
    text = template.read_text("utf-8")
    for form in re.findall(r"<form.*?</form>", text, re.DOTALL):
        if "method=" not in form and "data-ask=" not in form:  # it only loads a page
            continue
        assert "token(visit)" in form or "visit.token" in form


def test_every_static_file_is_served_and_no_other() -> None:
    assert {path.name for path in (FOLDER / "static").iterdir()} == set(STATIC) - {REASONS}
    for name in STATIC:
        assert static_file(name)
        assert static_address(name).startswith(f"/staff/static/{name}?v=")
        assert static_address(name, Room.CUSTOMERS).startswith(f"/mine/static/{name}?v=")
        assert not re.search(rb"https?://(?!www\.w3\.org/)", static_file(name))
    with pytest.raises(KeyError):
        static_file("../app.py")


def test_scripts_write_no_markup() -> None:
    for name in STATIC:
        assert not re.search(
            rb"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b", static_file(name)
        )


def test_the_policy_allows_nothing_inline_and_nobody_else() -> None:
    assert POLICY.startswith("default-src 'none'")
    assert "unsafe" not in POLICY
    assert "http" not in POLICY
    assert "frame-ancestors 'none'" in POLICY


def test_the_style_sheet_leaves_fonts_to_the_system() -> None:
    sheet = static_file("style.css").decode()
    assert "@font-face" not in sheet
    assert "@import" not in sheet
    assert "url(" not in sheet
    assert "prefers-color-scheme: dark" in sheet
    assert "focus-visible" in sheet
