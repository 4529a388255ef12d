"""Measure what memory a service needs that goes on verifying.

    python tools/measure_serving_memory.py [--served N] [--minutes M] [--profile P]

Starts `bonafide serve` with two workers, at this machine alone and with an empty data folder, keeps it busy
with drawn pictures, and says after every hundred verifications what it has resident; the service's log goes
to standard error. So that ten thousand fit into an hour or two, nine documents of ten are a person without a
document, in whom there is little to read, in sizes that differ.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import time

import click
import cv2
import numpy as np
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such

from bonafide.capture import read_picture
from bonafide.evaluation.bench.load import keep_busy, verification
from bonafide.evaluation.bench.served import serving
from bonafide.evaluation.bench.specimen import draw_passport, draw_selfie
from bonafide.settings import Settings

CONNECTIONS = 8
WINDOW = 100


def main() -> None:
    """Measure until so many were served or so many minutes have gone."""
    options = _options()
    settings = Settings.from_environment(os.environ)
    selfie = draw_selfie()
    documents = [draw_passport(), *(_reduced(selfie, factor) for factor in np.linspace(0.3, 1, 9))]
    end = time.monotonic() + options.minutes * 60
    seen: list[tuple[int, float]] = []
    with serving(settings, options.profile, workers=2, logged=True) as service:
        posts = itertools.cycle(
            [verification(service.port, service.key, document, selfie) for document in documents]
        )

        def post() -> None:
            # A cycle's `next` is one step of the interpreter, so that threads may share it.
            next(posts)()

        served = 0
        while served < options.served and (not seen or time.monotonic() < end):
            served += keep_busy(post, CONNECTIONS, WINDOW - CONNECTIONS).answered
            usage = service.usage()
            seen.append((served, usage.resident / 1e6))
            click.echo(f"{served} {usage.resident / 1e6:.1f} MB, {usage.cpu_s:.0f} CPU s")
    click.echo(summary(seen))


def summary(seen: list[tuple[int, float]]) -> str:
    """What was resident, in megabytes, when so many had been served."""
    (first, first_mb), (last, last_mb) = seen[0], seen[-1]
    half = seen[len(seen) // 2 :]
    slope = statistics.linear_regression(*zip(*half, strict=True)).slope if len(half) > 1 else float("nan")
    return (
        f"After {first}: {first_mb:.1f} MB; after {last}: {last_mb:.1f} MB, {last_mb / first_mb:.3f} times "
        f"as much; most {max(mb for _, mb in seen):.1f} MB. In the second half {slope * 1000:+.2f} MB for a "
        "thousand more."
    )


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--served", type=int, default=10_000, help="how many verifications (10000)")
    parser.add_argument("--minutes", type=float, default=600, help="stop after so many (600)")
    parser.add_argument("--profile", choices=("accurate", "fast"), default="accurate")
    return parser.parse_args()


def _reduced(picture: bytes, factor: float) -> bytes:
    pixels = read_picture(picture).decode()
    smaller = cv2.resize(pixels, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    return bytes(simplejpeg.encode_jpeg(np.ascontiguousarray(smaller), 88, "RGB", "420"))


if __name__ == "__main__":
    main()
