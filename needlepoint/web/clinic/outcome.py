"""The outcome of a course: photographs side by side, measured change, graded scales."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django import forms
from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from needlepoint.actions import chart, jobs, measures_use, outcome, photographs, retest
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.core.outcomes.course import apart
from needlepoint.core.outcomes.scales import Finding
from needlepoint.web import charts, measures
from needlepoint.web.clinic.seeing import reference
from needlepoint.web.doors import staff
from needlepoint.web.more_measures import more

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.outcome import Graded, Pair
    from needlepoint.records.models import Course, Photograph, RetestResult

MOST_COMPARED: Final = 20
FINDINGS: Final = {
    Finding.BETTER: ("done", "✓", "Better by more than the error of rating"),
    Finding.WORSE: ("stop", "⚠", "Worse by more than the error of rating"),
    Finding.WITHIN_ERROR: ("", "≈", "No change beyond the error of rating"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeShown:
    """One measure's change as the page shows it."""

    found: measures.Differences
    picture: str | None
    says: str
    reasons: tuple[measures.Why, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedShown:
    """One scale as the page shows it."""

    graded: Graded
    picture: str | None
    finding: tuple[str, str, str] | None


class GradeForm(forms.Form):
    """A grade and its day."""

    value = forms.FloatField(error_messages={"required": "Please choose a grade.", "invalid": "Please choose a grade."})
    graded_on = forms.DateField(error_messages={"required": "Please give the day.", "invalid": "Please give a day."})


@require_safe
@staff(Act.READ_CHART)
def course_outcome(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show what has become of the skin."""
    course = chart.read_course(ref, by=by, at=timezone.now())
    return _page(request, course)


def _page(
    request: HttpRequest, course: Course, *, grade_errors: Mapping[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    taken = photographs.of_course(course)
    sessions = outcome.session_days(course)
    first = sessions[0] if sessions else None
    views = outcome.views_taken(taken)
    view = request.GET.get("view", "")
    view = view if view in views else next(iter(views), "")
    chosen = {name: reference(request.GET.get(name, "")) for name in ("before", "after")}
    pair = outcome.pair(taken, first_session=first, view=view, **chosen)
    measures_on = measures_use.are_on()
    study = retest.in_force(view)
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "outcome",
        "measures_on": measures_on,
        "study": study,
        "views": views,
        "view": view,
        "of_view": [photo for photo in taken if photo.view == view],
        "pair": pair,
        "apart": apart(pair.before.taken_on, pair.after.taken_on) if pair else "",
        "quality": _quality(pair),
        "more": more(pair.comparison, own=retest.detectable(study)) if pair and measures_on else None,
        "changes": [_change(found) for found in _differences(pair, study)] if measures_on else [],
        "courses": _courses(taken, pair, view=view, sessions=sessions) if measures_on else [],
        "scales": [_scale(graded, sessions) for graded in outcome.graded(course, first_session=first)],
        "grade_errors": grade_errors or {},
        "chosen": request.POST,
        "today": timezone.localdate(),
    }
    return render(request, "clinic/outcome.html", context, status=status)


def _quality(pair: Pair | None) -> list[tuple[str, measures.Why]]:
    """Give why either photograph of a finished comparison is not usable."""
    if pair is None or pair.comparison is None or pair.comparison.result is None:
        return []
    quality = pair.comparison.result["quality"]
    return [
        (label, measures.why(reason))
        for side, label in (("before", "Before"), ("after", "After"))
        for reason in quality[side]["reasons"]
    ]


def _differences(pair: Pair | None, study: RetestResult | None) -> tuple[measures.Differences, ...]:
    return measures.differences(pair.comparison if pair else None, own=retest.detectable(study))


def _change(found: measures.Differences) -> ChangeShown:
    said = "; ".join(
        f"{row.label} {row.change:+.1f}, error band ±{row.band:.1f}, {row.word}" for row in found.comparable
    )
    return ChangeShown(
        found=found,
        picture=charts.change_chart(found) if found.comparable else None,
        says=f"{found.name}, change in {found.unit} by region: {said}.",
        reasons=tuple(dict.fromkeys(row.why for row in found.rows if row.why)),
    )


def _courses(taken: list[Photograph], pair: Pair | None, *, view: str, sessions: list[date]) -> list[dict[str, Any]]:
    shown = []
    for measure in measures.SHOWN:
        against = pair.before if pair else None
        found = outcome.readings(taken, view=view, measure=measure, region=outcome.WHOLE, against=against)
        if len(found) > 1:
            title = f"{measures.NAMES[measure]}, {measures.UNITS[measure]}"
            picture = charts.course_chart(found, title=title, sessions=sessions)
            shown.append({"title": title, "unit": measures.UNITS[measure], "readings": found, "picture": picture})
    return shown


def _scale(graded: Graded, sessions: list[date]) -> GradedShown:
    return GradedShown(
        graded=graded,
        picture=charts.grade_chart(graded, sessions=sessions) if graded.scores else None,
        finding=FINDINGS[graded.change.finding] if graded.change else None,
    )


@require_POST
@staff(Act.PHOTOGRAPH)
def compare(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Have two photographs compared in the background, and the others of the view with the earlier one too."""
    course = chart.find_course(ref)
    found = {str(photo.ref): photo for photo in photographs.of_course(course)}
    before, after = (found.get(request.POST.get(name, "")) for name in ("before", "after"))
    if before is None or after is None:
        raise NoSuchRecord("photograph")
    job = jobs.have_compared(before, after, by=by, at=timezone.now())
    jobs.try_again(job, by=by, at=timezone.now())
    later = [photo for photo in found.values() if photo.view == before.view and photo.taken_on > before.taken_on]
    for photo in later[-MOST_COMPARED:]:
        jobs.have_compared(before, photo, by=by, at=timezone.now())
    page, place = ("see", "") if request.POST.get("then") == "see" else ("outcome", "#change")
    address = redirect(f"clinic:{page}", ref)
    address["Location"] += f"?view={before.view}&before={before.ref}&after={after.ref}{place}"
    return address


@require_safe
@staff(Act.PHOTOGRAPH)
def compare_progress(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Say how far comparing has come."""
    return render(request, "clinic/parts/comparing.html", {"job": outcome.find_comparison(pk)})


@require_POST
@staff(Act.GRADE)
def grade(request: HttpRequest, ref: UUID, scale: str, *, by: Actor) -> HttpResponse:
    """Keep a grade."""
    course = chart.read_course(ref, by=by, at=timezone.now())
    form = GradeForm(request.POST)
    if not form.is_valid():
        return _page(request, course, grade_errors=form.errors, status=422)
    try:
        outcome.grade(course, scale=scale, **form.cleaned_data, by=by, at=timezone.now(), on=timezone.localdate())
    except outcome.NoSuchGrade as refusal:
        return _page(request, course, grade_errors={"value": [str(refusal)]}, status=422)
    except outcome.GradedInFuture as refusal:
        return _page(request, course, grade_errors={"graded_on": [str(refusal)]}, status=422)
    messages.success(request, "The grade is kept.")
    return redirect("clinic:outcome", ref)
