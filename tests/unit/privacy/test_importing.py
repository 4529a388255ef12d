"""Asking for a purpose or a token loads no database."""

from __future__ import annotations

import subprocess
import sys


def test_the_room_s_own_names_need_no_database() -> None:
    program = "import sys, bonafide.privacy, bonafide.privacy.token\nprint(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert not {"sqlalchemy", "alembic", "psycopg", "cryptography"} & set(done.stdout.split())
