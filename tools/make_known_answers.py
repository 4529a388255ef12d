"""Make src/bonafide/models/known_answers.json from the models that `bonafide models pull` would build.

    python tools/make_known_answers.py FOLDER > src/bonafide/models/known_answers.json

FOLDER holds the built models as NAME.onnx. Run it where the processor has VNNI (or on ARM): elsewhere int8
models may compute something else, which is what the answers are there to find out.
"""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

from bonafide.models import load_manifest
from bonafide.models.known_answers import FORMAT, run_synthetic
from bonafide.models.session import session_from

_DIGITS = 6


def main(folder: Path) -> None:
    """Print the answers as JSON, one model to a line."""
    lines = []
    for entry in load_manifest():
        content = (folder / f"{entry.name}.onnx").read_bytes()
        if hashlib.sha256(content).hexdigest() != entry.built_sha256:
            raise SystemExit(f"{entry.name}.onnx is not the file that the manifest names")
        output = run_synthetic(entry, session_from(content))
        answer = {
            "contract": entry.contract_id,
            "output": [float(f"{value:.{_DIGITS}g}") for value in output.tolist()],
        }
        lines.append(f" {json.dumps(entry.name)}: {json.dumps(answer)}")
    answers = ",\n".join(lines)
    sys.stdout.write(f'{{"format": "{FORMAT}", "answers": {{\n{answers}\n}}}}\n')


if __name__ == "__main__":
    main(Path(sys.argv[1]))
