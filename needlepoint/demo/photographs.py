"""Photographs of the demo patients: rendered, seeded, and stamped like a phone's, with a place in the open sea."""

from __future__ import annotations

import io
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base

from needlepoint.demo.camera import Camera
from needlepoint.demo.lamp import Lamp
from needlepoint.demo.render import Photograph, photograph
from needlepoint.demo.skin import Skin
from needlepoint.demo.subject import Covering, Subject, View

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

JPEG_QUALITY: Final = 92
# A view is named for the side of the face it shows: the person turns the other way.
YAW_DEG: Final[Mapping[str, float]] = {
    "front": 0.0, "left_45": -45.0, "right_45": 45.0, "left_90": -88.0, "right_90": 88.0,
}  # fmt: skip
_FIRST: Final = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
_BETWEEN: Final = timedelta(weeks=6)
_REDNESS: Final = (7.0, 4.5, 2.0)
_PITS: Final = (0.8, 0.55, 0.35)

# Shares of the mesh's three head shapes (african, asian, caucasian), hair and iris that go with a skin type. People
# of one skin type look as different as any others; a seed moves these.
_ANCESTRY: Final = {
    1: (0.02, 0.08, 0.90), 2: (0.05, 0.15, 0.80), 3: (0.10, 0.35, 0.55),
    4: (0.20, 0.50, 0.30), 5: (0.55, 0.25, 0.20), 6: (0.90, 0.05, 0.05),
}  # fmt: skip
_LIGHT_HAIR: Final = ((0.20, 0.12, 0.065), (0.12, 0.065, 0.035), (0.055, 0.034, 0.022), (0.15, 0.06, 0.028))
_DARK_HAIR: Final = ((0.018, 0.014, 0.012), (0.028, 0.019, 0.014), (0.022, 0.016, 0.013))
_LIGHT_IRIS: Final = ((0.10, 0.145, 0.18), (0.10, 0.12, 0.07), (0.13, 0.08, 0.035))
_DARK_IRIS: Final = ((0.075, 0.038, 0.018), (0.11, 0.055, 0.022), (0.05, 0.027, 0.015))
_GREY: Final = np.array([0.30, 0.29, 0.28])


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One photograph of a demo patient.

    Attributes
    ----------
    visit
        0 for the first.
    view
        A name of `YAW_DEG`, or "abdomen" or "thigh".
    taken_at
        As it stands in the file.
    jpeg
        The file.
    skin
        What was painted.

    """

    visit: int
    view: str
    taken_at: datetime
    jpeg: bytes
    skin: Skin


def person(seed: int, *, fitzpatrick: int, masculine: float = 0.0, age_years: float = 32.0) -> Subject:
    """Give a demo patient's body.

    Parameters
    ----------
    seed
        Face, hair and eyes.
    fitzpatrick
        1 to 6, which makes some hair and eyes likelier.
    masculine, age_years
        See Subject.

    Returns
    -------
    Subject
        The same for the same arguments.

    """
    rng = np.random.default_rng([seed, fitzpatrick])
    shares = rng.dirichlet(np.array(_ANCESTRY[fitzpatrick]) * 12 + 0.05)
    hairs, irises = (_LIGHT_HAIR, _LIGHT_IRIS) if fitzpatrick <= 2 else (_DARK_HAIR, _DARK_IRIS)
    hair, iris = np.array(hairs[rng.integers(len(hairs))]), irises[rng.integers(len(irises))]
    grey = float(np.clip((age_years - 45) / 35, 0, 0.8))
    hair = hair * (1 - grey) + _GREY * grey
    return Subject(
        seed=seed, masculine=masculine, age_years=age_years, weight=float(rng.uniform(-0.3, 0.4)),
        ancestry=(float(shares[0]), float(shares[1]), float(shares[2])),
        hair=(float(hair[0]), float(hair[1]), float(hair[2])), iris=iris,
        covering=Covering.BAND if masculine < 0.5 and rng.random() < 0.6 else Covering.CROPPED_HAIR,
    )  # fmt: skip


def retake(rng: np.random.Generator, *, view: str, field_mm: float = 350.0) -> Camera:
    """Give the camera of one more photograph in the same corner: nobody stands quite where they stood."""
    return Camera(
        yaw_deg=YAW_DEG.get(view, 0.0) + float(rng.normal(0, 1.5)),
        pitch_deg=float(rng.normal(0, 1.2)), roll_deg=float(rng.normal(0, 0.8)),
        shift_mm=(float(rng.normal(0, 3)), float(rng.normal(0, 3))),
        field_mm=field_mm * float(rng.normal(1, 0.01)), exposure=float(rng.normal(1.0, 0.015)),
        balance_kelvin=5500 + float(rng.normal(0, 20)),
    )  # fmt: skip


def course(
    seed: int, *, fitzpatrick: int, visits: int = 3, views: Sequence[str] = ("front", "left_45"),
    redness: Sequence[float] = _REDNESS, pits: Sequence[float] = _PITS, wrinkles: Sequence[float] = (0.1,),
    masculine: float = 0.0, age_years: float = 32.0, taken_at: Sequence[datetime] = (),
) -> Iterator[Taken]:  # fmt: skip
    """Give the photographs of a course of treatment, visit by visit and view by view.

    Parameters
    ----------
    seed
        Who, and how the camera stood.
    fitzpatrick, masculine, age_years
        See `person`.
    visits, views
        How many, which.
    redness
        Points of the erythema index painted on the cheeks at each visit; the last goes on when there are more visits.
    pits, wrinkles
        0 to 1 at each visit.
    taken_at
        The moment of each visit; without it every six weeks from a fixed day.

    Yields
    ------
    Taken
        One JPEG file after the other.

    """
    subject = person(seed, fitzpatrick=fitzpatrick, masculine=masculine, age_years=age_years)
    for visit in range(visits):
        red = _at(redness, visit)
        skin = Skin(
            fitzpatrick=fitzpatrick, redness={"cheeks": red, "nose": 0.4 * red, "chin_jaw": 0.3 * red},
            pits=_at(pits, visit), wrinkles=_at(wrinkles, visit), spots=0.15, lesions=0.03 * red,
        )  # fmt: skip
        moment = taken_at[visit] if visit < len(taken_at) else _FIRST + visit * _BETWEEN
        for place, view in enumerate(views):
            rng = np.random.default_rng([seed, visit, place])
            shot = photograph(subject, skin, camera=retake(rng, view=view), lamp=Lamp(), rng=rng)
            yield _stamped(shot, skin, visit=visit, view=view, taken_at=moment + place * timedelta(seconds=40))


def body_course(
    seed: int, *, fitzpatrick: int, visits: int = 2, view: View = View.ABDOMEN,
    striae: Sequence[float] = (0.8, 0.6), striae_redness: Sequence[float] = (8.0, 3.0), masculine: float = 0.0,
) -> Iterator[Taken]:  # fmt: skip
    """Give photographs of stretch marks on abdomen or thigh, one a visit.

    Parameters
    ----------
    seed, fitzpatrick, masculine
        See `course`.
    visits, view
        How many, where.
    striae
        0 to 1 at each visit: how many marks.
    striae_redness
        Points of the erythema index of a mark above the skin beside it, at each visit.

    Yields
    ------
    Taken
        One JPEG file after the other.

    """
    subject = person(seed, fitzpatrick=fitzpatrick, masculine=masculine)
    for visit in range(visits):
        skin = Skin(fitzpatrick=fitzpatrick, striae=_at(striae, visit), striae_redness=_at(striae_redness, visit))
        rng = np.random.default_rng([seed, visit, 9])
        camera = retake(rng, view=view.name.lower(), field_mm=330)
        shot = photograph(subject, skin, camera=camera, lamp=Lamp(), rng=rng, view=view)
        yield _stamped(shot, skin, visit=visit, view=view.name.lower(), taken_at=_FIRST + visit * _BETWEEN)


def encoded(shot: Photograph, *, taken_at: datetime) -> bytes:
    """Give a photograph as a JPEG file with the time and a made-up place in it, as a phone would write it."""
    exif = Image.Exif()
    exif[Base.Make], exif[Base.Model] = "Needlepoint", "Rendered patient"
    exif[Base.ImageDescription] = "Rendered: this is not a photograph of a person"
    exif[Base.Orientation] = 1
    exif[Base.DateTime] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    details = exif.get_ifd(IFD.Exif)
    details[Base.DateTimeOriginal] = f"{taken_at:%Y:%m:%d %H:%M:%S}"
    details[Base.OffsetTimeOriginal] = f"{taken_at:%z}"[:3] + ":" + f"{taken_at:%z}"[3:]
    # 1 degree 23 minutes 45 seconds north and west is open water in the Gulf of Guinea.
    place = exif.get_ifd(IFD.GPSInfo)
    place[GPS.GPSLatitudeRef], place[GPS.GPSLatitude] = "N", (1.0, 23.0, 45.0)
    place[GPS.GPSLongitudeRef], place[GPS.GPSLongitude] = "W", (1.0, 23.0, 45.0)
    file = io.BytesIO()
    Image.fromarray(shot.rgb).save(file, "JPEG", quality=JPEG_QUALITY, exif=exif)
    return file.getvalue()


def _stamped(shot: Photograph, skin: Skin, *, visit: int, view: str, taken_at: datetime) -> Taken:
    jpeg = encoded(shot, taken_at=taken_at)
    return Taken(visit=visit, view=view, taken_at=taken_at, jpeg=jpeg, skin=skin)


def _at(values: Sequence[float], visit: int) -> float:
    return values[min(visit, len(values) - 1)]
