"""A kept plan for other readers: as a sheet of A4, as FHIR, as a calendar file."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from needlepoint.actions import care_days, plan_document
from needlepoint.actions import plan as plans
from needlepoint.actions.access import Act
from needlepoint.interop.calendar.care import Visit, calendar
from needlepoint.interop.fhir.careplan import Kept, care_plan
from needlepoint.web.clinic import plan_shown
from needlepoint.web.clinic.timeline import moments, session_days
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from datetime import date

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Plan


@require_safe
@staff(Act.READ_CHART)
def plan_pdf(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Give the plan as one sheet."""
    plan = plans.find_plan(pk)
    pdf = plan_document.plan_pdf(plan, shown=_shown(plan), by=by, at=timezone.now())
    return _file(pdf, "application/pdf", f"plan-{plan.on}.pdf", shown_here=True)


@require_safe
@staff(Act.READ_CHART)
def plan_fhir(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Give the plan as a FHIR R4 CarePlan."""
    plan = plans.export_plan(pk, form="fhir", by=by, at=timezone.now())
    resource = json.dumps(care_plan(kept(plan)), ensure_ascii=False, indent=2)
    return _file(resource.encode(), "application/fhir+json", f"plan-{plan.on}.fhir.json")


@require_safe
@staff(Act.READ_CHART)
def plan_calendar(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Give the first session with preparation and aftercare as a calendar file."""
    plan = plans.export_plan(pk, form="calendar", by=by, at=timezone.now())
    return calendar_file(plan, on=plan.on)


def calendar_file(plan: Plan, *, on: date, tentative: bool = False, before: bool = True) -> HttpResponse:
    """Give a session of a plan on a day as a calendar file; of one that was held only what follows it."""
    result = plan.result
    numbing = (result["anaesthetic"] or {}).get("apply_before_min") or 0
    visit = Visit(
        key=f"plan-{plan.pk}-{on}",
        title="Micro-needling",
        start=care_days.first_puncture(plan, on=on),
        arrive_before=timedelta(minutes=numbing),
        lasts=timedelta(minutes=result["total_minutes"]),
        tentative=tentative,
    )
    preparation = result["preparation"] if before else []
    made = calendar(
        visit, before=preparation, after=result["aftercare"], name="Micro-needling: before and after", made_at=plan.at
    )
    return _file(made, "text/calendar; charset=utf-8", f"needling-{on}.ics")


def kept(plan: Plan) -> Kept:
    """Give a plan's row as the export reads it."""
    patient = plan.course.patient
    return Kept(
        key=str(plan.pk),
        on=plan.on,
        request=plan.request,
        result=plan.result,
        adopted=hasattr(plan, "adoption"),
        author=str(plan.by),
        at=timezone.localtime(plan.at),
        patient_key=str(patient.ref),
        given_name=patient.given_name,
        family_name=patient.family_name,
        birth_date=patient.birth_date,
        sex=patient.sex,
    )


def _shown(plan: Plan) -> dict[str, Any]:
    result = plan.result
    when = plan_shown.applied(result, plan.request)
    days = session_days(plan.on, sessions=result["sessions"], interval_days=result["interval_days"])
    return {
        "days": [f"{day:%a} {day.day} {day:%B %Y}" for day in days],
        "numbing": when
        and {
            "apply": f"{when.apply_at:%H:%M}",
            "remove": f"{when.remove_at:%H:%M}",
            "latest": f"{when.latest_removal:%H:%M}",
        },
        "visit": plan_shown.visit_words(result),
        "remarks": [
            {"label": remark.label, "areas": remark.areas, "text": remark.text} for remark in plan_shown.remarks(result)
        ],
        **{
            name: [
                {"days": f"{moment.days}, {moment.away}".rstrip(", "), "texts": [text for text, _ in moment.steps]}
                for moment in moments(result[part], on=plan.on)
            ]
            for name, part in (("before", "preparation"), ("after", "aftercare"))
        },
    }


def _file(body: bytes, kind: str, name: str, *, shown_here: bool = False) -> HttpResponse:
    response = HttpResponse(body, content_type=kind)
    how = "inline" if shown_here else "attachment"
    response["Content-Disposition"] = f'{how}; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
