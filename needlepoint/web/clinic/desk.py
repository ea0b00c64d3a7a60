"""The front desk: requests, finding and registering patients, opening courses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import courses, patients, requests
from needlepoint.actions.access import Act
from needlepoint.web.clinic.forms import CourseForm, PatientForm
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from typing import Any
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import ConsultationRequest

require_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
@staff(Act.HANDLE_REQUEST)
def request_list(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the requests for a consultation."""
    return render(request, "clinic/requests.html", {"requests": requests.all_requests(by=by)})


@require_POST
@staff(Act.HANDLE_REQUEST)
def request_aside(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Set a request aside."""
    found = requests.find_request(pk, by=by)
    requests.set_aside(found, by=by, at=timezone.now())
    messages.success(request, f"The request of {found.name} is set aside.")
    return redirect("clinic:requests")


@require_safe
@staff(Act.FIND_PATIENT)
def search(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Find a patient by name, birth date, e-mail or telephone."""
    words = request.GET.get("q", "").strip()[:100]
    found = patients.search_patients(words, by=by) if words else patients.newest_patients(by=by)
    return render(
        request,
        "clinic/patients.html",
        {"words": words, "patients": found, "full": len(found) == patients.FOUND_AT_MOST},
    )


@require_form
@staff(Act.REGISTER_PATIENT)
def patient_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Register a patient; who may be the same person is offered before anything is saved."""
    wanted = request.GET.get("request") or request.POST.get("request") or ""
    asked = requests.find_request(int(wanted), by=by) if wanted.isdecimal() and len(wanted) < 12 else None
    if request.method != "POST":
        return _patient_form(request, PatientForm(initial=_from_request(asked)), asked)
    form = PatientForm(request.POST)
    if not form.is_valid():
        return _patient_form(request, form, asked, status=422)
    who = form.particulars()
    twins = patients.duplicates_of(who, by=by)
    if twins and "anyway" not in request.POST:
        return _patient_form(request, form, asked, twins=twins)
    patient = patients.register_patient(who, by=by, at=timezone.now(), request=asked)
    messages.success(request, f"{patient} is registered.")
    return redirect("clinic:patient", patient.ref)


def _from_request(asked: ConsultationRequest | None) -> dict[str, str]:
    if asked is None:
        return {}
    given, _, family = asked.name.partition(" ")
    return {"given_name": given, "family_name": family, "email": asked.email, "telephone": asked.telephone}


def _patient_form(
    request: HttpRequest,
    form: PatientForm,
    asked: ConsultationRequest | None,
    *,
    twins: tuple[patients.Duplicate, ...] = (),
    status: int = 200,
) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "asked": asked, "twins": twins}
    return render(request, "clinic/patient_new.html", context, status=status)


@require_form
@staff(Act.OPEN_COURSE)
def course_new(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Open a course for a patient."""
    patient = patients.find_patient(ref, by=by)
    form = CourseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        courses.open_course(patient, by=by, at=timezone.now(), **form.cleaned_data)
        messages.success(request, "The course is open. Invite the patient to answer the questions.")
        return redirect("clinic:patient", patient.ref)
    status = 422 if form.is_bound else 200
    return render(request, "clinic/course_new.html", {"patient": patient, "form": form}, status=status)
