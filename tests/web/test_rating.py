"""Blinded rating: raters see neither dates nor order nor each other; agreement is told when both are through."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from needlepoint.actions import photographs, rating
from needlepoint.records.models import AuditEvent, Rating, RatingPair, RatingSet, Role, User
from tests import people, pictures

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def own_vault(tmp_path: Path, settings: Any) -> None:
    settings.VAULT = tmp_path / "vault"


def treated_courses(count: int) -> None:
    for number in range(count):
        course = people.make_course(people.make_patient(family_name=f"Person{number}"))
        people.make_consent(course)
        people.make_session(course, on=people.TODAY - timedelta(days=40))
        for place, ago in enumerate((60, 0)):
            photographs.add(
                course, pictures.file(seed=10 * number + place, image=pictures.scene(seed=10 * number + place)),
                view="front", taken_on=people.TODAY - timedelta(days=ago), by=people.actor(), at=people.NOW,
            )  # fmt: skip


def two_raters() -> tuple[User, User]:
    return people.make_staff(Role.THERAPIST), people.make_staff(Role.PHYSICIAN)


def make_set(count: int = 4, *, seed: int = 7) -> RatingSet:
    treated_courses(count)
    first, second = two_raters()
    return rating.make_set(
        title="Spring", question="Which looks better?", keys=[one.key for one in rating.candidates()],
        first=first.pk, second=second.pk, seed=seed, by=people.actor(Role.DIRECTOR), at=people.NOW,
    )  # fmt: skip


def shown(client: Client, found: RatingSet) -> str:
    answer = client.get(reverse("clinic:rate", args=[found.ref]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def rate_all(client: Client, found: RatingSet, *, improvement: Any) -> None:
    while (pair := re.search(r'name="pair" value="([^"]+)"', shown(client, found))) is not None:
        row = RatingPair.objects.get(ref=pair[1])
        better = improvement(row)
        sent = {"pair": pair[1], "seen": -better if row.later_left else better}
        assert client.post(reverse("clinic:rate", args=[found.ref]), sent).status_code == 302


def test_the_shuffle_follows_from_the_seed_and_another_seed_gives_another() -> None:
    treated_courses(6)
    pairs = rating.candidates()
    assert rating.shuffled(pairs, seed=1) == rating.shuffled(pairs, seed=1)
    assert len({tuple((one.key, left) for one, left in rating.shuffled(pairs, seed=seed)) for seed in range(8)}) == 8


def test_a_rater_sees_two_photographs_and_nothing_that_tells_them_apart() -> None:
    found = make_set()
    text = shown(people.sign_in(Role.THERAPIST), found)
    assert "The photograph on the left" in text
    main = text[text.index("<main") :]
    for told in ("Person0", "Person1", "2026", "efore", "fter"):
        assert told not in main
    assert not re.search(r"/photo/", main)


def test_left_and_right_are_the_photographs_the_shuffle_says_and_each_look_is_recorded() -> None:
    found = make_set()
    client = people.sign_in(Role.THERAPIST)
    for pair in found.pairs.all():
        left = client.get(reverse("clinic:rating_picture", args=[pair.ref, "left"]))
        expected = pair.after if pair.later_left else pair.before
        assert left.content == photographs.read_copy(
            expected.ref, size="medium", by=people.actor(), at=people.NOW
        ).data  # fmt: skip
    assert {pair.later_left for pair in RatingPair.objects.all()} == {True, False}
    assert AuditEvent.objects.filter(act="read_photograph").count() == 8


def test_agreement_is_told_only_when_both_are_through_and_turns_sides_back() -> None:
    found = make_set()
    therapist, physician = people.sign_in(Role.THERAPIST), people.sign_in(Role.PHYSICIAN)
    rate_all(therapist, found, improvement=lambda row: row.place - 2)
    result = reverse("clinic:rating_set", args=[found.ref])
    half = physician.get(result).content.decode()
    assert "Still blinded" in half
    assert "kappa" not in half
    rate_all(physician, found, improvement=lambda row: row.place - 2)
    assert "You are through" in shown(physician, found)
    whole = " ".join(physician.get(result).content.decode().split())
    assert "Weighted kappa (quadratic)</dt> <dd>1.00" in whole
    assert "ICC(2,1)</dt> <dd>1.00" in whole
    assert "4 of 4 pairs" in whole
    assert "0.5 and 0.5" in whole


def test_nobody_but_its_two_raters_rates_a_set() -> None:
    found = make_set()
    stranger = people.sign_in(Role.PHYSICIAN, username="other")
    answer = stranger.get(reverse("clinic:rate", args=[found.ref]))
    assert answer.status_code == 403
    assert "Only the two raters of this set" in answer.content.decode()
    pair = found.pairs.all()[0]
    assert stranger.get(reverse("clinic:rating_picture", args=[pair.ref, "left"])).status_code == 403


def test_a_rating_needs_a_choice_and_is_never_changed() -> None:
    found = make_set()
    client, url = people.sign_in(Role.THERAPIST), reverse("clinic:rate", args=[found.ref])
    pair = found.pairs.all()[0]
    answer = client.post(url, {"pair": pair.ref})
    assert answer.status_code == 422
    assert "Please choose how the two compare." in answer.content.decode()
    assert client.post(url, {"pair": pair.ref, "seen": "2"}).status_code == 302
    assert "You have rated this pair already" in client.post(
        url, {"pair": pair.ref, "seen": "-3"}, follow=True
    ).content.decode()  # fmt: skip
    assert Rating.objects.get(pair=pair).right_better == 2
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Rating.objects.update(right_better=0)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": " "}, "a title and a question"),
        ({"pair": []}, "at least 3 pairs"),
        ({"second": ""}, "two different raters"),
        ({"same": True}, "two different raters"),
    ],
)
def test_what_a_set_lacks_is_named_and_nothing_is_made(change: dict[str, Any], says: str) -> None:
    treated_courses(3)
    first, second = two_raters()
    given = {"title": "Spring", "question": "Which?", "pair": [one.key for one in rating.candidates()],
             "first": first.pk, "second": second.pk}  # fmt: skip
    given |= {"second": first.pk} if change.pop("same", False) else change
    answer = people.sign_in(Role.DIRECTOR).post(reverse("clinic:rating_new"), given)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not RatingSet.objects.exists()


def test_a_set_is_made_on_the_page_and_leads_its_raters_to_it() -> None:
    treated_courses(3)
    first, second = two_raters()
    director = people.sign_in(Role.DIRECTOR)
    assert "Person0" in director.get(reverse("clinic:rating_new")).content.decode()
    given = {"title": "Spring", "question": "Which?", "pair": [one.key for one in rating.candidates()],
             "first": first.pk, "second": second.pk}  # fmt: skip
    assert director.post(reverse("clinic:rating_new"), given).status_code == 302
    led = people.sign_in(Role.THERAPIST).get(reverse("clinic:photography")).content.decode()
    assert "Rate the pairs of Spring" in led
    assert "Rate the pairs of Spring" not in director.get(reverse("clinic:photography")).content.decode()
