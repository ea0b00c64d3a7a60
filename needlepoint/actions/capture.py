"""Taking photographs in the page: what the guide says of a frame, and whether a shot may be kept."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np

from needlepoint.actions import access, outcome, photographs, pictures, vault, views
from needlepoint.actions.access import Act
from needlepoint.actions.networks import FaceNetworkMissing, face_models
from needlepoint.core.imaging.guidance import Advice, advised, against_keeping, seen
from needlepoint.core.imaging.measures import read
from needlepoint.records.models import Photograph

if TYPE_CHECKING:
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.core.imaging.measures import Reading
    from needlepoint.core.imaging.photo import Pixels, Reason
    from needlepoint.records.models import Course

FRAME_PX: Final = 320
MOST_FRAME_BYTES: Final = 200_000
_MOST_FRAME_PIXELS: Final = 640 * 640
_JUDGED_PX: Final = 1200  # longer side of shot and baseline when they are judged: the same, so that they agree


class Retake(Exception):
    """A shot should be taken again while the patient is still there; it was not kept."""

    def __init__(self, reasons: tuple[Reason, ...]) -> None:
        self.reasons = reasons
        super().__init__("This photograph should be taken again.")


class NoFrame(Exception):
    """What was sent to the guide is no small JPEG."""

    def __init__(self) -> None:
        super().__init__(f"The guide takes a JPEG of at most {MOST_FRAME_BYTES // 1000} kB and 640 x 640 pixels.")


class NoGuide(Exception):
    """The face network is not installed: photographs are taken without the guide."""

    def __init__(self) -> None:
        super().__init__("The guide is not installed here. Photographs can be taken without it.")


def guide(course: Course, frame: bytes, *, view: str, on: date, by: Actor) -> tuple[Advice, ...]:
    """Give what to do with head, camera and light; the frame is looked at and forgotten.

    Raises
    ------
    NoFrame
        When it is no small JPEG.
    NoGuide
        When the face network is missing.

    """
    access.require(Act.PHOTOGRAPH, by=by)
    if len(frame) > MOST_FRAME_BYTES:
        raise NoFrame
    try:
        rgb = pictures.pixels(frame, most_pixels=_MOST_FRAME_PIXELS, formats=("JPEG",))
    except pictures.UnreadablePicture as error:
        raise NoFrame from error
    before = _baseline(course, view, on=on)
    match = None if before is None else seen(_of_vault(before.sha256, FRAME_PX))
    return advised(seen(_read(_small(rgb, FRAME_PX))), before=match, yaw_deg=views.YAW_DEG.get(view))


def take(course: Course, data: bytes, *, view: str, despite: bool, on: date, by: Actor, at: datetime) -> Photograph:
    """Keep a shot, unless it should be taken again; `despite` keeps it all the same, with what speaks against it.

    Raises
    ------
    Retake
        With the reasons, when it should be taken again and `despite` was not said.
    Refused
        As for `photographs.add`.

    """
    photographs.check(course, data, view=view, by=by)
    reasons = against(course, data, view=view, on=on)
    if reasons and not despite:
        raise Retake(reasons)
    return photographs.add(
        course, data, view=view, taken_on=on, source="camera", kept_despite=[str(reason) for reason in reasons],
        by=by, at=at,
    )  # fmt: skip


def against(course: Course, data: bytes, *, view: str, on: date) -> tuple[Reason, ...]:
    """Give why a shot should be taken again; nothing where the guide is not installed."""
    before = _baseline(course, view, on=on)
    try:
        shot = _read(_small(pictures.pixels(data), _JUDGED_PX))
        match = None if before is None else _of_vault(before.sha256, _JUDGED_PX)
    except NoGuide:
        return ()
    return against_keeping(shot, before=match, yaw_deg=views.YAW_DEG.get(view))


def _baseline(course: Course, view: str, *, on: date) -> Photograph | None:
    before = Photograph.objects.filter(course=course, view=view, taken_on__lt=on)
    return views.baseline(list(before), first=next(iter(outcome.session_days(course)), None))


@lru_cache(maxsize=8)
def _of_vault(sha256: str, longest_px: int) -> Reading:
    """Read the photograph to match once for all the frames that follow; its copies never change."""
    return _read(_small(pictures.pixels(vault.get(sha256)), longest_px))


def _read(rgb: Pixels) -> Reading:
    try:
        return read(rgb, face_models())
    except FaceNetworkMissing as error:
        raise NoGuide from error


def _small(rgb: Pixels, longest_px: int) -> Pixels:
    factor = longest_px / max(rgb.shape[:2])
    if factor >= 1:
        return rgb
    return np.asarray(cv2.resize(rgb, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), dtype=np.uint8)
