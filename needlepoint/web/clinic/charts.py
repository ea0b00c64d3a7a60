"""The patient's page and the overview of a course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from needlepoint.actions import chart, patients
from needlepoint.actions.access import Act
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


@require_safe
@staff(Act.FIND_PATIENT)
def patient(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show who a patient is and which courses there are."""
    found = patients.find_patient(ref, by=by)
    return render(request, "clinic/patient.html", {"patient": found, "courses": found.courses.all()[:20]})


@require_safe
@staff(Act.READ_CHART)
def course(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show where a course stands."""
    found = chart.read_course(ref, by=by, at=timezone.now())
    header = chart.header(found, on=timezone.localdate())
    return render(request, "clinic/course.html", {"header": header, "step": "overview"})
