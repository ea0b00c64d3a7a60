"""The patient's entrance: what to do next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from needlepoint.actions import followup, photographs, questionnaire
from needlepoint.actions.access import NoSuchRecord
from needlepoint.actions.courses import course_of, label_of
from needlepoint.actions.plan import adopted_plan
from needlepoint.web.doors import private_link

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor


@require_safe
@private_link
def home(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Show what the patient can do now."""
    context: dict[str, Any] = {"link": by.invited, "secret": secret}
    try:
        course = course_of(by.invited)
    except NoSuchRecord:
        return render(request, "patient/home.html", context)
    asked = questionnaire.questionnaire(course, on=timezone.localdate(), asked_of="patient")
    context |= {
        "course": course,
        "label": label_of(course),
        "asked": asked,
        "check": followup.invitation(course, on=timezone.localdate()),
        "care": adopted_plan(course) is not None,
        "photos": photographs.consent_refusal(course) is None,
    }
    return render(request, "patient/home.html", context)
