"""Messages: those of a course with their calendar files, all on their way, and the versions of their texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages as flash
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import chart, message_texts
from needlepoint.actions import messages as acts
from needlepoint.actions.access import Act
from needlepoint.actions.clinic import the_clinic
from needlepoint.actions.message_texts import NotAText
from needlepoint.actions.plan import adopted_plan
from needlepoint.interop.calendar.care import Visit, calendar
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, Plan, TreatmentSession

PREPARATION, AFTERCARE = "preparation", "aftercare"
CHECK_WORDS: Final = "Tell the clinic how your skin is: the link comes by e-mail"
SESSION_LASTS: Final = timedelta(hours=1)  # in the calendar of the patient; what really lasts how long the plan says
FURTHEST: Final = timedelta(days=730)


@dataclass(slots=True, kw_only=True)
class Sending:
    """One kind of message as the page offers it."""

    key: str
    label: str
    when: str = ""
    asks_when: bool = False
    missing: str = ""
    error: str = ""
    draft: acts.Draft | None = None
    calendar: str = ""
    events: int = 0


@require_safe
@staff(Act.SEND_MESSAGE)
def outbox(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the messages of all patients, those that failed first."""
    return render(request, "clinic/messages.html", {"rows": acts.on_the_way(by=by, at=timezone.now())})


@require_POST
@staff(Act.SEND_MESSAGE)
def again(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Send a message that failed once more."""
    acts.send_again(pk, by=by, at=timezone.now())
    flash.success(request, "Queued once more.")
    return redirect("clinic:messages")


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.READ_CHART)
def course_messages(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show the messages of a course; preview, send or download preparation and aftercare."""
    course, now = chart.read_course(ref, by=by, at=timezone.now()), timezone.now()
    plan, session = adopted_plan(course), acts.last_session(course)
    asked, wanted = request.POST.get("key", ""), request.POST.get("do", "")
    sendings = [_preparation(request, course, plan, asked=asked), _aftercare(course, session, asked=asked)]
    chosen = next((one for one in sendings if one.key == asked and one.draft), None)
    if chosen and chosen.draft and wanted == "calendar":
        return _file(chosen)
    if chosen and chosen.draft and wanted == "send" and chosen.draft.refusal is None:
        acts.queue(course.patient, chosen.draft, course=course, calendar=chosen.calendar, by=by, at=now)
        flash.success(request, "Queued; it is sent within seconds.")
        return redirect("clinic:course_messages", ref=ref)
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "messages",
        "rows": acts.of_course(course, by=by, at=now),
        "forms": sendings,
        "refusal": acts.refusal(course.patient, course=course),
        "asked_on": acts.due_on(session, on=timezone.localdate()) if session else (),
    }
    wrong = request.method == "POST" and (chosen is None or wanted not in {"preview", "send", "calendar"})
    return render(request, "clinic/course_messages.html", context, status=422 if wrong else 200)


def _preparation(request: HttpRequest, course: Course, plan: Plan | None, *, asked: str) -> Sending:
    label = message_texts.text_of(PREPARATION).label
    sending = Sending(key=PREPARATION, label=label, asks_when=True, when=request.POST.get("when", "")[:20])
    if plan is None or not plan.result["preparation"]:
        sending.missing = "There is no adopted plan with points to prepare yet."
    if sending.missing or asked != PREPARATION:
        return sending
    when = _moment(sending.when)
    if when is None:
        sending.error = "Give the day and time of the session, in the next two years."
        return sending
    assert plan is not None  # noqa: S101 - said to be missing above
    _fill(sending, course, plan.result["preparation"], at=when, about=f"preparation:{course.ref}", checks=())
    return sending


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    if found is None:
        return None
    aware = timezone.make_aware(found) if timezone.is_naive(found) else found
    return aware if timezone.now() < aware < timezone.now() + FURTHEST else None


def _aftercare(course: Course, session: TreatmentSession | None, *, asked: str) -> Sending:
    sending = Sending(key=AFTERCARE, label=message_texts.text_of(AFTERCARE).label)
    if session is None or session.started_at is None or session.plan is None or not session.plan.result["aftercare"]:
        sending.missing = "There is no finished session with a plan yet."
        return sending
    sending.when = f"{session.on:%d %B %Y}"
    if asked == AFTERCARE:
        checks = acts.due_on(session, on=session.on)
        points, about = session.plan.result["aftercare"], f"aftercare:{session.ref}"
        _fill(sending, course, points, at=session.started_at, about=about, checks=checks)
    return sending


def _fill(
    sending: Sending,
    course: Course,
    points: list[dict[str, Any]],
    *,
    at: datetime,
    about: str,
    checks: tuple[date, ...],
) -> None:
    """Give a sending its words and its calendar file."""
    listed = "\n".join(f"- {point['text']}" for point in points)
    when = f"{timezone.localtime(at):%A %d %B %Y, %H:%M}"
    sending.draft = acts.draft(course.patient, sending.key, course=course, when=when, points=listed)
    checked = [_check(day, at) for day in checks]
    preparing = sending.key == PREPARATION
    clinic = the_clinic()
    visit = Visit(key=about, title=f"Session at {clinic.name}" if clinic else "Session", start=at,
                  arrive_before=timedelta(0), lasts=SESSION_LASTS)  # fmt: skip
    steps = (
        {"before": points} if preparing else {"after": [*points, *(one for one in checked if one["from_hours"] > 0)]}
    )
    file = calendar(visit, **steps, name=sending.label, made_at=timezone.now())
    sending.calendar, sending.events = file.decode(), file.count(b"BEGIN:VEVENT")


def _check(day: date, first_puncture: datetime) -> dict[str, Any]:
    """Give a check-in as a step of aftercare: a quarter of an hour in the morning of its day."""
    morning = timezone.make_aware(datetime.combine(day, acts.MORNING))
    hours = (morning - first_puncture).total_seconds() / 3600
    return {"card": f"check-{day}", "text": CHECK_WORDS, "from_hours": hours, "to_hours": hours + 0.25}


def _file(sending: Sending) -> HttpResponse:
    response = HttpResponse(sending.calendar, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{sending.key}.ics"'
    response.headers["Cache-Control"] = "no-store"
    return response


class TextForm(forms.Form):
    """A text as it is written anew."""

    subject = forms.CharField(max_length=message_texts.LONGEST_SUBJECT)
    body = forms.CharField(label="Text", widget=forms.Textarea(attrs={"rows": 18}), strip=False)


@require_safe
@staff(Act.WRITE_MESSAGE_TEXT)
def texts(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show the texts in force."""
    return render(request, "clinic/message_texts.html", {"texts": message_texts.texts()})


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.WRITE_MESSAGE_TEXT)
def text(request: HttpRequest, key: str, *, by: Actor) -> HttpResponse:
    """Show one text with its versions and how it reads; put a new version into force."""
    found = message_texts.text_of(key)
    posted = request.method == "POST"
    form = TextForm(request.POST if posted else None, initial={"subject": found.subject, "body": found.body})
    subject, body = found.subject, found.body
    if posted and form.is_valid():
        subject, body = form.cleaned_data["subject"], form.cleaned_data["body"].replace("\r\n", "\n")
        try:
            if request.POST.get("do") == "publish":
                made = message_texts.publish(key, subject=subject, body=body, by=by, at=timezone.now())
                flash.success(request, f"Version {made.version} is in force.")
                return redirect("clinic:message_text", key=key)
            message_texts.check(key, subject=subject, body=body)
        except NotAText as error:
            form.add_error(error.field, str(error))
    context = {
        "text": found,
        "form": form,
        "fields": ", ".join(f"{{{name}}}" for name in message_texts.FIELDS[key]),
        "sample": acts.sample(subject, body),
        "versions": message_texts.versions(key),
    }
    return render(request, "clinic/message_text.html", context, status=422 if form.errors else 200)
