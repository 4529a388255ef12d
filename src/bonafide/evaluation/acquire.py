"""Templates of a labelled set, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable

from bonafide.evaluation.datasets import LabelledSet
from bonafide.evaluation.extract import Acquisition, Extractor, extract_templates
from bonafide.evaluation.processes import available_cores
from bonafide.evaluation.progress import progress_bar


def acquire(
    what: str, labelled: LabelledSet, open_extractor: Callable[[], Extractor], workers: int | None
) -> Acquisition:
    """Make a template of each picture, on all cores if `workers` is None; see `extract_templates`."""
    with progress_bar(what, len(labelled.pictures)) as on_progress:
        return extract_templates(
            [picture.path for picture in labelled.pictures],
            open_extractor,
            workers or available_cores(),
            on_progress,
        )
