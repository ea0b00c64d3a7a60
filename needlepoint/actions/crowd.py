"""A crowd: many synthetic patients at once, to see how the house stands a full clinic.

The newest finished course of a synthetic patient is the pattern. Each patient of the crowd gets a copy of it under an
own name, on own days, with own cartridges: rows as the acts leave them, signed and sealed, and one event in the audit
trail for each signature. The guards of the database hold for them as for any other row. To keep a hundred thousand
patients on one disk, a screening and a plan of the crowd keep their verdict and their areas but not their texts, only
the last visit keeps the history of its fields, and of the answers the newest of each question up to a bound are kept.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, Model

from needlepoint.actions import consent_document, signing
from needlepoint.actions.audit import seal_of
from needlepoint.records.models import (
    Answer,
    AuditEvent,
    AuditHead,
    Cartridge,
    Consent,
    Course,
    Lot,
    Patient,
    Plan,
    PlanAdoption,
    Screening,
    SessionArea,
    SessionChange,
    TreatmentSession,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

VISITS: Final = 4
CARTRIDGES: Final = (2, 3)  # of one visit, in turn: ten for the four visits of a patient
ANSWERS: Final = 10
DAYS: Final = 1000  # over which the courses of the crowd are spread
BETWEEN: Final = timedelta(days=42)
UNITS_A_LOT: Final = 500
AT_ONCE: Final = 250  # patients of one transaction
FAMILY_NAMES: Final = ("Synthetic", "Specimen", "Sample", "Example", "Template", "Fictive", "Notional", "Placeholder")

MADE: Final = (
    Patient, Course, Answer, Consent, Screening, Plan, PlanAdoption, TreatmentSession, Cartridge, SessionArea,
    SessionChange, AuditEvent,
)  # fmt: skip


class NoPattern(Exception):
    """There is no finished course of a synthetic patient to copy, or there are real patients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One visit of the pattern with every row that hangs on it."""

    session: TreatmentSession
    screening: Screening
    plan: Plan
    adoption: PlanAdoption
    areas: tuple[SessionArea, ...]
    changes: tuple[SessionChange, ...]
    lot: Lot
    event: AuditEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Pattern:
    """The course that is copied."""

    course: Course
    consent: Consent
    answers: tuple[Answer, ...]
    visits: tuple[Visit, ...]


class Numbers:
    """The next free key of each table, so that rows can name each other before they are written."""

    def __init__(self) -> None:
        self._next: dict[Any, int] = {
            table: (table.objects.aggregate(last=Max("pk"))["last"] or 0) + 1 for table in MADE
        }

        self._lots: dict[tuple[int, int], Lot] = {}

    def lot(self, of: Lot, serial: int) -> Lot:
        """Give a lot of the same product, taken into stock when its first cartridge is opened."""
        key = (of.pk, serial)
        if key not in self._lots:
            names = {"kind": of.kind, "product": of.product, "number": f"CROWD-{serial:06}"}
            self._lots[key] = Lot.objects.get_or_create(**names, defaults={"expires_on": of.expires_on})[0]
        return self._lots[key]

    def take(self, table: Any) -> int:
        """Give the next key of a table."""
        number = self._next[table]
        self._next[table] = number + 1
        return number


def grow(patients: int) -> Iterator[int]:
    """Add patients until the clinic has so many; gives after each portion how many there are, and can be stopped there.

    Raises
    ------
    NoPattern
        Nothing to copy, or the clinic is a real one.

    """
    found = find_pattern()
    numbers = Numbers()
    there = Patient.objects.count()
    while there < patients:
        size = min(AT_ONCE, patients - there)
        with transaction.atomic():
            _Portion(found, numbers).write(first=there, size=size)
            _reset_sequences()
        there += size
        yield there


def find_pattern() -> Pattern:
    """Give the newest course of a synthetic patient in which every session is signed."""
    if Patient.objects.filter(synthetic=False).exists():
        raise NoPattern("There are patients in this clinic who are not synthetic: a crowd is for a demo clinic only.")
    signed = TreatmentSession.objects.filter(signed_at__isnull=False, exception_by=None).order_by("-on", "-pk")
    for last in signed.select_related("course__patient")[:50]:
        course = last.course
        sessions = list(course.sessions.order_by("on"))
        if all(session.signed_at for session in sessions):
            return Pattern(
                course=course,
                consent=course.consents.earliest("at"),
                answers=_newest_answers(course.patient),
                visits=tuple(_visit(session) for session in sessions),
            )
    raise NoPattern("The demo clinic has no finished course to copy: load it first, with make run.")


def _newest_answers(patient: Patient) -> tuple[Answer, ...]:
    newest = {answer.question: answer for answer in Answer.objects.filter(patient=patient).order_by("id")}
    return tuple(newest.values())[:ANSWERS]


def _visit(session: TreatmentSession) -> Visit:
    screening, plan = (
        Screening.objects.get(sessions=session),
        Plan.objects.select_related("adoption").get(sessions=session),
    )
    cartridge = Cartridge.objects.filter(session=session).select_related("lot").earliest("pk")
    return Visit(
        session=session,
        screening=screening,
        plan=plan,
        adoption=plan.adoption,
        areas=tuple(SessionArea.objects.filter(session=session).order_by("pk")),
        changes=tuple(SessionChange.objects.filter(session=session, amendment=False).order_by("pk")),
        lot=cartridge.lot,
        event=AuditEvent.objects.get(act=signing.SIGNED_ACT, subject=f"TreatmentSession:{session.pk}"),
    )


def _copy(row: Any, **changed: Any) -> Any:
    """Give a new row of the same table with other values where they are named; keys of other rows as they are."""
    fields = {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}
    return type(row)(**(fields | changed))


def _later(row: Any, by: timedelta) -> dict[str, Any]:
    """Give the dates and times of a row, those that are filled, moved by so much; a birth date stays."""
    names = (
        field.attname
        for field in row._meta.concrete_fields
        if isinstance(getattr(row, field.attname), date | datetime) and field.attname != "birth_date"
    )
    return {name: getattr(row, name) + by for name in names}


class _Portion:
    """Some patients, written table by table."""

    def __init__(self, pattern: Pattern, numbers: Numbers) -> None:
        self._pattern = pattern
        self._numbers = numbers
        self._rows: dict[type[Model], list[Any]] = {}

    def write(self, *, first: int, size: int) -> None:
        """Write so many patients, of which the first is the so-manieth of the clinic."""
        people = [self._person(first + place) for place in range(size)]
        self._flush()
        for number in range(VISITS):
            sessions = [self._visit(person, number) for person in people]
            self._flush()
            _sign(sessions, self._numbers)

    def _add(self, row: Any, **changed: Any) -> Any:
        copied = _copy(row, id=self._numbers.take(type(row)), **changed)
        self._rows.setdefault(type(row), []).append(copied)
        return copied

    def _flush(self) -> None:
        for table in MADE:
            rows = self._rows.pop(table, [])
            if rows:
                table.objects.bulk_create(rows, batch_size=500)

    def _person(self, place: int) -> tuple[Course, Consent, timedelta]:
        pattern, patient = self._pattern, self._pattern.course.patient
        earlier = -timedelta(days=BETWEEN.days + place * 7919 % DAYS)
        person = self._add(
            patient, ref=uuid.uuid4(), given_name=f"Crowd{place}", family_name=FAMILY_NAMES[place % len(FAMILY_NAMES)],
            email=f"crowd{place}@example.org", synthetic=True, **_later(patient, earlier),
        )  # fmt: skip
        course = self._add(pattern.course, ref=uuid.uuid4(), patient_id=person.pk, **_later(pattern.course, earlier))
        consent = self._add(pattern.consent, course_id=course.pk, link_id=None, by_id=pattern.course.opened_by_id,
                            **_later(pattern.consent, earlier))  # fmt: skip
        for answer in pattern.answers:
            self._add(answer, patient_id=person.pk, link_id=None, by_id=pattern.course.opened_by_id,
                      **_later(answer, earlier))  # fmt: skip
        return course, consent, earlier

    def _visit(self, person: tuple[Course, Consent, timedelta], number: int) -> _Signed:
        course, consent, earlier = person
        of = self._pattern.visits[min(number, len(self._pattern.visits) - 1)]
        moved = earlier + BETWEEN * max(0, number - len(self._pattern.visits) + 1)
        screening = self._add(
            of.screening, course_id=course.pk, case=_short(of.screening.case, "answers", "answered_on"),
            result=_short(of.screening.result, "findings"), **_later(of.screening, moved),
        )  # fmt: skip
        plan = self._add(
            of.plan, course_id=course.pk, request=_short(of.plan.request, "answers", "answered_on"),
            result=_short(of.plan.result, "preparation", "aftercare", "warnings", "used"), **_later(of.plan, moved),
        )  # fmt: skip
        self._add(of.adoption, plan_id=plan.pk, **_later(of.adoption, moved))
        unsigned = {"signed_at": None, "signed_by_id": None, "signed_meaning": "", "signed_sha256": ""}
        session = self._add(of.session, **_later(of.session, moved) | unsigned | {
            "ref": uuid.uuid4(), "course_id": course.pk, "screening_id": screening.pk, "plan_id": plan.pk,
            "consent_id": consent.pk,
        })  # fmt: skip
        session.course = course
        units = [self._cartridge(of.lot, session) for _ in range(CARTRIDGES[number % len(CARTRIDGES)])]
        areas = [
            self._add(area, session_id=session.pk, cartridge_id=units[place % len(units)].pk, **_later(area, moved))
            for place, area in enumerate(of.areas)
        ]
        if number == VISITS - 1:
            for change in of.changes:
                self._add(change, session_id=session.pk, **_later(change, moved))
        return _Signed(session=session, areas=areas, units=units, of=of, moved=moved)

    def _cartridge(self, of: Lot, session: TreatmentSession) -> Cartridge:
        number = self._numbers.take(Cartridge)
        serial, unit = divmod(number, UNITS_A_LOT)
        lot = self._numbers.lot(of, serial)
        made = Cartridge(pk=number, lot=lot, unit=f"{unit:03}", session_id=session.pk)
        self._rows.setdefault(Cartridge, []).append(made)
        return made


@dataclass(frozen=True, slots=True, kw_only=True)
class _Signed:
    """A session that is written and waits for its signature."""

    session: TreatmentSession
    areas: Sequence[SessionArea]
    units: Sequence[Cartridge]
    of: Visit
    moved: timedelta


def _short(value: dict[str, Any], *emptied: str) -> dict[str, Any]:
    return {key: type(part)() if key in emptied else part for key, part in value.items()}


def _sign(sessions: Sequence[_Signed], numbers: Numbers) -> None:
    """Seal and sign sessions, each with its event at the end of the audit trail."""
    head = AuditHead.objects.select_for_update().get(id=1)
    events, signatures = [], []
    for one in sessions:
        session, signed = one.session, one.of.event
        areas = {area.pk: area for area in one.areas}
        sha256 = consent_document.sha256_of(signing.content(session, areas=areas, opened=one.units))
        event = _copy(
            signed, id=numbers.take(AuditEvent), number=head.number + 1, at=signed.at + one.moved,
            patient_id=session.course.patient_id, subject=f"TreatmentSession:{session.pk}",
            detail=signed.detail | {"sha256": sha256}, previous=head.seal,
        )  # fmt: skip
        signatures.append((event.at, event.by_id, one.of.session.signed_meaning, sha256, session.pk))
        event.seal = seal_of(event)
        head.number, head.seal = event.number, event.seal
        events.append(event)
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE records_treatmentsession SET signed_at = %s, signed_by_id = %s, signed_meaning = %s,"
            " signed_sha256 = %s WHERE id = %s",
            [(_adapted(at), *rest) for at, *rest in signatures],
        )
    AuditEvent.objects.bulk_create(events, batch_size=500)
    head.save()


def _adapted(moment: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(moment)


def _reset_sequences() -> None:
    """Let the database count on from the keys that were given by hand."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), list(MADE)):
            cursor.execute(statement)
