"""Photographs that leave the house: as they are for another record, or without what tells who somebody is."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from django.db import transaction
from PIL import Image

from needlepoint.actions import access, audit, consent, photographs, pictures, vault
from needlepoint.actions.access import Act
from needlepoint.actions.networks import face_models
from needlepoint.core.imaging.deidentified import Box, covered
from needlepoint.core.imaging.face import find_face
from needlepoint.records.models import ConsentPart

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor
    from needlepoint.core.imaging.photo import Pixels
    from needlepoint.records.models import Photograph

LONGEST_PX: Final = 2400
_QUALITY: Final = 92


class Refused(Exception):
    """A copy cannot be given; the words are for the person who asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy that leaves the house.

    Attributes
    ----------
    derivation
        How it came from the original; empty when it is the original.

    """

    data: bytes
    width_px: int
    height_px: int
    derivation: str


def original(ref: UUID, *, by: Actor, at: datetime) -> tuple[Photograph, bytes]:
    """Give a photograph with its original bytes, to be handed to another record of the same patient."""
    access.require(Act.EXPORT_PHOTOGRAPH, by=by)
    photo = photographs.find(ref)
    data = vault.get(photo.sha256)
    with transaction.atomic():
        audit.record(
            "export_photograph", by=by, at=at, patient=photo.course.patient, subject=photo, kind="original",
            sha256=photo.sha256,
        )  # fmt: skip
    return photo, data


def as_it_is(photo: Photograph, data: bytes) -> Copy:
    """Give an original that is a JPEG stored upright as it is, and anything else coded anew."""
    if photo.media_type == "image/jpeg" and pictures.stands_upright(data):
        return Copy(data=data, width_px=photo.width_px, height_px=photo.height_px, derivation="")
    return recoded(data)


def recoded(data: bytes) -> Copy:
    """Give a picture of any kind as a plain upright JPEG without metadata, at its full size."""
    return _copy(pictures.pixels(data), "Coded anew as JPEG, upright, without metadata")


def refusal(photo: Photograph) -> str | None:
    """Give the reason why no de-identified copy may be given, or nothing."""
    if consent.allows(photo.course, ConsentPart.TEACHING) or consent.allows(photo.course, ConsentPart.MARKETING):
        return None
    return "The patient has agreed neither to teaching nor to publicity, or has withdrawn it: no copy may be made."


def deidentified(ref: UUID, *, boxes: Sequence[Box], no_face: bool, by: Actor, at: datetime) -> Copy:
    """Give a copy with eyes and boxes covered and without metadata.

    Raises
    ------
    Refused
        Without consent to teaching or publicity; or when no face is found and nobody has said that there is none.

    """
    access.require(Act.EXPORT_PHOTOGRAPH, by=by)
    photo = photographs.find(ref)
    reason = refusal(photo)
    if reason is not None:
        raise Refused(reason)
    rgb = _bounded(pictures.pixels(vault.get(photo.sha256)))
    mesh = find_face(rgb, face_models())
    if mesh is None and not no_face and not boxes:
        raise Refused(
            "No face was found, so no eyes were covered. Mark them with a box, or confirm that none are shown."
        )
    copy = _copy(covered(rgb, face=mesh, boxes=boxes), "Eyes and marked places covered, metadata removed")
    with transaction.atomic():
        audit.record(
            "export_photograph", by=by, at=at, patient=photo.course.patient, subject=photo, kind="deidentified",
            eyes=mesh is not None, boxes=len(boxes),
        )  # fmt: skip
    return copy


def _bounded(rgb: Pixels) -> Pixels:
    image = Image.fromarray(rgb)
    image.thumbnail((LONGEST_PX, LONGEST_PX), Image.Resampling.LANCZOS)
    return np.asarray(image)


def _copy(rgb: Pixels, derivation: str) -> Copy:
    out = io.BytesIO()
    # A copy made of pixels alone carries neither place nor camera nor comment.
    Image.fromarray(rgb).save(out, "JPEG", quality=_QUALITY, optimize=True)
    return Copy(data=out.getvalue(), width_px=rgb.shape[1], height_px=rgb.shape[0], derivation=derivation)
