"""The log of a running service: lines of JSON on standard error, with no address, secret or value in them."""

from __future__ import annotations

import json
import logging
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, TextIO

# Whatever else a line may say, no secret that this service gave out is in it.
_SECRET: Final = re.compile(r"\bbf[a-z]/[^\s\"']*")
_LEVEL: Final = logging.INFO
# Of uvicorn, the folders of what starts and stops. Its sockets log who asks and for what, by the same logger
# and whatever its access log is set to.
_OF_THE_SERVER: Final = frozenset({"uvicorn", "lifespan"})


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


def of_the_server(record: logging.LogRecord) -> bool:
    """Whether a record of uvicorn's is of its start or stop, or a warning; not that somebody connected."""
    return record.levelno >= logging.WARNING or Path(record.pathname).parent.name in _OF_THE_SERVER


def begin_logging(stream: TextIO | None = None) -> None:
    """Log like this from now on, in this process. `stream` is standard error unless named."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for ours in ("bonafide", "uvicorn"):
        logging.getLogger(ours).setLevel(_LEVEL)
    # Of a logger that has it already, it is not added again.
    logging.getLogger("uvicorn.error").addFilter(of_the_server)
    logging.captureWarnings(capture=True)
