"""Database engines whose logs never hold what is kept, at whatever level an operator sets them."""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import Engine, create_engine
from sqlalchemy.engine import URL


class _WithoutRows(logging.Filter):
    """Below INFO, SQLAlchemy logs every row that a query gives, whatever `hide_parameters` says."""

    def filter(self, record: logging.LogRecord) -> bool:
        return record.levelno > logging.DEBUG


_WITHOUT_ROWS = _WithoutRows()


def quiet_engine(url: str | URL, **options: Any) -> Engine:  # noqa: ANN401 - SQLAlchemy's own
    """`create_engine`, with neither parameters nor rows in its logs."""
    logging.getLogger("sqlalchemy.engine.Engine").addFilter(_WITHOUT_ROWS)
    return create_engine(url, hide_parameters=True, **options)
