"""What the records say of an adverse event, as the authorities ask for it; the patient by a number, not by name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from needlepoint import knowledge
from needlepoint.actions import access, audit, stock, tracing
from needlepoint.actions.access import Act
from needlepoint.actions.adverse import GRADES, OUTCOMES, SERIOUS
from needlepoint.actions.clinic import the_clinic

if TYPE_CHECKING:
    from datetime import date, datetime

    from needlepoint.actions.actor import Actor
    from needlepoint.records.models import AdverseEvent, DeviceUnit, Lot, TreatmentSession


@transaction.atomic
def facts(event: AdverseEvent, *, on: date, by: Actor, at: datetime) -> dict[str, str]:
    """Give what is on record, each as the words a form would carry; empty where nothing is known."""
    access.require(Act.REPORT_ADVERSE, by=by)
    session, patient = event.session, event.session.course.patient
    audit.record("report_adverse_event", by=by, at=at, patient=patient, subject=event)
    said, clinic = event.particulars, the_clinic()
    serious = [SERIOUS[name] for name in said.get("serious", []) if name in SERIOUS]
    return {
        "patient_number": str(patient.ref)[:8],
        "age": f"{_years(patient.birth_date, event.began_on)} years",
        "birth_date": patient.birth_date.isoformat(),
        "sex": patient.sex,
        "weight": f"{patient.weight_kg:g} kg" if patient.weight_kg else "",
        "event": event.what,
        "event_type": "Adverse event with a device" + ("; serious" if serious else ""),
        "seriousness": "; ".join(serious),
        "grade": f"{event.grade}: {GRADES[event.grade]}",
        "outcome": OUTCOMES.get(event.outcome, event.outcome),
        "event_date": event.began_on.isoformat(),
        "end_date": event.ended_on.isoformat() if event.ended_on else "",
        "report_date": on.isoformat(),
        "narrative": _narrative(event),
        "area": _area(event.area),
        "tests": said.get("tests", ""),
        "history": "; ".join(part for part in (_allergies(patient.allergies), said.get("history", "")) if part),
        "action": said.get("action", ""),
        **_device(event),
        "available": said.get("available", ""),
        "maker_place": said.get("maker_place", ""),
        "catalogue": said.get("catalogue", ""),
        "operator": f"Health professional ({session.therapist.get_role_display()})",
        "implanted": "not applicable",
        "reprocessed": "no: single-use units open for one session only",
        "concomitant": _concomitant(session, event.lot),
        "treated_on": session.on.isoformat(),
        "reporter": str(by.member),
        "reporter_role": by.member.get_role_display(),
        "clinic": clinic.name if clinic else "",
        "clinic_address": clinic.address if clinic else "",
        "clinic_telephone": clinic.telephone if clinic else "",
    }


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def _allergies(text: str) -> str:
    return f"Allergies: {text}" if text else ""


def _area(id_: str) -> str:
    areas = knowledge.load().vocabulary.areas
    return areas[id_].label if id_ in areas else ""


def _narrative(event: AdverseEvent) -> str:
    """Give the course from its first entry to the last."""
    return "\n".join(f"{row.on.isoformat()}, grade {row.grade}: {row.words}" for row in event.course.all())


def _device(event: AdverseEvent) -> dict[str, str]:
    lot, unit = event.lot, event.device_unit
    device = unit.model if unit else lot.product if lot else ""
    return {
        "brand": stock.product_label(device) if device else "",
        "maker": (unit.maker if unit else "") or (lot.maker if lot else ""),
        "lot": lot.number if lot else "",
        "expiry": lot.expires_on.isoformat() if lot else "",
        "made_on": lot.made_on.isoformat() if lot and lot.made_on else "",
        "serial": unit.serial if unit else "",
        "udi": _udi(lot, unit),
    }


def _udi(lot: Lot | None, unit: DeviceUnit | None) -> str:
    if lot is not None and lot.gtin:
        return f"(01){lot.gtin}(17){lot.expires_on:%y%m%d}(10){lot.number}"
    return f"(01){unit.gtin}(21){unit.serial}" if unit is not None and unit.gtin else ""


def _concomitant(session: TreatmentSession, suspect: Lot | None) -> str:
    others = [one for one in tracing.touched_in(session) if one.lot and one.lot != suspect]
    return "; ".join(f"{one.what}, lot {one.lot.number}" for one in others if one.lot)


def choices(session: TreatmentSession) -> tuple[tuple[Lot, ...], tuple[DeviceUnit, ...]]:
    """Give the lots and devices that touched the patient in a session, one of which may be suspected."""
    touched = tracing.touched_in(session)
    lots = dict.fromkeys(one.lot for one in touched if one.lot)
    units = dict.fromkeys(one.device_unit for one in touched if one.device_unit)
    return tuple(lots), tuple(units)


def particulars(event: AdverseEvent) -> dict[str, Any]:
    """Give what was noted for a report so far."""
    return dict(event.particulars)
