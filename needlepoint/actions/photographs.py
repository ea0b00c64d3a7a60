"""Photographs: taken in with their original kept as it came, and given out as copies without metadata."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.conf import settings
from django.db import IntegrityError, transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit, consent, jobs, pictures, vault
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.actions.processing import processing
from needlepoint.records.models import ConsentPart, Photograph, PhotographCopy, TreatmentSession

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course

FACE_VIEWS: Final[Mapping[str, str]] = {
    "front": "Front",
    "left_45": "Left 45°",
    "right_45": "Right 45°",
    "left_90": "Left 90°",
    "right_90": "Right 90°",
    "chin_up": "Chin up",
}
CLOSE_UP: Final = "area:"
COPIES: Final[Mapping[str, int]] = {"thumb": 360, "medium": 1200, "large": 2400}
TAKEN_AS: Final = frozenset(pictures.MEDIA_TYPES.values())


class Refused(Exception):
    """A photograph is not taken in; the words are for the person who sent it."""


class NoConsentToPhotographs(Refused):
    """The patient has not agreed to photographs for the record, or has taken that back."""

    def __init__(self) -> None:
        super().__init__(
            "No photograph may be kept: the patient has not agreed to photographs for the record, or has withdrawn it. "
            "It can be signed on the consent page."
        )


class TooManyBytes(Refused):
    """The file is larger than this installation takes."""

    def __init__(self, size_bytes: int) -> None:
        self.size_bytes = size_bytes
        limit = settings.PHOTO_MAX_BYTES // 2**20
        super().__init__(f"The file has {size_bytes / 2**20:.0f} MB; at most {limit} MB are taken.")


class NoPicture(Refused):
    """The file is not a picture, not whole, or not of a size or kind that is taken."""


class AlreadyThere(Refused):
    """The same file is in this course already."""

    def __init__(self, photograph: Photograph) -> None:
        self.photograph = photograph
        label = view_label(photograph.view)
        super().__init__(f"This photograph is here already: {label}, {photograph.taken_on:%d %b %Y}.")


class UnknownView(Refused):
    """A view the house does not know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A copy as it is sent out."""

    data: bytes
    media_type: str = "image/jpeg"


def views_of(course: Course) -> dict[str, str]:
    """Give the views that can be chosen for a course, with their labels: the face's five, then its areas close up."""
    areas = knowledge.load().vocabulary.areas
    close_ups = {f"{CLOSE_UP}{area}": view_label(f"{CLOSE_UP}{area}") for area in course.areas if area in areas}
    return {**FACE_VIEWS, **close_ups}


def view_label(view: str) -> str:
    """Give what a view is called."""
    if not view.startswith(CLOSE_UP):
        return FACE_VIEWS.get(view, view)
    area = knowledge.load().vocabulary.areas.get(view.removeprefix(CLOSE_UP))
    return f"Close-up: {area.label if area else view}"


def shows_both_sides(view: str) -> bool:
    """Tell whether a view is of an area that comes in pairs; an area here means both."""
    area = knowledge.load().vocabulary.areas.get(view.removeprefix(CLOSE_UP))
    return area is not None and area.sides == 2


def consent_refusal(course: Course) -> str | None:
    """Give the reason why no photograph may be kept now, or nothing when the patient has agreed."""
    return None if consent.allows(course, ConsentPart.RECORD_PHOTO) else str(NoConsentToPhotographs())


def check_size(size_bytes: int) -> None:
    """Raise TooManyBytes for a file larger than is taken."""
    if size_bytes > settings.PHOTO_MAX_BYTES:
        raise TooManyBytes(size_bytes)


def add(
    course: Course,
    data: bytes,
    *,
    view: str,
    taken_on: date,
    source: str = "file",
    kept_despite: Sequence[str] = (),
    by: Actor,
    at: datetime,
) -> Photograph:
    """Keep a photograph as it came, and have it measured in the background.

    `source` is "camera" for a shot of the page's own camera; `kept_despite` names what spoke against keeping it.

    Raises
    ------
    Refused
        One of NoConsentToPhotographs, TooManyBytes, NoPicture, AlreadyThere, UnknownView; nothing is kept then.

    """
    seen = check(course, data, view=view, by=by)
    # On the disk before the row says so: a file without a row is harmless, a row without a file is a loss.
    sha256 = vault.put(data)
    fields = {
        "view": view, "taken_on": taken_on, "sha256": sha256, "size_bytes": len(data), "source": source,
        "modes": [each.value for each in processing(data)], "kept_despite": list(kept_despite),
    }  # fmt: skip
    return _keep(course, seen, fields, by=by, at=at)


def check(course: Course, data: bytes, *, view: str, by: Actor) -> pictures.Look:
    """Say what a file shows, when it may be kept as this view.

    Raises
    ------
    Refused
        As for `add`.

    """
    access.require(Act.OWN_PAGES if by.link else Act.PHOTOGRAPH, by=by)
    if not consent.allows(course, ConsentPart.RECORD_PHOTO):
        raise NoConsentToPhotographs
    if view not in views_of(course):
        raise UnknownView("Please choose which view the photograph shows.")
    check_size(len(data))
    return _look(data)


def _look(data: bytes) -> pictures.Look:
    try:
        seen = pictures.look(data)
    except pictures.UnreadablePicture as error:
        raise NoPicture(str(error)) from error
    if seen.media_type not in TAKEN_AS:
        raise NoPicture(str(pictures.Flaw.NOT_AN_IMAGE))
    return seen


def _keep(course: Course, seen: pictures.Look, fields: dict[str, Any], *, by: Actor, at: datetime) -> Photograph:
    sha256 = fields["sha256"]
    existing = Photograph.objects.filter(course=course, sha256=sha256).first()
    if existing is not None:
        raise AlreadyThere(existing)
    try:
        with transaction.atomic():
            photograph = Photograph.objects.create(
                course=course,
                session=TreatmentSession.objects.filter(
                    course=course, on=fields["taken_on"], struck_at__isnull=True
                ).first(),
                **fields,
                media_type=seen.media_type,
                width_px=seen.width_px,
                height_px=seen.height_px,
                at=at,
                by=by.user,
                link=by.link,
            )
            audit.record(
                "add_photograph", by=by, at=at, patient=course.patient, subject=photograph, view=photograph.view,
                sha256=sha256, source=photograph.source, kept_despite=photograph.kept_despite,
            )  # fmt: skip
            jobs.have_measured(photograph, at=at)
    except IntegrityError:
        # Somebody sent the same file at the same moment; the database let one of the two in.
        raise AlreadyThere(Photograph.objects.get(course=course, sha256=sha256)) from None
    return photograph


def of_course(course: Course) -> list[Photograph]:
    """Give the photographs of a course, oldest first, with where their measuring stands."""
    return list(Photograph.objects.filter(course=course).select_related("measurement"))


def find(ref: UUID) -> Photograph:
    """Give a photograph with its course, patient and measurement."""
    related = ("course__patient", "measurement", "session", "by")
    photograph = Photograph.objects.select_related(*related).filter(ref=ref).first()
    if photograph is None:
        raise NoSuchRecord("photograph")
    return photograph


def read_copy(ref: UUID, *, size: str, by: Actor, at: datetime) -> Served:
    """Give a copy of a photograph to be looked at, and record that it was.

    Raises
    ------
    NoSuchRecord
        When there is no such photograph or size, or a patient asks for somebody else's.
    NotInVault, AlteredInVault
        When the original is lost or was tampered with.

    """
    access.require(Act.OWN_PAGES if by.link else Act.PHOTOGRAPH, by=by)
    if size not in COPIES:
        raise NoSuchRecord("copy")
    photograph = find(ref)
    if by.link is not None and photograph.course.patient_id != by.link.patient_id:
        raise NoSuchRecord("photograph")
    data = _copy(photograph, size)
    with transaction.atomic():
        audit.record("read_photograph", by=by, at=at, patient=photograph.course.patient, subject=photograph, size=size)
    return Served(data=data)


def _copy(photograph: Photograph, size: str) -> bytes:
    kept = PhotographCopy.objects.filter(photograph=photograph, size=size).first()
    if kept is not None:
        try:
            return vault.get(kept.sha256)
        except (vault.NotInVault, vault.AlteredInVault):
            kept.delete()  # a copy can be made again from the original
    data = pictures.served_copy(vault.get(photograph.sha256), longest_px=COPIES[size])
    sha256 = vault.put(data)
    PhotographCopy.objects.get_or_create(photograph=photograph, size=size, defaults={"sha256": sha256})
    return data
