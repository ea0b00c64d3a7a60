"""What a chart needs before it is signed, what of it is missing, and what somebody who reads it must find explained."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef

from needlepoint.actions import chart_words
from needlepoint.actions import session as sessions
from needlepoint.records.models import ConsentPart, Endpoint, Photograph, TreatmentSession

if TYPE_CHECKING:
    from datetime import datetime

    from needlepoint.records.models import SessionArea


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """One thing a chart needs before it is signed: `missing` says in sentences what is not there yet."""

    label: str
    missing: tuple[str, ...]

    @property
    def done(self) -> bool:
        """Say whether nothing is missing of it."""
        return not self.missing


def ticks(session: TreatmentSession, areas: dict[int, SessionArea]) -> tuple[Tick, ...]:
    """Give what the chart needs before it is signed, and what of it is missing; two queries at most."""
    planned = sessions.planned(session)
    remarkable = remarks(session)
    lines = [(area, planned.get(area.area)) for area in areas.values()]
    excepted = session.exception_by_id is not None
    return (
        Tick(label="Screening", missing=_without(session.screening_id or excepted, "There is no screening.")),
        Tick(label="Consent", missing=_without(session.consent_id or excepted, "There is no consent.")),
        Tick(label="Photographs", missing=_photographs_missing(session)),
        Tick(label="Cartridge and lot", missing=tuple(_cartridges_missing(areas))),
        Tick(label="Time-out", missing=() if session.time_out_at else ("The time-out is not complete.",)),
        Tick(label="Anaesthetic", missing=tuple(_numbing_missing(session))),
        Tick(label="Times", missing=tuple(_times_missing(session, areas))),
        Tick(label="Every area", missing=tuple(words for area in areas.values() for words in _area_missing(area))),
        Tick(
            label="Reasons where it differs from the plan",
            missing=tuple(
                f"{chart_words.area_label(area)}: say why it differs from the plan."
                for area, line in lines
                if differs(area, line) and not area.deviation_reason
            ),
        ),
        Tick(label="Aftercare", missing=() if session.aftercare_given_at else ("Aftercare has not been given.",)),
        Tick(
            label="Remarkable things explained in the note",
            missing=() if session.note.strip() else tuple(f"Explain in the note: {words}" for words in remarkable),
        ),
    )


def _without(there: object, words: str) -> tuple[str, ...]:
    return () if there else (words,)


def _photographs_missing(session: TreatmentSession) -> tuple[str, ...]:
    """Give what is missing of photographs: one since the last session, where the patient agreed to them, or why not."""
    agreed = session.consent is not None and session.consent.parts.get(ConsentPart.RECORD_PHOTO)
    if session.no_photo_reason or not agreed or photographed(session):
        return ()
    return ("There is no photograph since the last session: take one, or say why there is none.",)


def photographed(session: TreatmentSession) -> bool:
    """Say whether the course has a photograph from after its last session, up to the day of this one; one query."""
    since = TreatmentSession.objects.filter(
        course=session.course_id, struck_at__isnull=True, on__lt=session.on, on__gte=OuterRef("taken_on")
    )
    rows = Photograph.objects.filter(course=session.course_id, taken_on__lte=session.on)
    return rows.exclude(Exists(since)).exists()


def _cartridges_missing(areas: dict[int, SessionArea]) -> list[str]:
    bare = [area for area in areas.values() if area.cartridge_id is None and area.endpoint != Endpoint.NOT_TREATED]
    return [f"{', '.join(chart_words.area_label(area) for area in bare)}: cartridge missing."] if bare else []


def differs(area: SessionArea, line: dict[str, Any] | None) -> tuple[str, ...]:
    """Give in words where an area was treated otherwise than planned."""
    if area.endpoint == "not_treated":
        return ("not treated",)
    if area.endpoint == "stopped_early":
        return ("stopped early",)
    found = []
    if line is not None and area.device != line["device"]:
        found.append("another device")
    if area.planned_depth_mm is not None and area.depth_mm not in (None, area.planned_depth_mm):
        found.append(f"{area.depth_mm:g} mm in place of {area.planned_depth_mm:g} mm")
    if area.planned_passes is not None and area.passes not in (None, area.planned_passes):
        found.append(f"{area.passes} passes in place of {area.planned_passes}")
    return tuple(found)


def _area_missing(area: SessionArea) -> list[str]:
    if area.endpoint == "not_treated":
        return []
    given = {
        "depth": area.depth_mm is not None,
        "passes": area.passes is not None,
        "endpoint": area.endpoint != "",
        "pain": area.pain is not None,
    }
    left = [what for what, there in given.items() if not there]
    return [f"{chart_words.area_label(area)}: {', '.join(left)} missing."] if left else []


def _numbing_missing(session: TreatmentSession) -> list[str]:
    given = {
        "product and lot": session.numbing_lot_id,
        "grams": session.numbing_grams,
        "time on": session.numbing_on,
        "time off": session.numbing_off,
    }
    if not any(given.values()):
        return []
    left = [what for what, value in given.items() if value is None]
    if left:
        return [f"Numbing: {', '.join(left)} missing."]
    if session.numbing_on and session.numbing_off and session.numbing_off < session.numbing_on:
        return ["Numbing: it was off before it was on."]
    return []


def _times_missing(session: TreatmentSession, areas: dict[int, SessionArea]) -> list[str]:
    if areas and all(area.endpoint == "not_treated" for area in areas.values()):
        return []
    if session.started_at is None or session.finished_at is None:
        return ["The time of the first or of the last puncture is missing."]
    if session.finished_at < session.started_at:
        return ["The last puncture is before the first."]
    return []


def _minute(moment: datetime) -> datetime:
    """Give the minute a moment lies in: times of a chart can be entered no finer."""
    return moment.replace(second=0, microsecond=0)


def remarks(session: TreatmentSession) -> tuple[str, ...]:
    """Give what happened in a session that somebody who reads the chart must find explained; no query."""
    limits = sessions.numbing_limits(session) or {}
    grams, minutes = session.numbing_grams, numbing_minutes(session)
    most_grams, most_minutes = limits.get("max_g"), limits.get("max_minutes")
    found = []
    if grams is not None and most_grams is not None and grams > most_grams:
        found.append(f"{grams:g} g of numbing product, above the limit of {most_grams:g} g.")
    if minutes is not None and most_minutes is not None and minutes > most_minutes:
        found.append(f"numbing for {minutes:.0f} min, longer than the limit of {most_minutes:g} min.")
    if limits and not any((session.numbing_lot_id, grams, session.numbing_on, session.numbing_off)):
        found.append("the plan has numbing and none is charted.")
    if session.started_at and session.time_out_at and _minute(session.started_at) < _minute(session.time_out_at):
        found.append("the first puncture was before the time-out was complete.")
    if session.started_at and session.numbing_off and _minute(session.started_at) < _minute(session.numbing_off):
        found.append("the first puncture was before the numbing was off.")
    return tuple(found)


def numbing_minutes(session: TreatmentSession) -> float | None:
    """Give how long the numbing was on, in minutes; None while one of its times is open."""
    if session.numbing_on is None or session.numbing_off is None:
        return None
    return (session.numbing_off - session.numbing_on).total_seconds() / 60
