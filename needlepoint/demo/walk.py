"""The steps of the spine as the demo clinic walks them, each through the act that a person would do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from django.utils import timezone

from needlepoint.actions import (
    charting,
    completeness,
    consent,
    consent_text,
    courses,
    links,
    patients,
    plan,
    protocols,
    screening,
    session,
    signatures,
    signing,
    stock,
)
from needlepoint.actions.actor import Actor
from needlepoint.actions.patients import Measures, Particulars
from needlepoint.demo.answers import answer_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from needlepoint.demo.cast import Person
    from needlepoint.records.models import Consent, Course, Lot, Plan, Screening, TreatmentSession

NINE: Final = time(9, 0, tzinfo=UTC)
TIME_OUT: Final = ("identity", "areas", "allergies", "consent", "lot", "anaesthetic_off")
AGREED: Final = {"treatment": True, "record_photo": True, "teaching": False, "marketing": False, "messages": True}


def at_nine(day: date, *, minutes: int = 0) -> datetime:
    """Give a moment of the morning of a day."""
    return datetime.combine(day, NINE) + timedelta(minutes=minutes)


def dated(told: Mapping[str, Any], *, on: date) -> dict[str, Any]:
    """Give the answers with a negative number read as that many days before the day."""
    return {
        question: (on + timedelta(days=value)).isoformat() if type(value) is int else value
        for question, value in told.items()
    }


def register(person: Person, *, desk: Actor, clinician: Actor, on: date) -> Course:
    """Register a patient and open the course that was asked for."""
    who = Particulars(
        given_name=person.given_name,
        family_name=person.family_name,
        birth_date=person.birth_date,
        sex=person.sex,
        email=f"{person.given_name}.{person.family_name}@example.org".lower(),
    )
    patient = patients.register_patient(who, by=desk, at=at_nine(on), synthetic=True)
    measures = Measures(
        fitzpatrick=person.fitzpatrick,
        weight_kg=person.weight_kg,
        height_cm=person.height_cm,
        allergies=person.allergies,
    )
    patients.record_measures(patient, measures, by=clinician, at=at_nine(on, minutes=5))
    return courses.open_course(
        patient, indication=person.indication, areas=person.areas, by=desk, at=at_nine(on, minutes=6)
    )


def invite(course: Course, *, desk: Actor, on: date, valid_for: timedelta = links.VALID_FOR) -> tuple[Actor, str]:
    """Make the patient's private link; give the patient as an actor and the link's secret."""
    link, secret = links.invite(course.patient, course=course, by=desk, at=at_nine(on, minutes=7), valid_for=valid_for)
    return Actor(link=link), secret


def screen(
    course: Course,
    person: Person,
    *,
    patient: Actor,
    clinician: Actor,
    on: date,
    device: str,
    depth_mm: float,
    anaesthetic: str | None = None,
) -> Screening:
    """Have everything answered and put to the rules, once without and once with what the anaesthetic asks."""
    told = dated(person.told, on=on)
    answer_all(course, patient=patient, clinician=clinician, on=on, at=at_nine(on, minutes=10), **told)
    return screening.screen_course(
        course,
        on=on,
        device=device,
        operator=clinician.member.operator,
        depth_mm=depth_mm,
        anaesthetic=anaesthetic,
        by=clinician,
        at=at_nine(on, minutes=20),
    )


def make_plan(
    course: Course, *, clinician: Actor, on: date, device: str, depth_mm: float, anaesthetic: str | None = None
) -> Plan:
    """Compute a plan and adopt it."""
    made = plan.plan_course(
        course,
        on=on,
        device=device,
        operator=clinician.member.operator,
        anaesthetic=anaesthetic,
        wishes=plan.Wishes(depth_mm=dict.fromkeys(course.areas, depth_mm)),
        by=clinician,
        at=at_nine(on, minutes=25),
    )
    plan.adopt_plan(made, by=clinician, at=at_nine(on, minutes=26))
    return made


SCARS: Final = protocols.Draft(
    name="Acne scars by pen, two passes",
    indication="acne_scars",
    device_class="pen",
    device="dermapen_4",
    areas=tuple(
        protocols.AreaSetting(area=area, depth_mm=depth_mm, passes=2)
        for area, depth_mm in (("cheeks", 1.0), ("temples", 0.5), ("chin_jaw", 1.0), ("forehead", 0.5))
    ),
    endpoint="pinpoint_bleeding",
    sessions=4,
    interval_days=42,
    anaesthetic="lidocaine_4",
    note="Made up for the demonstration.",
)
WRINKLES: Final = protocols.Draft(
    name="Fine lines by roller",
    indication="facial_wrinkles",
    device_class="roller",
    device="dermaroller_192_0_5",
    areas=tuple(protocols.AreaSetting(area=area, depth_mm=0.5, passes=8) for area in ("forehead", "cheeks")),
    endpoint="even_redness",
    sessions=4,
    interval_days=30,
    note="Made up for the demonstration.",
)


def write_protocols(*, writer: Actor, physician: Actor, on: date) -> None:
    """Write two protocols, edit one, and have both adopted in their newest version."""
    first = protocols.write(replace(SCARS, sessions=3), by=writer, at=at_nine(on))
    note = "A fourth session, as in most published series. Made up for the demonstration."
    protocols.adopt(first, by=physician, at=at_nine(on, minutes=10))
    second = protocols.edit(first.protocol, replace(SCARS, note=note), by=writer, at=at_nine(on + timedelta(days=60)))
    lines = protocols.write(WRINKLES, by=writer, at=at_nine(on, minutes=20))
    for version in (second, lines):
        protocols.adopt(version, by=physician, at=at_nine(on + timedelta(days=61)))


def plan_from_protocol(course: Course, *, clinician: Actor, on: date) -> Plan:
    """Plan from the protocol adopted for what the course treats, and adopt the plan."""
    version = protocols.adopted_for(course.indication)[0]
    asked = protocols.as_request(version, areas=tuple(course.areas))
    made = plan.plan_course(
        course,
        on=on,
        device=asked["device"],
        operator=clinician.member.operator,
        anaesthetic=asked["anaesthetic"],
        areas=tuple(asked["areas"]),
        wishes=plan.Wishes(depth_mm=asked["depth_mm"], passes=asked["passes"], start=time(10, 0)),
        protocol=version,
        by=clinician,
        at=at_nine(on, minutes=25),
    )
    plan.adopt_plan(made, by=clinician, at=at_nine(on, minutes=26))
    return made


def agree(course: Course, *, patient: Actor, on: date) -> Consent:
    """Have the patient sign the newest text."""
    at = at_nine(on, minutes=30)
    return consent.sign(
        course,
        text=consent_text.offered_text(at=at),
        parts=AGREED,
        signature=signatures.typed(str(course.patient)),
        on=on,
        by=patient,
        at=at,
    )


def treat(
    course: Course, *, clinician: Actor, password: str, on: date, numbing_lot: Lot, pain: int
) -> TreatmentSession:
    """Chart a session as planned, from the time-out to the signature."""
    opened = session.open_session(course, on=on, by=clinician, at=at_nine(on, minutes=40))
    started = at_nine(on, minutes=80)
    for area in charting.areas_of(opened).values():
        lot = stock.suggestion(area.device, on=on)
        if lot is not None and not area.cartridge_id:
            charting.open_next(opened, lot, by=clinician, at=started)
    for place, (name, text) in enumerate(_entries(opened, on=on, numbing_lot=numbing_lot, pain=pain)):
        moment = started + timedelta(seconds=20 * place)
        charting.save(opened, name, text, key=f"demo-{opened.pk}-{place}", made_at=moment, by=clinician, at=moment)
    return signing.sign(
        opened,
        password=password,
        meaning="performed",
        by=clinician,
        at=at_nine(on, minutes=130),
    )


def _entries(opened: TreatmentSession, *, on: date, numbing_lot: Lot, pain: int) -> Iterator[tuple[str, str]]:
    def clock(minutes: int) -> str:
        return f"{timezone.localtime(at_nine(on, minutes=minutes)):%H:%M}"

    yield from {
        "numbing_lot": str(numbing_lot.pk),
        "numbing_grams": "12",
        "numbing_on": clock(42),
        "numbing_off": clock(78),
    }.items()
    for item in TIME_OUT:
        yield f"time_out.{item}", "true"
    yield "started_at", clock(85)
    for pk, area in charting.areas_of(opened).items():
        yield f"area.{pk}.depth_mm", f"{area.planned_depth_mm:g}"
        yield f"area.{pk}.passes", str(area.planned_passes)
        yield f"area.{pk}.endpoint", "even_redness"
        yield f"area.{pk}.pain", str(pain)
        yield f"area.{pk}.finished", "true"
    yield "finished_at", clock(115)
    yield "aftercare_given", "true"
    if not completeness.photographed(opened):
        yield "no_photo_reason", "Camera not at hand"
