"""The outcome of a course: graded scales and measured change, before against after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit, photographs
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.core.outcomes.course import Point, reading_point
from needlepoint.core.outcomes.scales import GradeChange, Scale, grade_change
from needlepoint.records.models import Comparison, JobState, ScaleScore, TreatmentSession

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import Course, Photograph

WHOLE: Final = "whole"


class NoSuchGrade(Exception):
    """The scale does not have this grade."""

    def __init__(self, scale: Scale) -> None:
        self.scale = scale
        super().__init__("Please choose a grade.")


class GradedInFuture(Exception):
    """A grade of a day that has not come yet."""

    def __init__(self) -> None:
        super().__init__("This day has not come yet.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A scale with every score of a course, and the change when there is a before and an after."""

    scale: Scale
    scores: tuple[ScaleScore, ...]
    before: ScaleScore | None
    after: ScaleScore | None
    change: GradeChange | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two photographs of one view, chosen to be set side by side, and their comparison if there is one."""

    view: str
    before: Photograph
    after: Photograph
    comparison: Comparison | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One reading with its band, and whether it may be set against the photograph chosen as before."""

    point: Point
    held: bool


def scales_of(course: Course) -> tuple[Scale, ...]:
    """Give the scales that grade what a course treats."""
    scales = (card.holds(Scale) for card in knowledge.load().of_kind("scale"))
    return tuple(scale for scale in scales if course.indication in scale.indications)


@transaction.atomic
def grade(
    course: Course, *, scale: str, value: float, graded_on: date, by: Actor, at: datetime, on: date
) -> ScaleScore:
    """Keep one grade of one scale by one rater; a correction is a new grade.

    Raises
    ------
    NoSuchGrade, GradedInFuture
        When the scale has no such grade, or the day is still to come.

    """
    access.require(Act.GRADE, by=by)
    chosen = next((each for each in scales_of(course) if each.id == scale), None)
    if chosen is None:
        raise NoSuchRecord("scale")
    if chosen.grade(value) is None:
        raise NoSuchGrade(chosen)
    if graded_on > on:
        raise GradedInFuture
    score = ScaleScore.objects.create(course=course, scale=scale, grade=value, on=graded_on, by=by.member, at=at)
    audit.record("grade_scale", by=by, at=at, patient=course.patient, subject=score, scale=scale, grade=value)
    return score


def session_days(course: Course) -> list[date]:
    """Give the days of the sessions of a course, oldest first."""
    rows = TreatmentSession.objects.filter(course=course, struck_at__isnull=True)
    return list(rows.order_by("on").values_list("on", flat=True))


def find_comparison(pk: int) -> Comparison:
    """Give a comparison; raises NoSuchRecord when there is none."""
    found = Comparison.objects.filter(pk=pk).first()
    if found is None:
        raise NoSuchRecord("comparison")
    return found


def graded(course: Course, *, first_session: date | None) -> tuple[Graded, ...]:
    """Give every scale of a course with its change: the last grade up to the first session, the newest after it."""
    scores = list(ScaleScore.objects.filter(course=course).select_related("by"))
    return tuple(
        _graded(scale, tuple(score for score in scores if score.scale == scale.id), first_session)
        for scale in scales_of(course)
    )


def _graded(scale: Scale, scores: tuple[ScaleScore, ...], first_session: date | None) -> Graded:
    before = after = None
    if scores:
        early = [score for score in scores if first_session is None or score.on <= first_session]
        late = [score for score in scores if first_session is not None and score.on > first_session]
        before = early[-1] if early else None
        after = late[-1] if late else None
    change = None
    if before is not None and after is not None:
        change = grade_change(scale, before=before.grade, after=after.grade)
    return Graded(scale=scale, scores=scores, before=before, after=after, change=change)


def pair(
    taken: list[Photograph], *, first_session: date | None, view: str, before: UUID | None, after: UUID | None
) -> Pair | None:
    """Choose two photographs of a view: the ones asked for, else the last up to the first session and the newest."""
    of_view = [photo for photo in taken if photo.view == view]
    chosen = {photo.ref: photo for photo in of_view}
    early = [photo for photo in of_view if first_session is None or photo.taken_on <= first_session]
    one = chosen.get(before) if before else None
    two = chosen.get(after) if after else None
    one = one or (early[-1] if early and first_session else of_view[0] if of_view else None)
    two = two or (of_view[-1] if of_view else None)
    if one is None or two is None or one.pk == two.pk:
        return None
    found = Comparison.objects.filter(before=one, after=two).first()
    return Pair(view=view, before=one, after=two, comparison=found)


def views_taken(taken: list[Photograph]) -> dict[str, str]:
    """Give the views of which there is more than one photograph, with their labels."""
    views = [photo.view for photo in taken]
    return {view: photographs.view_label(view) for view in dict.fromkeys(views) if views.count(view) > 1}


def readings(
    taken: list[Photograph], *, view: str, measure: str, region: str, against: Photograph | None
) -> tuple[Reading, ...]:
    """Give the readings of one measure in one region over the photographs of one view, oldest first.

    Only those that a comparison has found comparable with the photograph `against` are held to be so: a reading by
    itself cannot tell a change of the skin from one of the lamp.
    """
    held = _comparable(against, measure=measure, region=region)
    found = [
        (photo, row)
        for photo in taken
        if photo.view == view
        for row in _measures(photo)
        if row["id"] == measure and row["region"] == region and row["comparable"]
    ]
    return tuple(
        Reading(point=reading_point(photo.taken_on, value=row["value"], error=row["error"]), held=photo.pk in held)
        for photo, row in found
    )


def _comparable(against: Photograph | None, *, measure: str, region: str) -> set[int]:
    if against is None:
        return set()
    done = Comparison.objects.filter(before=against, state=JobState.DONE).only("after_id", "result")
    return {against.pk} | {
        job.after_id
        for job in done
        for row in (job.result or {}).get("changes", ())
        if row["id"] == measure and row["region"] == region and row["comparable"]
    }


def _measures(photo: Photograph) -> list[dict[str, Any]]:
    job = getattr(photo, "measurement", None)
    return [] if job is None or job.result is None else list(job.result["measures"])
