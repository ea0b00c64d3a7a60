"""The clinic's own test-retest study: guided from enrolment to the signature."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from needlepoint.actions import chart, photographs, retest, views
from needlepoint.actions.access import Act
from needlepoint.web import measures, more_measures
from needlepoint.web.doors import staff
from needlepoint.web.retest_chart import bland_altman_chart

if TYPE_CHECKING:
    from uuid import UUID

    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import RetestPerson, RetestStudy


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.RUN_RETEST)
def study_new(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Begin a study."""
    error = ""
    if request.method == "POST":
        try:
            study = retest.open_study(
                title=request.POST.get("title", "")[:120], view=request.POST.get("view", ""),
                people=_whole(request, "people"), takes=_whole(request, "takes"),
                set_up=request.POST.get("set_up", ""), by=by, at=timezone.now(),
            )  # fmt: skip
            return redirect("clinic:study", study.ref)
        except retest.Refused as refusal:
            error = str(refusal)
    context = {
        "views": photographs.FACE_VIEWS,
        "error": error,
        "given": request.POST,
        "people": retest.PEOPLE,
        "takes": retest.TAKES,
    }
    return render(request, "clinic/study_new.html", context, status=422 if error else 200)


def _whole(request: HttpRequest, name: str) -> int | None:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 6 else None


@require_safe
@staff(Act.SEE_PHOTOGRAPHY)
def study(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show how far a study is and what it finds."""
    return _page(request, retest.find_study(ref))


def _page(request: HttpRequest, shown: RetestStudy, *, error: str = "", status: int = 200) -> HttpResponse:
    standings = retest.people(shown)
    result = getattr(shown, "result", None)
    rows = retest.of_result(result) if result else retest.found(standings)
    context = {
        "study": shown,
        "view_label": photographs.view_label(shown.view),
        "standings": standings,
        "complete": sum(standing.complete for standing in standings),
        "result": result,
        "rows": [_row(row) for row in rows],
        "plots": [_plot(row) for row in rows if row.region == measures.WHOLE],
        "against": retest.against_signing(shown, standings),
        "offered": retest.offered(shown) if result is None else [],
        "error": error,
    }
    return render(request, "clinic/study.html", context, status=status)


def _row(row: retest.Found) -> dict[str, Any]:
    return {
        "found": row,
        "name": more_measures.name_of(row.measure),
        "region": measures.region_label(row.region),
    }


def _plot(row: retest.Found) -> dict[str, Any]:
    return {
        "title": f"{more_measures.name_of(row.measure)}, {measures.region_label(row.region).lower()}",
        "picture": bland_altman_chart(row, name=more_measures.name_of(row.measure)),
        "says": f"{row.people} people; mean difference {row.bias:.2f}, limits of agreement {row.lower:.2f} to "
        f"{row.upper:.2f} {row.unit}.",
    }


@require_POST
@staff(Act.RUN_RETEST)
def study_enrol(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Take somebody into a study and go on to their photographs."""
    shown = retest.find_study(ref)
    course = next((one for one in retest.offered(shown) if str(one.ref) == request.POST.get("course")), None)
    if course is None:
        return _page(request, shown, error="Please choose who takes part.", status=422)
    try:
        person = retest.enrol(shown, course, by=by, at=timezone.now())
    except retest.Refused as refusal:
        return _page(request, shown, error=str(refusal), status=422)
    return redirect("clinic:study_person", person.pk)


@require_POST
@staff(Act.SIGN_RETEST)
def study_sign(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Sign a study off."""
    shown = retest.find_study(ref)
    try:
        retest.sign(shown, note=request.POST.get("note", ""), by=by, at=timezone.now())
    except retest.Refused as refusal:
        return _page(request, shown, error=str(refusal), status=422)
    messages.success(request, "The study is signed. Outcomes use its smallest detectable changes from now on.")
    return redirect("clinic:study", ref)


@require_http_methods(["GET", "HEAD", "POST"])
@staff(Act.RUN_RETEST)
def study_person(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Guide through the photographs of one person."""
    person = retest.find_person(pk)
    chart.read_course(person.course.ref, by=by, at=timezone.now())
    error = ""
    if request.method == "POST":
        error = _sent(request, person, by=by)
        if not error:
            return redirect("clinic:study_person", pk)
    takes = list(person.takes.select_related("photograph__measurement"))
    wanted = person.study.takes_wanted
    context = {
        "person": person,
        "takes": takes,
        "next_number": len(takes) + 1 if len(takes) < wanted else None,
        "view_label": photographs.view_label(person.study.view),
        "error": error,
    }
    return render(request, "clinic/study_person.html", context, status=422 if error else 200)


def _sent(request: HttpRequest, person: RetestPerson, *, by: Actor) -> str:
    upload = request.FILES.get("photo")
    if upload is None:
        return "No photograph was chosen."
    try:
        photographs.check_size(upload.size or 0)
        retest.add_take(person, upload.read(), source="file", on=timezone.localdate(), by=by, at=timezone.now())
    except (retest.Refused, photographs.Refused) as refusal:
        return str(refusal)
    return ""


@require_safe
@staff(Act.RUN_RETEST)
def study_camera(request: HttpRequest, pk: int, *, by: Actor) -> HttpResponse:
    """Show the camera for one take; the ghost is the first take of this person."""
    person = retest.find_person(pk)
    course = chart.read_course(person.course.ref, by=by, at=timezone.now())
    first = person.takes.select_related("photograph").first()
    step = views.Step(
        view=person.study.view, label=photographs.view_label(person.study.view),
        baseline=first.photograph if first else None, today=None,
    )  # fmt: skip
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "photos",
        "steps": [step],
        "now": step,
        "refusal": photographs.consent_refusal(course),
        "study_person": person,
    }
    return render(request, "clinic/capture.html", context)


@require_POST
@staff(Act.RUN_RETEST)
def study_take(request: HttpRequest, pk: int, *, by: Actor) -> JsonResponse:
    """Keep one take sent by the camera."""
    person = retest.find_person(pk)
    upload = request.FILES.get("photo")
    if upload is None:
        return JsonResponse({"error": "No photograph was sent."}, status=422)
    try:
        photographs.check_size(upload.size or 0)
        take = retest.add_take(
            person, upload.read(), source="camera", on=timezone.localdate(), by=by, at=timezone.now()
        )
    except (retest.Refused, photographs.Refused) as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    return JsonResponse({"saved": f"Take {take.number}", "ref": str(take.photograph.ref)})
