"""Looking closely at a pair: side by side, slider, flicker, difference; the days of the course; comparability."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from needlepoint.actions import aligning, chart, measures_use, outcome, photographs, seeing
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.core.imaging.aligned import SCALES, Difference
from needlepoint.core.imaging.sepia import HELD
from needlepoint.core.outcomes.course import apart
from needlepoint.web.doors import staff

if TYPE_CHECKING:
    from django.http import HttpRequest

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.outcome import Pair
    from needlepoint.records.models import Course, PairScore, Photograph

MAPS: Final = {
    Difference.REDNESS: ("Redness", "index points", "redder", "less red"),
    Difference.LIGHTNESS: ("Lightness", "L*", "lighter", "darker"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """One point of comparability on the page."""

    id: str
    title: str
    statement: str
    suggested: bool | None
    ticked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Map:
    """One difference map on the page."""

    kind: str
    name: str
    unit: str
    more: str
    less: str
    full: float


@require_safe
@staff(Act.PHOTOGRAPH)
def see(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Show a pair of photographs so that it can be looked at closely."""
    course = chart.read_course(ref, by=by, at=timezone.now())
    taken = photographs.of_course(course)
    sessions = outcome.session_days(course)
    views = outcome.views_taken(taken)
    view = request.GET.get("view", "")
    view = view if view in views else next(iter(views), "")
    chosen = {name: reference(request.GET.get(name, "")) for name in ("before", "after")}
    pair = outcome.pair(taken, first_session=sessions[0] if sessions else None, view=view, **chosen)
    days = seeing.timeline(course, taken, view=view)
    context = {
        "header": chart.header(course, on=timezone.localdate()),
        "step": "outcome",
        "views": views,
        "view": view,
        "pair": pair,
        "days": days,
        **(_of_pair(pair, taken, days) if pair else {}),
    }
    return render(request, "clinic/see.html", context)


def reference(text: str) -> UUID | None:
    """Give the reference a text holds, or nothing."""
    try:
        return UUID(text)
    except ValueError:
        return None


def _of_pair(pair: Pair, taken: list[Photograph], days: tuple[seeing.Day, ...]) -> dict[str, Any]:
    kinds = aligning.kinds_of(pair.comparison)
    score = seeing.score_of(pair)
    registration = (pair.comparison.result or {}).get("registration", {}) if pair.comparison else {}
    return {
        "apart": apart(pair.before.taken_on, pair.after.taken_on),
        "aligned": aligning.ALIGNED in kinds,
        "maps": [_map(kind) for kind in Difference if kind.value in kinds],
        "measures_on": measures_use.are_on(),
        "residual_px": registration.get("residual_px"),
        "overlap": round(100 * registration["overlap"]) if registration.get("overlap") is not None else None,
        "score": score,
        "points": _points(score, seeing.suggestion(pair, taken, days)),
    }


def _map(kind: Difference) -> Map:
    name, unit, more, less = MAPS[kind]
    return Map(kind=kind.value, name=name, unit=unit, more=more, less=less, full=SCALES[kind])


def _points(score: PairScore | None, told: dict[Any, bool]) -> list[Held]:
    return [
        Held(
            id=point.value, title=title, statement=statement, suggested=told.get(point),
            ticked=point.value in score.kept if score else told.get(point, False),
        )
        for point, (title, statement) in HELD.items()
    ]  # fmt: skip


@require_POST
@staff(Act.PHOTOGRAPH)
def pair_score(request: HttpRequest, ref: UUID, *, by: Actor) -> HttpResponse:
    """Keep how comparable somebody finds a pair."""
    course = chart.find_course(ref)
    pair = _asked_pair(request, course)
    found = seeing.score(pair, kept=request.POST.getlist("kept"), by=by, at=timezone.now())
    messages.success(request, f"The score is kept: {found.points} of {len(HELD)}.")
    address = reverse("clinic:see", args=[ref])
    return redirect(f"{address}?view={pair.view}&before={pair.before.ref}&after={pair.after.ref}")


def _asked_pair(request: HttpRequest, course: Course) -> Pair:
    taken = photographs.of_course(course)
    by_ref = {photo.ref: photo for photo in taken}
    before, after = (by_ref.get(reference(request.POST.get(name, "")) or UUID(int=0)) for name in ("before", "after"))
    if before is None or after is None:
        raise NoSuchRecord("photograph")
    pair = outcome.pair(taken, first_session=None, view=before.view, before=before.ref, after=after.ref)
    if pair is None:
        raise NoSuchRecord("pair")
    return pair


@require_safe
@staff(Act.PHOTOGRAPH)
def comparison_copy(request: HttpRequest, pk: int, kind: str, *, by: Actor) -> HttpResponse:
    """Send a picture that laying over gave; every look is recorded, so nothing on the way may keep it."""
    served = aligning.read_copy(pk, kind=kind, by=by, at=timezone.now())
    response = HttpResponse(served.data, content_type=served.media_type)
    response["Cache-Control"] = "private, no-store"
    return response
