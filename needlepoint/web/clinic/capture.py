"""Taking photographs in the page: camera, ghost of the photograph before, guide, and retakes asked for at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from needlepoint.actions import capture, chart, photographs, views
from needlepoint.actions.access import Act
from needlepoint.web import measures
from needlepoint.web.doors import staff
from needlepoint.web.guidance_words import said

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor


@require_safe
@staff(Act.PHOTOGRAPH)
def take_photos(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the camera with the views of a course in their order."""
    course = chart.read_course(ref, by=by, at=timezone.now())
    on = timezone.localdate()
    steps = views.steps(course, photographs.of_course(course), on=on)
    asked = request.GET.get("view", "")
    context = {
        "header": chart.header(course, on=on),
        "step": "photos",
        "steps": steps,
        "now": next((step for step in steps if step.view == asked), None)
        or next((step for step in steps if step.today is None), None)
        or next(iter(steps), None),
        "refusal": photographs.consent_refusal(course),
    }
    response = render(request, "clinic/capture.html", context)
    response["Permissions-Policy"] = "camera=(self), accelerometer=(self), gyroscope=(self)"
    return response


@require_POST
@staff(Act.PHOTOGRAPH)
def guide(request: HttpRequest, ref: UUID, *, by: Actor) -> JsonResponse:
    """Say what a frame calls for."""
    course = chart.find_course(ref)
    try:
        lines = capture.guide(
            course, request.read(capture.MOST_FRAME_BYTES + 1), view=request.GET.get("view", ""),
            on=timezone.localdate(), by=by,
        )  # fmt: skip
    except capture.NoFrame as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    except capture.NoGuide as refusal:
        return JsonResponse({"error": str(refusal)}, status=503)
    return JsonResponse({"lines": [_line(said(advice)) for advice in lines]})


def _line(line: Any) -> dict[str, Any]:
    return {"about": line.about, "label": line.label, "ok": line.ok, "number": line.number, "says": line.says}


@require_POST
@staff(Act.PHOTOGRAPH)
def take_photo(request: HttpRequest, ref: UUID, *, by: Actor) -> JsonResponse:
    """Keep a shot, or say why it should be taken again."""
    course = chart.find_course(ref)
    upload = request.FILES.get("photo")
    view = request.POST.get("view", "")
    if upload is None:
        return JsonResponse({"error": "No photograph was sent."}, status=422)
    try:
        photographs.check_size(upload.size or 0)
        photo = capture.take(
            course, upload.read(), view=view, despite=bool(request.POST.get("despite")), on=timezone.localdate(),
            by=by, at=timezone.now(),
        )  # fmt: skip
    except capture.Retake as asked:
        reasons = [measures.why(str(reason)) for reason in asked.reasons]
        return JsonResponse({"retake": [{"label": why.label, "advice": why.advice} for why in reasons]}, status=422)
    except photographs.AlreadyThere as there:
        return JsonResponse({"saved": photographs.view_label(there.photograph.view), "ref": str(there.photograph.ref)})
    except photographs.Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    return JsonResponse({"saved": photographs.view_label(photo.view), "ref": str(photo.ref)})
