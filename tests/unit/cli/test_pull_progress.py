from __future__ import annotations

import os
import pty
import select
import sys

import pytest

from bonafide.cli.pull_progress import pull_progress


def test_a_log_gets_one_line_for_each_thing(capsys: pytest.CaptureFixture[str]) -> None:
    with pull_progress() as progress:
        for done in (1_000, 2_000_000, 4_000_000):
            progress.download("made-up 1.0", done, 4_000_000)
        progress.note("Building made-up")
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err == "Downloading made-up 1.0 (4.0 MB)\nBuilding made-up\n"


def test_a_terminal_gets_a_bar(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    ours, theirs = pty.openpty()
    monkeypatch.setenv("TERM", "xterm")
    with os.fdopen(theirs, "w") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        with pull_progress() as progress:
            progress.download("made-up 1.0", 1_000_000, 4_000_000)
            progress.note("Building made-up")
        terminal.flush()
        shown = b""
        # A terminal hands over what it has, in pieces, for as long as its other end is open.
        while select.select([ours], [], [], 0.5)[0]:
            shown += os.read(ours, 1 << 16)
    os.close(ours)
    assert b"made-up 1.0" in shown
    assert b"Building made-up" in shown
    assert b"4.0 MB" in shown
    assert capsys.readouterr().out == ""
