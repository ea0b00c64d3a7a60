"""What has become of the skin: grades and readings count only against their error."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from needlepoint.actions import outcome, photographs
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.core.outcomes.scales import Finding
from needlepoint.records.models import AuditEvent, Comparison, Course, Measurement, Photograph, Role, ScaleScore
from tests import people, pictures

pytestmark = pytest.mark.django_db

SCALE = "goodman_baron_qualitative"


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


@pytest.fixture
def course() -> Course:
    course = people.make_course(indication="acne_scars")
    people.make_consent(course)
    return course


def grade(course: Course, value: float, *, days_ago: int = 0, **changes: Any) -> ScaleScore:
    setting = {
        "scale": SCALE, "graded_on": people.TODAY - timedelta(days=days_ago), "by": people.actor(), "at": people.NOW,
        "on": people.TODAY, **changes,
    }  # fmt: skip
    return outcome.grade(course, value=value, **setting)


def photograph(course: Course, *, days_ago: int, view: str = "front") -> Photograph:
    return photographs.add(
        course, pictures.file(seed=days_ago), view=view, taken_on=people.TODAY - timedelta(days=days_ago),
        by=people.actor(), at=people.NOW,
    )  # fmt: skip


def first_day(course: Course) -> Any:
    return next(iter(outcome.session_days(course)), None)


def test_a_grade_is_kept_with_who_rated_it_and_audited(course: Course) -> None:
    score = grade(course, 3)
    assert (score.grade, score.by) == (3.0, people.make_staff())
    assert AuditEvent.objects.get(act="grade_scale").detail == {"scale": SCALE, "grade": 3}


def test_a_grade_the_scale_does_not_have_is_refused(course: Course) -> None:
    for value in (0, 2.5, 5, float("nan")):
        with pytest.raises(outcome.NoSuchGrade):
            grade(course, value)
    with pytest.raises(outcome.GradedInFuture):
        grade(course, 2, days_ago=-1)
    with pytest.raises(NoSuchRecord):
        grade(course, 2, scale="no_such_scale")
    with pytest.raises(NoSuchRecord):
        grade(people.make_course(indication="facial_wrinkles"), 2)
    with pytest.raises(NotPermitted):
        grade(course, 2, by=people.actor(Role.DIRECTOR))
    assert not ScaleScore.objects.exists()


@pytest.mark.parametrize(
    ("before", "after", "finding"),
    [(4, 2, Finding.BETTER), (3, 2, Finding.WITHIN_ERROR), (2, 2, Finding.WITHIN_ERROR), (1, 3, Finding.WORSE)],
)
def test_a_change_of_one_grade_is_not_called_a_change(
    course: Course, before: int, after: int, finding: Finding
) -> None:
    people.make_session(course, on=people.TODAY - timedelta(days=60))
    grade(course, 4, days_ago=90)
    grade(course, before, days_ago=60)
    grade(course, 4, days_ago=30)
    grade(course, after)
    (shown,) = outcome.graded(course, first_session=first_day(course))
    assert (shown.before.grade, shown.after.grade) == (before, after)  # type: ignore[union-attr]  # both were graded
    assert shown.change is not None
    assert shown.change.finding is finding


def test_without_a_grade_on_both_sides_of_the_first_session_there_is_no_change(course: Course) -> None:
    grade(course, 4, days_ago=10)
    grade(course, 1)
    assert outcome.graded(course, first_session=None)[0].change is None
    people.make_session(course, on=people.TODAY - timedelta(days=20))
    assert outcome.graded(course, first_session=first_day(course))[0].change is None


def test_the_last_photograph_up_to_the_first_session_is_set_against_the_newest(course: Course) -> None:
    people.make_session(course, on=people.TODAY - timedelta(days=60))
    photos = {ago: photograph(course, days_ago=ago) for ago in (90, 61, 30, 0)}
    photograph(course, days_ago=59, view="left_45")
    taken = photographs.of_course(course)
    ask = {"first_session": first_day(course), "view": "front", "before": None, "after": None}
    pair = outcome.pair(taken, **ask)
    assert pair is not None
    assert (pair.before, pair.after) == (photos[61], photos[0])
    other = outcome.pair(taken, **{**ask, "before": photos[90].ref, "after": photos[30].ref})
    assert other is not None
    assert (other.before, other.after) == (photos[90], photos[30])
    assert outcome.pair(taken, **{**ask, "view": "left_45"}) is None, "one photograph is no pair"
    assert list(outcome.views_taken(taken)) == ["front"]


def measured(photo: Photograph, value: float, *, comparable: bool = True) -> None:
    row = {"id": "ita", "region": "whole", "value": value, "error": 1.0, "comparable": comparable}
    Measurement.objects.filter(photograph=photo).update(result={"measures": [row]}, state="done")


def test_a_reading_is_held_against_the_first_only_when_a_comparison_found_it_comparable(course: Course) -> None:
    photos = [photograph(course, days_ago=ago) for ago in (40, 30, 20, 10)]
    for photo in photos:
        measured(photo, 40.0 + photo.pk, comparable=photo is not photos[3])
    for photo, comparable in ((photos[1], True), (photos[2], False)):
        row = {"id": "ita", "region": "whole", "comparable": comparable}
        Comparison.objects.create(before=photos[0], after=photo, state="done", result={"changes": [row]}, at=people.NOW)
    found = outcome.readings(
        photographs.of_course(course), view="front", measure="ita", region="whole", against=photos[0]
    )
    assert [(reading.point.value, reading.held) for reading in found] == [
        (40.0 + photos[0].pk, True), (40.0 + photos[1].pk, True), (40.0 + photos[2].pk, False),
    ]  # fmt: skip
