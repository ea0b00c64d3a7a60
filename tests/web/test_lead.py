"""What a course says first: whose face it is, what comes next, and what is still to be asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.urls import reverse

from needlepoint.actions import chart, photographs
from needlepoint.records.models import ConsentWithdrawal, Course, Role
from needlepoint.web.clinic.lead import lead
from tests import people, pictures

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


def photograph(course: Course, *, seed: int, taken_on: date = people.TODAY, view: str = "front") -> Any:
    data = pictures.file(seed=seed)
    return photographs.add(course, data, view=view, taken_on=taken_on, by=people.actor(), at=people.NOW)


def page_of(course: Course, role: str = Role.THERAPIST) -> str:
    return people.sign_in(role).get(reverse("clinic:course", args=[course.ref])).content.decode()


def test_the_header_shows_the_newest_photograph_from_the_front() -> None:
    course = people.make_course()
    people.make_consent(course)
    newest = photograph(course, seed=1)
    older = photograph(course, seed=2, taken_on=people.TODAY.replace(day=1))
    photograph(course, seed=3, view="left_45")
    page = page_of(course)
    assert reverse("clinic:photo_copy", args=[newest.ref, "thumb"]) in page
    assert reverse("clinic:photo_copy", args=[older.ref, "thumb"]) not in page


def test_the_header_shows_initials_once_the_photographs_are_no_longer_agreed_to() -> None:
    course = people.make_course()
    agreed = people.make_consent(course)
    shown = photograph(course, seed=1)
    ConsentWithdrawal.objects.create(consent=agreed, part="record_photo", at=people.NOW, by=people.make_staff())
    page = page_of(course)
    assert reverse("clinic:photo_copy", args=[shown.ref, "thumb"]) not in page
    assert '<span class="face" aria-hidden="true">PE</span>' in page


def test_the_header_shows_initials_to_one_who_may_not_see_photographs() -> None:
    course = people.make_course()
    people.make_consent(course)
    shown = photograph(course, seed=1)
    page = page_of(course, Role.DIRECTOR)
    assert reverse("clinic:photo_copy", args=[shown.ref, "thumb"]) not in page


def test_a_new_course_leads_to_the_consultation() -> None:
    course = people.make_course()
    first = lead(chart.header(course, on=people.TODAY))
    assert first.title == "Next: consultation"
    assert first.address == reverse("clinic:questions", args=[course.ref])


def test_a_course_that_was_refused_leads_to_the_reasons() -> None:
    course = people.make_course()
    people.answer_all(course.patient, isotretinoin_now=True, isotretinoin_last_dose=None)
    people.make_screening(course)
    first = lead(chart.header(course, on=people.TODAY))
    assert first.state == "stop"
    assert first.title.startswith("Screening: ")
    assert first.button == "Read the screening"


def test_open_questions_stand_by_whom_they_are_asked_of_and_link_to_that_page() -> None:
    people.make_clinic()
    screening = people.make_screening(people.make_course(indication="facial_wrinkles", areas=["cheeks"]))
    address = reverse("clinic:screening_result", args=[screening.pk])
    page = people.sign_in(Role.PHYSICIAN).get(address).content.decode()
    questions = reverse("clinic:questions", args=[screening.course.ref])
    for one in screening.result["questions"]:
        where = f"{questions}?for=patient" if one["asked_of"] == "patient" else questions
        assert f'href="{where}#q-{one["id"]}"' in page
        assert one["subject"] in page
