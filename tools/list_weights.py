"""Print where the shipped models lie on this machine, one file to a line: what `make` looks for later."""

from __future__ import annotations

import os
import sys

from bonafide.models import ModelStore
from bonafide.settings import Settings

if __name__ == "__main__":
    store = ModelStore(Settings.from_environment(os.environ).data_dir)
    sys.stdout.writelines(f"{store.path(entry)}\n" for entry in store.shipped)
