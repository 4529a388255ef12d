from __future__ import annotations

import numpy as np
import pytest

from bonafide.capture.challenge import StepKind
from bonafide.evaluation.attack_lab.geometry import Pose
from bonafide.evaluation.attack_lab.motion import Motion
from bonafide.evaluation.attack_lab.person import Habits, Mover
from bonafide.liveness.guidance import Guidance

_STEADY = Habits(sway=0.0, wrong_side=0.0)


def _mover(habits: Habits = _STEADY, seed: int = 4) -> Mover:
    return Mover(Pose(), habits, np.random.default_rng(seed))


def test_a_movement_begins_and_ends_at_rest() -> None:
    motion = Motion(Pose(), 0.0, np.random.default_rng(0))
    motion.go(1.0, 0.8, yaw=30.0)
    times = np.arange(0.9, 2.0, 0.01)
    yaw = np.array([motion.pose(float(time)).yaw for time in times])
    speed = np.diff(yaw) / 0.01
    assert yaw[0] == 0
    assert yaw[-1] == 30
    assert motion.pose(1.4).yaw == pytest.approx(15)
    # Minimum jerk: the greatest speed is 1.875 times the mean, in the middle.
    assert speed.max() == pytest.approx(1.875 * 30 / 0.8, rel=0.01)
    assert max(speed[:12].max(), speed[-12:].max()) < 12


def test_a_later_order_takes_over_where_things_are() -> None:
    motion = Motion(Pose(), 0.0, np.random.default_rng(0))
    motion.go(0.0, 1.0, yaw=30.0)
    motion.go(0.5, 0.5, yaw=0.0)
    assert motion.pose(0.5).yaw == pytest.approx(15)
    assert motion.pose(1.0).yaw == pytest.approx(0)


@pytest.mark.parametrize(("kind", "sign"), [(StepKind.TURN_LEFT, 1), (StepKind.TURN_RIGHT, -1)])
def test_nobody_answers_before_they_can_have_read(kind: StepKind, sign: int) -> None:
    for seed in range(40):
        mover = _mover(seed=seed)
        mover.told(kind, 10.0)
        assert mover.motion.pose(10.3).yaw == 0
        assert sign * mover.motion.pose(13.0).yaw == pytest.approx(33)


def test_who_is_told_to_turn_back_turns_back() -> None:
    mover = _mover()
    mover.told(StepKind.TURN_LEFT, 0.0)
    mover.guided(Guidance.TURN_BACK, 3.0)
    assert mover.motion.pose(3.0).yaw == pytest.approx(33)
    assert mover.motion.pose(6.0).yaw == pytest.approx(0)


def test_who_turned_the_wrong_way_turns_the_other_way_when_told() -> None:
    mover = _mover(Habits(sway=0.0, wrong_side=1.0))
    mover.told(StepKind.TURN_LEFT, 0.0)
    assert mover.motion.pose(3.0).yaw < -20
    mover.guided(Guidance.OTHER_WAY, 3.0)
    assert mover.motion.pose(7.0).yaw > 20


def test_a_nod_goes_down_and_comes_back() -> None:
    mover = _mover()
    mover.told(StepKind.NOD, 0.0)
    pitch = [mover.motion.pose(time / 20).pitch for time in range(100)]
    assert max(pitch) == pytest.approx(22, abs=0.5)
    assert pitch[-1] == pytest.approx(0, abs=0.1)


def test_coming_closer_and_holding_still() -> None:
    mover = _mover()
    mover.told(StepKind.CLOSER, 0.0)
    assert mover.motion.pose(4.0).distance == pytest.approx(35 / 1.45)
    mover.told(StepKind.COLOUR, 5.0)
    assert mover.motion.pose(9.0).distance == pytest.approx(35)


def test_a_slow_person_answers_late_and_takes_their_time() -> None:
    for seed in range(20):
        mover = _mover(Habits(sway=0.0, wrong_side=0.0, reaction=2.0, seconds=2.0), seed)
        mover.told(StepKind.TURN_LEFT, 0.0)
        assert mover.motion.pose(0.9).yaw == 0
        assert mover.motion.pose(2.5).yaw < 33
        assert mover.motion.pose(9.0).yaw == pytest.approx(33)


def test_a_head_that_trembles_does_so_some_times_a_second() -> None:
    still, trembling = (_mover(Habits(sway=0.0, tremor=tremor)) for tremor in (0.0, 1.0))
    times = np.arange(0, 4, 0.01)
    assert np.ptp([still.motion.pose(float(time)).yaw for time in times]) == 0
    yaw = np.array([trembling.motion.pose(float(time)).yaw for time in times])
    assert 0.6 <= np.ptp(yaw) <= 2.0
    crossings = np.count_nonzero(np.diff(np.sign(yaw)))
    assert 2 * 4 * 4 - 2 <= crossings <= 2 * 7 * 4 + 2


def test_of_anybody_a_few_are_slow_and_a_few_tremble() -> None:
    chance = np.random.default_rng(3)
    habits = [Habits.of_anybody(chance) for _ in range(2000)]
    assert 0.1 < np.mean([each.reaction > 1 for each in habits]) < 0.15
    assert 0.035 < np.mean([each.tremor > 0 for each in habits]) < 0.065


def test_people_sway_and_blink() -> None:
    mover = _mover(Habits(sway=1.0))
    poses = [mover.motion.pose(time / 10) for time in range(200)]
    assert 0.1 < np.std([pose.yaw for pose in poses]) < 2
    assert max(mover.shut(time / 50) for time in range(3000)) > 0.8
