"""The clinic's own test-retest study: from enrolment to the error that outcomes use."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from skimage import data

from needlepoint.actions import jobs, photographs, retest
from needlepoint.actions.access import NotPermitted
from needlepoint.core.outcomes.reliability import reliability
from needlepoint.records.models import AuditEvent, Comparison, JobState, Measurement, Photograph, RetestStudy, Role
from tests import people, pictures

pytestmark = pytest.mark.django_db

TABLE = np.array([[20.0, 21.0], [30.0, 29.0], [25.0, 26.5], [41.0, 40.0]])


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


def begun(*, people_wanted: int = 4) -> RetestStudy:
    return retest.open_study(
        title="Room 1", view="front", people=people_wanted, takes=2, set_up="Tablet and ring lamp", by=people.actor(),
        at=people.NOW,
    )  # fmt: skip


def enrolled(study: RetestStudy, number: int, *, consent: bool = True) -> Any:
    course = people.make_course(people.make_patient(family_name=f"Person{number}"))
    if consent:
        people.make_consent(course)
    return retest.enrol(study, course, by=people.actor(), at=people.NOW)


def photographed(person: Any, *values: float | None) -> None:
    """Photograph somebody so often; measured as told, or not usable where None."""
    for place, value in enumerate(values):
        seed = 100 * person.number + place
        data = pictures.file(seed=seed, image=pictures.scene(seed=seed))
        take = retest.add_take(person, data, source="file", on=people.TODAY, by=people.actor(), at=people.NOW)
        row = {"id": "erythema_index", "region": "cheeks", "value": value, "unit": "index", "error": 1.0,
               "comparable": True, "reason": None}  # fmt: skip
        result = {"quality": {"usable": value is not None, "reasons": []}, "measures": [] if value is None else [row]}
        Measurement.objects.filter(photograph=take.photograph).update(state=JobState.DONE, result=result)


def complete(study: RetestStudy) -> None:
    for number, row in enumerate(TABLE):
        photographed(enrolled(study, number), *row)


def test_the_statistics_are_those_of_the_photographs_of_complete_people() -> None:
    people.switch_measures_on()
    study = begun()
    complete(study)
    photographed(enrolled(study, 8), 33.0)
    photographed(enrolled(study, 9), 33.0, None)
    (found,) = retest.found(retest.people(study))
    expected = reliability(TABLE)
    assert (found.measure, found.region, found.people, found.takes) == ("erythema_index", "cheeks", 4, 2)
    assert found.icc == pytest.approx(expected.icc.value)
    assert found.sem == pytest.approx(expected.sem.value)
    assert found.sdc == pytest.approx(expected.sdc)
    assert found.differences == (1.0, -1.0, 1.5, -1.0)


def test_a_study_is_signed_by_physician_or_director_when_everybody_is_complete() -> None:
    people.switch_measures_on()
    study = begun()
    with pytest.raises(retest.Refused, match="0 of 4 people"):
        retest.sign(study, note="", by=people.actor(Role.PHYSICIAN), at=people.NOW)
    complete(study)
    with pytest.raises(NotPermitted):
        retest.sign(study, note="", by=people.actor(Role.THERAPIST), at=people.NOW)
    result = retest.sign(study, note="calm skin", by=people.actor(Role.DIRECTOR), at=people.NOW)
    assert retest.in_force("front") == result
    assert retest.in_force("left_45") is None
    assert retest.detectable(result)["erythema_index", "cheeks"] == pytest.approx(reliability(TABLE).sdc)
    assert AuditEvent.objects.filter(act="sign_retest_study").count() == 1
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        type(result).objects.update(people=99)
    with pytest.raises(retest.Refused, match="signed"):
        enrolled(retest.find_study(study.ref), 7)


def test_a_study_is_not_signed_while_measures_are_off() -> None:
    study = begun()
    complete(study)
    with pytest.raises(retest.Refused, match="Measures are off"):
        retest.sign(study, note="", by=people.actor(Role.PHYSICIAN), at=people.NOW)


def test_nobody_takes_part_twice_or_without_consent_and_the_same_file_is_no_second_take() -> None:
    study = begun()
    with pytest.raises(retest.Refused, match="has not agreed"):
        enrolled(study, 1, consent=False)
    person = enrolled(study, 2)
    with pytest.raises(retest.Refused, match="takes part already"):
        retest.enrol(study, person.course, by=people.actor(), at=people.NOW)
    take: dict[str, Any] = {"source": "file", "on": people.TODAY, "by": people.actor(), "at": people.NOW}
    retest.add_take(person, pictures.file(), **take)
    with pytest.raises(photographs.AlreadyThere):
        retest.add_take(person, pictures.file(), **take)
    retest.add_take(person, pictures.file(seed=1), **take)
    with pytest.raises(retest.Refused, match="2 times already"):
        retest.add_take(person, pictures.file(seed=2), **take)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": ""}, "a title"),
        ({"set_up": " "}, "camera, lamp"),
        ({"view": "behind"}, "which view"),
        ({"people": 2}, "3 to 500 people"),
        ({"takes": 1}, "2 to 5 photographs"),
        ({"people": None}, "3 to 500 people"),
    ],
)
def test_what_a_study_lacks_is_named(change: dict[str, Any], says: str) -> None:
    given: dict[str, Any] = {"title": "Room 1", "view": "front", "people": 20, "takes": 2, "set_up": "Tablet"}
    with pytest.raises(retest.Refused, match=says):
        retest.open_study(**(given | change), by=people.actor(), at=people.NOW)


def outcome_page(change: float) -> str:
    course = people.make_course(people.make_patient(family_name="Outcome"))
    people.make_consent(course)
    before, after = (
        photographs.add(
            course, pictures.file(seed=ago, image=pictures.scene(seed=ago + 40)), view="front", by=people.actor(),
            taken_on=timezone.localdate() - timedelta(days=ago), at=timezone.now(),
        ) for ago in (60, 0)
    )  # fmt: skip
    row = {"id": "erythema_index", "region": "cheeks", "before": 20.0, "after": 20.0 + change, "change": change,
           "smallest_detectable_change": 9.9, "beyond_error": False, "comparable": True, "reason": None}  # fmt: skip
    quality = {side: {"reasons": [], "usable": True} for side in ("before", "after")}
    Comparison.objects.create(
        before=before, after=after, state="done", at=people.NOW, result={"quality": quality, "changes": [row]}
    )
    answer = people.sign_in().get(reverse("clinic:outcome", args=[course.ref]))
    return " ".join(answer.content.decode().split())


def test_outcomes_say_floor_before_and_use_the_clinics_own_error_after_the_signature() -> None:
    people.switch_measures_on()
    before = outcome_page(-5.0)
    assert "simulated floor" in before
    assert "no change beyond the measuring error" in before
    study = begun()
    complete(study)
    retest.sign(study, note="", by=people.actor(Role.PHYSICIAN), at=people.NOW)
    after = outcome_page(-5.0)
    assert "this clinic's own</strong>, from the study Room 1 of 4 people" in after
    assert reliability(TABLE).sdc < 5.0
    assert "less red" in after


def test_what_is_measured_after_the_signature_carries_the_error_of_the_study() -> None:
    people.switch_measures_on()
    portrait: Any = data.astronaut()  # type: ignore[no-untyped-call]  # the package gives no types for its pictures
    course = people.make_course(people.make_patient(family_name="Measured"))
    people.make_consent(course)
    first, second = (
        photographs.add(
            course, pictures.file(image=Image.fromarray(portrait[:, cut:])), view="front", taken_on=people.TODAY,
            by=people.actor(), at=people.NOW,
        ) for cut in (0, 2)
    )  # fmt: skip
    floor = errors(first)
    study = begun()
    complete(study)
    retest.sign(study, note="", by=people.actor(Role.PHYSICIAN), at=people.NOW)
    own, found = errors(first), reliability(TABLE)
    place = ("erythema_index", "cheeks")
    assert own[place] == pytest.approx(found.sem.value) != floor[place]
    assert {each: error for each, error in own.items() if each != place} == {
        each: error for each, error in floor.items() if each != place
    }, "what the study did not reach keeps the floor"
    job = jobs.have_compared(first, second, by=people.actor(), at=people.NOW)
    jobs.compare.call(job.pk)
    job.refresh_from_db()
    limits = {(row["id"], row["region"]): row["smallest_detectable_change"] for row in (job.result or {})["changes"]}
    assert limits[place] == pytest.approx(found.sdc)


def errors(photo: Photograph) -> dict[tuple[str, str], float]:
    """Measure a photograph anew, and give the errors of what was measured."""
    Measurement.objects.filter(photograph=photo).update(state=JobState.WAITING, attempts=0)
    jobs.measure.call(photo.measurement.pk)
    result = Measurement.objects.get(photograph=photo).result or {}
    return {(row["id"], row["region"]): row["error"] for row in result["measures"] if row["error"] is not None}


def test_the_pages_guide_from_the_beginning_to_the_plots() -> None:
    people.switch_measures_on()
    therapist, physician = people.sign_in(), people.sign_in(Role.PHYSICIAN)
    answer: Any
    given = {"title": "Room 1", "view": "front", "people": 4, "takes": 2, "set_up": "Tablet"}
    answer = therapist.post(reverse("clinic:study_new"), given)
    address = answer.url
    study = RetestStudy.objects.get()
    course = people.make_course(people.make_patient(family_name="Enrolled"))
    people.make_consent(course)
    answer = therapist.post(reverse("clinic:study_enrol", args=[study.ref]), {"course": course.ref})
    text = therapist.get(answer.url).content.decode()
    assert "Photograph 1 of 2" in text
    assert "clinic:study_camera" not in text
    for number, row in enumerate(TABLE):
        photographed(enrolled(study, number), *row)
    shown = " ".join(physician.get(address).content.decode().split())
    assert "4 of 4 people" in shown
    assert "Erythema index, index" in shown
    assert "Sign off as" in shown
    assert physician.post(reverse("clinic:study_sign", args=[study.ref])).status_code == 302
    assert "Signed by Phil Physician" in physician.get(address).content.decode()
