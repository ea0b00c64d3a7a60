"""Patients: finding them, registering one, and the measures the rules need."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Final

from django.db import transaction
from django.db.models import Q

from needlepoint.actions import access, audit
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.records.models import ConsultationRequest, Patient

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor
    from needlepoint.core.terms import Sex

FOUND_AT_MOST: Final = 30
DUPLICATES_AT_MOST: Final = 8
_SIMILAR: Final = 0.75
_SAME_DAY_AT_MOST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Particulars:
    """Who somebody is and how to reach them."""

    given_name: str
    family_name: str
    birth_date: date
    sex: Sex
    email: str = ""
    telephone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """Somebody already registered who may be the same person, and why."""

    patient: Patient
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measures:
    """What a clinician records of a body."""

    fitzpatrick: int | None
    weight_kg: float | None
    height_cm: float | None
    allergies: str


def plain_telephone(written: str) -> str:
    """Give a telephone number without what people put between its digits."""
    number = re.sub(r"[^\d+]", "", written)
    return re.sub(r"(?!^)\+", "", number)


def find_patient(ref: UUID, *, by: Actor) -> Patient:
    """Give the patient; what is shown of one outside the chart is who it is and how to reach them.

    Raises
    ------
    NoSuchRecord
        When there is none under this reference.

    """
    access.require(Act.FIND_PATIENT, by=by)
    patient = Patient.objects.filter(ref=ref).first()
    if patient is None:
        raise NoSuchRecord("patient")
    return patient


def search_patients(words: str, *, by: Actor) -> tuple[Patient, ...]:
    """Give patients whom every word fits: the begin of a name, a birth date, a piece of e-mail or telephone."""
    access.require(Act.FIND_PATIENT, by=by)
    found = Patient.objects.order_by("family_name", "given_name", "id")
    pieces = words.split()[:5]
    if not pieces:
        return ()
    for piece in pieces:
        found = found.filter(_fits(piece))
    return tuple(found[:FOUND_AT_MOST])


def newest_patients(*, by: Actor) -> tuple[Patient, ...]:
    """Give the patients registered last."""
    access.require(Act.FIND_PATIENT, by=by)
    return tuple(Patient.objects.order_by("-created_at", "-id")[:10])


def _fits(piece: str) -> Q:
    fits = Q(family_name__istartswith=piece) | Q(given_name__istartswith=piece) | Q(email__icontains=piece)
    digits = plain_telephone(piece)
    if len(digits) >= 4:
        fits |= Q(telephone__contains=digits)
    day = _day(piece)
    return fits | Q(birth_date=day) if day else fits


def _day(piece: str) -> date | None:
    for pattern, order in ((r"(\d{4})-(\d\d?)-(\d\d?)", (0, 1, 2)), (r"(\d\d?)[./](\d\d?)[./](\d{4})", (2, 1, 0))):
        found = re.fullmatch(pattern, piece)
        if found:
            try:
                return date(*(int(found.groups()[place]) for place in order))
            except ValueError:
                return None
    return None


def duplicates_of(who: Particulars, *, by: Actor) -> tuple[Duplicate, ...]:
    """Give those already registered who may be the same person, the likeliest first, in two queries."""
    access.require(Act.REGISTER_PATIENT, by=by)
    found = [
        Duplicate(patient=patient, because="same birth date, similar name")
        for patient in Patient.objects.filter(birth_date=who.birth_date).order_by("id")[:_SAME_DAY_AT_MOST]
        if _similar(patient, who)
    ]
    reach = Q(pk__in=[])
    if who.email:
        reach |= Q(email__iexact=who.email)
    if telephone := plain_telephone(who.telephone):
        reach |= Q(telephone=telephone)
    seen = {duplicate.patient.pk for duplicate in found}
    found += [
        Duplicate(patient=patient, because=_shared(patient, who))
        for patient in Patient.objects.filter(reach).order_by("id")[:DUPLICATES_AT_MOST]
        if patient.pk not in seen
    ]
    return tuple(found[:DUPLICATES_AT_MOST])


def _similar(patient: Patient, who: Particulars) -> bool:
    one = f"{patient.given_name} {patient.family_name}".casefold()
    other = f"{who.given_name} {who.family_name}".casefold()
    turned = f"{who.family_name} {who.given_name}".casefold()
    return max(SequenceMatcher(None, one, name).ratio() for name in (other, turned)) >= _SIMILAR


def _shared(patient: Patient, who: Particulars) -> str:
    if who.email and patient.email.casefold() == who.email.casefold():
        return "same e-mail address"
    return "same telephone number"


@transaction.atomic
def register_patient(
    who: Particulars,
    *,
    by: Actor,
    at: datetime,
    request: ConsultationRequest | None = None,
    synthetic: bool = False,
) -> Patient:
    """Register a patient; a request for a consultation that led to it counts as handled."""
    access.require(Act.REGISTER_PATIENT, by=by)
    patient = Patient.objects.create(
        given_name=who.given_name,
        family_name=who.family_name,
        birth_date=who.birth_date,
        sex=who.sex.value,
        email=who.email,
        telephone=plain_telephone(who.telephone),
        synthetic=synthetic,
        created_at=at,
        created_by=by.member,
    )
    audit.record("register_patient", by=by, at=at, patient=patient, subject=patient)
    if request is not None:
        ConsultationRequest.objects.filter(pk=request.pk, handled_at__isnull=True).update(
            handled_at=at, handled_by=by.member, patient=patient
        )
        audit.record("handle_request", by=by, at=at, patient=patient, subject=request)
    return patient


@transaction.atomic
def record_measures(patient: Patient, measures: Measures, *, by: Actor, at: datetime) -> None:
    """Record skin type, weight, height and allergies; what stood there before is kept in the audit trail."""
    access.require(Act.EDIT_MEASURES, by=by)
    changed: dict[str, list[object]] = {}
    for field in ("fitzpatrick", "weight_kg", "height_cm", "allergies"):
        old, new = getattr(patient, field), getattr(measures, field)
        if old != new:
            changed[field] = [old, new]
            setattr(patient, field, new)
    if not changed:
        return
    patient.save(update_fields=list(changed))
    audit.record("record_measures", by=by, at=at, patient=patient, subject=patient, **changed)
