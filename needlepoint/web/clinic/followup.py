"""The queue of what patients reported, and the follow-up of one course."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint import knowledge
from needlepoint.actions import adverse, chart, followup, photographs
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.web import selfcheck
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Alert, Course, SelfCheck, TreatmentSession


@require_safe
@staff(Act.WORK_QUEUE)
def queue(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Show what waits for a clinician."""
    return _queue(request, by=by)


def _queue(request: HttpRequest, *, by: Actor, wrong: int | None = None, status: int = 200) -> HttpResponse:
    now = timezone.now()
    found = followup.read_queue(by=by, at=now, on=timezone.localdate())
    context = {
        "open": [(alert, selfcheck.SHOWN[alert.urgency], alert.due_at < now) for alert in found.open],
        "silent": [(session, (timezone.localdate() - session.on).days) for session in found.silent],
        "handled": found.handled,
        "wrong": wrong,
    }
    return render(request, "clinic/queue.html", context, status=status)


@require_POST
@staff(Act.WORK_QUEUE)
def handle(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Close an alert with what was done."""
    try:
        followup.handle(pk, handling=request.POST.get("handling", ""), by=by, at=timezone.now())
    except followup.NothingSaid:
        return _queue(request, by=by, wrong=pk, status=422)
    except followup.AlreadyHandled as refusal:
        messages.warning(request, str(refusal))
    else:
        messages.success(request, "Handled and kept in the chart.")
    return redirect("clinic:queue")


class AdverseForm(forms.Form):
    """An adverse event as it is written down."""

    session = forms.TypedChoiceField(coerce=int, label="Session it followed")
    area = forms.ChoiceField(required=False, label="Area")
    what = forms.CharField(max_length=200, label="What happened")
    grade = forms.TypedChoiceField(coerce=int, label="How severe", choices=[("", "")])
    began_on = forms.DateField(label="Began on")
    course_so_far = forms.CharField(label="Course so far", widget=forms.Textarea(attrs={"rows": 4}))
    outcome = forms.ChoiceField(label="Outcome", choices=list(adverse.OUTCOMES.items()))
    photograph = forms.ChoiceField(required=False, label="Photograph")

    def __init__(self, *args: Any, course: Course, sessions: list[TreatmentSession], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        areas = knowledge.load().vocabulary.areas
        self.by_pk = {session.pk: session for session in sessions}
        self.photos = {str(photo.ref): photo for photo in photographs.of_course(course)}
        self._choose("session", [(session.pk, f"{session.on:%d %b %Y}") for session in sessions])
        self._choose("area", [("", "All, or none in particular"), *((a, areas[a].label) for a in areas)])
        grades = [(grade, f"{grade}: {label}") for grade, label in adverse.GRADES.items()]
        self._choose("grade", [("", "Please choose"), *grades])
        self._choose(
            "photograph",
            [
                ("", "None"),
                *(
                    (ref, f"{photographs.view_label(photo.view)}, {photo.taken_on:%d %b %Y}")
                    for ref, photo in reversed(self.photos.items())
                ),
            ],
        )

    def _choose(self, name: str, choices: list[tuple[Any, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - declared so above
        field.choices = choices


@require_safe
@staff(Act.READ_CHART)
def course_followup(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show what was reported after the sessions of a course."""
    course = chart.read_course(ref, by=by, at=timezone.now())
    return _page(request, course)


def _page(request: HttpRequest, course: Course, *, form: AdverseForm | None = None, status: int = 200) -> HttpResponse:
    visits = followup.history(course)
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "followup",
        "visits": [(visit, [_shown(check) for check in visit.self_checks.all()], _events(visit)) for visit in visits],
        "form": form or (AdverseForm(course=course, sessions=visits) if visits else None),
        "open_form": form is not None,
        "grades": adverse.GRADES,
        "outcomes": adverse.OUTCOMES,
        "today": timezone.localdate(),
    }
    return render(request, "clinic/followup.html", context, status=status)


def _shown(check: SelfCheck) -> dict[str, Any]:
    cards = knowledge.load().cards
    return {
        "check": check,
        "shown": selfcheck.SHOWN[check.urgency],
        "titles": [cards[card].title if card in cards else card for card in check.cards],
        "signs": [followup.wording(sign, on=check.session.on) for sign in check.answers["signs"]],
        "alert": _alert(check),
    }


def _alert(check: SelfCheck) -> Alert | None:
    return getattr(check, "alert", None)


def _events(visit: TreatmentSession) -> list[dict[str, Any]]:
    areas = knowledge.load().vocabulary.areas
    return [
        {
            "event": event,
            "grade": adverse.GRADES[event.grade],
            "outcome": adverse.OUTCOMES.get(event.outcome, event.outcome),
            "area": areas[event.area].label if event.area in areas else "",
        }
        for event in visit.adverse_events.all()
    ]


@require_POST
@staff(Act.REPORT_ADVERSE)
def adverse_new(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Write down an adverse event."""
    course = chart.read_course(ref, by=by, at=timezone.now())
    sessions = followup.history(course)
    form = AdverseForm(request.POST, course=course, sessions=sessions)
    if not form.is_valid():
        return _page(request, course, form=form, status=422)
    given = form.cleaned_data
    try:
        adverse.record(
            form.by_pk[given.pop("session")],
            photograph=form.photos.get(given.pop("photograph")),
            by=by,
            at=timezone.now(),
            on=timezone.localdate(),
            **given,
        )
    except (adverse.BeganBeforeSession, adverse.BeganLater) as refusal:
        form.add_error("began_on", str(refusal))
        return _page(request, course, form=form, status=422)
    messages.success(request, "The adverse event is recorded.")
    return redirect("clinic:followup", ref)


class AdverseUpdate(forms.Form):
    """How an adverse event went on."""

    grade = forms.TypedChoiceField(coerce=int, choices=list(adverse.GRADES.items()))
    course_so_far = forms.CharField()
    outcome = forms.ChoiceField(choices=list(adverse.OUTCOMES.items()))


@require_POST
@staff(Act.REPORT_ADVERSE)
def adverse_update(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Write how an adverse event went on."""
    form = AdverseUpdate(request.POST)
    if form.is_valid():
        event = adverse.update(pk, **form.cleaned_data, by=by, at=timezone.now(), on=timezone.localdate())
        messages.success(request, "Saved as a new entry; those before stay.")
    else:
        event = adverse.find(pk)
        messages.error(request, "Not saved: severity, course so far and outcome are all needed.")
    return redirect("clinic:followup", event.session.course.ref)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.WORK_QUEUE)
def check(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Ask a patient by telephone what the self-check asks, and keep the answers."""
    course = chart.read_course(ref, by=by, at=timezone.now())
    missing = None
    try:
        session = followup.session_of_course(course, on=timezone.localdate())
    except NoSuchRecord:
        messages.warning(request, "There was no session yet, so there is nothing to ask about.")
        return redirect("clinic:followup", ref)
    if request.method == "POST":
        try:
            selfcheck.send(request, session, by=by)
        except followup.Incomplete as error:
            missing = error
        else:
            return redirect("clinic:followup", ref)
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "followup",
        "form": selfcheck.form(request, session, missing=missing),
    }
    return render(request, "clinic/check.html", context, status=422 if missing else 200)
