"""The questionnaire on the patient's phone: one subject a screen, every change saved at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import answers, grouping, questionnaire
from needlepoint.actions.courses import course_of
from needlepoint.web import questions
from needlepoint.web.codes import clinic_address, code
from needlepoint.web.doors import private_link

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.questionnaire import Questionnaire
    from needlepoint.records.models import Course


def _course(by: Actor) -> Course:
    return course_of(by.invited)


def _asked(course: Course) -> Questionnaire:
    return questionnaire.questionnaire(course, on=timezone.localdate(), asked_of="patient")


@require_safe
@private_link
def overview(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Show all subjects and how far each has come."""
    course = _course(by)
    context = {"asked": _asked(course), "secret": secret, "stamp": answers.stamp(course.patient)}
    return render(request, "patient/questions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@private_link
def subject(request: HttpRequest, subject: str, *, by: Actor, secret: str) -> HttpResponse:
    """Show the questions of one subject; take a whole screen of answers where there is no JavaScript."""
    course = _course(by)
    asked = _asked(course)
    here = asked.subject(subject)
    wrong = {}
    if request.method == "POST":
        wrong = questions.save_screen(course, here.asked, request.POST, by=by).wrong
        tapped = "tap" in request.POST and not wrong
        if tapped:
            questions.tap(course, request.POST["tap"], by=by)
        asked = _asked(course)
        if not wrong:
            return redirect(_next(asked, subject, request.POST.getlist("shown"), secret, tapped=tapped))
        here = asked.subject(subject)
    context = {
        "asked": asked,
        "subject": here,
        "screen": questions.grouped(course, here, wrong),
        "wrong": wrong,
        "before": asked.before(subject),
        "after": asked.after(subject),
        "secret": secret,
        "stamp": answers.stamp(course.patient),
    }
    return render(request, "patient/subject.html", context, status=422 if wrong else 200)


def _next(asked: Questionnaire, subject: str, seen: list[str], secret: str, *, tapped: bool) -> str:
    """Give where to go on: to what the answers have only just called for, else to the next subject.

    After the one tap of a group it is the next group of the screen, as long as one has something left.
    """
    here = next((one for one in asked.subjects if one.id == subject), None)
    address = reverse("patient:subject", args=[secret, subject])
    left = [one for one in grouping.blocks(here) if one.open or one.way == "same"] if here and tapped else []
    if left:
        return f"{address}#b-{left[0].id}"
    fresh = [one.question.id for one in (here.asked if here else ()) if one.question.id not in seen and not one.settled]
    if here and fresh:
        return f"{address}#q-{fresh[0]}"
    following = asked.after(subject) if here else None
    if following is None:
        return reverse("patient:questions", args=[secret])
    return reverse("patient:subject", args=[secret, following.id])


@require_POST
@private_link
def answer(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Save the one answer that was just changed."""
    return questions.save_one(request, _course(by), asked_of="patient", by=by)


@require_safe
@private_link
def state(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Say how new the newest answer is."""
    return questions.state(_course(by))


@require_safe
@private_link
def hand_over(request: HttpRequest, *, by: Actor, secret: str) -> HttpResponse:
    """Show the code by which the clinic's tablet goes on where this phone stopped."""
    course = _course(by)
    asked = _asked(course)
    address = request.build_absolute_uri(clinic_address(course, asked.next))
    context = {"asked": asked, "secret": secret, "address": address, "picture": code(address)}
    return render(request, "patient/hand_over.html", context)
