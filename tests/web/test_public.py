"""The public pages: made of the cards, open to anyone, without a verdict; and the request for a consultation."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from needlepoint import knowledge
from needlepoint.knowledge.public import Claim
from needlepoint.records.models import AuditEvent, ConsultationRequest
from needlepoint.web.public.ask import AT_MOST_AN_HOUR

PAGES = ["home", "treatment", "uses", "not_for", "visit", "risks", "results", "claims"]
WRITTEN = {"name": "Vera Visitor", "email": "vera@example.org", "wish": "Acne scars", "message": "Mornings"}


@pytest.fixture(autouse=True)
def nobody_has_asked() -> None:
    cache.clear()


def text_of(name: str) -> str:
    return html.unescape(Client().get(reverse(f"public:{name}")).content.decode())


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.django_db
def test_a_public_page_opens_without_asking_the_database(name: str, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert Client().get(reverse(f"public:{name}")).status_code == 200


@pytest.mark.parametrize(
    ("kind", "names"),
    [
        ("claim", ["claims"]),
        ("procedure", ["visit", "treatment"]),
        ("risk", ["risks"]),
        ("result", ["results"]),
        ("indication", ["uses"]),
        ("device", ["treatment"]),
    ],
)
def test_every_card_of_a_kind_is_told_on_its_page(kind: str, names: list[str]) -> None:
    text = "".join(text_of(name) for name in names)
    needling = {"rf", "stamp"}
    for card in knowledge.load().of_kind(kind):
        device = getattr(getattr(card.payload, "facts", None), "device", None)
        if device is not None and device.kind in needling:
            continue
        assert card.tell in text, card.id


def test_the_eleven_founding_uses_stand_with_their_evidence() -> None:
    text = text_of("uses")
    seeds = [one for one in knowledge.load().vocabulary.indications.values() if one.origin == "seed"]
    assert len(seeds) == 11
    before, _, after = text.partition("Also studied")
    assert before.count('<section class="card') == 11
    assert after.count('<section class="card') > 0
    assert "no evidence found" in before


def test_each_contraindication_of_a_person_is_told_and_the_clinics_own_rules_are_not() -> None:
    text = text_of("not_for")
    cards = knowledge.load().cards
    assert cards["isotretinoin_current"].tell in text
    assert cards["acute_infection"].tell in text
    assert cards["skinpen_user"].tell not in text


def test_both_sides_of_the_founding_pages_claims_are_shown() -> None:
    text = text_of("claims")
    for card in knowledge.load().of_kind("claim"):
        claim = card.holds(Claim)
        for words in (claim.says, claim.for_it, claim.against_it):
            assert words in text


@pytest.mark.parametrize("name", PAGES)
def test_every_fact_says_where_it_comes_from(name: str) -> None:
    text = text_of(name)
    if name == "home":
        assert "knowledge set" in text
        return
    assert "How well it is known:" in text
    assert re.search(r'href="https://[^"]+" rel="noreferrer"', text)


@pytest.mark.django_db
def test_a_request_arrives_at_the_front_desk() -> None:
    answer = Client().post(reverse("public:ask"), WRITTEN)
    assert answer["Location"] == reverse("public:asked")
    request = ConsultationRequest.objects.get()
    assert (request.name, request.wish, request.handled_at) == ("Vera Visitor", "Acne scars", None)
    assert AuditEvent.objects.get().actor == "Needlepoint"


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"email": ""}, "email", "e-mail address or a telephone"),
        ({"email": "vera@"}, "email", "valid email"),
        ({"telephone": "12"}, "telephone", "too short"),
        ({"name": ""}, "name", "required"),
        ({"wish": "A new nose"}, "wish", "valid choice"),
        ({"message": "x" * 2001}, "message", "2000"),
    ],
)
@pytest.mark.django_db
def test_a_request_that_cannot_be_answered_is_refused_at_its_field(
    change: dict[str, str], field: str, words: str
) -> None:
    answer = Client().post(reverse("public:ask"), {**WRITTEN, **change})
    assert answer.status_code == 422
    named = re.search(rf'id="id_{field}_error">([^<]+)<', answer.content.decode())
    assert named
    assert words in named[1]
    assert not ConsultationRequest.objects.exists()


@pytest.mark.django_db
def test_what_fills_in_the_hidden_field_is_thanked_and_forgotten() -> None:
    answer = Client().post(reverse("public:ask"), {**WRITTEN, "website": "https://spam.example"})
    assert answer["Location"] == reverse("public:asked")
    assert not ConsultationRequest.objects.exists()


@pytest.mark.django_db
def test_too_many_requests_from_one_address_are_refused() -> None:
    for place in range(AT_MOST_AN_HOUR):
        assert Client().post(reverse("public:ask"), {**WRITTEN, "message": str(place)}).status_code == 302
    refused = Client().post(reverse("public:ask"), {**WRITTEN, "message": "one more"})
    assert refused.status_code == 429
    assert "Nothing was sent" in refused.content.decode()
    assert Client(REMOTE_ADDR="10.0.0.9").post(reverse("public:ask"), WRITTEN).status_code == 302
    assert ConsultationRequest.objects.count() == AT_MOST_AN_HOUR + 1


@pytest.mark.django_db
def test_behind_the_houses_proxy_each_visitor_is_counted_alone(settings: Any) -> None:
    settings.HTTPS = True
    for place in range(AT_MOST_AN_HOUR + 1):
        headers = {"X-Forwarded-For": f"1.2.3.4, 10.0.0.{place}"}
        assert Client(headers=headers).post(reverse("public:ask"), WRITTEN).status_code == 302


def test_the_thanks_page_opens() -> None:
    assert "has arrived" in text_of("asked")
