"""Write the labels of a folder of photos with one folder for each person, as `bonafide calibrate` reads them.

    python tools/list_faces.py ROOT LABELS GROUPS [NAME=PAIRS]...

ROOT is the folder that the labels' paths are relative to; LABELS gets a line `path person` for each photo
under it, GROUPS a line `person group` for each person in a pairs file PAIRS that stands for the group NAME.
docs/calibration.md says how the shipped calibrations were made with it. Both files name people: keep them
where the photos are.
"""

from __future__ import annotations

import sys
from pathlib import Path


def main(root: Path, labels: Path, groups: Path, named: list[str]) -> None:
    """Write both files."""
    photos = sorted(path.relative_to(root) for path in root.rglob("*.jpg"))
    labels.write_text("".join(f"{path}\t{path.parent.name}\n" for path in photos), "utf-8")
    lines: dict[str, str] = {}
    for name, pairs in (argument.split("=", 1) for argument in named):
        for line in Path(pairs).read_text("utf-8").splitlines():
            for path in line.split()[:2]:
                lines.setdefault(Path(path).parent.name, name)
    groups.write_text("".join(f"{person}\t{name}\n" for person, name in lines.items()), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])
