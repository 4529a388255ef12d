"""Each species does what it claims to, seen before any model looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import simplejpeg  # type: ignore[import-untyped]  # its stubs are not marked as such

from bonafide.capture.challenge import MOVEMENTS, Colour, Mode, StepKind
from bonafide.evaluation.attack_lab.bona_fide import bona_fide
from bonafide.evaluation.attack_lab.case import Case, Species
from bonafide.evaluation.attack_lab.head import Head
from bonafide.evaluation.attack_lab.presenter import Liar, Presenter
from bonafide.evaluation.attack_lab.recording import MOVEMENT_SECONDS, Recording, record
from bonafide.evaluation.attack_lab.species import ALL
from bonafide.evaluation.attack_lab.species.injections import Dropper, Player
from bonafide.evaluation.attack_lab.species.liars import LateLight, Timetable
from bonafide.evaluation.attack_lab.species.screens import Replay
from bonafide.evaluation.attack_lab.species.swaps import Borrowed, SecondFace, Swap
from bonafide.liveness.session import Reveal

_BY_NAME = {each.name: each for each in ALL}
_MIDDLE = (slice(130, 190), slice(100, 140))


@pytest.fixture(scope="module")
def recording(head: Head) -> Recording:
    return record(head, Mode.LIGHT, np.random.default_rng(11))


@pytest.fixture
def case(head: Head, other: Head, recording: Recording) -> Callable[[int], Case]:
    return lambda seed: Case(head, other, lambda: recording, np.random.default_rng(seed))


def _reveal(step: int, kind: StepKind, colour: Colour | None = None) -> Reveal:
    return Reveal(step, kind, colour, 10.0, 480, 8)


def _seen(presenter: Presenter, at: float, side: int = 240) -> np.ndarray:
    data = presenter.frame(at, side)
    assert data is not None
    return np.asarray(simplejpeg.decode_jpeg(data, "RGB"), np.float64)


def _colours(presenter: Presenter, seconds: float = 0.8) -> dict[Colour, np.ndarray]:
    """The mean colour of the face under each of four colours of some seconds, seen at the end of each."""
    presenter.told(_reveal(0, StepKind.FRONTAL), 0.0)
    for at in np.arange(0.5, 4.0, 0.25):
        presenter.frame(float(at), 240)
    found = {}
    for step, colour in enumerate((Colour.RED, Colour.BLUE, Colour.GREEN, Colour.MAGENTA)):
        at = 4.0 + step * seconds
        presenter.told(_reveal(step + 1, StepKind.COLOUR, colour), at)
        found[colour] = _seen(presenter, at + seconds - 0.05)[_MIDDLE].mean(axis=(0, 1))
    return found


def _redness(seen: dict[Colour, np.ndarray]) -> float:
    """How much redder against blue a face is in red than in blue light."""
    red, blue = seen[Colour.RED], seen[Colour.BLUE]
    return float(np.log(red[0] / red[2]) - np.log(blue[0] / blue[2]))


def test_every_species_of_the_issue_is_there_once() -> None:
    assert set(_BY_NAME) >= {
        "flat-print",
        "bent-print",
        "cut-out-eyes",
        "screen-replay",
        "screen-moire",
        "injected-still",
        "injected-recording",
        "recording-reordered",
        "puppet-without-light",
        "puppet-late-light",
        "face-swap",
        "frame-dropping",
        "puppet-lying",
        "recording-lying",
        "selfie-swap",
        "second-face",
    }
    assert len(_BY_NAME) == len(ALL)
    for each in ALL:
        assert each.as_in_movement is None or each.as_in_movement in _BY_NAME


def test_limits_are_those_that_the_project_asks_for() -> None:
    limits = {name: (each.limit(Mode.LIGHT), each.limit(Mode.MOVEMENT)) for name, each in _BY_NAME.items()}
    assert limits["injected-still"] == limits["flat-print"] == limits["screen-replay"] == (0.01, 0.03)
    assert limits["bent-print"] == limits["cut-out-eyes"] == (0.10, 0.10)
    # A recording that is cut to the movements asked moves as asked.
    assert limits["recording-reordered"] == (0.01, None)


@pytest.mark.parametrize("name", [None, *_BY_NAME])
def test_the_same_seed_gives_the_same_frames(case: Callable[[int], Case], name: str | None) -> None:
    def frames(seed: int) -> list[bytes | None]:
        made = bona_fide(case(seed)) if name is None else _BY_NAME[name].make(case(seed))
        made.told(_reveal(0, StepKind.FRONTAL), 0.0)
        made.told(_reveal(1, StepKind.TURN_LEFT), 0.6)
        return [made.frame(at, 240) for at in (0.2, 0.5, 1.9)]

    assert frames(3) == frames(3)
    assert frames(3) != frames(4)


def _dim(species: Species | None, case: Case) -> Presenter:
    """A presenter in a dim room, where light must show."""
    made = bona_fide(case) if species is None else species.make(case)
    studio = getattr(made, "studio", None)
    if studio is not None:
        studio.room = replace(studio.room, lux=60.0)
    return made


@pytest.mark.parametrize("name", [None, "flat-print", "bent-print", "puppet-with-light"])
def test_what_the_screen_lights_follows_its_colours(case: Callable[[int], Case], name: str | None) -> None:
    species = None if name is None else _BY_NAME[name]
    assert _redness(_colours(_dim(species, case(5)))) > 0.15


@pytest.mark.parametrize("name", ["puppet-without-light", "injected-still", "frame-dropping"])
def test_what_no_light_falls_on_does_not(case: Callable[[int], Case], name: str) -> None:
    assert _redness(_colours(_dim(_BY_NAME[name], case(5)))) < 0.1


def test_a_late_puppet_shows_the_colour_before(case: Callable[[int], Case]) -> None:
    """Half a second late at least, it shows no colour before the next one comes."""
    assert _redness(_colours(_dim(_BY_NAME["puppet-with-light"], case(5)), 0.4)) > 0.15
    assert _redness(_colours(_dim(_BY_NAME["puppet-late-light"], case(5)), 0.4)) < 0.05


def test_a_recording_as_it_is_takes_no_notice(case: Callable[[int], Case]) -> None:
    told, untold = (_BY_NAME["injected-recording"].make(case(6)) for _ in range(2))
    told.told(_reveal(1, StepKind.TURN_LEFT), 0.1)
    assert [told.frame(at, 240) for at in (0.3, 2.0)] == [untold.frame(at, 240) for at in (0.3, 2.0)]


def test_a_recording_that_is_cut_shows_the_movement_asked(
    case: Callable[[int], Case], recording: Recording
) -> None:
    player = _BY_NAME["recording-reordered"].make(case(6))
    assert isinstance(player, Player)
    player.told(_reveal(1, StepKind.NOD), 0.0)
    nod = np.asarray(recording.movement(StepKind.NOD).at(1.4), np.float64)
    seen = _seen(player, 1.95, 480)
    assert np.abs(seen - nod).mean() < 12


def test_a_program_plays_the_colour_asked_and_an_operator_does_not(case: Callable[[int], Case]) -> None:
    def follows(name: str) -> bool:
        player = _BY_NAME[name].make(case(6))
        assert isinstance(player, Player)
        return _redness(_colours(player)) > 0.03

    assert follows("recording-matched")
    assert not follows("injected-recording")


def test_frames_are_dropped(case: Callable[[int], Case]) -> None:
    dropper = _BY_NAME["frame-dropping"].make(case(7))
    assert isinstance(dropper, Dropper)
    dropper.told(_reveal(1, StepKind.TURN_LEFT), 0.0)
    sent = [dropper.frame(1.0 + step / 8, 240) is not None for step in range(40)]
    assert 5 <= sum(sent) <= 15


def test_a_screen_plays_before_the_camera(case: Callable[[int], Case], recording: Recording) -> None:
    replay = _BY_NAME["screen-replay"].make(case(9))
    assert isinstance(replay, Replay)
    later = replay.playing(1.0)
    assert np.array_equal(later, recording.running(1.0))
    moire = _BY_NAME["screen-moire"].make(case(9))
    assert isinstance(moire, Replay)
    # The same seed draws the same place and light: what differs is the grid, and it differs by colour.
    plain, gridded = (_seen(each, 1.0, 480)[200:440, 120:360] for each in (replay, moire))
    stripes = gridded - plain
    assert stripes[..., 1].std() > 1
    assert (stripes[..., 0] - stripes[..., 2]).std() > 1


def test_the_face_is_swapped_at_the_first_movement(case: Callable[[int], Case]) -> None:
    swap = _BY_NAME["face-swap"].make(case(9))
    assert isinstance(swap, Swap)
    swap.told(_reveal(0, StepKind.FRONTAL), 0.0)
    before = swap.camera.scene(2.0, swap.camera.studio.lens)[0].picture
    swap.told(_reveal(1, StepKind.NOD), 3.0)
    after = swap.camera.scene(3.2, swap.camera.studio.lens)[0].picture
    assert before is case(9).head.picture
    assert after is case(9).other.picture


def test_single_frames_of_the_frontal_look_are_borrowed_and_sharper(case: Callable[[int], Case]) -> None:
    made = _BY_NAME["selfie-swap"].make(case(9))
    assert isinstance(made, Borrowed)
    lens = made.camera.studio.lens

    def shown(at: float) -> tuple[bool, float]:
        """Whether a frame shows the victim, and how sharp its middle is."""
        seen = _seen(made, at)[_MIDDLE]
        return made.camera.scene(at, lens)[0].picture is case(9).head.picture, float(
            np.diff(seen, axis=0).std()
        )

    made.told(_reveal(0, StepKind.FRONTAL), 0.0)
    frontal = [shown(0.125 * at) for at in range(1, 13)]
    assert [victim for victim, _ in frontal] == [False, False, True] * 4
    assert min(sharp for victim, sharp in frontal if victim) > 0
    made.told(_reveal(1, StepKind.NOD), 1.6)
    assert not any(shown(1.6 + 0.125 * at)[0] for at in range(1, 13))


def test_the_second_face_comes_with_the_colours_and_the_light(case: Callable[[int], Case]) -> None:
    made = _BY_NAME["second-face"].make(case(9))
    assert isinstance(made, SecondFace)
    corners, heads, lit = [], [], []
    for at, asked in ((0.0, _reveal(0, StepKind.FRONTAL)), (2.0, _reveal(1, StepKind.COLOUR, Colour.RED))):
        made.told(asked, at)
        corners.append(_seen(made, at + 0.5)[:60, :60])
        heads.append(made.camera.scene(at + 0.5, made.camera.studio.lens)[0].picture)
        lit.append(made.camera.lit)
    assert [heads[0] is case(9).head.picture, heads[1] is case(9).other.picture] == [True, True]
    assert lit == [False, True]
    assert np.abs(corners[1] - corners[0]).mean() > 10


def test_a_program_says_that_colours_came_as_late_as_its_light(case: Callable[[int], Case]) -> None:
    made = _BY_NAME["puppet-lying"].make(case(9))
    assert isinstance(made, LateLight)
    assert isinstance(made, Liar)
    late = made.said_after(_reveal(3, StepKind.COLOUR, Colour.RED), 5.0)
    assert late == pytest.approx(made.puppet.light_delay - 0.1)
    assert 0.4 <= late <= 1.1
    assert made.said_after(_reveal(1, StepKind.NOD), 5.0) == 0


def test_a_recording_on_its_own_timetable_is_waited_for(case: Callable[[int], Case]) -> None:
    made = _BY_NAME["recording-lying"].make(case(9))
    assert isinstance(made, Timetable)
    made.told(_reveal(1, StepKind.NOD), 2.0)
    waits = {kind: made.said_after(_reveal(1, kind), 2.0) for kind in MOVEMENTS}
    assert all(0 <= wait < MOVEMENT_SECONDS * len(MOVEMENTS) for wait in waits.values())
    for kind, wait in waits.items():
        # Then the recording is at the beginning of that movement.
        assert made.said_after(_reveal(2, kind), 2.0 + wait + 0.01) > MOVEMENT_SECONDS
        begins = case(9).recording().movement(kind).at(0.3)
        assert np.abs(made._playing(2.0 + wait + 0.3).astype(float) - begins).mean() < 1


def test_the_attacker_looks_through_the_holes(case: Callable[[int], Case]) -> None:
    made = _BY_NAME["cut-out-eyes"].make(case(10))
    scene = made.scene  # type: ignore[attr-defined]
    layers = scene(0.5, made.studio.lens)  # type: ignore[attr-defined]
    assert [each.picture is case(10).other.picture for each in layers] == [True, False]
    holes = layers[1].holes
    eyes = case(10).head.texture[[159, 386]] + (0, 2)
    assert [int(holes[round(y), round(x)]) for x, y in eyes] == [0, 0]
    nose = case(10).head.texture[4]
    assert holes[round(nose[1]), round(nose[0])] == 255
