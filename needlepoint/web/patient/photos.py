"""The patient's own photographs: looking at them and sending new ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from needlepoint.actions import photographs
from needlepoint.actions.courses import course_of
from needlepoint.web.doors import private_link
from needlepoint.web.uploads import DEVICE, take_in

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor


@require_http_methods(["GET", "HEAD", "POST"])
@private_link
def photos(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Show a patient the photographs of the course, and take in new ones."""
    course = course_of(by.invited)
    errors: dict[str, list[str]] = {}
    if request.method == "POST":
        saved, errors = take_in(request, course, views={}, on=timezone.localdate(), by=by)
        if saved:
            messages.success(request, f"{len(saved)} photograph{'s' * (len(saved) > 1)} sent to the clinic.")
        if not saved and not errors:
            errors = {DEVICE: ["No photograph was chosen."]}
        if not errors:
            return redirect("patient:photos", secret=secret)
    context = {
        "secret": secret,
        "views": photographs.views_of(course),
        "chosen_view": request.POST.get("view", ""),
        "errors": errors.get(DEVICE, []),
        "refusal": photographs.consent_refusal(course),
        "taken": [(photo, photographs.view_label(photo.view)) for photo in reversed(photographs.of_course(course))],
    }
    return render(request, "patient/photos.html", context, status=422 if errors else 200)


@require_safe
@private_link
def photo_copy(request: HttpRequest, ref: UUID, size: str, *, by: Actor, secret: str) -> HttpResponse:
    """Send a patient a copy of an own photograph; every look is recorded."""
    served = photographs.read_copy(ref, size=size, by=by, at=timezone.now())
    return HttpResponse(served.data, content_type=served.media_type)
