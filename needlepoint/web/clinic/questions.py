"""The clinician's observations, beside what the patient answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final, cast, get_args

from django.contrib import messages
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import answers, chart, grouping, links, patients, questionnaire
from needlepoint.actions.access import Act, refusal
from needlepoint.core.questions import AskedOf
from needlepoint.web import questions
from needlepoint.web.clinic.forms import MeasuresForm
from needlepoint.web.codes import code
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.questionnaire import Asked, Questionnaire, Subject
    from needlepoint.records.models import Course
    from needlepoint.web.answering import Shown
    from needlepoint.web.questions import ShownBlock

SIDES: Final = get_args(AskedOf)
FOR_THE_VISIT: Final = timedelta(hours=12)


def _side(word: str | None) -> AskedOf:
    if word not in SIDES:
        raise Http404("nobody is asked under this name")
    return cast(AskedOf, word)


def _asked(course: Course, side: AskedOf) -> Questionnaire:
    return questionnaire.questionnaire(course, on=timezone.localdate(), asked_of=side)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.ANSWER)
def observations(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show and take the clinician's answers; with `for=patient`, those the patient gives in the room."""
    side = _side(request.GET.get("for", "clinician"))
    if request.method != "POST":
        course = chart.read_course(ref, by=by, at=timezone.now())
        return _page(request, course, side, _asked(course, side), by=by)
    course = chart.find_course(ref)
    asked = _asked(course, side)
    everything: list[Asked] = [one for subject in asked.subjects for one in subject.asked]
    wrong = questions.save_screen(course, everything, request.POST, by=by, renew=side == "clinician").wrong
    if wrong:
        return _page(request, course, side, _asked(course, side), wrong, by=by)
    if "tap" in request.POST:
        count = questions.tap(course, request.POST["tap"], by=by)
        messages.success(request, f"{count} question(s) answered.")
    elif "nowhere" in request.POST:
        count = questions.save_nowhere(course, _all(_asked(course, side)), by=by)
        messages.success(request, f"{count} open question(s) about places answered with: nowhere.")
    else:
        messages.success(request, "Saved.")
    return redirect(f"{reverse('clinic:questions', args=[ref])}?for={side}{_on_to(course, request, side)}")


def _on_to(course: Course, request: HttpRequest, side: AskedOf) -> str:
    """Give the anchor of the first group that has something left, after a group was answered with its one tap."""
    if "tap" not in request.POST:
        return ""
    left = (one for subject in _asked(course, side).subjects for one in grouping.blocks(subject) if one.open)
    following = next(left, None)
    return f"#b-{following.id}" if following else ""


def _all(asked: Questionnaire) -> list[Asked]:
    return [one for subject in asked.subjects for one in subject.asked]


def _page(
    request: HttpRequest,
    course: Course,
    side: AskedOf,
    asked: Questionnaire,
    wrong: dict[str, Shown] | None = None,
    *,
    by: Actor,
) -> HttpResponse:
    patient = course.patient
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "questions",
        "side": side,
        "asked": asked,
        "stamp": answers.stamp(patient),
        "invite_refusal": refusal(Act.INVITE_PATIENT, by=by),
        "subjects": [(subject, _screen(course, subject, side, wrong or {})) for subject in asked.subjects],
        "patients": asked if side == "patient" else _asked(course, "patient"),
        "wrong": wrong,
        "measures": MeasuresForm(
            initial={
                "fitzpatrick": patient.fitzpatrick,
                "weight_kg": patient.weight_kg,
                "height_cm": patient.height_cm,
                "allergies": patient.allergies,
            }
        ),
    }
    return render(request, "clinic/questions.html", context, status=422 if wrong else 200)


def _screen(course: Course, subject: Subject, side: AskedOf, wrong: dict[str, Shown]) -> list[ShownBlock] | list[Shown]:
    if side == "patient":
        return questions.grouped(course, subject, wrong)
    return questions.screen(course, subject.asked, wrong)


@require_POST
@staff(Act.ANSWER)
def answer(request: HttpRequest, ref: UUID, asked_of: str, *, by: Actor) -> HttpResponse:
    """Save the one answer that was just changed."""
    return questions.save_one(request, chart.find_course(ref), asked_of=_side(asked_of), by=by)


@require_POST
@staff(Act.EDIT_MEASURES)
def measures(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Record skin type, weight, height and allergies."""
    course = chart.find_course(ref)
    form = MeasuresForm(request.POST)
    if form.is_valid():
        patients.record_measures(course.patient, form.measures(), by=by, at=timezone.now())
        messages.success(request, "Measures recorded.")
    else:
        for name, errors in form.errors.items():
            messages.error(request, f"Not recorded: {form[name].label}: {' '.join(map(str, errors))}")
    return redirect("clinic:questions", ref)


@require_safe
@staff(Act.ANSWER)
def state(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Say how new the newest answer is."""
    return questions.state(chart.find_course(ref))


@require_POST
@staff(Act.INVITE_PATIENT)
def hand_over(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Make a link for today and show it as a code, so that the patient's phone goes on where this tablet stopped."""
    course = chart.find_course(ref)
    link, secret = links.invite(course.patient, course=course, by=by, at=timezone.now(), valid_for=FOR_THE_VISIT)
    following = _asked(course, "patient").next
    page = (
        reverse("patient:subject", args=[secret, following.id])
        if following
        else reverse("patient:questions", args=[secret])
    )
    address = request.build_absolute_uri(page)
    context = {
        "course": course,
        "patient": course.patient,
        "link": link,
        "address": address,
        "picture": code(address),
        "subject": following,
    }
    response = render(request, "clinic/hand_over.html", context)
    response["Cache-Control"] = "no-store"
    return response
