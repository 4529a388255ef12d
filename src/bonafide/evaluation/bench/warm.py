"""The whole, the floor and the stages of one profile, warm and in one process, taking turns."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from bonafide.evaluation.bench.case import CaseFiles, Models, check_faces, passing_signer
from bonafide.evaluation.bench.floor import record_floor
from bonafide.evaluation.bench.results import StageTime, WarmSpeed
from bonafide.evaluation.bench.rounds import Parts, least_parts, least_total, paired_ratio, take_turns
from bonafide.evaluation.bench.stages import STAGES, StageWalk
from bonafide.service.verifier import Verifier

_WARM_UP = 3


def measure_warm(
    files: CaseFiles,
    models: Models,
    rounds: int,
    *,
    cpu_clock: Callable[[], float] = time.process_time,
    wall_clock: Callable[[], float] = time.perf_counter,
) -> WarmSpeed:
    """Measure this many rounds. Raises what `record_floor` raises."""
    floor = record_floor(files, models)
    verifier, signer = Verifier(models.engine()), passing_signer()
    walk = StageWalk(files, models, signer)

    def whole() -> Parts:
        start = cpu_clock()
        check_faces(files, verifier, signer)
        return {"whole": (cpu_clock() - start) * 1000}

    contenders: Mapping[str, Callable[[], Parts]] = {
        "whole": whole,
        "floor": lambda: floor.run(cpu_clock),
        "stages": lambda: walk.run(cpu_clock),
    }
    take_turns(contenders, _WARM_UP)
    cpu_start, wall_start = cpu_clock(), wall_clock()
    taken = take_turns(contenders, rounds)
    cpu_share = (cpu_clock() - cpu_start) / (wall_clock() - wall_start)
    return summarise(taken["whole"], taken["floor"], taken["stages"], cpu_share)


def summarise(whole: list[Parts], floor: list[Parts], stages: list[Parts], cpu_share: float) -> WarmSpeed:
    """The median ratio of whole to floor, and the least of each over the rounds."""
    floor_parts, stage_parts = least_parts(floor), least_parts(stages)
    return WarmSpeed(
        rounds=len(whole),
        whole_ms=least_total(whole),
        floor_ms=least_total(floor),
        floor_ratio=paired_ratio(whole, floor),
        least_ratio=least_total(whole) / least_total(floor),
        cpu_share=cpu_share,
        stages=tuple(StageTime(name, stage_parts[name], floor_parts.get(name)) for name in STAGES),
    )
