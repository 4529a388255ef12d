"""Which of a profile's models runs on this processor: chosen by measuring at set-up, and written down with
the reason.

LightCNN-V4 in int8 takes a third of the time of float where the processor multiplies bytes in one step (VNNI
on x86, dot products on ARM). Without, it may be slower, and on x86 wrong: there onnxruntime adds pairs of
products in 16 bits, which saturate. So a model must first compute its known answer; the fastest of those that
do is taken.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bonafide.models.entry import ModelEntry
from bonafide.models.files import write_atomically
from bonafide.settings import Profile

FORMAT = "bonafide-selection/1"
_FILE = "selection.json"
_ROUNDS = 7
# The instruction sets that decide which integer kernels onnxruntime uses.
_INSTRUCTION_SETS = frozenset(
    ("avx2", "avx512f", "avx512_vnni", "avx_vnni", "amx_int8", "asimddp", "i8mm", "sve")
)


@dataclass(frozen=True, slots=True)
class Selection:
    """The choice for one profile.

    `cpu_ms` is the least CPU time in milliseconds of one run of each model that computed its known answer;
    `reason` says in words why `model` was taken. `candidates` are the contract ids it was chosen among,
    `processor` what it was measured on.
    """

    profile: Profile
    model: str
    reason: str
    cpu_ms: Mapping[str, float]
    candidates: Mapping[str, str]
    processor: str

    def holds_for(self, candidates: Sequence[ModelEntry]) -> bool:
        """Whether it was measured on this processor with these very models."""
        today = {entry.name: entry.contract_id for entry in candidates}
        return (
            self.processor == processor() and self.candidates.items() <= today.items() and self.model in today
        )


@dataclass(frozen=True, slots=True)
class Runner:
    """A loaded model: whether it computed its known answer, and a way to run it once."""

    entry: ModelEntry
    right: bool
    run: Callable[[], object]


def choose(
    profile: Profile, runners: Sequence[Runner], cpu_clock: Callable[[], float] = time.process_time
) -> Selection:
    """The fastest of the models that compute their known answer; at least one of them must."""
    right = [runner for runner in runners if runner.right]
    times = {runner.entry.name: float("inf") for runner in right}
    for _ in range(_ROUNDS if len(right) > 1 else 1):
        # In turns, so that a busy moment of the machine strikes all alike.
        for runner in right:
            start = cpu_clock()
            runner.run()
            times[runner.entry.name] = min(times[runner.entry.name], (cpu_clock() - start) * 1000)
    chosen = min(right, key=lambda runner: times[runner.entry.name]).entry
    return Selection(
        profile=profile,
        model=chosen.name,
        reason=_reason(chosen, runners, times),
        cpu_ms={name: round(value, 2) for name, value in times.items()},
        candidates={runner.entry.name: runner.entry.contract_id for runner in runners},
        processor=processor(),
    )


def _reason(chosen: ModelEntry, runners: Sequence[Runner], times: Mapping[str, float]) -> str:
    others = [runner for runner in runners if runner.entry != chosen]
    compared = [
        f"against {times[runner.entry.name]:.1f} ms of {runner.entry.name}"
        if runner.right
        else f"{runner.entry.name} computes a wrong answer on this processor"
        for runner in others
    ]
    took = f"{times[chosen.name]:.1f} ms of CPU time"
    return ", ".join((took, *compared)) if others else "the only one of its kind here"


def read_selection(folder: Path, profile: Profile) -> Selection | None:
    """What was chosen for a profile, or None: a lost or damaged file means to be safe instead of fast."""
    try:
        document = json.loads((folder / _FILE).read_text("utf-8"))
        if document["format"] != FORMAT:
            return None
        choice = document["profiles"][profile.value]
        return Selection(
            profile=profile,
            model=str(choice["model"]),
            reason=str(choice["reason"]),
            cpu_ms={str(name): float(value) for name, value in choice["cpu_ms"].items()},
            candidates={str(name): str(contract) for name, contract in choice["candidates"].items()},
            processor=str(choice["processor"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def write_selections(folder: Path, selections: Sequence[Selection]) -> None:
    """Record choices; replaces the file."""
    profiles = {
        selection.profile.value: {
            "model": selection.model,
            "reason": selection.reason,
            "cpu_ms": dict(selection.cpu_ms),
            "candidates": dict(selection.candidates),
            "processor": selection.processor,
        }
        for selection in selections
    }
    content = json.dumps({"format": FORMAT, "profiles": profiles}, indent=1) + "\n"
    write_atomically(folder / _FILE, content.encode())


def processor() -> str:
    """The architecture and those instruction sets that matter here, such as `x86_64 avx2 avx512_vnni`."""
    return " ".join([platform.machine(), *sorted(_instruction_sets())])


def _instruction_sets() -> frozenset[str]:
    try:
        # The first processor's paragraph; the others repeat it, and on a large machine there are hundreds.
        with Path("/proc/cpuinfo").open("rb") as file:
            paragraph = file.read(8192).split(b"\n\n")[0].decode("ascii", "replace")
    except OSError:
        # macOS: the architecture says it all there.
        return frozenset()
    return _INSTRUCTION_SETS & frozenset(paragraph.split())
