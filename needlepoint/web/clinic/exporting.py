"""Photographs that leave the house: as DICOM for another record, or without what tells who somebody is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from needlepoint.actions import chart, exporting, photographs
from needlepoint.actions.access import Act
from needlepoint.actions.clinic import the_clinic
from needlepoint.core.imaging.deidentified import Box
from needlepoint.interop.dicom.photograph import CannotBeWrapped, Person, Shot, wrapped
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Photograph

BOXES: Final = 6
SIDES: Final = ("left", "top", "width", "height")


class NoBox(ValueError):
    """A box does not lie within the picture."""


@require_POST
@staff(Act.EXPORT_PHOTOGRAPH)
def photo_dicom(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Send a photograph as a DICOM file."""
    photo, data = exporting.original(ref, by=by, at=timezone.now())
    try:
        content = wrapped(_shot(photo, exporting.as_it_is(photo, data), at=timezone.now()))
    except CannotBeWrapped:
        content = wrapped(_shot(photo, exporting.recoded(data), at=timezone.now()))
    return _file(content, f"{photo.view.replace(':', '-')}-{photo.taken_on:%Y%m%d}.dcm", "application/dicom")


def _shot(photo: Photograph, copy: exporting.Copy, *, at: datetime) -> Shot:
    patient, clinic = photo.course.patient, the_clinic()
    return Shot(
        data=copy.data, width_px=copy.width_px, height_px=copy.height_px, derivation=copy.derivation,
        person=Person(
            ref=patient.ref, family_name=patient.family_name, given_name=patient.given_name,
            birth_date=patient.birth_date, sex=patient.sex,
        ),
        course=photo.course.ref, photograph=photo.ref, view=photographs.view_label(photo.view),
        taken_on=photo.taken_on, made_at=at, clinic=clinic.name if clinic else "",
        both_sides=photographs.shows_both_sides(photo.view),
    )  # fmt: skip


def _file(content: bytes, name: str, media_type: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.EXPORT_PHOTOGRAPH)
def photo_deidentify(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Mark what is to be covered, and send the copy."""
    photo = photographs.find(ref)
    course = chart.read_course(photo.course.ref, by=by, at=timezone.now())
    error = ""
    if request.method == "POST":
        try:
            copy = exporting.deidentified(
                ref, boxes=_boxes(request.POST), no_face=bool(request.POST.get("no_face")), by=by, at=timezone.now()
            )
        except (exporting.Refused, NoBox) as refusal:
            error = str(refusal)
        else:
            return _file(copy.data, "photograph.jpg", "image/jpeg")
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "photos",
        "photo": photo,
        "label": photographs.view_label(photo.view),
        "rows": [_row(request.POST, number) for number in range(1, BOXES + 1)],
        "refusal": exporting.refusal(photo),
        "error": error,
    }
    return render(request, "clinic/deidentify.html", context, status=422 if error else 200)


def _row(given: Mapping[str, str], number: int) -> dict[str, object]:
    sides = [(side, f"{side}-{number}", given.get(f"{side}-{number}", "")) for side in SIDES]
    return {"number": number, "sides": sides}


def _boxes(given: Mapping[str, str]) -> list[Box]:
    boxes = []
    for number in range(1, BOXES + 1):
        texts = [given.get(f"{side}-{number}", "").strip() for side in SIDES]
        if any(texts):
            boxes.append(_box(texts, number))
    return boxes


def _box(texts: list[str], number: int) -> Box:
    try:
        left, top, width, height = (float(text) / 100 for text in texts)
    except ValueError:
        raise NoBox(f"Box {number}: please give left, top, width and height in percent.") from None
    # NaN fails every comparison, so it is refused with the rest.
    if not (0 <= left <= 1 and 0 <= top <= 1 and 0 < width <= 1 and 0 < height <= 1):
        raise NoBox(f"Box {number}: left and top are 0 to 100 percent, width and height more than 0 and up to 100.")
    return Box(left=left, top=top, width=width, height=height)
