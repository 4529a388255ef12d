"""CPU time of Bonafide beside other face libraries, in one run: `python tools/measure_peers.py --help`.

Peers are measured where they can be imported, each as its own documentation uses it; none is a dependency.
Give a document of 1600 x 1000 and a selfie of 960 x 1280 to repeat docs/performance.md; without pictures the
benchmark's specimens are drawn, which not every peer takes for faces.

Weights are the operator's to place: DeepFace reads `face_recognition_sface_2021dec.onnx` and
`face_detection_yunet_2023mar.onnx` from `$DEEPFACE_HOME/.deepface/weights`, and OpenCV's pipeline the same
two files from `--weights FOLDER`. InsightFace and uniface bring or fetch their own.
"""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import json
import os
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import cv2

from bonafide.evaluation.bench.case import CaseFiles, Models, case_files, check_faces, passing_signer
from bonafide.evaluation.bench.rounds import least_total, paired_ratio, take_turns
from bonafide.service.verifier import Verifier
from bonafide.settings import Profile, Settings

Verification = Callable[[], object]
# Peers publish no types, or none that their next version keeps.
Peer = Callable[[CaseFiles, Path | None], Verification]

_YUNET = "face_detection_yunet_2023mar.onnx"
_SFACE = "face_recognition_sface_2021dec.onnx"
_SETTLE = 0.05  # seconds


def bonafide(files: CaseFiles, settings: Settings, profile: Profile) -> Verification:
    """The face check: files to a decision and its signed receipt."""
    verifier, signer = Verifier(Models.open(settings, profile).engine()), passing_signer()
    return lambda: check_faces(files, verifier, signer)


def deepface(files: CaseFiles, _: Path | None) -> Verification:
    """`DeepFace.verify` with SFace and YuNet, everything else as shipped."""
    peer = importlib.import_module("deepface.DeepFace")
    paths = str(files.document), str(files.selfie)
    return lambda: peer.verify(*paths, model_name="SFace", detector_backend="yunet")


def opencv(files: CaseFiles, weights: Path | None, longest: int | None = None) -> Verification:
    """OpenCV's sample `face_detect`: YuNet at full size (or `longest`), aligned crops, SFace."""
    if weights is None:
        raise FileNotFoundError("--weights names no folder")
    detector: Any = cv2.FaceDetectorYN.create(str(weights / _YUNET), "", (320, 320))
    recogniser: Any = cv2.FaceRecognizerSF.create(str(weights / _SFACE), "")

    def feature(path: Path) -> Any:  # noqa: ANN401 - OpenCV's own
        pixels = cv2.imread(str(path))
        if pixels is None:
            raise ValueError("unreadable")
        scale = 1.0 if longest is None else min(1.0, longest / max(pixels.shape[:2]))
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale) if scale < 1 else pixels
        detector.setInputSize((pixels.shape[1], pixels.shape[0]))
        faces = detector.detect(pixels)[1]
        if faces is None:
            raise ValueError("no face found")
        return recogniser.feature(recogniser.alignCrop(pixels, faces[0])).copy()

    return lambda: recogniser.match(feature(files.document), feature(files.selfie))


def face_recognition(files: CaseFiles, _: Path | None) -> Verification:
    """As its README compares two pictures (dlib)."""
    peer = importlib.import_module("face_recognition")

    def encoding(path: Path) -> Any:  # noqa: ANN401 - the peer's own
        return peer.face_encodings(peer.load_image_file(str(path)))[0]

    return lambda: peer.compare_faces([encoding(files.document)], encoding(files.selfie))


def insightface(files: CaseFiles, _: Path | None) -> Verification:
    """`FaceAnalysis` with its small models, detection and recognition only."""
    app = importlib.import_module("insightface.app").FaceAnalysis(
        "buffalo_s", allowed_modules=["detection", "recognition"], providers=["CPUExecutionProvider"]
    )
    app.prepare(ctx_id=-1, det_size=(640, 640))

    def embedding(path: Path) -> Any:  # noqa: ANN401 - the peer's own
        return app.get(cv2.imread(str(path)))[0].normed_embedding

    return lambda: float(embedding(files.document) @ embedding(files.selfie))


def uniface(files: CaseFiles, _: Path | None) -> Verification:
    """RetinaFace and ArcFace with their defaults, as its README compares two pictures."""
    peer = importlib.import_module("uniface")
    detector, recogniser = peer.RetinaFace(), peer.ArcFace()

    def embedding(path: Path) -> Any:  # noqa: ANN401 - the peer's own
        pixels = cv2.imread(str(path))
        return recogniser.get_normalized_embedding(pixels, detector.detect(pixels)[0].landmarks).ravel()

    return lambda: float(embedding(files.document) @ embedding(files.selfie))


PEERS: dict[str, tuple[str, Peer]] = {
    "DeepFace.verify (SFace, YuNet)": ("deepface", deepface),
    "OpenCV's sample": ("cv2", opencv),
    "OpenCV's sample at 640": ("cv2", partial(opencv, longest=640)),
    "face_recognition": ("face_recognition", face_recognition),
    "InsightFace": ("insightface", insightface),
    "uniface": ("uniface", uniface),
}


def main() -> None:
    """Measure what is there; ratios first."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--document", type=Path, help="JPEG of a document; else a specimen is drawn")
    parser.add_argument("--selfie", type=Path, help="JPEG of a person; else a specimen is drawn")
    parser.add_argument("--weights", type=Path, help=f"folder with {_YUNET} and {_SFACE}")
    parser.add_argument("--rounds", type=int, default=30)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    arguments = parser.parse_args()
    settings = Settings.from_environment(os.environ)
    with case_files(arguments.document, arguments.selfie) as files:
        found = {f"Bonafide {profile}": bonafide(files, settings, profile) for profile in Profile}
        absent: dict[str, str] = {}
        for name, (module, peer) in PEERS.items():
            try:
                if importlib.util.find_spec(module) is None:
                    absent[name] = "not installed"
                    continue
                verify = peer(files, arguments.weights)
                verify()
            except Exception as error:  # whatever a peer does, the others are measured
                absent[name] = f"{type(error).__name__}: {error}".partition("\n")[0]
            else:
                found[name] = verify
        print_answer(measure(found, arguments.rounds), absent, as_json=arguments.json)


def measure(contenders: dict[str, Verification], rounds: int) -> dict[str, dict[str, float]]:
    """CPU milliseconds of each, least of the rounds, and the median of Bonafide's share of it in a round."""

    def timed(verify: Verification) -> dict[str, float]:
        # Threads that the one before left spinning would be charged to this one.
        time.sleep(_SETTLE)
        start = time.process_time()
        verify()
        return {"whole": (time.process_time() - start) * 1000}

    timers = {name: partial(timed, verify) for name, verify in contenders.items()}
    take_turns(timers, 2)
    taken = take_turns(timers, rounds)
    ours = {profile.value: taken[f"Bonafide {profile}"] for profile in Profile}
    return {
        name: {
            "cpu_ms": round(least_total(times), 2),
            **{f"{profile}_ratio": round(paired_ratio(own, times), 3) for profile, own in ours.items()},
        }
        for name, times in taken.items()
    }


def print_answer(found: dict[str, dict[str, float]], absent: dict[str, str], *, as_json: bool) -> None:
    """A table, or JSON."""
    if as_json:
        sys.stdout.write(json.dumps({"measured": found, "absent": absent}, indent=1) + "\n")
        return
    width = max(map(len, found))
    header = ("CPU ms", *(f"{profile} / it" for profile in Profile))
    sys.stdout.write(f"{'':{width}}  " + "  ".join(f"{column:>13}" for column in header) + "\n")
    for name, figures in found.items():
        row = (f"{figures['cpu_ms']:.1f}", *(f"{figures[f'{profile}_ratio']:.2f}" for profile in Profile))
        sys.stdout.write(f"{name:{width}}  " + "  ".join(f"{cell:>13}" for cell in row) + "\n")
    for name, reason in absent.items():
        sys.stdout.write(f"{name}: not measured ({reason})\n")


if __name__ == "__main__":
    main()
