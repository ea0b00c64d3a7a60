"""Planning a course, and the page of a plan as it was kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import case, chart, other_devices, protocols
from needlepoint.actions import plan as plans
from needlepoint.actions import screening as screenings
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.case import NotDecidable
from needlepoint.actions.knowledge import adopted
from needlepoint.actions.plan import PlanRefused
from needlepoint.web.clinic import body_map, choices, plan_shown, planning_form
from needlepoint.web.clinic.plan_shown import Live
from needlepoint.web.clinic.planning_form import PlanForm
from needlepoint.web.clinic.timeline import moments, session_days
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, Plan


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.READ_CHART)
def plan(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the plan in the making; compute it anew, or keep it."""
    if request.method != "POST":
        course = chart.read_course(ref, by=by, at=timezone.now())
        started = planning_form.initial(course, by=by, last=_from_protocol(request, course))
        return _page(request, course, planning_form.started(course, started), by=by)
    course = chart.find_course(ref)
    form = PlanForm(request.POST)
    if "compute" in request.POST or not form.is_valid():
        return _page(request, course, form, by=by, status=200 if form.is_valid() else 422)
    try:
        made = _plan(course, form, by=by)
    except NotDecidable as error:
        for reason in error.reasons:
            form.add_error(None, reason)
        return _page(request, course, form, by=by, status=422)
    return redirect("clinic:plan_result", pk=made.pk)


def _from_protocol(request: HttpRequest, course: Course) -> dict[str, Any] | None:
    """Give what the protocol asks for that was chosen, if one was that this course can be planned from."""
    chosen = request.GET.get("protocol", "")
    version = next((each for each in protocols.adopted_for(course.indication) if str(each.pk) == chosen), None)
    areas = tuple(area for area, _ in plans.areas_of(course))
    return protocols.as_request(version, areas=areas) if version else None


@require_POST
@staff(Act.PLAN)
def plan_live(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Give the parts of the page that follow from what is chosen; nothing is kept."""
    form = PlanForm(request.POST)
    course = chart.find_course(ref)
    return render(request, "clinic/plan/live.html", {"course": course, **_computed(course, form, by=by)})


def _plan(course: Course, form: PlanForm, *, by: Actor) -> Plan:
    setting = form.setting()
    return plans.plan_course(
        course,
        on=setting.on,
        operator=setting.operator,
        device=setting.device,
        anaesthetic=setting.anaesthetic,
        areas=setting.areas,
        wishes=form.wishes(),
        protocol=form.from_protocol(),
        by=by,
        at=timezone.now(),
    )


def _computed(course: Course, form: PlanForm, *, by: Actor) -> dict[str, Any]:
    """Give the plan in the making, or the reasons why there is none."""
    if not form.is_valid():
        faults = [f"{form.fields[name].label}: {text}" for name, texts in form.errors.items() if name in form.fields
                  for text in texts]  # fmt: skip
        return {"live": Live(reasons=(*form.non_field_errors(), *faults))}
    wishes = form.wishes()
    try:
        made = plans.preview(course, form.setting(), wishes=wishes, protocol=form.from_protocol(), by=by)
    except NotDecidable as error:
        return {"live": Live(reasons=error.reasons)}
    return {
        "live": plan_shown.live(made.result, made.request),
        "others": other_devices.otherwise(made, wishes=wishes),
    }


def _page(request: HttpRequest, course: Course, form: PlanForm, *, by: Actor, status: int = 200) -> HttpResponse:
    screened = screenings.past(course).screenings
    why_not = refusal(Act.PLAN, by=by)
    chosen = form.chosen
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "plan",
        "course": course,
        "form": form,
        "views": body_map.views(chosen, never=plans.never_needled()),
        "groups": [
            (group, [(area, label, area in chosen) for area, label in areas]) for group, areas in choices.areas()
        ],
        "rows": list(form.rows()),
        "protocols": protocols.adopted_for(course.indication),
        "planned_from": form["protocol"].value(),
        "lacking": case.lacking(course),
        "refusal": why_not,
        "plans": plans.past(course),
        "screening": screened[0] if screened else None,
        "adoption": adopted(),
        "failed": status != 200,
        **({"live": Live(reasons=(why_not,))} if why_not else _computed(course, form, by=by)),
    }
    return render(request, "clinic/plan.html", context, status=status)


@require_safe
@staff(Act.READ_CHART)
def plan_result(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Show a plan as it was kept."""
    made = plans.read_plan(pk, by=by, at=timezone.now())
    result = made.result
    why_not = plans.against_adopting(made)
    context = {
        "header": chart.header(made.course, on=timezone.localdate()),
        "step": "plan",
        "course": made.course,
        "plan": made,
        "result": result,
        "words": result["words"],
        "remarks": tuple(plan_shown.remarks(result)),
        "visit": plan_shown.visit_words(result),
        "total_cm2": sum(row["area_cm2"] for row in result["areas"]),
        "applied": plan_shown.applied(result, made.request),
        "before": moments(result["preparation"], on=made.on),
        "after": moments(result["aftercare"], on=made.on),
        "days": session_days(made.on, sessions=result["sessions"], interval_days=result["interval_days"]),
        "adoption": getattr(made, "adoption", None),
        "why_not": refusal(Act.ADOPT_PLAN, by=by) or (str(why_not) if why_not else None),
    }
    return render(request, "clinic/plan_result.html", context)


@require_POST
@staff(Act.ADOPT_PLAN)
def plan_adopt(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Make a plan the one to treat by."""
    try:
        plans.adopt_plan(plans.find_plan(pk), by=by, at=timezone.now())
    except PlanRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Adopted: this is the plan to treat by.")
    return redirect("clinic:plan_result", pk=pk)
