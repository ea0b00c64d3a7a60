"""The pages of the knowledge: list, search, card, adoption."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.urls import reverse
from django.utils.html import escape

from needlepoint import knowledge
from needlepoint.actions.knowledge import adopt
from needlepoint.actions.override import override
from needlepoint.knowledge.public import Claim
from needlepoint.records.models import KnowledgeAdoption, Role
from needlepoint.web.clinic.condition_words import say
from tests.people import NOW, actor, make_screening, sign_in

pytestmark = pytest.mark.django_db
CARD = "isotretinoin_recent"
ADDRESS = "/clinic/knowledge/"


def page(query: str = "", role: str = Role.PHYSICIAN) -> str:
    answer = sign_in(role).get(ADDRESS + query)
    assert answer.status_code == 200
    return str(answer.content.decode())


def adoption(**changes: Any) -> dict[str, Any]:
    return {"digest": knowledge.load().digest, "which": "whole", "responsible": "on", "note": "Read.", **changes}


@pytest.mark.parametrize("role", list(Role))
def test_all_staff_may_read_the_cards(role: Role) -> None:
    assert "Not adopted by this clinic." in page(role=role)


def test_the_list_names_every_card_with_its_verdict_and_that_it_is_not_adopted() -> None:
    shown = page()
    for card in knowledge.load().cards.values():
        assert reverse("clinic:card", args=[card.id]) in shown
    assert "Must not be done" in shown
    assert "Not adopted" in shown


@pytest.mark.parametrize(
    ("query", "found", "not_found"),
    [
        ("?q=isotretinoin+180", CARD, "keloid_own"),
        ("?q=ISOTRETINOIN_recent", CARD, "keloid_own"),
        ("?q=ci-isotretinoin-6mo", CARD, "keloid_own"),
        ("?kind=contraindication&q=keloid", "keloid_own", CARD),
        ("?show=memory", "answer_unknown", CARD),
        ("?verdict=contraindicated", "keloid_own", CARD),
        ("?evidence=ci-isotretinoin-6mo", CARD, "keloid_own"),
        ("?area=eyelids", "inside_orbital_rim", CARD),
        ("?device=exceed", "keloid_exceed", "warts_skinpen"),
        ("?device=skinpen", "warts_skinpen", "keloid_exceed"),
        ("?q=SKP-INTL", "keloid_own", "inside_orbital_rim"),
        ("?show=proposal", "answer_unknown", CARD),
    ],
)
def test_the_list_is_searched_and_filtered(query: str, found: str, not_found: str) -> None:
    shown = page(query)
    assert reverse("clinic:card", args=[found]) in shown
    assert reverse("clinic:card", args=[not_found]) not in shown


def test_where_no_card_fits_the_page_says_so() -> None:
    assert "No card fits." in page("?q=nothing+of+this+kind")


def test_a_physician_adopts_the_whole_set() -> None:
    client = sign_in(Role.PHYSICIAN)
    shown = client.post(ADDRESS, adoption(), follow=True).content.decode()
    assert "Adopted for this clinic by Phil Physician" in shown
    kept = KnowledgeAdoption.objects.get()
    assert (kept.digest, kept.note, len(kept.cards)) == (
        knowledge.load().digest, "Read.", len(knowledge.load().cards),
    )  # fmt: skip


def test_a_physician_adopts_single_cards() -> None:
    client = sign_in(Role.PHYSICIAN)
    assert f'id="take-{CARD}"' in client.get(ADDRESS + "?choose=1").content.decode()
    shown = client.post(ADDRESS, adoption(which="chosen", cards=[CARD, "answer_unknown"]), follow=True)
    assert f"2 of {len(knowledge.load().cards)} cards" in shown.content.decode()
    assert KnowledgeAdoption.objects.get().cards.keys() == {CARD, "answer_unknown"}
    again = page("?show=open")
    assert reverse("clinic:card", args=["answer_unread"]) in again
    assert reverse("clinic:card", args=[CARD]) not in again


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"responsible": None}, "Tick the sentence on responsibility"),
        ({"digest": "0" * 64}, "The knowledge has changed since this page was shown"),
        ({"which": "chosen"}, "Choose at least one card"),
        ({"which": "chosen", "cards": ["no_such_card"]}, "There is no card no_such_card"),
    ],
)
def test_what_cannot_be_adopted_is_said_and_the_note_is_kept(change: dict[str, Any], says: str) -> None:
    data = {key: value for key, value in adoption(**change).items() if value is not None}
    answer = sign_in(Role.PHYSICIAN).post(ADDRESS, data)
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert ">Read.</textarea>" in answer.content.decode()
    assert not KnowledgeAdoption.objects.exists()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.PHYSICIAN])
def test_nobody_else_may_adopt_and_the_page_says_why(role: Role) -> None:
    reason = f"To adopt a knowledge set takes the role of physician; yours is {role.value.replace('_', ' ')}."
    assert reason in page(role=role)
    answer = sign_in(role).post(ADDRESS, adoption())
    assert answer.status_code == 403
    assert reason in answer.content.decode()
    assert not KnowledgeAdoption.objects.exists()


def test_what_changed_since_the_adoption_is_listed() -> None:
    now = {card.id: card.fingerprint for card in knowledge.load().cards.values()}
    then = {**now, CARD: "0" * 64, "gone_since": "1" * 64}
    KnowledgeAdoption.objects.create(digest="f" * 64, cards=then, by=actor(Role.PHYSICIAN).member, at=NOW)
    shown = page()
    assert "What is not as it was adopted" in shown
    assert "gone_since" in shown
    assert "the knowledge has changed since it was adopted" in shown
    assert reverse("clinic:card", args=["keloid_own"]) not in page("?show=new")


def test_the_list_takes_the_same_few_statements_whatever_was_adopted(django_assert_max_num_queries: Any) -> None:
    client = sign_in(Role.PHYSICIAN)
    for _ in range(5):
        adopt(digest=knowledge.load().digest, by=actor(Role.PHYSICIAN), at=NOW)
    with django_assert_max_num_queries(5):
        client.get(ADDRESS)


@pytest.mark.parametrize("card", knowledge.load().cards.values(), ids=lambda card: card.id)
def test_every_card_has_a_page_with_statement_evidence_and_sources(card: knowledge.Card) -> None:
    answer = sign_in(Role.FRONT_DESK).get(reverse("clinic:card", args=[card.id]))
    shown = answer.content.decode()
    assert answer.status_code == 200
    assert escape(card.because) in shown
    assert escape(card.tell) in shown
    assert card.fingerprint[:12] in shown
    for row in card.evidence:
        assert f"<code>{row}</code>" in shown
    for cited in card.citations:
        assert escape(cited.source.citation) in shown
        assert cited.source.address is None or escape(cited.source.address) in shown


def test_a_card_that_is_not_there_is_not_found() -> None:
    assert sign_in().get(reverse("clinic:card", args=["no_such_card"])).status_code == 404


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"field": "patient.age", "below": 18}, "Age in years is below 18"),
        ({"field": "device.overlay", "is": ["exceed"]}, "Device label is exceed"),
        ({"ask": "keloid_own", "is": True}, "is yes"),
        ({"ask": "isotretinoin_last_dose", "within_days": 180}, "less than 180 days ago"),
        ({"ask": "wart_areas", "overlaps": "planned"}, "lies in a planned area"),
        ({"ask": "retinol_or_acid_last", "never": True}, "is never"),
    ],
)
def test_a_condition_is_said_in_words(when: dict[str, Any], said: str) -> None:
    assert said in say(when).text


def test_a_nested_condition_keeps_its_parts() -> None:
    said = say({"all": [{"field": "patient.age", "below": 18}, {"unless": {"ask": "keloid_own", "is": True}}]})
    assert said.text == "all of these hold"
    assert [part.text for part in said.parts] == ["Age in years is below 18", "it is not certain that"]
    assert said.parts[1].parts[0].text.endswith("is yes")


def test_the_card_tells_how_often_and_why_it_was_overridden_without_a_patients_name() -> None:
    screening = make_screening(answers={"keloid_own": True})
    override(screening, card="keloid_own", reason="Seen by a dermatologist.", by=actor(Role.PHYSICIAN), at=NOW)
    shown = page("keloid_own/")
    assert "1 time" in shown
    assert "waits for a second person" in shown
    assert "Seen by a dermatologist." in shown
    assert reverse("clinic:screening_result", args=[screening.pk]) in shown
    assert screening.course.patient.family_name not in shown
    assert "Seen by a dermatologist." not in page("keloid_own/", role=Role.FRONT_DESK)
    assert "Never so far." in page("keloid_family/")


def test_the_whole_set_is_downloaded_as_fhir_under_the_clinics_address() -> None:
    answer = sign_in(Role.THERAPIST).get(reverse("clinic:knowledge_fhir"))
    assert answer["Content-Type"].startswith("application/fhir+json")
    assert knowledge.load().digest[:12] in answer["Content-Disposition"]
    made = json.loads(answer.content)
    assert made["identifier"]["value"] == knowledge.load().digest
    assert all(entry["fullUrl"].startswith("http://testserver/fhir/") for entry in made["entry"])


def test_a_source_shows_the_cards_and_rows_that_rest_on_it() -> None:
    listed = page("sources/?q=SKP-INTL")
    assert reverse("clinic:source", args=["SKP-INTL"]) in listed
    assert reverse("clinic:source", args=["EXC-K1"]) not in listed
    shown = page("sources/SKP-INTL/", role=Role.FRONT_DESK)
    assert reverse("clinic:card", args=["keloid_own"]) in shown
    assert "?evidence=ci-keloid-general" in shown
    assert sign_in(Role.PHYSICIAN).get(reverse("clinic:source", args=["NOBODY"])).status_code == 404


def test_every_source_has_an_address_in_the_clinic() -> None:
    for key in knowledge.load().sources:
        assert reverse("clinic:source", args=[key]).endswith(f"/{key}/")


def test_a_claim_stands_beside_what_speaks_for_and_against_it() -> None:
    for card in knowledge.load().of_kind("claim"):
        shown = page(f"{card.id}/")
        claim = card.holds(Claim)
        assert all(escape(said) in shown for said in (claim.says, claim.for_it, claim.against_it))
