"""Looking at a course: its photographs beside what was done, and how comparable a pair of them is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Prefetch

from needlepoint import knowledge
from needlepoint.actions import access, audit
from needlepoint.actions.access import Act
from needlepoint.core.imaging.photo import Reason
from needlepoint.core.imaging.sepia import Known, Point, suggested
from needlepoint.records.models import PairScore, SessionArea, TreatmentSession

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.actions.outcome import Pair
    from needlepoint.records.models import Comparison, Course, Photograph


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """What a session did in one area, in words with units."""

    area: str
    device: str
    depth_mm: float | None
    passes: int | None
    lot: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of a course: the photographs taken and what was done."""

    on: date
    photographs: tuple[Photograph, ...]
    session: TreatmentSession | None
    done: tuple[Done, ...]


def timeline(course: Course, taken: Sequence[Photograph], *, view: str) -> tuple[Day, ...]:
    """Give the days on which a view was photographed or a session was held, oldest first."""
    areas = SessionArea.objects.select_related("cartridge__lot")
    sessions = TreatmentSession.objects.filter(course=course, struck_at__isnull=True).prefetch_related(
        Prefetch("areas", areas)
    )
    held = {session.on: session for session in sessions}
    shown = [photo for photo in taken if photo.view == view]
    return tuple(
        Day(
            on=day,
            photographs=tuple(photo for photo in shown if photo.taken_on == day),
            session=held.get(day),
            done=tuple(_done(area) for area in held[day].areas.all()) if day in held else (),
        )
        for day in sorted({*held, *(photo.taken_on for photo in shown)})
    )


def _done(area: SessionArea) -> Done:
    names = knowledge.load().vocabulary
    named, device = names.areas.get(area.area), names.devices.get(area.device)
    return Done(
        area=named.label if named else area.area,
        device=device.label if device else area.device,
        depth_mm=area.depth_mm,
        passes=area.passes,
        lot=area.cartridge.lot.number if area.cartridge else "",
    )


def known(pair: Pair, taken: Sequence[Photograph], days: Sequence[Day]) -> Known:
    """Give what the house knows of a pair by itself."""
    before, after = pair.before, pair.after
    views = [{photo.view for photo in taken if photo.taken_on == one.taken_on} for one in (before, after)]
    between = [day.session for day in days if day.session and before.taken_on <= day.on <= after.taken_on]
    return Known(
        reasons=_reasons(pair.comparison),
        shared_views=len(views[0] & views[1]),
        days_since_session=(after.taken_on - between[-1].on).days if between else None,
        sessions_on_record=bool(between) and all(session.signed_at for session in between),
    )


def _reasons(comparison: Comparison | None) -> frozenset[Reason] | None:
    if comparison is None or comparison.result is None:
        return None
    quality = comparison.result.get("quality", {})
    said = [reason for side in quality.values() for reason in side.get("reasons", ())]
    changes = comparison.result.get("changes", ())
    # What stands against every region stands against the pair; one covered region does not.
    common = {change["reason"] for change in changes}
    registered = comparison.result.get("registration", {}).get("residual_px", 0) is not None
    return frozenset(
        [Reason(reason) for reason in said]
        + [Reason(reason) for reason in common if reason and len(common) == 1]
        + ([] if registered else [Reason.NOT_REGISTERED])
    )


def suggestion(pair: Pair, taken: Sequence[Photograph], days: Sequence[Day]) -> dict[Point, bool]:
    """Give the points of comparability that can be told without looking."""
    return suggested(known(pair, taken, days))


def score_of(pair: Pair) -> PairScore | None:
    """Give the newest score of a pair."""
    return PairScore.objects.filter(before=pair.before, after=pair.after).select_related("by").last()


@transaction.atomic
def score(pair: Pair, *, kept: Collection[str], by: Actor, at: datetime) -> PairScore:
    """Keep how comparable somebody finds a pair; a correction is a new score."""
    access.require(Act.PHOTOGRAPH, by=by)
    points = [point.value for point in Point if point.value in kept]
    found = PairScore.objects.create(
        before=pair.before, after=pair.after, kept=points, points=len(points), by=by.member, at=at
    )
    audit.record(
        "score_pair", by=by, at=at, patient=pair.before.course.patient, subject=found, kept=points, points=len(points)
    )
    return found
