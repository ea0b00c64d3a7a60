"""Screening a course, and the page of what a screening said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import case, chart
from needlepoint.actions import override as overriding
from needlepoint.actions import screening as screenings
from needlepoint.actions.access import Act, refusal
from needlepoint.actions.case import NotDecidable
from needlepoint.actions.knowledge import adopted
from needlepoint.actions.override import OverrideRefused
from needlepoint.web.clinic import choices
from needlepoint.web.clinic.glance import glance, groups
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course


class ScreeningForm(forms.Form):
    """How it is to be done."""

    on = forms.DateField(
        label="Day of treatment",
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text="Ages, waiting times and answers are reckoned from this day.",
    )
    device = forms.ChoiceField(label="Device", choices=choices.devices)
    operator = forms.ChoiceField(label="Who needles", choices=choices.operators)
    depth_mm = forms.FloatField(
        label="Deepest setting planned",
        required=False,
        help_text="Left empty, a roller counts with its needle length; for a pen no rule on depth is applied.",
        widget=forms.NumberInput(attrs={"step": "0.05", "min": "0.05", "max": "5", "inputmode": "decimal"}),
    )
    anaesthetic = forms.ChoiceField(
        label="Numbing",
        required=False,
        choices=lambda: [("", "None planned"), *choices.anaesthetics()],
    )


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.READ_CHART)
def screening(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the form and the screenings before; screen."""
    if request.method == "POST":
        course = chart.find_course(ref)
        form = ScreeningForm(request.POST)
        if form.is_valid():
            try:
                made = _screen(course, form.cleaned_data, by=by)
            except NotDecidable as error:
                for reason in error.reasons:
                    form.add_error(None, reason)
            else:
                return redirect("clinic:screening_result", pk=made.pk)
        return _form(request, course, form, by=by, status=422)
    course = chart.read_course(ref, by=by, at=timezone.now())
    initial = {"on": timezone.localdate(), "operator": case.usual_operator(by), **case.usual_setting(course)}
    return _form(request, course, ScreeningForm(initial=initial), by=by)


def _screen(course: Course, chosen: dict[str, Any], *, by: Actor) -> Any:
    chosen = {**chosen, "anaesthetic": chosen["anaesthetic"] or None}
    return screenings.screen_course(course, **chosen, by=by, at=timezone.now())


def _form(request: HttpRequest, course: Course, form: ScreeningForm, *, by: Actor, status: int = 200) -> HttpResponse:
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "screening",
        "course": course,
        "form": form,
        "lacking": case.lacking(course),
        "refusal": refusal(Act.SCREEN, by=by),
        "past": screenings.past(course),
        "adoption": adopted(),
    }
    return render(request, "clinic/screening.html", context, status=status)


@require_safe
@staff(Act.READ_CHART)
def screening_result(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Show a screening as it was kept."""
    made = screenings.read_screening(pk, by=by, at=timezone.now())
    return _result(request, made, by=by)


def _result(request: HttpRequest, made: Any, *, by: Actor, wrong: dict[str, Any] | None = None) -> HttpResponse:
    today = timezone.localdate()
    state = screenings.standing(made)
    result = made.result
    context = {
        "header": chart.header(made.course, on=today),
        "step": "screening",
        "course": made.course,
        "screening": made,
        "words": result["words"],
        "glance": glance(state, result, on=made.on),
        "state": state,
        "groups": groups(state),
        "questions": result["questions"],
        "askers": _by_asker(made.course, result["questions"]),
        "planned": [result["words"]["areas"][area] for area in result["planned"]],
        "excluded": [result["words"]["areas"][area] for area in state.excluded_areas],
        "outdated": list(screenings.outdated(made, on=today)),
        "override_refusal": refusal(Act.OVERRIDE, by=by),
        "confirm_refusal": refusal(Act.CONFIRM_OVERRIDE, by=by),
        "me": by.member.pk,
        "wrong": wrong,
    }
    return render(request, "clinic/screening_result.html", context, status=422 if wrong else 200)


def _by_asker(course: Course, questions: list[dict[str, str]]) -> list[tuple[list[dict[str, str]], str, str]]:
    """Give the open questions for patient and clinician apart, each with the page on which they are answered."""
    page = reverse("clinic:questions", args=[course.ref])
    sides = (("patient", f"{page}?for=patient", "Of the patient"), ("clinician", page, "For the clinician to look at"))
    asked = (([one for one in questions if one["asked_of"] == side], where, label) for side, where, label in sides)
    return [found for found in asked if found[0]]


@require_POST
@staff(Act.OVERRIDE)
def override(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Decide against a finding."""
    made = screenings.find_screening(pk)
    card, reason = request.POST.get("card", ""), request.POST.get("reason", "")
    try:
        kept = overriding.override(made, card=card, reason=reason, by=by, at=timezone.now())
    except OverrideRefused as error:
        return _result(request, made, by=by, wrong={"card": card, "reason": reason, "error": str(error)})
    if kept.verdict == "contraindicated":
        messages.warning(request, "Override kept. It counts once a second person has confirmed it.")
    else:
        messages.success(request, "Override kept.")
    return redirect("clinic:screening_result", pk=pk)


@require_POST
@staff(Act.CONFIRM_OVERRIDE)
def override_confirm(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Confirm another person's override."""
    kept = overriding.find_override(pk)
    try:
        overriding.confirm_override(kept, by=by, at=timezone.now())
    except OverrideRefused as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "Confirmed: the finding is overridden.")
    return redirect("clinic:screening_result", pk=kept.screening_id)
