"""No table of personal data without somebody who exports and erases it."""

from __future__ import annotations

import dataclasses

from bonafide.privacy.holdings import HOLDINGS, OwnRows
from bonafide.store.metadata import METADATA

HELD = [table.name for holding in HOLDINGS for table in holding.tables]


def test_whatever_is_of_somebody_or_has_a_deadline_is_held() -> None:
    personal = {
        table.name
        for table in METADATA.tables.values()
        if {"subject", "deadline"} & set(table.columns.keys())
    }
    assert personal
    assert personal <= set(HELD)
    # Whatever refers to such a row is personal as well.
    referring = {
        table.name
        for table in METADATA.tables.values()
        for key in table.foreign_keys
        if key.column.table.name in personal
    }
    assert referring <= set(HELD)
    assert len(HELD) == len(set(HELD))


def test_what_rests_on_another_goes_before_it() -> None:
    for table in METADATA.tables.values():
        for key in table.foreign_keys:
            on = key.column.table.name
            if table.name in HELD and on in HELD and not {table.name, on} <= {"approval", "break_glass"}:
                assert HELD.index(table.name) < HELD.index(on)


def test_what_rests_on_a_row_keeps_it_until_it_is_gone() -> None:
    for holding in HOLDINGS:
        if isinstance(holding, OwnRows):
            refers = {
                f"{table.name}.{key.parent.name}"
                for table in METADATA.tables.values()
                for key in table.foreign_keys
                if key.column.table is holding.table and key.parent.name != "operator"
            }
            assert {str(column) for column in holding.resting} == refers


def test_an_export_leaves_no_column_out() -> None:
    for holding in HOLDINGS:
        if isinstance(holding, OwnRows):
            columns = set(holding.table.columns.keys()) - {"operator"}
            assert {field.name for field in dataclasses.fields(holding.kind)} == columns
