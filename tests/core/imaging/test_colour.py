from __future__ import annotations

import numpy as np
import pytest
from skimage.color import rgb2lab

from needlepoint.core.imaging.colour import erythema_index, ita, lab, linear, melanin_index
from tests.core.imaging.scenes import light, portrait


def test_linear_light_follows_the_standard() -> None:
    codes = np.arange(256, dtype=np.uint8).repeat(3).reshape(1, 256, 3)
    np.testing.assert_allclose(linear(codes), light(codes), atol=1e-6)


def test_lab_agrees_with_scikit_image() -> None:
    part = portrait()[60:180:7, 170:280:7]
    np.testing.assert_allclose(lab(light(part)), rgb2lab(part), atol=0.02)


@pytest.mark.parametrize(
    ("colour", "index"),
    [((0.5, 0.5, 0.5), 0.0), ((0.5, 0.05, 0.2), 100.0), ((0.4, 0.2, 0.1), 30.103), ((0.2, 0.4, 0.1), -30.103)],
)
def test_erythema_index_is_the_log_ratio_of_red_to_green(colour: tuple[float, ...], index: float) -> None:
    assert float(erythema_index(np.array(colour))) == pytest.approx(index, abs=1e-3)


def test_erythema_index_does_not_depend_on_exposure_and_melanin_index_does() -> None:
    colour = np.array([0.4, 0.2, 0.1])
    assert float(erythema_index(colour * 0.8)) == pytest.approx(float(erythema_index(colour)))
    assert float(melanin_index(colour * 0.8)) == pytest.approx(float(melanin_index(colour)) + 9.691, abs=1e-3)


@pytest.mark.parametrize(
    ("lab_values", "angle"), [((70.0, 20.0), 45.0), ((50.0, 20.0), 0.0), ((30.0, 20.0), -45.0), ((84.64, 20.0), 60.0)]
)
def test_ita_is_the_angle_of_lightness_over_yellowness(lab_values: tuple[float, float], angle: float) -> None:
    lightness, yellow = lab_values
    root = (lightness + 16) / 116
    white = np.array([0.95047, 1.0, 1.08883])
    xyz = white * np.array([root, root, root - yellow / 200]) ** 3
    back = np.linalg.inv(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    assert float(ita(back @ xyz)) == pytest.approx(angle, abs=0.05)


def test_black_has_an_index_rather_than_an_infinity() -> None:
    assert np.isfinite(erythema_index(np.zeros(3)))
    assert np.isfinite(melanin_index(np.zeros(3)))
