"""The clinic's own test-retest study: who takes part, what it found, and which error is in force."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from django.db import transaction

from needlepoint.actions import access, audit, consent, measures_use, photographs
from needlepoint.actions.access import Act, NoSuchRecord
from needlepoint.core.imaging.photo import MeasureId
from needlepoint.core.outcomes.reliability import bland_altman, reliability
from needlepoint.records.models import (
    ConsentPart,
    Course,
    JobState,
    Photograph,
    RetestPerson,
    RetestResult,
    RetestStudy,
    RetestTake,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from needlepoint.actions.actor import Actor
    from needlepoint.core.imaging.photo import Id

PEOPLE: Final = 20
TAKES: Final = 2
FEWEST_PEOPLE: Final = 3
MOST_OFFERED: Final = 300

Place = tuple[str, str]  # measure, region


class Refused(Exception):
    """A study cannot go on like this; the words are for the person who asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where one person of a study stands."""

    person: RetestPerson
    takes: tuple[RetestTake, ...]
    usable: int
    complete: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a study found for one measure in one region: all in the unit of the measure."""

    measure: str
    region: str
    unit: str
    people: int
    takes: int
    icc: float
    icc_low: float
    icc_high: float
    sem: float
    sdc: float
    bias: float
    lower: float
    upper: float
    means: tuple[float, ...]
    differences: tuple[float, ...]


@transaction.atomic
def open_study(
    *, title: str, view: str, people: int | None, takes: int | None, set_up: str, by: Actor, at: datetime
) -> RetestStudy:
    """Begin a study.

    Raises
    ------
    Refused
        When title, view, numbers or the description of camera and lamp do not do.

    """
    access.require(Act.RUN_RETEST, by=by)
    if not title.strip() or not set_up.strip():
        raise Refused("Please give the study a title, and say which camera, lamp and place it holds for.")
    if view not in photographs.FACE_VIEWS:
        raise Refused("Please choose which view is photographed.")
    if people is None or not FEWEST_PEOPLE <= people <= 500 or takes is None or not 2 <= takes <= 5:
        raise Refused(f"Please give {FEWEST_PEOPLE} to 500 people and 2 to 5 photographs of each.")
    study = RetestStudy.objects.create(
        title=title.strip(), view=view, people_wanted=people, takes_wanted=takes, set_up=set_up.strip(), by=by.member,
        at=at,
    )  # fmt: skip
    audit.record("open_retest_study", by=by, at=at, subject=study, view=view, people=people, takes=takes)
    return study


def studies() -> list[RetestStudy]:
    """Give every study, the newest first."""
    return list(RetestStudy.objects.select_related("result__by", "by"))


def find_study(ref: UUID) -> RetestStudy:
    """Give a study; raises NoSuchRecord when there is none."""
    study = RetestStudy.objects.select_related("result__by", "by").filter(ref=ref).first()
    if study is None:
        raise NoSuchRecord("study")
    return study


def find_person(pk: int) -> RetestPerson:
    """Give somebody of a study; raises NoSuchRecord when there is nobody."""
    rows = RetestPerson.objects.select_related("study__result", "course__patient")
    person = rows.filter(pk=pk).first()
    if person is None:
        raise NoSuchRecord("person of a study")
    return person


def offered(study: RetestStudy) -> list[Course]:
    """Give the courses whose patients can be asked to take part, the newest first."""
    rows = Course.objects.exclude(pk__in=study.people.values("course")).select_related("patient")
    return list(rows.order_by("-opened_at")[:MOST_OFFERED])


@transaction.atomic
def enrol(study: RetestStudy, course: Course, *, by: Actor, at: datetime) -> RetestPerson:
    """Take somebody into a study.

    Raises
    ------
    Refused
        When the study is signed, the patient has not agreed to photographs, or takes part already.

    """
    access.require(Act.RUN_RETEST, by=by)
    _require_open(study)
    if not consent.allows(course, ConsentPart.RECORD_PHOTO):
        raise Refused("This patient has not agreed to photographs for the record, or has withdrawn it.")
    taken = list(study.people.select_related("course"))
    if any(person.course.patient_id == course.patient_id for person in taken):
        raise Refused("This patient takes part already.")
    person = RetestPerson.objects.create(study=study, course=course, number=len(taken) + 1, by=by.member, at=at)
    audit.record("enrol_in_retest", by=by, at=at, patient=course.patient, subject=person)
    return person


def _require_open(study: RetestStudy) -> None:
    if hasattr(study, "result"):
        raise Refused("This study is signed; a new one can be begun.")


def add_take(person: RetestPerson, data: bytes, *, source: str, on: date, by: Actor, at: datetime) -> RetestTake:
    """Keep one more photograph of somebody in a study.

    Raises
    ------
    Refused
        When the study is signed or the person was photographed often enough.
    photographs.Refused
        As for `photographs.add`; the same file is no second take.

    """
    access.require(Act.RUN_RETEST, by=by)
    _require_open(person.study)
    number = person.takes.count() + 1
    if number > person.study.takes_wanted:
        raise Refused(f"This person was photographed {person.study.takes_wanted} times already.")
    with transaction.atomic():
        photo = photographs.add(person.course, data, view=person.study.view, taken_on=on, source=source, by=by, at=at)
        take = RetestTake.objects.create(person=person, number=number, photograph=photo, by=by.member, at=at)
        audit.record("add_retest_take", by=by, at=at, patient=person.course.patient, subject=take, number=number)
    return take


def people(study: RetestStudy) -> tuple[Standing, ...]:
    """Give everybody of a study with where they stand."""
    rows = study.people.select_related("course__patient").prefetch_related("takes__photograph__measurement")
    return tuple(_standing(person, study) for person in rows)


def _standing(person: RetestPerson, study: RetestStudy) -> Standing:
    takes = tuple(person.takes.all())
    usable = sum(_usable(take.photograph) for take in takes)
    return Standing(person=person, takes=takes, usable=usable, complete=usable == study.takes_wanted)


def _usable(photo: Photograph) -> bool:
    job = photo.measurement
    return job.state == JobState.DONE and bool((job.result or {}).get("quality", {}).get("usable"))


def found(standings: Sequence[Standing]) -> tuple[Found, ...]:
    """Give the statistics of every measure that at least three people have in all their takes."""
    scores: dict[Place, list[list[float]]] = {}
    units: dict[Place, str] = {}
    for standing in standings:
        if not standing.complete:
            continue
        rows = [_values(take.photograph, units) for take in standing.takes]
        for place in set.intersection(*(set(row) for row in rows)):
            scores.setdefault(place, []).append([row[place] for row in rows])
    return tuple(
        _statistics(place, units[place], np.array(table))
        for place, table in sorted(scores.items())
        if len(table) >= FEWEST_PEOPLE
    )


def _values(photo: Photograph, units: dict[Place, str]) -> dict[Place, float]:
    rows = [row for row in (photo.measurement.result or {}).get("measures", ()) if row["comparable"]]
    units.update({(row["id"], row["region"]): row["unit"] for row in rows})
    return {(row["id"], row["region"]): row["value"] for row in rows if row["value"] is not None}


def _statistics(place: Place, unit: str, table: np.ndarray[Any, np.dtype[np.float64]]) -> Found:
    whole, pair = reliability(table), bland_altman(table[:, 0], table[:, 1])
    return Found(
        measure=place[0], region=place[1], unit=unit, people=whole.people, takes=whole.takes, icc=whole.icc.value,
        icc_low=whole.icc.low, icc_high=whole.icc.high, sem=whole.sem.value, sdc=whole.sdc, bias=pair.bias.value,
        lower=pair.lower.value, upper=pair.upper.value, means=pair.means, differences=pair.differences,
    )  # fmt: skip


def against_signing(study: RetestStudy, standings: Sequence[Standing]) -> str | None:
    """Give the reason why a study cannot be signed yet, or nothing."""
    if hasattr(study, "result"):
        return "This study is signed."
    if not measures_use.are_on():
        return "Measures are off in this clinic."
    complete = sum(standing.complete for standing in standings)
    if complete < study.people_wanted:
        return f"{complete} of {study.people_wanted} people have all their photographs measured and usable."
    return None


@transaction.atomic
def sign(study: RetestStudy, *, note: str, by: Actor, at: datetime) -> RetestResult:
    """Sign a study off: from now on its smallest detectable changes are the ones to go by.

    Raises
    ------
    Refused
        When it cannot be signed yet.

    """
    access.require(Act.SIGN_RETEST, by=by)
    standings = people(study)
    reason = against_signing(study, standings)
    if reason is not None:
        raise Refused(reason)
    rows = found(standings)
    if not rows:
        raise Refused("No measure was found in all photographs of three people.")
    result = RetestResult.objects.create(
        study=study, found=[_kept(row) for row in rows], people=sum(one.complete for one in standings),
        note=note.strip(), by=by.member, at=at,
    )  # fmt: skip
    audit.record("sign_retest_study", by=by, at=at, subject=result, people=result.people, measures=len(rows))
    return result


def _kept(row: Found) -> dict[str, Any]:
    return {**asdict(row), "means": list(row.means), "differences": list(row.differences)}


def of_result(result: RetestResult) -> tuple[Found, ...]:
    """Give what a signed study found."""
    return tuple(
        Found(**{**row, "means": tuple(row["means"]), "differences": tuple(row["differences"])}) for row in result.found
    )


def in_force(view: str) -> RetestResult | None:
    """Give the newest signed study of a view: its errors are used instead of the simulated floor."""
    return RetestResult.objects.filter(study__view=view).select_related("study", "by").last()


def detectable(result: RetestResult | None) -> Mapping[Place, float]:
    """Give the smallest detectable changes of a signed study by measure and region."""
    return {} if result is None else {(row["measure"], row["region"]): row["sdc"] for row in result.found}


def standard_errors(result: RetestResult | None) -> Mapping[tuple[Id, str], float]:
    """Give the standard errors of a signed study by measure and region, as the error model takes them."""
    return {} if result is None else {(MeasureId(row["measure"]), row["region"]): row["sem"] for row in result.found}
