"""Planning a course, and the page of a plan as it was kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import case, chart
from needlepoint.actions import plan as plans
from needlepoint.actions import screening as screenings
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.case import NotDecidable
from needlepoint.actions.knowledge import adopted
from needlepoint.actions.plan import PlanRefused, Wishes
from needlepoint.web.clinic import choices
from needlepoint.web.clinic.timeline import moments, session_days
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from django.forms import BoundField
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, Plan


def _number(label: str, *, step: str, most: int) -> forms.FloatField:
    return forms.FloatField(
        label=label,
        required=False,
        widget=forms.NumberInput(attrs={"step": step, "min": step, "max": most, "inputmode": "decimal"}),
    )


class PlanForm(forms.Form):
    """What is wished for; each area may have its own depth and measured size."""

    on = forms.DateField(
        label="Day of the first session", widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    )
    operator = forms.ChoiceField(label="Who needles", choices=choices.operators)
    device = forms.ChoiceField(
        label="Device",
        required=False,
        choices=lambda: [("", "Let the program choose for each area"), *choices.devices()],
    )
    anaesthetic = forms.ChoiceField(
        label="Numbing", required=False, choices=lambda: [("", "None planned"), *choices.anaesthetics()]
    )
    density = _number("Punctures wanted", step="1", most=plans.DENSEST_PER_CM2)

    def __init__(self, *args: Any, areas: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.areas = areas
        for area, label in areas:
            self.fields[f"depth_{area}"] = _number(f"Depth, {label}", step="0.05", most=case.DEEPEST_MM)
            self.fields[f"cm2_{area}"] = _number(f"Measured size, {label}", step="0.5", most=plans.LARGEST_CM2)

    def rows(self) -> Iterator[tuple[str, BoundField, BoundField]]:
        """Give for each area its name and its two fields."""
        for area, label in self.areas:
            yield label, self[f"depth_{area}"], self[f"cm2_{area}"]

    def wishes(self) -> Wishes:
        """Give what was filled in for single areas."""
        return Wishes(
            depth_mm=self._by_area("depth_"),
            area_cm2=self._by_area("cm2_"),
            target_density_per_cm2=self.cleaned_data["density"],
        )

    def _by_area(self, prefix: str) -> dict[str, float]:
        values = {area: self.cleaned_data[prefix + area] for area, _ in self.areas}
        return {area: value for area, value in values.items() if value is not None}


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.READ_CHART)
def plan(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the form and the plans before; plan."""
    if request.method == "POST":
        course = chart.find_course(ref)
        form = PlanForm(request.POST, areas=plans.areas_of(course))
        if form.is_valid():
            try:
                made = _plan(course, form, by=by)
            except NotDecidable as error:
                for reason in error.reasons:
                    form.add_error(None, reason)
            else:
                return redirect("clinic:plan_result", pk=made.pk)
        return _form(request, course, form, by=by, status=422)
    course = chart.read_course(ref, by=by, at=timezone.now())
    form = PlanForm(areas=plans.areas_of(course), initial=_initial(course, by=by))
    return _form(request, course, form, by=by)


def _initial(course: Course, *, by: Actor) -> dict[str, Any]:
    """Give what was asked last, for today."""
    last = plans.last_request(course)
    return {
        "operator": case.usual_operator(by),
        **{name: last.get(name) for name in ("device", "anaesthetic")},
        "density": last.get("target_density_per_cm2"),
        **{f"depth_{area}": depth for area, depth in last.get("depth_mm", {}).items()},
        **{f"cm2_{area}": size for area, size in last.get("area_cm2", {}).items()},
        "on": timezone.localdate(),
    }


def _plan(course: Course, form: PlanForm, *, by: Actor) -> Plan:
    chosen = form.cleaned_data
    return plans.plan_course(
        course,
        on=chosen["on"],
        operator=chosen["operator"],
        device=chosen["device"] or None,
        anaesthetic=chosen["anaesthetic"] or None,
        wishes=form.wishes(),
        by=by,
        at=timezone.now(),
    )


def _form(request: HttpRequest, course: Course, form: PlanForm, *, by: Actor, status: int = 200) -> HttpResponse:
    screened = screenings.past(course).screenings
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "plan",
        "course": course,
        "form": form,
        "lacking": case.lacking(course),
        "refusal": refusal(Act.PLAN, by=by),
        "plans": plans.past(course),
        "screening": screened[0] if screened else None,
        "adoption": adopted(),
    }
    return render(request, "clinic/plan.html", context, status=status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """One warning of a plan with the areas it stands for, none when it is about the whole plan."""

    label: str
    areas: str
    text: str
    card: str


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
        "remarks": tuple(_remarks(result)),
        "before": moments(result["preparation"], on=made.on),
        "after": moments(result["aftercare"], on=made.on),
        "days": session_days(made.on, sessions=result["sessions"], interval_days=result["interval_days"]),
        "adoption": getattr(made, "adoption", None),
        "why_not": refusal(Act.ADOPT_PLAN, by=by) or (str(why_not) if why_not else None),
    }
    return render(request, "clinic/plan_result.html", context)


def _remarks(result: dict[str, Any]) -> Iterator[Remark]:
    """Give the warnings, the same words once for all their areas, those on the whole plan first."""
    words = result["words"]
    together: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for warning in sorted(result["warnings"], key=lambda warning: warning["area"] is not None):
        where = words["areas"][warning["area"]] if warning["area"] else ""
        together.setdefault((warning["code"], warning["text"]), []).append((where, warning["card"]))
    for (code, text), places in together.items():
        areas = ", ".join(where for where, _ in places if where)
        yield Remark(label=words["warnings"][code], areas=areas, text=text, card=places[0][1])


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
