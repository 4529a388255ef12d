"""The log of a running service: lines of JSON on standard error, with no address, secret or value in them."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from typing import Final, TextIO

# Whatever else a line may say, no secret that this service gave out is in it.
_SECRET: Final = re.compile(r"\bbf[a-z]/[^\s\"']*")
_LEVEL: Final = logging.INFO


class JsonLines(logging.Formatter):
    """One JSON object for each record. Of an error it says the kind and not the words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        said: dict[str, object] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "says": redacted(record.getMessage()),
        }
        request = getattr(record, "request", None)
        if isinstance(request, dict):
            said |= request
        if record.exc_info and record.exc_info[0] is not None:
            said["error"] = record.exc_info[0].__name__
        return json.dumps(said, ensure_ascii=False)


def redacted(text: str) -> str:
    """A text without secrets, in one line."""
    return " ".join(_SECRET.sub("bf…", text).split())


def begin_logging(stream: TextIO | None = None) -> None:
    """Log like this from now on, in this process. `stream` is standard error unless named."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("bonafide", "uvicorn"):
        logging.getLogger(ours).setLevel(_LEVEL)
    logging.captureWarnings(capture=True)
