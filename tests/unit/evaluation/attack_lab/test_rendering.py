from __future__ import annotations

import cv2
import numpy as np
import pytest

from bonafide.evaluation.attack_lab.camera import Camera, CameraTraits
from bonafide.evaluation.attack_lab.geometry import Lens, Pose
from bonafide.evaluation.attack_lab.head import Head
from bonafide.evaluation.attack_lab.light import Room, Screen, encoded, light_of
from bonafide.evaluation.attack_lab.raster import rasterise
from bonafide.evaluation.attack_lab.sheet import Sheet
from bonafide.evaluation.attack_lab.studio import Layer, Studio
from bonafide.face.canonical import canonical_face

_NOSE, _LEFT_EYE, _RIGHT_EYE = 4, 263, 33


def _studio(room: Room, traits: CameraTraits | None = None) -> Studio:
    return Studio(room, Screen(), Lens(520.0), Camera(traits or CameraTraits(), np.random.default_rng(3)))


def test_a_head_has_the_canonical_face_s_shape(head: Head) -> None:
    canonical = canonical_face().vertices * (1.0, -1.0, -1.0)
    points = head.points[:468] - head.points[:468].mean(axis=0)
    assert np.abs(points - (canonical - canonical.mean(axis=0))).max() < 0.01


def test_a_head_is_seen_as_a_pinhole_sees_it(head: Head, lens: Lens, neutral: Pose) -> None:
    """Where the maps take a pixel from is where that point of the texture lies, in perspective."""
    pose = Pose(yaw=20.0, pitch=-8.0, x=1.5, y=-1.0, distance=38.0)
    mesh = head.place(pose, lens, neutral)
    maps = rasterise(mesh, np.zeros((len(mesh.points), 1)), lens, everywhere=True)
    x, y, z = mesh.points[_NOSE]
    column, row = round(x / z * 520 + 240), round(y / z * 520 + 320)
    seen = np.array([maps.x[row, column], maps.y[row, column]])
    assert np.abs(seen - head.texture[_NOSE]).max() < 4


def test_who_turns_to_their_left_turns_to_the_picture_s_right(head: Head, lens: Lens, neutral: Pose) -> None:
    straight = head.place(neutral, lens, neutral)
    turned = head.place(neutral.moved(yaw=30.0), lens, neutral)
    assert turned.seen[_NOSE, 0] > straight.seen[_NOSE, 0] + 20
    # The nose moves further than the eyes do: a head has depth.
    eyes = [_LEFT_EYE, _RIGHT_EYE]
    moved = turned.seen[eyes, 0].mean() - straight.seen[eyes, 0].mean()
    assert turned.seen[_NOSE, 0] - straight.seen[_NOSE, 0] > moved + 20
    down = head.place(neutral.moved(pitch=20.0), lens, neutral)
    assert down.seen[_NOSE, 1] > straight.seen[_NOSE, 1] + 10


def test_a_flat_sheet_stays_an_affine_picture_and_a_bent_one_does_not(lens: Lens) -> None:
    flat = Sheet(20.0, 28.0, (550.0, 550.0), 16.0)
    far, turned = Pose(distance=4000.0), Pose(yaw=40.0, distance=4000.0)

    def left_over(sheet: Sheet) -> float:
        before, after = sheet.place(far, lens).seen, sheet.place(turned, lens).seen
        basis = np.column_stack((before, np.ones(len(before))))
        rest = after - basis @ np.linalg.lstsq(basis, after, rcond=None)[0]
        return float(np.abs(rest).max() / np.ptp(before[:, 0]))

    assert left_over(flat) < 2e-3
    bent = Sheet(20.0, 28.0, (550.0, 550.0), 16.0, radius=10.0)
    assert left_over(bent) > 0.05


def test_eyes_shut(head: Head, lens: Lens, neutral: Pose) -> None:
    open_, shut = (head.place(neutral, lens, neutral, shut=share).seen for share in (0.0, 1.0))
    upper, lower = 386, 374
    assert open_[lower, 1] - open_[upper, 1] > 4
    assert shut[lower, 1] - shut[upper, 1] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("lux", "limits"), [(50.0, (0.25, 0.9)), (1000.0, (0.008, 0.04))])
def test_the_screen_s_light_drowns_in_a_bright_room(
    head: Head, lens: Lens, neutral: Pose, lux: float, limits: tuple[float, float]
) -> None:
    studio = _studio(Room(lux=lux))
    layers = (Layer(head.place(neutral, lens, neutral), head.picture, everywhere=True),)
    red, blue = (
        studio.light(layers, shown)[300:340, 220:260] for shown in ((255, 110, 110), (110, 110, 255))
    )
    response = float(np.log(red[..., 0].mean() / blue[..., 0].mean()))
    assert limits[0] < response < limits[1]


def test_a_face_is_lit_more_than_what_is_behind_it(head: Head, lens: Lens, neutral: Pose) -> None:
    studio = _studio(Room(lux=100.0))
    layers = (Layer(head.place(neutral, lens, neutral), head.picture, everywhere=True),)
    on, off = studio.light(layers, (255, 255, 255)), studio.light(layers, None)
    face, behind = (slice(300, 340), slice(220, 260)), (slice(40, 80), slice(5, 25))
    assert on[face].mean() / off[face].mean() > 1.2
    assert on[behind].mean() / off[behind].mean() < 1.1


def test_a_screen_shines_whatever_lights_it(lens: Lens) -> None:
    """A replay glows by itself: the colours of the customer's screen hardly change it."""
    sheet = Sheet(30.0, 40.0, (240.0, 320.0), 16.0)
    picture = np.full((640, 480, 3), 128, np.uint8)
    mesh = sheet.place(Pose(distance=36.0), lens)
    studio = _studio(Room(lux=100.0))

    def response(layer: Layer) -> float:
        red, blue = (studio.light((layer,), shown)[320, 240] for shown in ((255, 110, 110), (110, 110, 255)))
        return float(np.log(red[0] / blue[0]))

    assert response(Layer(mesh, picture)) > 0.1
    assert response(Layer(mesh, picture, glow=900.0, haze=0.03)) < 0.02


def test_exposure_follows_late() -> None:
    camera = Camera(CameraTraits(exposure_lag=0.5, noise=0.1), np.random.default_rng(5))
    dim, bright = (np.full((64, 48, 3), level, np.float32) for level in (0.2, 0.4))
    camera.expose(dim, 0.0, 200.0)
    settled = camera.expose(dim, 0.1, 200.0).mean()
    at_once = camera.expose(bright, 0.15, 200.0).mean()
    later = camera.expose(bright, 4.0, 200.0).mean()
    assert at_once > settled + 20
    assert later == pytest.approx(settled, abs=4)


def test_dark_rooms_are_noisy_and_jpeg_is_jpeg() -> None:
    camera = Camera(CameraTraits(), np.random.default_rng(6))
    flat = np.full((64, 48, 3), 0.3, np.float32)
    dark, light = (camera.expose(flat, 0.0, lux).astype(float).std() for lux in (30.0, 800.0))
    assert dark > 2 * light
    data = camera.jpeg(camera.expose(flat, 0.0, 800.0))
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert decoded is not None
    assert decoded.shape == (64, 48, 3)


def test_srgb_there_and_back() -> None:
    values = np.arange(256, dtype=np.uint8)
    assert np.abs(encoded(light_of(values)) - values).max() < 1e-6
