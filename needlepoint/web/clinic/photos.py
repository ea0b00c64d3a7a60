"""Photographs of a course: taking them in, looking at them, and what was measured in them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import chart, jobs, measures_use, photographs
from needlepoint.actions.access import Act
from needlepoint.web import measures
from needlepoint.web.doors import staff
from needlepoint.web.uploads import DEVICE, TakenOn, take_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from uuid import UUID

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, Photograph


@dataclass(kw_only=True)
class Tile:
    """One view on the page: its newest photograph, and what went wrong with a file sent for it."""

    view: str
    label: str
    newest: Photograph | None
    errors: list[str] = field(default_factory=list)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.PHOTOGRAPH)
def photos(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the photographs of a course, and take in new ones."""
    course = chart.read_course(ref, by=by, at=timezone.now())
    if request.method == "POST":
        return _add(request, course, by=by)
    return _page(request, course, TakenOn(today=timezone.localdate()), {})


def _add(request: HttpRequest, course: Course, *, by: Actor) -> HttpResponse:
    form = TakenOn(request.POST, today=timezone.localdate())
    one_by_one = request.headers.get("Accept") == "application/json"
    if not form.is_valid():
        return _answered(0, form.errors) if one_by_one else _page(request, course, form, {}, status=422)
    saved, errors = take_in(
        request, course, views=photographs.views_of(course), on=form.cleaned_data["taken_on"], by=by
    )
    if one_by_one:
        return _answered(len(saved), errors)
    if saved:
        count = len(saved)
        messages.success(request, f"{count} photograph{'s' * (count > 1)} saved; measuring goes on in the background.")
        for mode in measures.mode_words(dict.fromkeys(mode for photo in saved for mode in photo.modes)):
            messages.warning(request, f"{mode.label}: {mode.advice}")
    if errors:
        return _page(request, course, form, errors, status=422)
    if not saved:
        return _page(request, course, form, {DEVICE: ["No photograph was chosen."]}, status=422)
    return redirect("clinic:photos", course.ref)


def _answered(saved: int, errors: Mapping[str, Iterable[Any]]) -> JsonResponse:
    """Answer the script that sends photographs one by one; nothing it need ask again."""
    told = [str(error) for field_errors in errors.values() for error in field_errors]
    return JsonResponse({"saved": saved, "errors": told}, status=200 if saved else 422)


def _page(
    request: HttpRequest, course: Course, form: TakenOn, errors: dict[str, list[str]], *, status: int = 200
) -> HttpResponse:
    taken = photographs.of_course(course)
    newest = {photograph.view: photograph for photograph in taken}
    views = photographs.views_of(course)
    place = {view: number for number, view in enumerate(views)}
    taken.sort(key=lambda photo: (photo.taken_on, -place.get(photo.view, len(place)), photo.pk))
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "photos",
        "tiles": [
            Tile(view=view, label=label, newest=newest.get(view), errors=errors.get(view, []))
            for view, label in views.items()
        ],
        "device_errors": errors.get(DEVICE, []),
        "chosen_view": request.POST.get("view", ""),
        "form": form,
        "today": timezone.localdate(),
        "refusal": photographs.consent_refusal(course),
        "days": [
            (day, [(photo, photographs.view_label(photo.view)) for photo in of_day])
            for day, of_day in groupby(reversed(taken), key=lambda photo: photo.taken_on)
        ],
    }
    return render(request, "clinic/photos.html", context, status=status)


@require_safe
@staff(Act.PHOTOGRAPH)
def photo(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show one photograph with what was measured in it."""
    found = photographs.find(ref)
    course = chart.read_course(found.course.ref, by=by, at=timezone.now())
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "photos",
        "photo": found,
        "label": photographs.view_label(found.view),
        "reading": measures.reading(found.measurement),
        "modes": measures.mode_words(found.modes),
        "kept_despite": [measures.why(reason) for reason in found.kept_despite],
        "measures_on": measures_use.are_on(),
    }
    return render(request, "clinic/photo.html", context)


@require_safe
@staff(Act.PHOTOGRAPH)
def photo_copy(request: HttpRequest, ref: UUID, size: str, *, by: Actor) -> HttpResponse:
    """Send a copy of a photograph; every time it is looked at is recorded, so nothing on the way may keep it."""
    served = photographs.read_copy(ref, size=size, by=by, at=timezone.now())
    response = HttpResponse(served.data, content_type=served.media_type)
    response["Cache-Control"] = "private, no-store"
    return response


@require_safe
@staff(Act.PHOTOGRAPH)
def photo_progress(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Say how far measuring has come; once it is done, a page that waits for the numbers loads again."""
    found = photographs.find(ref)
    response = render(request, "clinic/parts/measuring.html", {"photo": found, "job": found.measurement})
    if request.GET.get("wait") and found.measurement.state not in jobs.OPEN:
        response["HX-Refresh"] = "true"
    return response


@require_POST
@staff(Act.PHOTOGRAPH)
def photo_again(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Measure once more what was given up."""
    found = photographs.find(ref)
    jobs.try_again(found.measurement, by=by, at=timezone.now())
    return redirect("clinic:photo", ref)
