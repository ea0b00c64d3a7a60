"""What may still happen to a chart: an addendum, a strike for the wrong patient; and its whole history."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import addenda, chart, chart_fields, chart_words, charting, courses, striking
from needlepoint.actions import session as sessions
from needlepoint.actions.access import Act
from needlepoint.actions.addenda import NotAnAddendum
from needlepoint.actions.charting import ChartStruck
from needlepoint.actions.identity import TooManyTries, WrongPassword
from needlepoint.actions.signing import NotSigned
from needlepoint.actions.striking import NotStruck
from needlepoint.web.clinic import session as charts
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest, HttpResponse

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, TreatmentSession


@require_POST
@staff(Act.AMEND)
def addendum(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Add words to a signed chart."""
    found = sessions.find(ref)
    text, key = request.POST.get("text", ""), request.POST.get("key", "")
    try:
        addenda.add(found, text, key=key, by=by, at=timezone.now())
    except NotSigned as error:
        messages.error(request, str(error))
    except NotAnAddendum as error:
        return charts.page(request, found, by=by, addendum_error=str(error), addendum_text=text)
    else:
        messages.success(request, "Added. What was signed stays as it is.")
    return redirect("clinic:session", ref=ref)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.STRIKE)
@sensitive_post_parameters("password")
def strike(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Find the right patient, then strike the session here and go on with it there."""
    found = sessions.find(ref) if request.method == "POST" else sessions.read(ref, by=by, at=timezone.now())
    if request.method != "POST":
        return _strike_page(request, found, by=by)
    posted = request.POST
    try:
        row = striking.strike(
            found,
            to=_course(posted.get("course", ""), found),
            reason=posted.get("reason", ""),
            password=posted.get("password", ""),
            by=by,
            at=timezone.now(),
        )
    except (WrongPassword, TooManyTries) as error:
        return _strike_page(request, found, by=by, errors=(str(error),))
    except NotStruck as error:
        return _strike_page(request, found, by=by, errors=error.reasons)
    except ChartStruck as error:
        messages.error(request, str(error))
        return redirect("clinic:session", ref=ref)
    messages.success(request, "Struck. Both charts say so; nothing was deleted.")
    return redirect("clinic:session", ref=row.continued_as.ref if row.continued_as else ref)


def _course(chosen: str, found: TreatmentSession) -> Course | None:
    """Give the course that was chosen; none where it is not known yet whom the session belongs to."""
    if chosen == "none":
        return None
    try:
        return striking.chosen_course(chosen, apart_from=found)
    except ValueError:
        raise NotStruck("Choose whose session it was, or that it is not known yet.") from None


def _strike_page(
    request: HttpRequest, found: TreatmentSession, *, by: Actor, errors: tuple[str, ...] = ()
) -> HttpResponse:
    words = request.POST.get("q") or request.GET.get("q", "")
    offered = striking.find_courses(words, apart_from=found, by=by)
    context = {
        "header": chart.header(found.course, on=timezone.localdate()),
        "step": "sessions",
        "session": found,
        "errors": errors,
        "words": words,
        "courses": [(course, courses.label_of(course)) for course in offered],
        "chosen": request.POST.get("course", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "clinic/session_strike.html", context, status=422 if errors else 200)


@require_safe
@staff(Act.READ_CHART)
def history(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show every entry of a chart in the order they arrived, also those that a newer one pushed out."""
    found = sessions.read(ref, by=by, at=timezone.now())
    areas = charting.areas_of(found)
    rows = []
    for change in charting.history(found):
        field = chart_fields.field_of(found, change.field, areas=areas)
        label = f"{chart_words.area_label(field.area)}, {field.label}" if field.area else field.label
        rows.append((change, label, chart_words.shown(field, change.old), chart_words.shown(field, change.new)))
    context = {
        "header": chart.header(found.course, on=timezone.localdate()),
        "step": "sessions",
        "session": found,
        "rows": rows,
    }
    return render(request, "clinic/session_history.html", context)
