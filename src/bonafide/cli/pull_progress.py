"""Progress of a pull on standard error: a bar where somebody is looking, plain lines where a log is kept."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TaskID, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bars

from bonafide.models.progress import Progress


@contextmanager
def pull_progress() -> Iterator[Progress]:
    """Something that shows on standard error what set-up tells of its work."""
    if not sys.stderr.isatty():
        yield _Lines()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        yield _Bars(bars)


class _Lines:
    """One line when a download begins, and one for whatever else is done."""

    def __init__(self) -> None:
        self._downloading = ""

    def note(self, line: str) -> None:
        click.echo(line, err=True)

    def download(self, name: str, done: int, total: int) -> None:
        if done < total and name != self._downloading:
            self._downloading = name
            click.echo(f"Downloading {name} ({total / 1e6:.1f} MB)", err=True)


class _Bars:
    """One bar for each archive."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def note(self, line: str) -> None:
        self._bars.console.print(line, highlight=False)

    def download(self, name: str, done: int, total: int) -> None:
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=total)
        self._bars.update(self._tasks[name], completed=done)
