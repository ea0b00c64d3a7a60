"""The demo clinic: made-up patients at every step of the spine, each brought there by the acts of made-up staff."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from needlepoint.actions import (
    adverse,
    charting,
    clinic,
    devices,
    followup,
    jobs,
    knowledge,
    measures_use,
    outcome,
    override,
    photographs,
    requests,
    staff,
    stock,
)
from needlepoint.actions.actor import HOUSE, Actor
from needlepoint.core.outcomes.triage import Trend
from needlepoint.demo import cast, photography, telling, walk
from needlepoint.demo import photographs as rendered
from needlepoint.demo.walk import at_nine
from needlepoint.knowledge import load
from needlepoint.knowledge.measures_use import read_use_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from needlepoint.demo.cast import Person
    from needlepoint.records.models import Course, Lot, TreatmentSession


ROLLER: Final = "dermaroller_192_0_5"
PEN: Final = "dermapen_4"
CREAM: Final = "lidocaine_4"
BETWEEN_DAYS: Final = 42
ROLLER_LOT: Final = "DEMO-ROLLER-1"  # held back: the second roller lot is there to be used
OLD_PEN_LOT: Final = "DEMO-PEN-0"  # used in the first session of the finished course and recalled since
FIRST_SESSION: Final = 200  # days before today, of the finished course


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """How somebody of the demo gets in: name and password, or a private link."""

    role: str
    name: str
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The staff as actors, with their passwords, and the lot of the numbing cream."""

    staff: dict[str, Actor]
    passwords: dict[str, str]
    cream: Lot
    today: date

    def __getitem__(self, role: str) -> Actor:
        return self.staff[role]

    def day(self, before: int) -> date:
        """Give the day that lies so many days before today."""
        return self.today - timedelta(days=before)


def fill(*, today: date, progress: Callable[[str], None] = lambda step: None) -> list[SignIn]:
    """Fill an empty database with the demo clinic; give one sign-in for each role."""
    progress("the clinic, its staff and its stock")
    house = _house(today)
    knowledge.adopt(
        digest=load().digest,
        note="Adopted for the demonstration only.",
        by=house["physician"],
        at=at_nine(house.day(300)),
    )
    measures_use.switch_on(
        confirmed_sha256=read_use_text().sha256, by=house["director"], at=at_nine(house.day(300), minutes=10)
    )
    requests.receive_request(
        requests.Wish(name="Iris Placeholder", email="iris.placeholder@example.org", wish="Stretch marks",
                      message="I would like to know whether this could help after my pregnancy."),
        at=at_nine(house.today, minutes=-60),
    )  # fmt: skip
    progress("protocols")
    walk.write_protocols(writer=house["therapist"], physician=house["physician"], on=house.day(290))
    progress("patients who are asked, refused, deferred and referred")
    link = _answering(house)
    _refused(house)
    _deferred(house)
    _referred(house)
    progress("a patient who is ready to be treated")
    ready = _ready(house)
    progress("a patient with an adverse event")
    harmed = _harmed(house)
    progress("a finished course with six photographs")
    _finished(house)
    progress("a test-retest study and a blinded rating that are under way")
    photography.study(harmed, ready, house)
    photography.rating_set(house)
    progress("a recall that is closed, one that is open, and messages")
    telling.closed_recall(house, lot=OLD_PEN_LOT)
    telling.open_recall(house, lot=ROLLER_LOT)
    telling.preparation(house, ready)
    names = {member.role: f"demo-{member.role.replace('_', '-')}" for member in cast.STAFF}
    return [
        *(SignIn(role=role, name=names[role], secret=house.passwords[role]) for role in names),
        SignIn(role="patient", name="private link", secret=link),
    ]


def _house(today: date) -> House:
    at = at_nine(today - timedelta(days=400))
    clinic.found(
        name="Demo clinic for micro-needling", premises="DE", address="1 Example Street, Sampletown",
        telephone="+49 30 0000000", out_of_hours="Outside opening hours call 116 117, in an emergency 112.",
        by=HOUSE, at=at,
    )  # fmt: skip
    actors, passwords = {}, {}
    for member in cast.STAFF:
        new = staff.NewMember(
            username=f"demo-{member.role.replace('_', '-')}",
            first_name=member.given_name,
            last_name=member.family_name,
            role=member.role,
            operator=member.operator,
        )
        user, _ = staff.add_member(new, by=HOUSE, at=at)
        password = secrets.token_urlsafe(9)
        user = staff.choose_password(password, by=Actor(user=user), at=at)
        actors[member.role], passwords[member.role] = Actor(user=user), password
    keeper = actors["director"]
    for device, serial in ((PEN, "DEMO-0001"), ("skinpen_precision", "DEMO-0002")):
        devices.add_device_unit(device, serial, service_due=today + timedelta(days=200), by=keeper, at=at)
    expires = today + timedelta(days=500)
    for product in (PEN, ROLLER, "skinpen_precision"):
        number = f"DEMO-{product.upper().replace('_', '-')}"[:20]
        stock.receive(product, number=number, expires_on=expires, units=20, on=at.date(), by=keeper, at=at)
    stock.receive(ROLLER, number=ROLLER_LOT, expires_on=expires - timedelta(days=100), units=6, on=at.date(),
                  by=keeper, at=at)  # fmt: skip
    stock.receive(PEN, number=OLD_PEN_LOT, expires_on=today - timedelta(days=FIRST_SESSION - 10), units=4,
                  on=at.date(), by=keeper, at=at)  # fmt: skip
    cream = stock.receive(CREAM, number="DEMO-CREAM-1", expires_on=expires, units=1, on=at.date(), by=keeper, at=at)
    return House(staff=actors, passwords=passwords, cream=cream, today=today)


def _register(house: House, person: Person, *, before: int) -> tuple[Course, Actor, str]:
    course = walk.register(person, desk=house["front_desk"], clinician=house["therapist"], on=house.day(before))
    valid_for = timedelta(days=before + 14)
    patient, secret = walk.invite(course, desk=house["front_desk"], on=house.day(before), valid_for=valid_for)
    return course, patient, secret


def _answering(house: House) -> str:
    """Ada has a link and has not begun; hers is the sign-in of the role of patient."""
    _, _, secret = _register(house, cast.ANSWERING, before=1)
    return secret


def _refused(house: House) -> None:
    """Ben forms keloids: the screening says no."""
    course, patient, _ = _register(house, cast.REFUSED, before=6)
    walk.screen(course, cast.REFUSED, patient=patient, clinician=house["therapist"], on=house.day(5),
                device=PEN, depth_mm=1.0)  # fmt: skip


def _deferred(house: House) -> None:
    """Chloe took isotretinoin until a while ago: not before a date."""
    course, patient, _ = _register(house, cast.DEFERRED, before=4)
    walk.screen(course, cast.DEFERRED, patient=patient, clinician=house["therapist"], on=house.day(3),
                device=PEN, depth_mm=1.0)  # fmt: skip


def _referred(house: House) -> None:
    """Dara takes a blood thinner: the physician decides, and has."""
    course, patient, _ = _register(house, cast.REFERRED, before=3)
    screened = walk.screen(course, cast.REFERRED, patient=patient, clinician=house["therapist"], on=house.day(1),
                           device=ROLLER, depth_mm=0.5)  # fmt: skip
    open_ = next((f["card"] for f in screened.result["findings"] if f["verdict"] == "refer"), None)
    if open_ is not None:
        override.override(
            screened, card=open_, reason="Spoke with the prescriber; shallow roller, small field, pressure at hand.",
            by=house["physician"], at=at_nine(house.day(1), minutes=60),
        )  # fmt: skip


def _ready(house: House) -> Course:
    """Emil is screened today, planned and has signed: the session can be opened."""
    course, patient, _ = _register(house, cast.READY, before=9)
    walk.screen(course, cast.READY, patient=patient, clinician=house["physician"], on=house.today,
                device=PEN, depth_mm=1.0, anaesthetic=CREAM)  # fmt: skip
    walk.plan_from_protocol(course, clinician=house["physician"], on=house.today)
    walk.agree(course, patient=patient, on=house.day(2))
    return course


def _visit(
    house: House,
    course: Course,
    person: Person,
    patient: Actor,
    *,
    before: int,
    device: str,
    depth_mm: float,
    pain: int,
) -> TreatmentSession:
    on, physician = house.day(before), house["physician"]
    walk.screen(course, person, patient=patient, clinician=physician, on=on, device=device, depth_mm=depth_mm,
                anaesthetic=CREAM)  # fmt: skip
    walk.make_plan(course, clinician=physician, on=on, device=device, depth_mm=depth_mm, anaesthetic=CREAM)
    password = house.passwords["physician"]
    return walk.treat(course, clinician=physician, password=password, on=on, numbing_lot=house.cream, pain=pain)


def _harmed(house: House) -> Course:
    """Fay reported pus on day 3: it was looked at, is recorded as an adverse event, and has healed."""
    course, patient, _ = _register(house, cast.HARMED, before=12)
    walk.agree(course, patient=patient, on=house.day(11))
    treated = _visit(house, course, cast.HARMED, patient, before=6, device=ROLLER, depth_mm=0.5, pain=3)
    on = house.day(3)
    check = followup.report(
        treated, signs=frozenset({"pus"}), none_of=frozenset(), words="My left cheek is sore and there is pus.",
        trend=Trend.WORSE, by=patient, at=at_nine(on, minutes=55), on=on,
    )  # fmt: skip
    followup.handle(check.alert.pk, handling="Seen the same day; swab taken, treatment prescribed by the physician.",
                    by=house["physician"], at=at_nine(on, minutes=200))  # fmt: skip
    lot = next((area.cartridge.lot for area in charting.areas_of(treated).values() if area.cartridge), None)
    event = adverse.record(
        treated, area="cheeks", what="Superficial skin infection", grade=2, began_on=on,
        course_so_far="Swab taken and treated on day 3; less sore since.", outcome="ongoing", photograph=None, lot=lot,
        by=house["physician"], at=at_nine(on, minutes=210), on=on,
    )  # fmt: skip
    for before, grade, outcome_now, words in (
        (2, 1, "ongoing", "Less red, no more pus; treatment goes on."),
        (0, 1, "resolved", "Healed; treatment finished, no mark left."),
    ):
        day = house.day(before)
        adverse.update(event.pk, grade=grade, course_so_far=words, outcome=outcome_now, by=house["physician"],
                       at=at_nine(day, minutes=15), on=day)  # fmt: skip
    return course


def _finished(house: House, *, photographed: bool = True) -> None:
    """Gia had three sessions; photographs, which take a while to render, and grades of before and after."""
    person, physician = cast.FINISHED, house["physician"]
    first, after = FIRST_SESSION, 25
    course, patient, _ = _register(house, person, before=first + 9)
    walk.agree(course, patient=patient, on=house.day(first + 2))
    if photographed:
        _photographs(house, course, person, before=(first, after))
    scale = outcome.scales_of(course)[0]
    outcome.grade(course, scale=scale.id, value=3, graded_on=house.day(first), by=physician,
                  at=at_nine(house.day(first), minutes=5), on=house.day(first))  # fmt: skip
    for visit in range(3):
        before = first - visit * BETWEEN_DAYS
        last = {"needling_last": -BETWEEN_DAYS} if visit else {}
        again = cast.again(person, **last)
        _visit(house, course, again, patient, before=before, device=PEN, depth_mm=1.5, pain=4 - visit)
    outcome.grade(course, scale=scale.id, value=2, graded_on=house.day(after), by=physician,
                  at=at_nine(house.day(after), minutes=5), on=house.day(after))  # fmt: skip


def _photographs(house: House, course: Course, person: Person, *, before: tuple[int, int]) -> None:
    days = [house.day(days) for days in before]
    front = []
    for taken in rendered.course(
        11, fitzpatrick=person.fitzpatrick, visits=2, views=("front", "left_45", "right_45"),
        redness=(7.0, 2.5), pits=(0.8, 0.4), taken_at=[at_nine(day) for day in days],
    ):  # fmt: skip
        day = days[taken.visit]
        kept = photographs.add(
            course, taken.jpeg, view=taken.view, taken_on=day, by=house["therapist"], at=at_nine(day)
        )
        if taken.view == "front":
            front.append(kept)
    jobs.have_compared(*front, by=house["therapist"], at=at_nine(days[-1], minutes=10))
