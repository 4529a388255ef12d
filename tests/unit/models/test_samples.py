from __future__ import annotations

from pathlib import Path

import pytest

from bonafide.errors import UnreadableData
from bonafide.models.samples import parse_samples

CATALOGUE = (Path(__file__).parents[3] / "demo" / "samples.toml").read_text("utf-8")


def test_every_sample_says_its_rights_and_is_pinned() -> None:
    samples = parse_samples(CATALOGUE)
    assert len({sample.source.sha256 for sample in samples}) == len(samples) >= 3
    assert {sample.source.archive_sha256 for sample in samples} == {samples[0].source.archive_sha256}
    assert all("Public domain" in sample.rights for sample in samples)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("samples/1", "samples/9"),
        ('[samples."obama.jpg"]', '[samples."../obama.jpg"]'),
        ("rights = ", "right = "),
        ("size = 279922", 'size = "279922"'),
        ("[package]", "[package"),
    ],
)
def test_a_catalogue_that_is_not_right_is_refused(old: str, new: str) -> None:
    assert old in CATALOGUE
    with pytest.raises(UnreadableData, match="catalogue of samples"):
        parse_samples(CATALOGUE.replace(old, new))
