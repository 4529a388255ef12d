from __future__ import annotations

from pathlib import Path

import pytest

from bonafide.errors import UnreadableData
from bonafide.models.samples import parse_samples

CATALOGUE = (Path(__file__).parents[3] / "demo" / "samples.toml").read_text("utf-8")


def test_every_sample_says_its_rights_and_is_pinned() -> None:
    samples = parse_samples(CATALOGUE)
    assert len({sample.source.sha256 for sample in samples}) == len(samples) >= 3
    assert all(sample.rights.startswith(("Public domain: ", "SIL Open Font License ")) for sample in samples)


def test_samples_of_one_package_come_from_one_archive() -> None:
    archives = {(sample.source.package, sample.source.archive_sha256) for sample in parse_samples(CATALOGUE)}
    assert {package for package, _ in archives} == {"face_recognition", "pylopdf-fonts-zh-cn"}
    assert len(archives) == 2


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("samples/2", "samples/9"),
        ('[samples."obama.jpg"]', '[samples."../obama.jpg"]'),
        ("rights = ", "right = "),
        ("size = 279922", 'size = "279922"'),
        ("[packages.face_recognition]", "[packages.face_recognition"),
        ("[packages.face_recognition]", "[packages.another]"),
    ],
)
def test_a_catalogue_that_is_not_right_is_refused(old: str, new: str) -> None:
    assert old in CATALOGUE
    with pytest.raises(UnreadableData, match="catalogue of samples"):
        parse_samples(CATALOGUE.replace(old, new))
