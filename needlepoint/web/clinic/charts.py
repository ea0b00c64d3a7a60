"""The patient's page with the private links, and the overview of a course."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from needlepoint.actions import chart, courses, links, patients
from needlepoint.actions.access import Act, refusal
from needlepoint.web.clinic.lead import lead
from needlepoint.web.codes import code
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


@require_safe
@staff(Act.FIND_PATIENT)
def patient(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show who a patient is, which courses there are and which links are open."""
    found = patients.find_patient(ref, by=by)
    may_invite = refusal(Act.INVITE_PATIENT, by=by) is None
    context = {
        "patient": found,
        "age": chart.age_of(found, on=timezone.localdate()),
        "initials": chart.initials_of(found),
        "courses": courses.courses_of(found, by=by),
        "links": links.links_of(found, by=by, at=timezone.now()) if may_invite else (),
    }
    return render(request, "clinic/patient.html", context)


@require_POST
@staff(Act.INVITE_PATIENT)
def invite(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Make a private link for a course and show it, once."""
    course = chart.find_course(ref)
    link, secret = links.invite(course.patient, course=course, by=by, at=timezone.now())
    address = request.build_absolute_uri(reverse("patient:home", args=[secret]))
    response = render(
        request,
        "clinic/invite.html",
        {"patient": course.patient, "link": link, "address": address, "picture": code(address)},
    )
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@staff(Act.INVITE_PATIENT)
def link_revoke(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Close a private link."""
    link = links.link_of(pk, by=by)
    links.revoke(link, by=by, at=timezone.now())
    messages.success(request, "The link is closed. What was answered through it is kept.")
    return redirect("clinic:patient", link.patient.ref)


@require_safe
@staff(Act.READ_CHART)
def course(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show where a course stands."""
    found = chart.read_course(ref, by=by, at=timezone.now())
    header = chart.header(found, on=timezone.localdate())
    context = {"header": header, "step": "overview", "next": header.next, "lead": lead(header)}
    return render(request, "clinic/course.html", context)
