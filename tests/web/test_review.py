"""The pages of what would change and of whom a card touches."""

from __future__ import annotations

import pytest
from django.urls import reverse

from needlepoint import knowledge
from needlepoint.actions import jobs, reviewing
from needlepoint.actions.knowledge import adopt
from needlepoint.records.models import KnowledgeReview, Role
from tests.actions.test_reviewing import KELOID, adopt_older
from tests.people import NOW, actor, make_screening, sign_in

pytestmark = pytest.mark.django_db


def text(address: str, role: str = Role.PHYSICIAN) -> str:
    answer = sign_in(role).get(address)
    assert answer.status_code == 200
    return str(answer.content.decode())


def work(review: KnowledgeReview) -> None:
    jobs.run(KnowledgeReview, review.pk, work=reviewing.review, clock=lambda: NOW)


def test_without_an_adoption_everything_is_new() -> None:
    assert "Nothing was adopted yet" in text(reverse("clinic:changes"))


def test_after_an_adoption_nothing_differs() -> None:
    adopt(digest=knowledge.load().digest, by=actor(Role.PHYSICIAN), at=NOW)
    assert "Nothing differs" in text(reverse("clinic:changes"))


def test_from_the_changes_to_the_patients_whom_they_touch() -> None:
    made = make_screening(answers={"keloid_own": True})
    adopt_older({KELOID: ('verdict = "contraindicated"', 'verdict = "refer"')})
    page = text(reverse("clinic:changes"))
    assert "<del>refer</del>" in page
    assert "<ins>contraindicated</ins>" in page
    assert "Find the patients whose verdict changes" not in text(reverse("clinic:changes"), Role.THERAPIST)
    browser = sign_in(Role.PHYSICIAN)
    answer = browser.post(reverse("clinic:review_begin"))
    review = KnowledgeReview.objects.get()
    assert answer["Location"] == reverse("clinic:review", args=[review.pk])
    assert "Waiting to begin" in text(answer["Location"])
    work(review)
    page = text(answer["Location"])
    assert "1 of 1" in page
    assert str(made.course.patient) in page
    assert reverse("clinic:screening", args=[made.course.ref]) in page
    assert "1 of 1 courses would change" in text(reverse("clinic:changes"))


def test_a_recall_is_reached_from_the_page_of_a_card() -> None:
    make_screening(answers={"keloid_own": True})
    card = reverse("clinic:card", args=["keloid_own"])
    assert "Which of our patients does it touch?" in text(card)
    assert "Which of our patients does it touch?" not in text(card, Role.THERAPIST)
    browser = sign_in(Role.DIRECTOR)
    browser.post(reverse("clinic:review_begin"), {"card": "keloid_own"})
    review = KnowledgeReview.objects.get()
    work(review)
    assert "Touches 1 of 1 open courses" in text(card)
    assert "is touched by this card" in text(reverse("clinic:review", args=[review.pk]), Role.DIRECTOR)
    assert "Done" in text(reverse("clinic:review_progress", args=[review.pk]))
    assert browser.post(reverse("clinic:review_begin"), {"card": "no_such_card"}).status_code == 404
