"""Screening a course: what is asked, what is kept, what stands after overrides, what is in the way of a session."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from needlepoint import knowledge
from needlepoint.actions.access import NoSuchRecord, NotPermitted
from needlepoint.actions.case import NotDecidable, usual_setting
from needlepoint.actions.knowledge import adopt
from needlepoint.actions.screening import (
    find_screening,
    obstacles,
    past,
    read_screening,
    screen_course,
    standing,
)
from needlepoint.records.models import AuditEvent, Clinic, Role, Screening
from tests.people import NOW, TODAY, actor, answer_all, make_course, make_patient, make_screening

pytestmark = pytest.mark.django_db

ISOTRETINOIN: dict[str, Any] = {"isotretinoin_last_dose": (TODAY - timedelta(days=30)).isoformat()}


def verdicts(screening: Screening) -> dict[str, str]:
    return {finding["card"]: finding["verdict"] for finding in screening.result["findings"]}


def test_question_and_answer_are_kept_with_digest_author_and_day() -> None:
    screening = make_screening()
    kept = find_screening(screening.pk)
    assert kept.case["answers"]["pregnant"] is False
    assert kept.case["patient"] == {
        "birth_date": "1981-05-17", "sex": "female", "fitzpatrick": 2, "weight_kg": 68.0, "height_cm": 170.0,
    }  # fmt: skip
    assert (kept.case["premises"], kept.case["device"], kept.case["depth_mm"]) == ("DE", "dermaroller_192_0_5", 0.5)
    assert kept.digest == kept.result["knowledge_digest"] == knowledge.load().digest
    assert kept.verdict == kept.result["verdict"]
    assert kept.result["missing"] == []
    assert AuditEvent.objects.get(act="screen").detail == {"verdict": kept.verdict, "on": "2026-11-24"}


def test_a_course_nothing_speaks_against_may_go_ahead_today() -> None:
    screening = make_screening()
    assert {"refer", "defer", "contraindicated"}.isdisjoint(verdicts(screening).values())
    assert obstacles(screening, on=TODAY) == ()


def test_silence_is_never_a_no() -> None:
    course = make_course(indication="facial_wrinkles", areas=["cheeks"])
    screening = make_screening(course)
    assert screening.verdict == "ask"
    assert len(screening.result["missing"]) > 50
    assert [question["id"] for question in screening.result["questions"]] == screening.result["missing"]
    assert obstacles(screening, on=TODAY)[0].endswith("questions are not answered for that day.")


def test_yesterdays_answers_to_what_is_asked_at_every_visit_are_missing_today() -> None:
    course = make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
    answer_all(course.patient, on=TODAY - timedelta(days=1))
    screening = make_screening(course)
    assert "fever_or_infection_now" in screening.result["missing"]
    assert "keloid_own" not in screening.result["missing"]


def test_answers_of_later_days_do_not_reach_into_an_earlier_one() -> None:
    course = make_course(indication="facial_wrinkles", areas=["cheeks"])
    answer_all(course.patient, on=TODAY)
    screening = make_screening(course, on=TODAY - timedelta(days=3))
    assert screening.case["answers"] == {}


def test_a_dated_finding_says_until_when() -> None:
    screening = make_screening(answers=ISOTRETINOIN)
    assert screening.verdict == "defer"
    assert screening.not_before == TODAY + timedelta(days=150)
    finding = screening.result["findings"][0]
    assert finding["card"] == "isotretinoin_recent"
    assert finding["sources"][0].keys() == {"key", "citation", "address"}
    assert finding["rows"][0]["id"] == "ci-isotretinoin-6mo"
    assert finding["cited"][0]["grade"]
    assert any("Isotretinoin" in reason and "23 April 2027" in reason for reason in obstacles(screening, on=TODAY))


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"fitzpatrick": None}, "skin type"),
        ({"areas": []}, "No area"),
    ],
)
def test_what_is_not_recorded_is_said_instead_of_guessed(fields: dict[str, Any], reason: str) -> None:
    areas = fields.pop("areas", ["cheeks"])
    course = make_course(make_patient(**fields), indication="facial_wrinkles", areas=areas)
    with pytest.raises(NotDecidable, match=reason):
        make_screening(course)
    assert not Screening.objects.exists()


def test_a_clinic_without_a_place_cannot_screen() -> None:
    course = make_course()
    Clinic.objects.all().delete()
    with pytest.raises(NotDecidable, match="not set up"):
        screen_course(course, on=TODAY, device="exceed", operator="physician", by=actor(), at=NOW)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"device": "no_such_device"}, "device"),
        ({"operator": "no_such_role"}, "who needles"),
        ({"operator": ""}, "who needles"),
        ({"anaesthetic": "no_such_cream"}, "numbing"),
        ({"depth_mm": 0}, "depth"),
        ({"depth_mm": 5.5}, "depth"),
    ],
)
def test_a_choice_outside_the_vocabulary_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(NotDecidable, match=reason):
        make_screening(**change)


def test_contradicting_answers_are_named_and_not_screened() -> None:
    with pytest.raises(NotDecidable, match="contradict"):
        make_screening(answers={"cold_sore_today": True, "cold_sore_ever": False})


def test_an_answer_its_question_allows_no_more_is_missing_and_not_believed() -> None:
    screening = make_screening(answers={"smoking": "only on a full moon"})
    assert screening.result["missing"] == ["smoking"]


@pytest.mark.parametrize("role", [Role.FRONT_DESK, Role.DIRECTOR, Role.ADMINISTRATOR])
def test_who_may_not_screen_is_told_why(role: Role) -> None:
    with pytest.raises(NotPermitted, match="To screen takes the role of physician or therapist"):
        make_screening(by=actor(role))


def test_before_adoption_every_verdict_and_every_finding_says_so() -> None:
    screening = make_screening(answers=ISOTRETINOIN)
    assert screening.adoption is None
    assert screening.result["adopted"] == {"state": "none", "words": "Not adopted by this clinic."}
    assert not any(finding["adopted"] for finding in screening.result["findings"])


def test_after_adoption_the_verdict_names_who_adopted() -> None:
    adopt(digest=knowledge.load().digest, by=actor(Role.PHYSICIAN), at=NOW)
    screening = make_screening(answers=ISOTRETINOIN)
    assert screening.adoption is not None
    assert screening.result["adopted"]["words"] == "Adopted for this clinic by Phil Physician on 24 Nov 2026."
    assert all(finding["adopted"] for finding in screening.result["findings"])


def test_a_finding_of_a_card_that_was_left_out_of_the_adoption_says_so() -> None:
    adopt(digest=knowledge.load().digest, cards=["answer_unknown"], by=actor(Role.PHYSICIAN), at=NOW)
    screening = make_screening(answers=ISOTRETINOIN)
    assert screening.result["adopted"]["state"] == "part"
    assert not screening.result["findings"][0]["adopted"]


def test_what_was_kept_stays_word_for_word_when_the_knowledge_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    screening = make_screening(answers=ISOTRETINOIN)
    before = find_screening(screening.pk)
    known = knowledge.load()
    poorer = replace(known, cards={}, rows={}, questions=(), digest="f" * 64)
    monkeypatch.setattr(knowledge, "load", lambda: poorer)
    after = find_screening(screening.pk)
    assert (after.case, after.result, after.digest) == (before.case, before.result, before.digest)
    assert standing(after).findings[0].finding["title"] == "Isotretinoin capsules within the last 180 days"
    assert obstacles(after, on=TODAY) == obstacles(before, on=TODAY)


def test_the_database_does_not_let_a_screening_be_rewritten() -> None:
    screening = make_screening()
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Screening.objects.filter(pk=screening.pk).update(verdict="clear")


# What is in the way of a session


def test_a_screening_is_good_for_its_own_day_only() -> None:
    screening = make_screening()
    assert obstacles(screening, on=TODAY + timedelta(days=1)) == (
        "The screening is for 24 November 2026; a session needs one of its own day.",
    )


def test_a_newer_screening_of_the_day_takes_the_place_of_the_older_one() -> None:
    first = make_screening()
    second = make_screening(first.course)
    assert obstacles(first, on=TODAY) == (
        "This course was screened again for the same day; the newer screening counts.",
    )
    assert obstacles(second, on=TODAY) == ()


def test_an_answer_that_changed_after_the_screening_is_in_the_way() -> None:
    screening = make_screening()
    answer_all(screening.course.patient, at=NOW + timedelta(minutes=1), pregnant=True)
    assert "Answers were given or changed after the screening; screen again." in obstacles(screening, on=TODAY)


def test_where_every_planned_area_is_to_be_left_out_nothing_remains() -> None:
    screening = make_screening(answers={"open_wound_areas": ["face"]})
    state = standing(screening)
    assert state.remaining_areas == ()
    assert set(state.excluded_areas) == {"cheeks", "forehead"}
    assert "No planned area remains." in obstacles(screening, on=TODAY)


# Reading


def test_reading_a_screening_is_in_the_trail() -> None:
    screening = make_screening()
    read_screening(screening.pk, by=actor(Role.DIRECTOR), at=NOW)
    event = AuditEvent.objects.get(act="read_chart")
    assert (event.subject, event.patient) == (f"Screening:{screening.pk}", screening.course.patient)


def test_who_may_not_read_a_chart_reads_no_screening() -> None:
    screening = make_screening()
    with pytest.raises(NotPermitted):
        read_screening(screening.pk, by=actor(Role.FRONT_DESK), at=NOW)


def test_a_screening_that_is_not_there_is_named() -> None:
    with pytest.raises(NoSuchRecord):
        find_screening(4711)


def test_the_list_of_past_screenings_is_bounded_and_light(django_assert_num_queries: Any) -> None:
    first = make_screening()
    Screening.objects.bulk_create(
        Screening(
            course=first.course, on=first.on, case=first.case, result=first.result, verdict=first.verdict,
            digest=first.digest, by=first.by, at=NOW + timedelta(minutes=minute),
        )
        for minute in range(1, 31)
    )  # fmt: skip
    with django_assert_num_queries(2):
        listed = past(first.course)
        assert [str(row.by) for row in listed.screenings]
    assert len(listed.screenings) == 20
    assert listed.total == 31


def test_the_form_starts_from_the_last_screening() -> None:
    screening = make_screening(anaesthetic=None)
    assert usual_setting(screening.course) == {
        "device": "dermaroller_192_0_5", "depth_mm": 0.5, "anaesthetic": None,
    }  # fmt: skip
    assert usual_setting(make_course(make_patient(family_name="Other"))) == {}


def test_a_screening_for_another_day_reckons_from_that_day() -> None:
    later = date(2027, 6, 1)
    course = make_course(indication="facial_wrinkles", areas=["cheeks", "forehead"])
    answer_all(course.patient, **ISOTRETINOIN)
    screening = make_screening(course, on=later)
    assert "isotretinoin_recent" not in verdicts(screening)
