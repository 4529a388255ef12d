from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from bonafide.models import ModelEntry, Precision, licence_notice, load_manifest
from bonafide.settings import Profile


@pytest.mark.parametrize(
    "change",
    [
        {"built_sha256": "d" * 64},
        {"recipe": "other"},
        {"recipe_version": 2},
        {"size": 128},
        {"colour_order": "bgr"},
        {"mean": 0.0},
        {"scale": 1.0},
        {"template": None},
        {"output_length": 32},
        {"sha256": "d" * 64},
    ],
)
def test_whatever_changes_the_output_changes_the_contract(entry: ModelEntry, change: dict[str, Any]) -> None:
    (key,) = change
    if hasattr(entry, key):
        changed = dataclasses.replace(entry, **change)
    elif hasattr(entry.input, key):
        changed = dataclasses.replace(entry, input=dataclasses.replace(entry.input, **change))
    else:
        assert entry.source is not None
        changed = dataclasses.replace(entry, source=dataclasses.replace(entry.source, **change))
    assert changed.contract_id != entry.contract_id


@pytest.mark.parametrize(
    "change",
    [
        {"name": "renamed"},
        {"licence": "BSD-3-Clause"},
        {"remarks": "told apart"},
        {"profile": Profile.FAST},
        {"precision": Precision.INT8},
        {"calibration": "other.json"},
    ],
)
def test_what_does_not_change_the_output_leaves_the_contract(
    entry: ModelEntry, change: dict[str, Any]
) -> None:
    assert dataclasses.replace(entry, **change).contract_id == entry.contract_id


def test_the_contract_is_the_same_on_every_machine(entry: ModelEntry) -> None:
    # Templates and calibrations carry it; a change of how it is computed breaks all of them.
    assert entry.contract_id == "c7de2242739d6d5e96fc4d9610bf9cf7e73fc763c1801f8b61ba425280984e13"


def test_shipped_models_have_contracts_of_their_own() -> None:
    contracts = [entry.contract_id for entry in load_manifest()]
    assert len(set(contracts)) == len(contracts)


def test_only_a_non_commercial_licence_is_announced(entry: ModelEntry) -> None:
    assert licence_notice(entry) is None
    notice = licence_notice(dataclasses.replace(entry, commercial_use=False, licence="LicenseRef-research"))
    assert notice is not None
    assert "made-up" in notice
    assert "LicenseRef-research" in notice


def test_every_shipped_model_permits_commercial_use() -> None:
    assert all(licence_notice(entry) is None for entry in load_manifest())
