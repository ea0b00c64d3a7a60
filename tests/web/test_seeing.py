"""Looking closely at a pair: original and aligned told apart, the days of the course, the score of comparability."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from needlepoint.actions import aligning, measures_use, photographs
from needlepoint.records.models import (
    AuditEvent,
    Comparison,
    Course,
    PairScore,
    Photograph,
    Role,
    SessionArea,
)
from tests import people, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


@pytest.fixture
def course() -> Course:
    course = people.make_course()
    people.make_consent(course)
    people.switch_measures_on()
    return course


def photograph(course: Course, *, days_ago: int, view: str = "front") -> Photograph:
    return photographs.add(
        course, pictures.file(seed=days_ago, image=pictures.scene(seed=days_ago + len(view))), view=view,
        by=people.actor(), at=timezone.now(), taken_on=timezone.localdate() - timedelta(days=days_ago),
    )  # fmt: skip


def laid_over(before: Photograph, after: Photograph) -> Comparison:
    job = Comparison.objects.create(
        before=before, after=after, state="done", at=timezone.now(),
        result={"quality": {}, "registration": {"residual_px": 0.42, "overlap": 0.91}, "changes": []},
    )  # fmt: skip
    aligning.keep(job, dict.fromkeys(aligning.KINDS, pictures.file()))
    return job


def page(course: Course, client: Client | None = None, **query: Any) -> str:
    answer = (client or people.sign_in()).get(reverse("clinic:see", args=[course.ref]), query)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_a_pair_that_was_not_laid_over_says_original_and_offers_to_lay_it_over(course: Course) -> None:
    photograph(course, days_ago=60), photograph(course, days_ago=0)
    text = page(course)
    assert text.count(">ORIGINAL<") == 2
    assert "ALIGNED" not in text
    assert "Lay them over each other" in text
    assert "style=" not in text


def test_aligned_and_original_are_told_apart_by_label_and_the_rest_is_stated(course: Course) -> None:
    job = laid_over(photograph(course, days_ago=60), photograph(course, days_ago=0))
    text = page(course)
    assert "ALIGNED: warped onto the one from before" in text
    assert reverse("clinic:comparison_copy", args=[job.pk, "aligned"]) in text
    assert "Left between matched points: 0.42 px. Comparable: 91 % of the measured skin." in text
    assert re.search(r"Orange is redder, blue is less red, stripes are not comparable", text)


def test_difference_maps_are_measures_and_vanish_with_them(course: Course) -> None:
    job = laid_over(photograph(course, days_ago=60), photograph(course, days_ago=0))
    client = people.sign_in()
    measures_use.switch_off(by=people.actor(Role.DIRECTOR), at=people.NOW)
    text = page(course, client)
    assert "Difference maps are measures, and measures are off" in text
    assert client.get(reverse("clinic:comparison_copy", args=[job.pk, "redness"])).status_code == 404
    assert client.get(reverse("clinic:comparison_copy", args=[job.pk, "aligned"])).status_code == 200


def test_a_look_at_an_aligned_picture_is_audited_and_kept_by_nobody(course: Course) -> None:
    job = laid_over(photograph(course, days_ago=60), photograph(course, days_ago=0))
    answer = people.sign_in().get(reverse("clinic:comparison_copy", args=[job.pk, "redness"]))
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("image/jpeg", "private, no-store")
    event = AuditEvent.objects.get(act="read_photograph", subject=f"Comparison:{job.pk}")
    assert (event.patient_id, event.detail["size"]) == (course.patient_id, "redness")


def test_the_days_show_what_was_done_beside_the_photographs(course: Course) -> None:
    photograph(course, days_ago=60), photograph(course, days_ago=0)
    session = people.make_session(course, on=timezone.localdate() - timedelta(days=30))
    lot = people.make_lot(number="B7")
    cartridge = lot.cartridges.all()[0]
    cartridge.session = session
    cartridge.save()
    SessionArea.objects.create(
        session=session, area="cheeks", device=people.ROLLER, depth_mm=1.5, passes=4, cartridge=cartridge
    )
    text = page(course)
    assert re.search(r"Cheeks and cheekbones: [^<]+, 1\.5 mm, 4 passes, lot B7", text)


def test_the_nine_points_are_suggested_by_the_program_and_decided_by_a_person(course: Course) -> None:
    before, after = photograph(course, days_ago=60), photograph(course, days_ago=0)
    client = people.sign_in()
    text = page(course, client)
    assert text.count('name="kept"') == 9
    assert "not scored yet" in text
    assert "The program did not find this kept; you decide." in text, "only one view was taken"
    sent = {"before": before.ref, "after": after.ref, "kept": ["position", "lighting", "zoom", "nonsense"]}
    answer = client.post(reverse("clinic:pair_score", args=[course.ref]), sent)
    assert answer.status_code == 302
    score = PairScore.objects.get()
    assert (score.points, score.kept) == (3, ["position", "lighting", "zoom"])
    shown = " ".join(client.get(answer["Location"]).content.decode().split())
    assert "SEPIA 3 of 9" in shown
    assert "Scored by Tess Therapist" in shown
    assert AuditEvent.objects.filter(act="score_pair", patient=course.patient).count() == 1


def test_photographs_of_two_views_or_courses_are_no_pair(course: Course) -> None:
    mine, other = photograph(course, days_ago=60), photograph(course, days_ago=1, view="left_45")
    sent = {"before": mine.ref, "after": other.ref}
    assert people.sign_in().post(reverse("clinic:pair_score", args=[course.ref]), sent).status_code == 404


def test_the_page_asks_the_database_no_more_for_a_long_course(
    course: Course, django_assert_max_num_queries: Any
) -> None:
    photos = [photograph(course, days_ago=ago) for ago in range(12)]
    for ago in range(6):
        people.make_session(
            course, on=timezone.localdate() - timedelta(days=ago), signed_at=people.NOW,
            signed_by=people.make_staff(Role.PHYSICIAN), signed_sha256="e" * 64, signed_meaning="performed",
        )  # fmt: skip
    laid_over(photos[-1], photos[0])
    client = people.sign_in()
    page(course, client)
    with django_assert_max_num_queries(27):
        page(course, client)
